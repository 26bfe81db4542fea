// The list of the group's topics: name, last words, time, unread count.

import { excerpt } from "./bubble.js";
import { h, keyed, s, toggle } from "./dom.js";
import { clockTime, dayName, label, lang, sameDay, say, t } from "./i18n.js";
import { icon } from "./icons.js";
import { actingAgent } from "./notices.js";
import { changed, now, view } from "./store.js";

/** Answers {el, render(topics)}. */
export function createTopicList() {
  const list = h("ul", { class: "topics__list" });
  const hint = h("div", { class: "empty empty--topics", hidden: true }, say(h("strong"), "no_topics"), say(h("p"), "no_topics_hint"));
  const el = h("nav", { class: "topics" }, list, hint);
  label(el, "topics");
  const render = (topics) => {
    if (view.topic !== null) view.seen[seenKey(view.topic)] = count(topics.find(({ key }) => key === view.topic));
    const newestFirst = [...topics].sort((a, b) => (b.messages.at(-1)?.at ?? 0) - (a.messages.at(-1)?.at ?? 0));
    keyed(list, newestFirst, { key: (topic) => topic.key, sign: signature, make: line });
    toggle(hint, !topics.some((topic) => topic.thread_id !== null));
  };
  return { el, render };
}

/** A topic's name; the first topic of every forum is called General. */
export function topicName(topic) {
  return topic.thread_id === null ? t("general") : topic.name;
}

/** The coloured sign in front of a topic's name. */
export function topicIcon(topic) {
  if (topic.thread_id === null) return h("span", { class: "topic-sign topic-sign--general", "aria-hidden": "true" }, icon("hash"));
  const shape = s("path", { d: "M12 2.500c-5.5 0-9.7 3.7-9.7 8.5 0 2.7 1.4 5 3.5 6.6-.1 1.5-.7 2.7-1.7 3.7 2 0 3.7-.7 5-1.9 1 .2 1.9.3 2.9.3 5.5 0 9.7-3.8 9.7-8.700S17.5 2.5 12 2.500z" });
  const letter = s("text", { x: 12, y: 14.8, "text-anchor": "middle" });
  letter.textContent = (/\p{L}/u.exec(topic.name)?.[0] ?? "#").toLocaleUpperCase("tr");
  const sign = s("svg", { viewBox: "0 0 24 24", class: "topic-sign", "aria-hidden": "true" }, shape, letter);
  sign.style.color = topic.colour;
  return sign;
}

function seenKey(key) {
  return `topic ${key}`;
}

function count(topic) {
  return topic?.messages.filter((message) => !message.service).length ?? 0;
}

function unreadIn(topic) {
  return Math.max(0, count(topic) - (view.seen[seenKey(topic.key)] ?? 0));
}

function signature(topic) {
  const last = topic.messages.at(-1);
  return JSON.stringify([topic.name, topic.closed, topic.colour, last, unreadIn(topic), view.topic === topic.key, actingAgent()?.key, lang(), dayName(now(), now())]);
}

function line(topic) {
  const last = topic.messages.at(-1);
  const on = view.topic === topic.key;
  const press = () => {
    view.topic = topic.key;
    view.picked = true;
    changed();
  };
  const attributes = { class: `topic${on ? " topic--on" : ""}`, type: "button", "data-focus": "open", "aria-current": on ? "true" : undefined };
  const name = h("span", { class: "topic__name", text: topicName(topic) });
  const top = h("span", { class: "topic__top" }, name, topic.closed ? icon("lock") : null, last ? h("time", { text: when(last.at * 1000) }) : null);
  const unread = unreadIn(topic);
  const badge = unread > 0 && !on ? h("span", { class: "count", "aria-label": t("unread", { count: unread }), text: unread }) : null;
  const below = h("span", { class: "topic__below" }, lastWords(last), badge);
  return h("li", {}, h("button", { ...attributes, on: { click: press } }, topicIcon(topic), h("span", { class: "topic__words" }, top, below)));
}

function lastWords(last) {
  if (!last) return h("span", { class: "topic__last" });
  const author = last.service ? null : h("b", { text: `${last.author.key === actingAgent()?.key ? t("you") : last.author.name}: ` });
  return h("span", { class: "topic__last" }, author, excerpt(last));
}

function when(ms) {
  return sameDay(ms, now()) ? clockTime(ms) : new Intl.DateTimeFormat(lang(), { day: "numeric", month: "short" }).format(ms);
}
