// Reads what a person has filled in, and shows what is still missing.

const SILENT = new Set(["button", "workflow_button", "icon_button", "overflow"]);
const REQUIRED = { en: "Please complete this required field.", fr: "Veuillez remplir ce champ obligatoire." };

/** Returns the raw answer of one control: a string, or a list of strings where several may be chosen. */
export function answer(control) {
  const kind = control.dataset.control;
  if (kind === "checkboxes" || kind.startsWith("multi_")) {
    return [...control.querySelectorAll('input[type="checkbox"]:checked')].map((box) => box.value);
  }
  if (kind === "radio_buttons") return control.querySelector("input:checked")?.value ?? "";
  return control.value ?? "";
}

/** Returns every answer on a surface: {block id: {action id: raw answer}}. */
export function answers(container) {
  const values = {};
  for (const control of container.querySelectorAll("[data-control]")) {
    if (SILENT.has(control.dataset.control)) continue;
    (values[control.dataset.block] ??= {})[control.dataset.action] = answer(control);
  }
  return values;
}

/** Marks required fields that are empty, moves to the first one, and says whether there was none. */
export function complete(container) {
  const missing = [];
  for (const control of container.querySelectorAll("[data-required]")) {
    const value = answer(control);
    const empty = Array.isArray(value) ? value.length === 0 : value.trim() === "";
    if (empty) missing.push(control);
    mark(control, empty ? REQUIRED[container.closest("[lang]").lang] ?? REQUIRED.en : "");
  }
  if (missing.length) focusable(missing[0]).focus();
  return missing.length === 0;
}

/** Moves to the first field that was refused, if any. */
export function toFirstError(container) {
  const control = container.querySelector('[aria-invalid="true"]');
  if (control) focusable(control).focus();
  return Boolean(control);
}

function mark(control, words) {
  const line = control.closest(".block-input")?.querySelector(".error span");
  if (line) line.textContent = words;
  if (words) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

/** Takes the error off a field as soon as it is changed. */
export function unmark(control) {
  if (control.hasAttribute("aria-invalid")) mark(control, "");
}

function focusable(control) {
  return control.matches("input, textarea, select") ? control : control.querySelector("input:not(.multi-find), button, select") ?? control;
}

/** Writes the chosen names on the button of each menu of several. */
export function showChosen(root) {
  for (const multi of root.querySelectorAll(".multi")) {
    const names = [...multi.querySelectorAll("input:checked")].map((box) => box.nextElementSibling.textContent);
    const shown = multi.querySelector(".multi-shown");
    shown.replaceChildren(...(names.length ? names.map(chip) : [multi.dataset.hint]));
    shown.classList.toggle("is-hint", names.length === 0);
    const full = multi.dataset.max && names.length >= Number(multi.dataset.max);
    for (const box of multi.querySelectorAll("input[type='checkbox']")) box.disabled = Boolean(full) && !box.checked;
  }
}

function chip(name) {
  const span = document.createElement("span");
  span.className = "chip";
  span.textContent = name;
  return span;
}
