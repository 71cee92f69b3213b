// Sends archives one after the other, each with its own progress; files may be dropped anywhere on the page.
// Without this file the form sends all of them at once and works all the same.
"use strict";

(() => {
  const form = document.getElementById("upload");
  if (!form) return;
  const input = form.elements.archive;
  const list = document.getElementById("upload-files");
  const state = document.getElementById("upload-state");
  const button = form.querySelector("button");
  document.getElementById("drop-words").hidden = false;

  function time(seconds) {
    const unit = seconds >= 7200 ? "hour" : seconds >= 120 ? "minute" : "second";
    const value = Math.round(seconds / { hour: 3600, minute: 60, second: 1 }[unit]);
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(value);
  }

  function row(file) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const words = document.createElement("span");
    const bar = document.createElement("progress");
    name.textContent = file.name;
    name.className = "break";
    words.className = "quiet";
    words.textContent = form.dataset.waiting;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    item.append(name, words, bar);
    list.append(item);
    return { item, words, bar };
  }

  function problem(shown, text) {
    shown.item.className = "drop-failed";
    shown.words.textContent = text;
    shown.bar.hidden = true;
  }

  function send(file, shown) {
    return new Promise((resolve) => {
      if (file.size > Number(form.dataset.most)) {
        problem(shown, form.dataset.large);
        resolve("");
        return;
      }
      const data = new FormData();
      data.append("csrf_token", form.elements.csrf_token.value);
      data.append("archive", file, file.name);
      const sender = new XMLHttpRequest();
      const started = Date.now();
      sender.open("POST", form.action);
      sender.setRequestHeader("Accept", "application/json");
      sender.responseType = "json";
      sender.upload.addEventListener("progress", (progress) => {
        if (!progress.lengthComputable) return;
        shown.bar.value = progress.loaded / progress.total;
        const left = ((Date.now() - started) / 1000) * (progress.total / Math.max(progress.loaded, 1) - 1);
        const share = form.dataset.sending.replace("{share}", `${Math.floor(100 * shown.bar.value)} %`);
        shown.words.textContent = share + (left >= 2 ? ", " + form.dataset.left.replace("{time}", time(left)) : "");
      });
      sender.addEventListener("load", () => {
        const answer = sender.response || {};
        if (sender.status === 200 && answer.tokens) {
          shown.bar.value = 1;
          shown.words.textContent = form.dataset.sent;
          resolve(answer.tokens[0]);
        } else {
          problem(shown, answer.problem || answer.detail || answer.error || form.dataset.failed);
          resolve("");
        }
      });
      for (const name of ["error", "abort", "timeout"]) {
        sender.addEventListener(name, () => {
          problem(shown, form.dataset.failed);
          resolve("");
        });
      }
      sender.send(data);
    });
  }

  async function sendAll(files) {
    if (!files.length || button.disabled) return;
    button.disabled = true;
    state.textContent = "";
    list.replaceChildren();
    const shown = files.map(row);
    const tokens = [];
    for (const [at, file] of files.entries()) tokens.push(await send(file, shown[at]));
    const sent = tokens.filter(Boolean);
    button.disabled = false;
    if (!sent.length) {
      state.textContent = form.dataset.none;
      input.value = "";
      return;
    }
    if (sent.length === tokens.length) look(sent);
    else offer(sent);
  }

  // Some files failed: their reader sees which, and goes on with the others.
  function offer(sent) {
    const go = document.createElement("button");
    go.type = "button";
    go.className = "btn btn-primary";
    go.textContent = form.dataset.rest;
    go.addEventListener("click", () => look(sent));
    state.replaceChildren(go);
    go.focus();
  }

  function look(tokens) {
    const next = document.createElement("form");
    next.method = "post";
    next.action = form.dataset.look;
    const fields = [["csrf_token", form.elements.csrf_token.value], ["once", form.elements.once.value]];
    if (form.elements.one.checked) fields.push(["one", "1"]);
    for (const token of tokens) fields.push(["token", token]);
    for (const [name, value] of fields) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      next.append(field);
    }
    document.body.append(next);
    next.submit();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sendAll(Array.from(input.files));
  });

  let depth = 0; // dragenter and dragleave come for every element on the way
  const holdsFiles = (event) => Array.from(event.dataTransfer ? event.dataTransfer.types : []).includes("Files");
  const mark = () => form.classList.toggle("is-over", depth > 0);
  document.addEventListener("dragenter", (event) => {
    if (!holdsFiles(event)) return;
    depth += 1;
    mark();
  });
  document.addEventListener("dragleave", (event) => {
    if (!holdsFiles(event)) return;
    depth = Math.max(0, depth - 1);
    mark();
  });
  document.addEventListener("dragover", (event) => {
    if (holdsFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth = 0;
    mark();
    sendAll(Array.from(event.dataTransfer.files));
  });
})();
