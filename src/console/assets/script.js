"use strict";
// Copy buttons: a page is whole without them, so they show themselves only here. What came of a click is said where
// people see it and, once for the page, where screen readers hear it.
const told = document.createElement("p");
told.className = "visually-hidden";
told.setAttribute("role", "status");
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  if (!told.isConnected) document.body.append(told);
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied";
    }
    told.textContent = button.textContent;
    setTimeout(() => { button.textContent = label; told.textContent = ""; }, 1500);
  });
}
