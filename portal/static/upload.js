// Shows how far an upload is. Without this file the form works all the same, only without the bar.
"use strict";

(() => {
  const form = document.getElementById("upload");
  if (!form) return;
  const bar = document.getElementById("upload-progress");
  const state = document.getElementById("upload-state");
  const button = form.querySelector("button");

  function time(seconds) {
    const unit = seconds >= 7200 ? "hour" : seconds >= 120 ? "minute" : "second";
    const value = Math.round(seconds / { hour: 3600, minute: 60, second: 1 }[unit]);
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(value);
  }

  function failed(text) {
    state.textContent = text;
    bar.hidden = true;
    button.disabled = false;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const size = Array.from(form.elements.archive.files).reduce((sum, file) => sum + file.size, 0);
    if (size > Number(form.dataset.most)) {
      failed(form.dataset.large);
      return;
    }
    const sender = new XMLHttpRequest();
    const started = Date.now();
    let share = "";
    sender.open("POST", form.action);
    sender.setRequestHeader("Accept", "application/json");
    sender.responseType = "json";
    sender.upload.addEventListener("progress", (progress) => {
      if (!progress.lengthComputable) return;
      bar.value = progress.loaded / progress.total;
      const left = ((Date.now() - started) / 1000) * (progress.total / Math.max(progress.loaded, 1) - 1);
      const now = `${Math.floor(100 * bar.value)} %`;
      if (now === share) return;
      share = now;
      state.textContent = form.dataset.sending.replace("{share}", now) + (left >= 2 ? ", " + form.dataset.left.replace("{time}", time(left)) : "");
    });
    sender.addEventListener("load", () => {
      const answer = sender.response || {};
      if (sender.status === 200 && answer.address) window.location.assign(answer.address);
      else failed(answer.problem || answer.detail || answer.error || form.dataset.failed);
    });
    for (const name of ["error", "abort", "timeout"]) sender.addEventListener(name, () => failed(form.dataset.failed));
    button.disabled = true;
    bar.hidden = false;
    sender.send(new FormData(form));
  });
})();
