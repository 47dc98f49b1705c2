"use strict";
// Pages that renew themselves: the part that lives is fetched anew and put in the place of the old, when the server says
// that there is something new, and every other second while nobody can say so. Without this, the button beside it does
// the same.
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
for (const box of document.querySelectorAll("[data-live-switch]")) {
  box.hidden = false;
  const input = box.querySelector("input");
  // Says whether the part is as new as the server's.
  const renew = async () => {
    const part = document.getElementById("live");
    if (!input.checked || document.hidden || !part || part.contains(document.activeElement)) return false;
    try {
      const response = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
      if (!response.ok) return false;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("live");
      if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceWith(document.adoptNode(fresh));
      return true;
    } catch {
      return false; // The server is away; the next try may find it.
    }
  };
  // One after the other, at most four times a second: what comes meanwhile is in the next.
  let wanted = false, busy = false, stale = false;
  const soon = async () => {
    wanted = true;
    if (busy) return;
    busy = true;
    while (wanted) {
      wanted = false;
      stale = !(await renew());
      await pause(250);
    }
    busy = false;
  };
  // A page that nobody looks at holds no connection.
  let stream = null;
  const listen = () => {
    const listens = input.checked && !document.hidden && "EventSource" in window;
    if (!listens && stream) {
      stream.close();
      stream = null;
    }
    if (!listens || stream) return;
    stream = new EventSource(box.dataset.liveSwitch);
    for (const name of ["open", "request", "missed"]) stream.addEventListener(name, soon);
  };
  input.addEventListener("change", listen);
  document.addEventListener("visibilitychange", listen);
  listen();
  // The stream does not tell of a journal that was emptied: now and then the page looks for itself.
  let ticks = 0;
  setInterval(() => {
    ticks += 1;
    const isSeldom = ticks % 5 === 0;
    if (isSeldom && stream?.readyState === 2) {
      stream = null;
      listen();
    }
    if (stale || isSeldom || stream?.readyState !== 1) soon();
  }, 2000);
}
