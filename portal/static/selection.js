// Keeps the records selected on other pages of the same search, and shows the bar while something is selected.
// Without this file the boxes and the buttons work for the records of one page.
"use strict";

(() => {
  const form = document.getElementById("selection");
  if (!form) return;
  const KEPT = `showme-selected ${form.dataset.key}`;
  const MOST = 5000;
  const count = form.querySelector(".selection-count");
  const all = form.querySelector("[data-select-all]");
  const boxes = () => Array.from(document.querySelectorAll('input[name="record"][form="selection"]'));

  function read() {
    try {
      return new Set(JSON.parse(window.sessionStorage.getItem(KEPT) || "[]"));
    } catch {
      return new Set(); // the browser keeps nothing for us: the selection is that of this page
    }
  }

  let selected = read();

  function write() {
    try {
      if (selected.size) window.sessionStorage.setItem(KEPT, JSON.stringify([...selected]));
      else window.sessionStorage.removeItem(KEPT);
    } catch {
      // as above
    }
  }

  function show() {
    const shown = boxes();
    for (const box of shown) {
      box.checked = selected.has(box.value);
      box.closest("li").classList.toggle("is-selected", box.checked);
    }
    const template = selected.size === 1 ? form.dataset.one : form.dataset.many;
    const words = template.replace("{count}", new Intl.NumberFormat(document.documentElement.lang).format(selected.size));
    if (count.textContent !== words) count.textContent = words;
    form.classList.toggle("is-idle", selected.size === 0);
    document.body.classList.toggle("has-selection", selected.size > 0);
    all.hidden = shown.every((box) => box.checked);
  }

  function change() {
    write();
    show();
  }

  document.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.name !== "record") return;
    if (event.target.checked && selected.size < MOST) selected.add(event.target.value);
    else selected.delete(event.target.value);
    change();
  });

  all.addEventListener("click", () => {
    for (const box of boxes()) if (selected.size < MOST) selected.add(box.value);
    change();
  });

  form.addEventListener("reset", (event) => {
    event.preventDefault();
    selected = new Set();
    change();
  });

  form.addEventListener("submit", (event) => {
    const here = new Set(boxes().map((box) => box.value));
    for (const field of form.querySelectorAll("input[data-elsewhere]")) field.remove();
    for (const value of selected) {
      if (here.has(value)) continue;
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "record";
      field.value = value;
      field.dataset.elsewhere = "";
      form.append(field);
    }
    const then = event.submitter ? event.submitter.value : "";
    if (then === "basket" || then === "unbasket") {
      selected = new Set();
      write(); // the boxes stay as they are: the form is sent with them
    }
  });

  window.addEventListener("pageshow", () => {
    selected = read();
    show();
  });
  form.classList.add("is-live");
  show();
})();
