// The open modal and the dialog that asks before a deed: focus goes in, stays in, and comes back.

const FIELDS = "input:not([type='hidden']):not(.multi-find), textarea, select, .multi-open";
const STOPS = "a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), select:not([disabled]), [tabindex='0']";

let before = null;
let shownId = "";
let shownTitle = "";
const lastFocus = new Map();

/** The open modal, if there is one. */
export function modal() {
  return document.querySelector("#modals dialog");
}

/** Shows the modal that the page holds, or gives the focus back when it has gone. */
export function syncModal() {
  const dialog = modal();
  const title = dialog?.querySelector("h2").textContent ?? "";
  // A view that was replaced by another one is read from its beginning; one that was only updated stays where it is.
  if (dialog?.open && title !== shownTitle) dialog.querySelector(".modal-body").scrollTop = 0;
  shownTitle = title;
  if (dialog && !dialog.open) {
    if (!shownId) before = document.activeElement;
    // Read first: showing a dialog moves the focus into it, which would be remembered instead.
    const last = lastFocus.get(dialog.id) ?? "";
    dialog.showModal();
    shownId = dialog.id;
    enter(dialog, document.getElementById(last));
  } else if (!dialog && shownId) {
    shownId = "";
    lastFocus.clear();
    const back = before?.isConnected ? before : document.getElementById(before?.id) ?? document.querySelector(".composer-field");
    (back ?? document.getElementById("main"))?.focus({ preventScroll: true });
  }
}

function enter(dialog, known) {
  const wanted = known ?? dialog.querySelector("[data-autofocus]") ?? dialog.querySelector(`.block-input :is(${FIELDS})`);
  (wanted ?? dialog.querySelector(".modal-head h2")).focus();
}

function trap(event) {
  if (event.key !== "Tab") return;
  const dialog = document.querySelector("#confirms dialog") ?? modal();
  if (!dialog) return;
  const stops = [...dialog.querySelectorAll(STOPS)].filter((one) => one.offsetParent !== null && one.tabIndex >= 0);
  const [first, last] = [stops[0], stops[stops.length - 1]];
  const inside = dialog.contains(document.activeElement);
  if (event.shiftKey ? document.activeElement === first || !inside : document.activeElement === last || !inside) {
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }
}

/** Asks with the app's own words; resolves to whether the person went ahead. */
export function confirmed(json) {
  if (!json) return Promise.resolve(true);
  const words = JSON.parse(json);
  const asker = document.activeElement;
  const dialog = document.createElement("dialog");
  dialog.className = "modal confirm";
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-modal", "true");
  dialog.setAttribute("aria-labelledby", "confirm-title");
  dialog.setAttribute("aria-describedby", "confirm-text");
  const title = make("h2", "", words.title);
  title.id = "confirm-title";
  const text = make("div", "modal-body words", "");
  text.id = "confirm-text";
  text.innerHTML = words.text;
  const deny = make("button", "btn", words.deny);
  const go = make("button", `btn ${words.danger ? "danger" : "primary"}`, words.confirm);
  const head = make("header", "modal-head", "");
  head.append(title);
  const foot = make("footer", "modal-foot", "");
  foot.append(deny, go);
  dialog.append(head, text, foot);
  document.getElementById("confirms").append(dialog);
  return new Promise((resolve) => {
    const end = (yes) => {
      if (dialog.open) dialog.close();
      dialog.remove();
      asker?.focus?.();
      resolve(yes);
    };
    deny.addEventListener("click", () => end(false));
    go.addEventListener("click", () => end(true));
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      end(false);
    });
    dialog.addEventListener("cancel", () => end(false));
    dialog.showModal();
    deny.focus();
  });
}

function make(tag, className, words) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = words;
  if (tag === "button") element.type = "button";
  return element;
}

/** Starts keeping the focus inside; `close` is called with "one" when a person presses Escape. */
export function watchDialogs(close) {
  document.addEventListener("keydown", trap);
  // Browsers let a page refuse `cancel` only once in a while, so Escape is taken before it becomes one.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !modal() || document.querySelector("#confirms dialog")) return;
    event.preventDefault();
    close("one");
  });
  document.addEventListener("focusin", (event) => {
    const dialog = event.target.closest?.("#modals dialog");
    if (dialog && event.target.id) lastFocus.set(dialog.id, event.target.id);
  });
  document.addEventListener("cancel", (event) => {
    if (!event.target.closest("#modals")) return;
    event.preventDefault();
    close("one");
  }, true);
}
