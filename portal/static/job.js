// Keeps the page of a job up to date: asks every second and a half how far it is, and reloads at the end.
"use strict";

(() => {
  const box = document.getElementById("job");
  if (!box) return;
  const bar = document.getElementById("job-progress");
  const words = document.getElementById("job-words");
  let failures = 0;

  async function look() {
    try {
      const answer = await fetch(box.dataset.address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const job = await answer.json();
      failures = 0;
      if (!job.open) {
        window.location.reload();
        return;
      }
      if (words.textContent !== job.words) words.textContent = job.words;
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
