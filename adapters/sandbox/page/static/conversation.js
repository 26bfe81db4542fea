// A conversation: the messages, kept in place while one reads, and the box to write in.

import { createComposer } from "./composer.js";
import { bubble } from "./bubble.js";
import { box, button, h, keyed, setText, toggle } from "./dom.js";
import { dayName, label, lang, sameDay } from "./i18n.js";
import { icon } from "./icons.js";
import { awaitAnswer, trying } from "./notices.js";
import { act, changed, now } from "./store.js";

const NEAR_END_PX = 60;

/**
 * `who()` names the person who writes, `where()` the place as act fields ({place, topic}), `commands()` the bot's menu.
 * Answers {el, render(messages, {emptyState, placeholder, shut})}.
 */
export function createConversation({ channel, desk = false, who, where, sheetParent, commands }) {
  const list = h("ol", { class: "messages", role: "log", "aria-live": "polite" });
  const empty = box("empty");
  const scroller = h("div", { class: "chat__scroll", tabindex: "0" }, empty, list);
  const jump = newestButton(scroller);
  const stick = sticky(scroller, jump);
  const perform = (action) => {
    stick.follow();
    return trying(act({ who: who(), ...where(), ...action }));
  };
  const composer = createComposer({ perform, commands });
  const chat = { channel, desk, sheetParent, waiting: new Set(), ...deeds(perform), ...composer.targets };
  const shutNote = box("chat__shut");
  const el = box(`chat chat--${channel}${desk ? " chat--desk" : ""}`, scroller, jump, shutNote, composer.el);

  function render(messages, { emptyState, placeholder, shut }) {
    keyed(list, grouped(messages), {
      key: (item) => item.key,
      sign: (item) => signature(item, chat),
      make: (item) => (item.day ? dayLine(item) : bubble(item, chat)),
    });
    toggle(empty, messages.length === 0);
    if (messages.length === 0) fill(empty, emptyState, composer);
    toggle(shutNote, Boolean(shut));
    toggle(composer.el, !shut);
    setText(shutNote, shut ?? "");
    composer.render(placeholder);
    stick.settle();
  }

  return { el, render };
}

/** What presses on a message do; a pressed inline button waits in `chat.waiting` for the bot's answer. */
function deeds(perform) {
  return {
    press: async function press(message, key) {
      const mark = `${message.id} ${key.id}`;
      if (this.waiting.has(mark)) return;
      const done = await perform({ do: "press", message: message.id, id: key.id });
      if (!done?.answer) return;
      this.waiting.add(mark);
      changed();
      awaitAnswer(done.answer, () => {
        this.waiting.delete(mark);
        changed();
      });
    },
    react: (message, emoji) => perform({ do: "react", message: message.id, emoji: emoji ?? "" }),
    revoke: (message) => perform({ do: "revoke", message: message.id }),
  };
}

function signature(item, chat) {
  const waits = item.buttons?.flat().filter((key) => chat.waiting.has(`${item.id} ${key.id}`)).length ?? 0;
  return JSON.stringify([item, waits, lang(), item.day ? dayName(item.at * 1000, now()) : ""]);
}

/** Put a line between days and mark where one person's run of messages begins and ends. */
function grouped(messages) {
  const items = [];
  messages.forEach((message, i) => {
    const before = messages[i - 1];
    const after = messages[i + 1];
    const newDay = !before || !sameDay(before.at * 1000, message.at * 1000);
    if (newDay) items.push({ key: `day ${message.key}`, day: true, at: message.at });
    items.push({ ...message, first: !together(before, message), last: !together(message, after) });
  });
  return items;
}

function together(a, b) {
  if (!a || !b || a.service || b.service) return false;
  return a.out === b.out && a.author.name === b.author.name && b.at - a.at < 600;
}

function dayLine({ at }) {
  return h("li", { class: "service service--day" }, h("span", { text: dayName(at * 1000, now()) }));
}

function fill(empty, state, composer) {
  const signature = JSON.stringify([state.title, state.hint, state.starters]);
  if (empty.signature === signature) return;
  empty.signature = signature;
  const chips = (state.starters ?? []).map(({ text, send }) =>
    button("chip", () => (send ? composer.send(text) : composer.suggest(text)), { text }),
  );
  empty.replaceChildren(h("strong", { text: state.title }), h("p", { text: state.hint }), box("empty__chips", chips));
}

function newestButton(scroller) {
  const jump = h("button", { class: "newest", type: "button", hidden: true }, icon("down"));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const go = () => scroller.scrollTo({ top: scroller.scrollHeight, behavior: calm.matches ? "auto" : "smooth" });
  jump.addEventListener("click", go);
  return label(jump, "newest");
}

/** Follow the newest message, but only while the reader is at the end. */
function sticky(scroller, jump) {
  let following = true;
  let top = 0;
  const settle = () => {
    if (following) scroller.scrollTop = scroller.scrollHeight;
  };
  scroller.addEventListener("scroll", () => {
    const nearEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
    // Only the reader scrolls up; a list that grows below is not a reason to stop following.
    if (nearEnd) following = true;
    else if (scroller.scrollTop < top) following = false;
    top = scroller.scrollTop;
    toggle(jump, !following);
  });
  // Pictures grow after they load, and the box shrinks when the writer's text grows.
  const watch = new ResizeObserver(settle);
  watch.observe(scroller);
  watch.observe(scroller.querySelector(".messages"));
  return { settle, follow: () => (following = true) };
}
