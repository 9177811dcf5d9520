// The side panels: lock screen and inspector, the narrow screen's sidebar, and the passing cards at the corner.

import { payload } from "./net.js";

const CARD_MS = 7000;
const ROOM_FOR_BOTH = 1500;
let counted = null;

function toggle(panel, button, open) {
  panel.hidden = !open;
  button?.setAttribute("aria-expanded", String(open));
}

/** Whether the inspector is open, so that the simulator sends its list. */
export function inspecting() {
  return !document.getElementById("inspector").hidden;
}

/** Hides the rows that do not match the inspector's filter. */
export function filterEntries() {
  const words = document.getElementById("inspector-find").value.trim().toLowerCase();
  const way = document.getElementById("inspector-way").value;
  for (const row of document.querySelectorAll("#entries > li")) {
    row.hidden = !row.dataset.words.includes(words) || Boolean(way && row.dataset.way !== way);
  }
}

/** Shows a line at the corner for a while. */
export function toast(words, className = "toast") {
  const line = document.createElement("div");
  line.className = className;
  if (typeof words === "string") line.textContent = words;
  else line.append(words);
  document.getElementById("toasts").append(line);
  setTimeout(() => line.remove(), CARD_MS);
}

const told = new Set();

/** Shows what Slack said outside any conversation, each line once; at the first look they count as seen. */
export function showLoose(first = false) {
  for (const line of document.querySelectorAll("#loose li")) {
    if (!told.has(line.id) && !first) toast(line.textContent);
    told.add(line.id);
  }
}

/** Shows the newest notification as a passing card when it came since the last look and the panel is closed. */
export function showNews() {
  const phone = document.querySelector(".phone");
  const [owner, count] = [phone.id, Number(phone.dataset.count)];
  const card = phone.querySelector(".phone-card");
  if (counted && counted.owner === owner && count > counted.count && card && document.getElementById("phone-panel").hidden) {
    const copy = card.cloneNode(true);
    copy.removeAttribute("id");
    toast(copy, "toast-card");
  }
  counted = { owner, count };
}

function crowded() {
  return window.innerWidth < ROOM_FOR_BOTH;
}

async function load(details) {
  const body = details.querySelector(".entry-body");
  body.innerHTML = await payload(details.dataset.entry);
}

function press(id, refresh) {
  const button = document.getElementById(id);
  if (id === "toggle-phone") {
    const panel = document.getElementById("phone-panel");
    if (panel.hidden && crowded() && inspecting()) press("inspector-close", refresh);
    toggle(panel, button, panel.hidden);
  } else if (id === "toggle-side") {
    const open = !document.body.classList.contains("side-open");
    document.body.classList.toggle("side-open", open);
    button.setAttribute("aria-expanded", String(open));
  } else {
    const panel = document.getElementById("inspector");
    const phone = document.getElementById("phone-panel");
    if (panel.hidden && crowded()) toggle(phone, document.getElementById("toggle-phone"), false);
    toggle(panel, document.getElementById("toggle-inspector"), panel.hidden);
    if (panel.hidden) document.getElementById("toggle-inspector").focus();
    else document.getElementById("inspector-find").focus();
    refresh();
  }
}

const IDS = { "toggle-phone": 1, "toggle-side": 1, "toggle-inspector": 1, "inspector-close": 1 };

/** Starts listening; `refresh` fetches the page's regions again. */
export function watchPanels(refresh) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && IDS[button.id]) press(button.id, refresh);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select");
    if (event.key === "i" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      press("toggle-inspector", refresh);
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.closest("#inspector-find, #inspector-way")) filterEntries();
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details[data-entry]") && event.target.open) load(event.target);
  }, true);
}
