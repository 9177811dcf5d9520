// Puts the page together: keeps it up to date, moves between places and people.

import { watchComposer } from "./composer.js";
import { closeModal, deed, watchDeeds } from "./deeds.js";
import { syncModal, watchDialogs } from "./dialogs.js";
import { showChosen } from "./forms.js";
import { closeMenu, watchMenus } from "./menus.js";
import { morph } from "./morph.js";
import { regions } from "./net.js";
import { filterEntries, inspecting, showLoose, showNews, toast, watchPanels } from "./panels.js";

const RETRY_MS = 2000;
const NEAR_END = 60;
const shown = new Map();
let here = { as: document.body.dataset.as, at: document.body.dataset.at };
let version = Number(document.body.dataset.version);
let waiting = new AbortController();
let lost = false;

function place() {
  return { ...here, run: document.body.dataset.run, inspect: inspecting() ? "1" : "", seen: document.visibilityState === "visible" ? "1" : "" };
}

function apply(data) {
  if (data.run !== document.body.dataset.run) {
    location.reload();
    return;
  }
  if (data.version < version) return;
  version = data.version;
  document.title = data.title;
  const log = document.getElementById("log");
  const atEnd = !log || log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  const room = log?.firstElementChild?.id;
  for (const [id, html] of Object.entries(data.regions)) {
    if (shown.get(id) === html) continue;
    shown.set(id, html);
    morph(document.getElementById(id), html);
  }
  showChosen(document);
  filterEntries();
  syncModal();
  showNews();
  showLoose();
  const now = document.getElementById("log");
  if (now && (atEnd || now.firstElementChild?.id !== room)) now.scrollTop = now.scrollHeight;
}

/** Fetches the regions at once, whatever the version. */
async function refresh() {
  const asked = here;
  try {
    const data = await regions(place(), -1);
    if (asked === here) apply(data);
  } catch {
    // The loop below says when the simulator is gone.
  }
}

async function follow() {
  for (;;) {
    const asked = here;
    waiting = new AbortController();
    try {
      const data = await regions(place(), version, waiting.signal);
      if (asked === here) apply(data);
      if (lost) toast("The simulator answers again.");
      lost = false;
    } catch (error) {
      if (error.name === "AbortError") continue;
      if (!lost) toast("We had some trouble connecting to the simulator. Trying again.");
      lost = true;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function go(next, remember = true) {
  here = { ...here, ...next };
  waiting.abort();
  document.body.classList.remove("side-open");
  if (remember) history.pushState(here, "", `?${new URLSearchParams(here)}`);
  await refresh();
  if (here.at === "home" || here.at === "messages") await deed("open", { tab: here.at });
}

function follows(event) {
  const link = event.target.closest("a[data-go]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go({ at: link.dataset.go });
}

async function start() {
  watchMenus();
  watchComposer(async (channel, text) => (await deed("say", { channel, text })).ok);
  watchDeeds(() => here, refresh);
  watchDialogs(closeModal);
  watchPanels(refresh);
  document.addEventListener("click", (event) => {
    follows(event);
    const shortcut = event.target.closest("[data-shortcut]");
    if (!shortcut) return;
    closeMenu(true);
    deed("shortcut", { callback: shortcut.dataset.shortcut });
  });
  window.addEventListener("popstate", (event) => {
    const query = new URLSearchParams(location.search);
    const back = event.state ?? { as: query.get("as") ?? here.as, at: query.get("at") ?? here.at };
    if (back.as !== here.as) location.reload();
    else go(back, false);
  });
  history.replaceState(here, "", `?${new URLSearchParams(here)}`);
  showChosen(document);
  syncModal();
  showNews();
  showLoose(true);
  const log = document.getElementById("log");
  if (log) log.scrollTop = log.scrollHeight;
  if (here.at === "home" || here.at === "messages") deed("open", { tab: here.at });
  document.addEventListener("visibilitychange", refresh);
  follow();
}

start();
