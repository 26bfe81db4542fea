// The list of the group's topics: name, last words, time, unread count.

import { excerpt } from "./bubble.js";
import { box, button, h, keyed, s, toggle } from "./dom.js";
import { clockTime, label, lang, sameDay, say, shortDay, t } from "./i18n.js";
import { icon } from "./icons.js";
import { actingAgent, countBadge } from "./notices.js";
import { changed, now, view } from "./store.js";

// Telegram's speech balloon, on a 24 × 24 grid.
const BALLOON =
  "M12 2.5c-5.5 0-9.7 3.7-9.7 8.5 0 2.7 1.4 5 3.5 6.6-.1 1.5-.7 2.7-1.7 3.7 2 0 3.7-.7 5-1.9 1 .2 1.9.3 2.9.3 " +
  "5.5 0 9.7-3.8 9.7-8.7S17.5 2.5 12 2.5z";

/** Answers {el, render(topics)}. */
export function createTopicList() {
  const list = h("ul", { class: "topics__list" });
  const hint = box("empty empty--topics", say(h("strong"), "no_topics"), say(h("p"), "no_topics_hint"));
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
  if (topic.thread_id === null) return box("topic-sign topic-sign--general", icon("hash"));
  const shape = s("path", { d: BALLOON });
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
  const shown = [topic.name, topic.closed, topic.colour, last, unreadIn(topic), view.topic === topic.key];
  return JSON.stringify([...shown, actingAgent()?.key, lang(), last && when(last.at * 1000)]);
}

function line(topic) {
  const last = topic.messages.at(-1);
  const on = view.topic === topic.key;
  const press = () => {
    view.topic = topic.key;
    view.picked = true;
    changed();
  };
  const name = h("span", { class: "topic__name", text: topicName(topic) });
  const time = last ? h("time", { text: when(last.at * 1000) }) : null;
  const unread = unreadIn(topic);
  const top = box("topic__top", name, topic.closed ? icon("lock") : null, time);
  const below = box("topic__below", lastWords(last), unread > 0 && !on ? countBadge(unread) : null);
  const props = { "data-focus": "open", "aria-current": on ? "true" : undefined };
  const words = [topicIcon(topic), box("topic__words", top, below)];
  return h("li", {}, button(on ? "topic topic--on" : "topic", press, props, words));
}

function lastWords(last) {
  if (!last) return h("span", { class: "topic__last" });
  const name = last.author.key === actingAgent()?.key ? t("you") : last.author.name;
  const author = last.service ? null : h("b", { text: `${name}: ` });
  return h("span", { class: "topic__last" }, author, excerpt(last));
}

function when(ms) {
  return sameDay(ms, now()) ? clockTime(ms) : shortDay(ms);
}
