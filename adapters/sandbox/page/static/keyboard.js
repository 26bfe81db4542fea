// Buttons that come with a message: Telegram's inline keyboard, WhatsApp's reply buttons and list sheet.

import { box, button, h, outward } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

/** Telegram's rows of buttons under a message; a pressed one waits visibly for the bot's answer. */
export function inlineKeyboard(message, chat) {
  const rows = message.buttons.map((row) => row.map((key) => inlineKey(key, message, chat)));
  return box("keyboard", rows.map((keys) => box("keyboard__row", keys)));
}

function inlineKey(key, message, chat) {
  if (key.url) return outward("key", key.url, key.title, icon("link"));
  const waits = chat.waiting.has(`${message.id} ${key.id}`);
  const props = { "data-focus": `k${key.id}`, "aria-busy": String(waits) };
  const press = () => chat.press(message, key);
  return button(waits ? "key key--waiting" : "key", press, props, h("span", { text: key.title }));
}

/** WhatsApp's quick replies: white rows under the bubble. */
export function replyButtons(message, chat) {
  const keys = message.buttons.flat().map((key) => {
    if (key.url) return outward("quick", key.url, icon("link"), key.title);
    const words = [icon("reply"), h("span", { text: key.title })];
    return button("quick", () => chat.press(message, key), { "data-focus": `k${key.id}` }, words);
  });
  return box("quicks", keys);
}

/** The row that opens a WhatsApp list. */
export function listOpener(message, chat) {
  const words = [icon("list"), h("span", { text: message.list.button })];
  const props = { "data-focus": "list", "aria-haspopup": "dialog" };
  return box("quicks", button("quick", () => openSheet(message, chat), props, words));
}

/** WhatsApp's bottom sheet: rows with a radio mark, sent with one button. */
function openSheet(message, chat) {
  const screen = chat.sheetParent;
  const opener = document.activeElement;
  const title = message.list.button;
  const form = h("form", { class: "sheet__panel", role: "dialog", "aria-modal": "true", "aria-label": title });
  const shade = box("sheet", form);
  const shut = () => {
    shade.remove();
    opener?.focus();
  };
  const sendIt = h("button", { class: "button button--main", disabled: true, text: t("send") });
  const cross = button("round", shut, { "aria-label": t("cancel") }, icon("close"));
  form.append(box("sheet__head", cross, h("strong", { text: title })));
  form.append(box("sheet__rows", message.list.sections.map(section)), box("sheet__foot", sendIt));
  form.addEventListener("change", () => (sendIt.disabled = false));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const id = new FormData(form).get("row");
    const row = message.list.sections.flatMap(({ rows }) => rows).find((one) => one.id === id);
    shut();
    chat.press(message, row);
  });
  shade.addEventListener("click", (event) => event.target === shade && shut());
  shade.addEventListener("keydown", (event) => event.key === "Escape" && shut());
  screen.append(shade);
  form.querySelector("input")?.focus({ preventScroll: true });
}

function section({ title, rows }) {
  const items = rows.map((row) =>
    h(
      "label",
      { class: "sheet__row" },
      h("span", { class: "sheet__words" }, h("span", { text: row.title }), row.description ? h("small", { text: row.description }) : null),
      h("input", { type: "radio", name: "row", value: row.id }),
    ),
  );
  return h("fieldset", { class: "sheet__section" }, title ? h("legend", { text: title }) : null, items);
}

/** A menu that drops from a button: entries are `[key, icon, run]`, read anew at every opening. */
export function menu(opener, entries) {
  const list = h("div", { class: "menu", role: "menu", hidden: true });
  const shut = () => {
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
  };
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-expanded", "false");
  opener.addEventListener("click", () => {
    if (!list.hidden) return shut();
    list.replaceChildren(...entries().map(([key, picture, run]) => entry(key, picture, () => (shut(), run()))));
    list.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    return list.firstElementChild?.focus();
  });
  const home = h("div", { class: "menu-home" }, opener, list);
  home.addEventListener("focusout", (event) => event.relatedTarget && !home.contains(event.relatedTarget) && shut());
  home.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    shut();
    opener.focus();
  });
  document.addEventListener("click", (event) => !home.contains(event.target) && shut());
  return home;
}

function entry(key, picture, run) {
  return button("menu__entry", run, { role: "menuitem" }, icon(picture), t(key));
}
