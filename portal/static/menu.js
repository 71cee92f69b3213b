// Menus and panels (<details class="me"> and <details class="pop">): one open at a time, closed by Escape or a click elsewhere.
"use strict";

(() => {
  const MENUS = "details.me, details.pop";
  const open = () => Array.from(document.querySelectorAll(MENUS)).filter((menu) => menu.open);

  document.addEventListener("click", (event) => {
    for (const menu of open()) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      const held = menu.contains(document.activeElement);
      menu.open = false;
      if (held) menu.querySelector("summary").focus();
    }
  });
})();
