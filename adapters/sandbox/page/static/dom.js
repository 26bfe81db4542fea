// Small tools over the DOM: nodes are built, never parsed from text, so nobody's words become markup.

const SVG = "http://www.w3.org/2000/svg";

/** Build an element: props `class`, `text`, `on` ({event: listener}), the rest are attributes. */
export function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") el.textContent = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) el.addEventListener(event, listener);
    else el.setAttribute(name, value === true ? "" : value);
  }
  el.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return el;
}

/** A `div` of this class. */
export function box(name, ...children) {
  return h("div", { class: name }, ...children);
}

/** A button of this class that runs `press`; `props` are further attributes. */
export function button(name, press, props, ...children) {
  return h("button", { class: name, type: "button", ...props, on: { click: press } }, ...children);
}

/** A link that leaves the page. */
export function outward(name, address, ...children) {
  return h("a", { class: name, href: address, target: "_blank", rel: "noreferrer noopener" }, ...children);
}

/** Build an SVG element from attributes and children. */
export function s(tag, attributes = {}, ...children) {
  const el = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
  el.append(...children);
  return el;
}

/**
 * Make `parent` show `items`, keeping the nodes of items that did not change.
 * `key(item)` names an item, `sign(item)` tells whether it changed, `make(item)` builds its node.
 */
export function keyed(parent, items, { key, sign, make }) {
  const old = new Map([...parent.children].map((el) => [el.dataset.key, el]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const signature = sign(item);
    let el = old.get(name);
    old.delete(name);
    if (!el || el.signature !== signature) {
      const fresh = make(item);
      fresh.dataset.key = name;
      fresh.signature = signature;
      if (el) {
        if (at === el) at = fresh;
        replaceKeepingFocus(el, fresh);
      }
      el = fresh;
    }
    if (el === at) at = at.nextElementSibling;
    else parent.insertBefore(el, at);
  }
  for (const el of old.values()) el.remove();
}

function replaceKeepingFocus(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
  old.replaceWith(fresh);
  if (focused) [...fresh.querySelectorAll("[data-focus]")].find((el) => el.dataset.focus === focused)?.focus();
}

/** Set an element's text only when it differs, so that selections and screen readers are left alone. */
export function setText(el, text) {
  if (el.textContent !== text) el.textContent = text;
}

/** Show or hide an element. */
export function toggle(el, shown) {
  if (el.hidden === shown) el.hidden = !shown;
}

/** The initials shown in a person's avatar, at most two letters. */
export function initials(name) {
  return name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join("").toLocaleUpperCase("tr");
}

/** One of eight avatar tints, always the same for the same text. */
export function tint(text) {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 8191;
  return sum % 8;
}

/** A round avatar with initials. */
export function avatar(name, extra = "") {
  return h("span", { class: `avatar tint-${tint(name)} ${extra}`, "aria-hidden": "true", text: initials(name) });
}
