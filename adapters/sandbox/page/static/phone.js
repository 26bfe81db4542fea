// A customer's phone: the frame, the chat with the business, and the people one can be.

import { createConversation } from "./conversation.js";
import { avatar, box, button, h, keyed, setText, toggle } from "./dom.js";
import { clockTime, label, lang, span, t } from "./i18n.js";
import { channelSign, icon } from "./icons.js";
import { menu } from "./keyboard.js";
import { countBadge, trying } from "./notices.js";
import { act, changed, now, view, world } from "./store.js";

const CHANNELS = ["whatsapp", "telegram"];

/** The left side: two columns of people and phones, one per platform. */
export function createPhones(parent) {
  const columns = CHANNELS.map((channel) => createColumn(channel));
  parent.append(...columns.map(({ el }) => el));
  label(parent, "customers");
  return () => {
    parent.dataset.active = view.channel;
    for (const column of columns) column.render();
  };
}

function createColumn(channel) {
  const tabs = h("div", { class: "people", role: "tablist" });
  const phones = h("div", { class: "handsets" });
  const el = h("div", { class: `column column--${channel}` }, tabs, phones);
  label(tabs, channel);
  const made = new Map();
  tabs.addEventListener("keydown", (event) => moveBetweenTabs(event, tabs));

  function render() {
    const mine = world.state.phones.filter((phone) => phone.channel === channel);
    if (!mine.some(({ key }) => key === view.phone[channel])) view.phone[channel] = mine[0]?.key ?? null;
    keyed(tabs, mine, {
      key: (phone) => phone.key,
      sign: (phone) => tabSignature(phone, channel),
      make: (phone) => tab(phone, channel),
    });
    for (const phone of mine) {
      if (!made.has(phone.key)) {
        made.set(phone.key, createHandset(phone.key, channel));
        phones.append(made.get(phone.key).el);
      }
      made.get(phone.key).render(phone);
    }
  }
  return { el, render };
}

function tabSignature(phone, channel) {
  return JSON.stringify([phone.name, chosen(phone, channel), view.channel, unread(phone), lang()]);
}

function chosen(phone, channel) {
  return view.phone[channel] === phone.key;
}

function unread(phone) {
  const incoming = phone.messages.filter((message) => !message.out).length;
  return incoming - (view.seen[phone.key] ?? 0);
}

function tab(phone, channel) {
  const on = chosen(phone, channel);
  const classes = ["tab", on && "tab--on", view.channel === channel && "tab--here"].filter(Boolean).join(" ");
  const props = { role: "tab", "data-focus": phone.key, "aria-selected": String(on), tabindex: on ? "0" : "-1" };
  const press = () => {
    view.phone[channel] = phone.key;
    view.channel = channel;
    changed();
  };
  const face = avatar(phone.name);
  face.append(channelSign(channel));
  const count = unread(phone);
  const name = h("span", { class: "tab__name", text: phone.name });
  return button(classes, press, props, face, name, count > 0 && !on ? countBadge(count) : null);
}

function moveBetweenTabs(event, tabs) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const all = [...tabs.children];
  const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
  next.click();
  tabs.querySelector("[aria-selected=true]")?.focus();
}

function createHandset(key, channel) {
  const time = h("span", { class: "statusbar__time" });
  const sub = h("span", { class: "head__sub" });
  const more = label(h("button", { class: "round", type: "button" }, icon("more")), "menu_phone");
  let phone = null;
  const options = () => phoneMenu(phone);
  const titles = h("div", { class: "head__titles" }, h("span", { class: "head__name", text: "Gişe" }), sub);
  const head = box("head", icon("back", "head__back"), avatar("Gişe", "avatar--brand"), titles, menu(more, options));
  const screen = h("div", { class: "screen" });
  const chat = createConversation({
    channel,
    who: () => key,
    where: () => ({ place: "private" }),
    sheetParent: screen,
    commands: () => phone.commands,
  });
  const windowLine = h("div", { class: "window" });
  screen.append(statusBar(time), head, windowLine, chat.el);
  const el = h("article", { class: `handset handset--${channel}`, "data-phone": key }, screen);

  function render(next) {
    phone = next;
    const on = chosen(phone, channel);
    toggle(el, on);
    if (on) view.seen[key] = phone.messages.filter((message) => !message.out).length;
    el.setAttribute("aria-label", `${phone.name}, ${t(channel)}`);
    setText(time, clockTime(now()));
    setText(sub, t(subtitle(phone)));
    drawWindow(windowLine, phone);
    if (on) readReceipts(el, phone);
    const shut = phone.blocked ? t("blocked_shut") : null;
    chat.render(phone.messages, { emptyState: emptyState(phone), placeholder: t("type_message"), shut });
  }
  return { el, render };
}

function subtitle(phone) {
  if (phone.blocked) return "blocked";
  if (phone.typing && phone.messages.at(-1)?.out) return "typing";
  return phone.channel === "whatsapp" ? "business_sub" : "bot_sub";
}

/** A chat on the screen is read, as on any phone; the receipts go to the business. */
function readReceipts(el, phone) {
  const waiting = phone.messages.some((message) => !message.out && message.status === "delivered");
  const seen = document.visibilityState === "visible" && el.offsetParent !== null;
  if (phone.channel !== "whatsapp" || !waiting || !seen || el.reading) return;
  el.reading = true;
  trying(act({ do: "read", who: phone.key })).finally(() => (el.reading = false));
}

function phoneMenu(phone) {
  const turn = (on) => trying(act({ do: "block", who: phone.key, on }));
  if (!phone.blocked) return [["block", "ban", () => turn(true)]];
  return [["unblock", "check", () => turn(false)]];
}

function statusBar(time) {
  const signs = h("span", { class: "statusbar__signs", "aria-hidden": "true" }, box("signal"), box("battery"));
  return h("div", { class: "statusbar" }, time, h("i", { class: "island", "aria-hidden": "true" }), signs);
}

function drawWindow(el, phone) {
  toggle(el, phone.channel === "whatsapp");
  if (phone.channel !== "whatsapp") return;
  const left = phone.window_until ? phone.window_until - now() / 1000 : 0;
  const written = phone.messages.some(({ out }) => out);
  el.classList.toggle("window--shut", written && !phone.window_open);
  el.classList.toggle("window--none", !written);
  if (phone.window_open) setText(el, t("window_open", { span: span(left) }));
  else setText(el, t(written ? "window_shut" : "window_none"));
}

function emptyState(phone) {
  const first = phone.name.split(" ")[0];
  const state = { title: t("empty_phone", { name: first }), hint: t("empty_phone_hint") };
  const english = phone.language === "en" ? "_en" : "";
  const starters = [1, 2].map((n) => ({ text: t(`starter${english}_${n}`) }));
  // Nobody can write to a Telegram bot before pressing Start.
  if (phone.channel === "telegram") starters.unshift({ text: "/start", send: true });
  return { ...state, starters };
}
