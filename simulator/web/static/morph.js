// Changes what is on screen into new markup while keeping elements that stay: focus, typed text and open menus survive.
// Fields keep what was typed because a browser ignores a changed `value` attribute once a person has typed.

const LIVE = new Set(["hidden", "open", "aria-expanded", "aria-selected", "aria-activedescendant", "data-pending"]);

/** Makes the children of `target` equal to `html`. */
export function morph(target, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const focused = document.activeElement?.id;
  children(target, template.content);
  if (focused && document.activeElement?.id !== focused && document.activeElement === document.body) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
}

function children(from, to) {
  const kept = new Map();
  for (const child of from.children) if (child.id) kept.set(child.id, child);
  const wanted = new Set([...to.children].map((child) => child.id).filter(Boolean));
  let at = from.firstChild;
  for (const next of [...to.childNodes]) {
    while (at && gone(at, wanted)) at = drop(at);
    const match = next.id ? kept.get(next.id) : at;
    if (match && alike(match, next)) {
      if (match === at) at = at.nextSibling;
      else from.insertBefore(match, at);
      change(match, next);
    } else {
      from.insertBefore(next, at);
    }
  }
  while (at) at = drop(at);
}

function gone(node, wanted) {
  return Boolean(node.id) && !wanted.has(node.id);
}

function drop(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function alike(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName && (one.id || "") === (other.id || "");
}

function change(from, to) {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  attributes(from, to);
  if (!from.hasAttribute("data-keep")) children(from, to);
}

function attributes(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !LIVE.has(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (!LIVE.has(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}
