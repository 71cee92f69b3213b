// Buttons that copy a field of the page or print it. Without scripts they stay hidden, and the field can be selected by hand.
"use strict";

(() => {
  const fold = (field) => field.closest("details:not([open])");

  async function copy(field) {
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      // no clipboard without https: select the field and let the browser copy the selection
      const folded = fold(field);
      if (folded) folded.open = true;
      field.focus();
      field.select();
      return document.execCommand("copy");
    }
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    const status = button.parentElement.querySelector("[data-copied]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      const isCopied = await copy(field);
      if (isCopied && status) status.textContent = status.dataset.copied;
    });
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // What is folded on the screen is whole on paper.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.fold:not([open])")];
    for (const one of opened) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
})();
