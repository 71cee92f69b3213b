// Single keys for a day's work: / search, j k next and previous record, Enter opens, x selects, u or Esc back, n p pages, ? help.
// They can be switched off (WCAG 2.1.4); nothing is reachable by them alone.
"use strict";

(() => {
  const dialog = document.getElementById("keys");
  const box = document.getElementById("keys-on");
  const KEPT = "showme-keys";

  const isOn = () => {
    try {
      return window.localStorage.getItem(KEPT) !== "off";
    } catch {
      return true; // the browser keeps nothing for us: the keys are on, as they are for a newcomer
    }
  };

  const writes = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
  const links = () => Array.from(document.querySelectorAll("#hits > li.hit a.hit-link"));

  function follow(relation) {
    const link = document.querySelector(`a[rel~="${relation}"]`);
    if (link) link.click();
    return link !== null;
  }

  function step(by) {
    const all = links();
    if (!all.length) return follow(by > 0 ? "next" : "prev");
    const here = all.findIndex((link) => link.closest("li.hit").contains(document.activeElement));
    const to = here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by;
    if (to < 0 || to >= all.length) return false;
    all[to].focus();
    all[to].closest("li.hit").scrollIntoView({ block: "nearest" });
    return true;
  }

  function select() {
    const hit = document.activeElement.closest("#hits > li");
    const box = hit && hit.querySelector('input[name="record"]');
    if (box) box.click();
    return Boolean(box);
  }

  function search() {
    const field = document.getElementById("q");
    if (field) {
      field.focus();
      field.select();
      return true;
    }
    // from a record, its results with their query; #q asks the search page for the focus
    const way = document.querySelector("a[data-results]") || document.querySelector('a[data-key="search"]');
    if (way) window.location.assign(`${way.href.split("#")[0]}#q`);
    return way !== null;
  }

  function arrive() {
    const field = document.getElementById("q");
    if (window.location.hash !== "#q" || !field) return;
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
    field.focus();
    field.select();
  }

  function help() {
    box.checked = isOn();
    dialog.showModal();
    return true;
  }

  const KEYS = {
    "/": search,
    "?": help,
    j: () => step(1),
    k: () => step(-1),
    n: () => follow("next"),
    p: () => follow("prev"),
    x: select,
    u: () => follow("up"),
    Escape: () => follow("up"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.key !== "Escape" && document.querySelector("details.pop[open], details.me[open]")) return; // a panel is in use
    if (writes(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const act = KEYS[event.key];
    if (act && (isOn() || event.key === "?") && act()) event.preventDefault();
  });

  box.addEventListener("change", () => {
    try {
      window.localStorage.setItem(KEPT, box.checked ? "on" : "off");
    } catch {
      box.checked = true; // it cannot be kept, so it is not promised
    }
  });

  arrive();

  for (const opener of document.querySelectorAll("[data-keys]")) {
    opener.hidden = false;
    opener.addEventListener("click", help);
  }
})();
