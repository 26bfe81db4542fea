// One message as a bubble: author, quote, content, meta line, reactions, buttons, and what can be done with it.

import { avatar, box, button, h, tint } from "./dom.js";
import { clockTime, t } from "./i18n.js";
import { ticks } from "./icons.js";
import { inlineKeyboard, listOpener, replyButtons } from "./keyboard.js";
import { content } from "./media.js";
import { actionBar } from "./actions.js";
import { withEntities, withMarks } from "./richtext.js";

/** A message's text as nodes, in its platform's manner. */
export function richText(message) {
  return message.entities ? withEntities(message.text, message.entities) : withMarks(message.text);
}

/** One line that stands for a message in quotes and topic lists. */
export function excerpt(message) {
  if (message.service) return serviceText(message.service);
  const words = message.text.replace(/\s+/g, " ").trim();
  if (message.kind === "text" && words) return words;
  const name = t(message.kind === "image" ? "photo" : message.kind);
  return words ? `${name} · ${words}` : message.file?.name || name;
}

/** A bubble (or a service line) for one message; `chat` says where it stands and what presses do. */
export function bubble(message, chat) {
  if (message.service) return h("li", { class: "service" }, h("span", { text: serviceText(message.service) }));
  const side = message.out ? "out" : "in";
  const classes = ["message", `message--${side}`, message.first && "message--first", message.last && "message--last"];
  const row = h("li", { class: classes.filter(Boolean).join(" "), "data-id": message.id });
  if (chat.desk && !message.out) row.append(face(message));
  const column = box("message__column", body(message, chat));
  column.append(...attachedButtons(message, chat), ...reactions(message, chat));
  row.append(column);
  return row;
}

/** The writer's avatar, beside the last bubble of a run. */
function face({ last, author: { name } }) {
  return last ? avatar(name, "avatar--small") : h("span", { class: "avatar-gap" });
}

function body(message, chat) {
  const media = content(message);
  const bare = message.kind === "sticker";
  // The time runs on in the last line of a text, as in both apps.
  const flows = message.text && !message.footer && !isBlock(message);
  const classes = ["bubble", `bubble--${message.kind}`, bare && "bubble--bare", flows && "bubble--flow"];
  const el = h("div", { class: classes.filter(Boolean).join(" "), tabindex: "-1" });
  if (chat.desk && !message.out && message.first) el.append(author(message));
  if (message.reply_to) el.append(quote(message.reply_to));
  if (message.header) el.append(h("div", { class: "bubble__header", text: message.header }));
  el.append(...media);
  if (message.text) el.append(h("div", { class: "bubble__text", dir: "auto" }, richText(message)));
  if (message.footer) el.append(h("div", { class: "bubble__footer", text: message.footer }));
  el.append(meta(message), actionBar(message, chat));
  return el;
}

function isBlock({ entities }) {
  return Boolean(entities?.some(({ type }) => type === "pre" || type.endsWith("blockquote")));
}

function author(message) {
  const name = h("div", { class: `bubble__author ink-${tint(message.author.name)}`, text: message.author.name });
  if (message.author.bot) name.append(h("span", { class: "botmark", text: "bot" }));
  return name;
}

function quote(original) {
  return h(
    "div",
    { class: "quote" },
    h("div", { class: "quote__name", text: original.name }),
    h("div", { class: "quote__text", text: excerpt(original) }),
  );
}

function meta(message) {
  const el = h("div", { class: "bubble__meta" });
  if (message.template) el.append(h("span", { class: "tag", text: t("template") }));
  if (message.edited) el.append(h("span", { text: t("edited") }));
  el.append(h("time", { datetime: new Date(message.at * 1000).toISOString(), text: clockTime(message.at * 1000) }));
  if (message.status) el.append(ticks(message.status, t(message.status)));
  return el;
}

function attachedButtons(message, chat) {
  const parts = [];
  if (message.list) parts.push(listOpener(message, chat));
  const draw = chat.channel === "whatsapp" ? replyButtons : inlineKeyboard;
  if (message.buttons?.length) parts.push(draw(message, chat));
  return parts;
}

function reactions(message, chat) {
  if (!message.reactions.length) return [];
  const list = h("div", { class: "reactions", role: "group", "aria-label": t("reacted") });
  for (const { emoji, count, mine } of message.reactions) {
    const press = () => chat.react(message, mine ? null : emoji);
    const chip = button(mine ? "reaction reaction--mine" : "reaction", press, { "data-focus": `r${emoji}` }, emoji);
    if (count > 1) chip.append(h("span", { text: count }));
    list.append(chip);
  }
  return [list];
}

function serviceText({ type, name }) {
  return t(type, { name });
}
