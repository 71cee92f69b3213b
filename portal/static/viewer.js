// The media viewer: zooms, turns to the next picture, and opens over the record's page. Without scripts it is a page of its own.
"use strict";

(() => {
  const dialog = document.getElementById("viewer-dialog");
  const holder = document.getElementById("viewer-holder");
  const current = () => document.getElementById("viewer");
  const WHEEL_MS = 120;

  function zoom(step) {
    const viewer = current();
    const stage = viewer && viewer.querySelector(".viewer-stage");
    if (!stage || !viewer.querySelector("[data-step]")) return false;
    const steps = viewer.dataset.zooms.split(" ");
    const at = steps.indexOf(viewer.dataset.zoom);
    const to = step === 0 ? 0 : Math.min(Math.max(at + step, 0), steps.length - 1);
    const across = (stage.scrollLeft + stage.clientWidth / 2) / stage.scrollWidth;
    const down = (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight;
    viewer.dataset.zoom = steps[to];
    viewer.querySelector("[data-level]").textContent = steps[to] === "fit" ? "" : `${steps[to]} %`;
    stage.scrollLeft = across * stage.scrollWidth - stage.clientWidth / 2;
    stage.scrollTop = down * stage.scrollHeight - stage.clientHeight / 2;
    return true;
  }

  function turn(relation) {
    const viewer = current();
    const link = viewer && viewer.querySelector(`a[rel="${relation}"]`);
    if (link) link.click();
    return Boolean(link);
  }

  const KEYS = {
    "+": () => zoom(1),
    "=": () => zoom(1),
    "-": () => zoom(-1),
    0: () => zoom(0),
    ArrowLeft: () => turn("prev"),
    ArrowRight: () => turn("next"),
  };

  document.addEventListener("keydown", (event) => {
    const viewer = current();
    if (!viewer || (dialog && !dialog.open) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, video, audio")) return;
    if (event.key.startsWith("Arrow") && viewer.dataset.zoom !== "fit") return; // the arrows move a picture that is larger than its frame
    const act = KEYS[event.key];
    if (act && act()) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const step = event.target.closest("#viewer [data-step]");
    if (step && zoom(Number(step.dataset.step))) event.preventDefault();
  });

  let wheeledAt = 0;
  document.addEventListener(
    "wheel",
    (event) => {
      const isOver = event.target.closest("#viewer .viewer-stage");
      if (!isOver || !(dialog || event.ctrlKey)) return; // on a page of its own the wheel scrolls the page
      event.preventDefault();
      if (event.timeStamp - wheeledAt < WHEEL_MS || !event.deltaY) return;
      wheeledAt = event.timeStamp;
      zoom(event.deltaY < 0 ? 1 : -1);
    },
    { passive: false },
  );

  if (!dialog) return;

  async function open(address, isTurn) {
    const answer = await fetch(address, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const viewer = page.getElementById("viewer");
    if (!answer.ok || !viewer) {
      window.location.href = address; // signed out, or gone: the page itself says so
      return;
    }
    holder.replaceChildren(document.adoptNode(viewer));
    if (!dialog.open) dialog.showModal();
    const again = isTurn && viewer.querySelector(`a[rel="${isTurn}"]`);
    (again || viewer.querySelector("#viewer-title")).focus();
  }

  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest("a[data-viewer], #viewer a[rel]");
    if (!link) return;
    event.preventDefault();
    open(link.href, link.rel);
  });

  dialog.addEventListener("close", () => holder.replaceChildren()); // the browser gives the focus back to the picture
})();
