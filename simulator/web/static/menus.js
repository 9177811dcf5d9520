// Menus and lists that open under a button: one open at a time, arrow keys, Escape gives the focus back.

import { showChosen } from "./forms.js";

let opener = null;

function popOf(button) {
  return document.getElementById(button.dataset.opens);
}

/** Whether a menu is open. */
export function menuIsOpen() {
  return Boolean(opener?.isConnected && !popOf(opener)?.hidden);
}

/** Closes the open menu, and gives the focus back if it was inside. */
export function closeMenu(returnFocus = false) {
  if (!opener) return;
  const pop = popOf(opener);
  if (pop) pop.hidden = true;
  opener.setAttribute("aria-expanded", "false");
  if (returnFocus) opener.focus();
  opener = null;
}

function openMenu(button) {
  closeMenu();
  const pop = popOf(button);
  if (!pop) return;
  opener = button;
  pop.hidden = false;
  button.setAttribute("aria-expanded", "true");
  pop.classList.remove("pop-up", "pop-start");
  pop.classList.toggle("pop-start", outside(pop));
  pop.classList.toggle("pop-up", overflows(pop));
  const first = pop.querySelector('[aria-current="true"]') ?? items(pop)[0] ?? pop.querySelector("input");
  first?.focus();
}

function outside(pop) {
  const frame = pop.closest("dialog, .main")?.getBoundingClientRect().left ?? 0;
  return pop.matches(".menu") && pop.getBoundingClientRect().left < frame;
}

function overflows(pop) {
  const scroller = pop.closest(".modal-body, .log, .home") ?? document.documentElement;
  const room = Math.min(scroller.getBoundingClientRect().bottom, window.innerHeight);
  return pop.getBoundingClientRect().bottom > room && opener.getBoundingClientRect().top > pop.offsetHeight + 60;
}

function items(pop) {
  return [...pop.querySelectorAll('[role="menuitem"]:not([aria-disabled="true"])')];
}

function step(pop, by) {
  const rows = pop.matches('[role="menu"]') ? items(pop) : [...pop.querySelectorAll("input:not(:disabled)")].filter(shown);
  if (!rows.length) return;
  const now = rows.indexOf(document.activeElement);
  rows[(now + by + rows.length) % rows.length].focus();
}

function shown(box) {
  return box.closest("label, .multi-pop")?.hidden !== true;
}

function filter(find) {
  const words = find.value.trim().toLowerCase();
  for (const row of find.closest(".multi-pop").querySelectorAll(".multi-row")) {
    row.hidden = !row.textContent.toLowerCase().includes(words);
  }
}

function onKey(event) {
  if (!menuIsOpen()) return;
  const pop = popOf(opener);
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    closeMenu(true);
  } else if (pop.contains(document.activeElement) && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    step(pop, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && document.activeElement?.matches(".multi-find, .multi-row input")) {
    event.preventDefault();
    closeMenu(true);
  } else if (event.key === "Tab" && pop.matches('[role="menu"]')) {
    closeMenu();
  }
}

/** Starts listening. */
export function watchMenus() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-opens]");
    if (button) {
      const again = button === opener && menuIsOpen();
      if (again) closeMenu(true);
      else openMenu(button);
    } else if (opener && !popOf(opener)?.contains(event.target)) {
      closeMenu();
    }
  });
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("input", (event) => {
    if (event.target.matches(".multi-find")) filter(event.target);
    else if (event.target.closest(".multi")) showChosen(document);
  });
  document.addEventListener("focusin", (event) => {
    const pop = opener && popOf(opener);
    if (pop?.matches(".multi-pop") && !pop.contains(event.target) && event.target !== opener) closeMenu();
  });
}
