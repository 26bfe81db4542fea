// The strip over the box to write in: it names the message that is answered or edited.

import { excerpt } from "./bubble.js";
import { h, setText, toggle } from "./dom.js";
import { label, t } from "./i18n.js";
import { icon } from "./icons.js";

/** Answers {el, reply, edit, clear, edited, answering}. */
export function createTarget() {
  let mode = null;
  let message = null;
  const title = h("strong");
  const words = h("span");
  const cross = label(h("button", { class: "round", type: "button" }, icon("close")), "cancel");
  const el = h("div", { class: "target", hidden: true }, h("div", { class: "target__words" }, title, words), cross);
  const set = (nextMode, next) => {
    mode = nextMode;
    message = next;
    toggle(el, Boolean(next));
    if (!next) return;
    setText(title, nextMode === "edit" ? t("editing") : next.out ? t("you") : next.author.name);
    setText(words, excerpt(next));
  };
  cross.addEventListener("click", () => set(null, null));
  return {
    el,
    reply: (next) => set("reply", next),
    edit: (next) => set("edit", next),
    clear: () => set(null, null),
    edited: () => (mode === "edit" ? message : null),
    answering: () => (mode === "reply" ? { reply_to: message.id } : {}),
  };
}
