// Keeps the page of a job, and a table of jobs, up to date: asks every second and a half how far each is, and reloads at the end.
"use strict";

(() => {
  const box = document.getElementById("job");
  if (!box) return;
  const bar = document.getElementById("job-progress");
  const words = document.getElementById("job-words");
  const state = document.querySelector("h1 .state");
  const place = document.title.slice(document.title.lastIndexOf(" · ")); // the public body's name ends every title
  let failures = 0;

  async function look() {
    try {
      const answer = await fetch(box.dataset.address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const job = await answer.json();
      failures = 0;
      document.title = job.title + place;
      if (!job.open) {
        window.location.reload();
        return;
      }
      if (words.textContent !== job.words) words.textContent = job.words;
      if (state && state.textContent !== job.state_words) {
        state.textContent = job.state_words;
        state.className = `state state-${job.state}`;
      }
      if (job.total > 0) {
        bar.max = job.total;
        bar.value = job.done;
      } else {
        bar.removeAttribute("value");
      }
    } catch {
      failures += 1;
    }
    window.setTimeout(look, failures ? Math.min(30000, 1500 * 2 ** failures) : 1500);
  }

  window.setTimeout(look, 1000);
})();

(() => {
  const rows = Array.from(document.querySelectorAll("tr[data-job]"));
  if (!rows.length) return;
  let failures = 0;

  async function look(row) {
    const answer = await fetch(row.dataset.job, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const job = await answer.json();
    const words = row.querySelector(".job-row-words");
    const state = row.querySelector(".state");
    if (words.textContent !== job.words) words.textContent = job.words;
    if (state.textContent !== job.state_words) {
      state.textContent = job.state_words;
      state.className = `state state-${job.state}`;
    }
    return job.open;
  }

  async function lookAtAll() {
    try {
      const areOpen = await Promise.all(rows.map(look));
      failures = 0;
      if (!areOpen.some(Boolean)) {
        window.location.reload();
        return;
      }
    } catch {
      failures += 1;
    }
    window.setTimeout(lookAtAll, failures ? Math.min(30000, 1500 * 2 ** failures) : 1500);
  }

  window.setTimeout(lookAtAll, 1000);
})();
