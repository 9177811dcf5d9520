// What a person does on the page, sent to the simulator: press, choose, type, submit, close, send.

import { confirmed, modal } from "./dialogs.js";
import { answer, answers, complete, toFirstError, unmark } from "./forms.js";
import { closeMenu } from "./menus.js";
import { send } from "./net.js";
import { toast } from "./panels.js";

const TYPING_MS = 350;
let place = () => ({});
let refresh = () => Promise.resolve();
const timers = new Map();

/** Sends one deed of the acting person, says what went wrong, and brings the page up to date. */
export async function deed(verb, body) {
  const result = await send(verb, { as: place().as, ...body });
  if (!result.ok && result.trouble) toast(result.trouble);
  await refresh();
  return result;
}

function surface(control) {
  const container = control.closest("[data-container]");
  const { view, channel, ts } = container.dataset;
  return { container, where: view ? { view } : { channel, ts } };
}

async function act(control, value) {
  const { container, where } = surface(control);
  clearTimeout(timers.get(control.id));
  if (!(await confirmed(control.dataset.confirm))) {
    if (control.matches("select")) control.value = control.dataset.was;
    return;
  }
  const { block, action } = control.dataset;
  control.dataset.pending = "";
  const confirmation = Boolean(control.dataset.confirm);
  await deed("act", { ...where, block, action, value, values: answers(container), confirmed: confirmation });
  delete control.dataset.pending;
}

function press(event) {
  const button = event.target.closest('[data-control="button"], [data-control="workflow_button"]');
  if (button && !("pending" in button.dataset)) act(button, null);
  const item = event.target.closest(".overflow [role='menuitem']");
  if (item) {
    closeMenu(true);
    act(item.closest(".overflow"), item.dataset.value);
  }
  const close = event.target.closest("[data-close]");
  if (close) closeModal(close.dataset.close);
}

function typed(event) {
  const control = event.target.closest("[data-control]");
  if (!control || event.target.matches(".multi-find")) return;
  unmark(control);
  const speaks = (control.dataset.dispatch ?? "").split(" ");
  if (event.type === "change" && speaks.includes("change")) {
    act(control, answer(control));
    return;
  }
  clearTimeout(timers.get(control.id));
  timers.set(control.id, setTimeout(() => settle(control, speaks), TYPING_MS));
}

function settle(control, speaks) {
  if (!control.isConnected) return;
  if (speaks.includes("character")) {
    act(control, answer(control));
    return;
  }
  const { where } = surface(control);
  const { block, action } = control.dataset;
  send("fill", { as: place().as, ...where, values: { [block]: { [action]: answer(control) } } });
}

function onKey(event) {
  const control = event.target.closest?.("[data-control]");
  if (!control || event.key !== "Enter" || event.isComposing) return;
  const speaks = (control.dataset.dispatch ?? "").split(" ");
  const several = control.matches("textarea") && !event.metaKey && !event.ctrlKey;
  if (speaks.includes("enter") && !several) {
    event.preventDefault();
    act(control, answer(control));
  } else if (control.matches("textarea") && !several) {
    event.preventDefault();
    modal()?.querySelector("form").requestSubmit();
  }
}

async function submit(form) {
  const dialog = form.closest("dialog");
  if (dialog.dataset.busy === "" || "pending" in dialog.dataset || !form.querySelector('[type="submit"]')) return;
  if (!complete(form)) return;
  for (const timer of timers.values()) clearTimeout(timer);
  dialog.dataset.pending = "";
  await deed("submit", { view: dialog.dataset.view, values: answers(form) });
  delete dialog.dataset.pending;
  const now = modal();
  if (now === dialog) toFirstError(dialog);
}

/** Closes the modal on top ("one") or the whole stack ("all"). */
export function closeModal(which) {
  const dialog = modal();
  if (dialog) deed("close", { view: dialog.dataset.view, all: which === "all" });
}

/** Starts listening; `where` returns the acting person and place, `update` fetches the regions. */
export function watchDeeds(where, update) {
  place = where;
  refresh = update;
  document.addEventListener("click", press);
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".modal-form")) return;
    event.preventDefault();
    submit(event.target);
  });
}
