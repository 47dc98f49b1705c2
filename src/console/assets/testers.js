"use strict";
// Pages that renew themselves: the part that lives is fetched anew and put in the place of the old. Without this, the
// button beside it does the same.
for (const box of document.querySelectorAll("[data-live-switch]")) {
  box.hidden = false;
  const input = box.querySelector("input");
  const renew = async () => {
    const part = document.getElementById("live");
    if (!input.checked || document.hidden || !part || part.contains(document.activeElement)) return;
    try {
      const response = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("live");
      if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceWith(document.adoptNode(fresh));
    } catch { /* The server is away; the next try may find it. */ }
  };
  setInterval(renew, 2000);
}
