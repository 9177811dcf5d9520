// The message field: suggests the app's commands after a slash, sends on Enter.

const list = () => document.getElementById("commands");

function fit(field) {
  field.rows = Math.min(8, field.value.split("\n").length);
}

function suggest(field) {
  const typed = field.value;
  let any = false;
  for (const row of list().children) {
    row.hidden = !(typed.startsWith("/") && !typed.includes(" ") && row.dataset.command.startsWith(typed.toLowerCase()));
    any ||= !row.hidden;
  }
  show(field, any);
}

function show(field, open) {
  list().hidden = !open;
  const rows = [...list().children].filter((row) => !row.hidden);
  choose(field, open ? rows[0] : null);
}

function choose(field, row) {
  for (const one of list().children) one.setAttribute("aria-selected", String(one === row));
  if (row) field.setAttribute("aria-activedescendant", row.id);
  else field.removeAttribute("aria-activedescendant");
}

function chosen() {
  return list().hidden ? null : list().querySelector('[aria-selected="true"]');
}

function complete(field, row) {
  field.value = `${row.dataset.command} `;
  show(field, false);
  field.focus();
}

function onKey(event, submit) {
  const field = event.target.closest?.(".composer-field");
  if (!field || event.isComposing) return;
  const row = chosen();
  if (row && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const rows = [...list().children].filter((one) => !one.hidden);
    const by = event.key === "ArrowDown" ? 1 : -1;
    choose(field, rows[(rows.indexOf(row) + by + rows.length) % rows.length]);
  } else if (row && event.key === "Escape") {
    event.preventDefault();
    show(field, false);
  } else if (row && (event.key === "Tab" || (event.key === "Enter" && field.value.trim() !== row.dataset.command))) {
    event.preventDefault();
    complete(field, row);
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit(field);
  }
}

/** Starts listening; `say` is called with the channel and the text to send, and says whether it was taken. */
export function watchComposer(say) {
  const submit = async (field) => {
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    fit(field);
    show(field, false);
    if (!(await say(field.dataset.channel, text)) && !field.value) field.value = text;
  };
  document.addEventListener("keydown", (event) => onKey(event, submit));
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".composer-field")) return;
    fit(event.target);
    suggest(event.target);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".composer")) return;
    event.preventDefault();
    submit(event.target.querySelector(".composer-field"));
  });
  document.addEventListener("mousedown", (event) => {
    const row = event.target.closest("#commands [role='option']");
    if (!row) return;
    event.preventDefault();
    complete(document.querySelector(".composer-field"), row);
  });
}
