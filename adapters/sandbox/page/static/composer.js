// The box to write in: text, files, an answer to a message, an edit of one's own.

import { createAttach } from "./attach.js";
import { box, h } from "./dom.js";
import { label } from "./i18n.js";
import { icon } from "./icons.js";
import { commandList } from "./suggest.js";
import { createTarget } from "./target.js";

const TALLEST_PX = 132;

/** Answers {el, render, suggest, send, targets}; `perform(action)` carries an act out. */
export function createComposer({ perform, commands }) {
  const text = h("textarea", { class: "composer__text", rows: "1", dir: "auto" });
  const target = createTarget();
  const draft = createDraft(text);
  const submit = () => sendText({ text, target, draft, perform });
  const suggestions = commandList(text, commands, submit);
  const attach = createAttach((action) => sendThing(action, { text, target, draft, perform }));
  const sendKey = label(h("button", { class: "round round--main", type: "submit" }, icon("send")), "send");
  const row = h("form", { class: "composer__row" }, attach.el, text, sendKey);
  row.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  listen(text, { submit, target, suggestions, attach });
  return {
    el: box("composer", suggestions.el, target.el, row),
    render: (placeholder) => rename(text, placeholder),
    suggest: draft.fill,
    send: (words) => perform({ do: "say", text: words }),
    targets: targets(text, target, draft),
  };
}

/** The words in the box; it grows with them. */
function createDraft(text) {
  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, TALLEST_PX)}px`;
    text.form?.classList.toggle("composer__row--full", text.value.trim() !== "");
  };
  const set = (words) => {
    text.value = words;
    text.dispatchEvent(new Event("input"));
  };
  const fill = (words) => {
    set(words);
    text.focus();
    text.setSelectionRange(words.length, words.length);
  };
  text.addEventListener("input", grow);
  return { fill, clear: () => set("") };
}

async function sendText({ text, target, draft, perform }) {
  const words = text.value.trim();
  if (!words) return;
  const edited = target.edited();
  const action = edited ? { do: "edit", message: edited.id } : { do: "say", ...target.answering() };
  // The box empties at once; a refusal brings the words back.
  draft.clear();
  target.clear();
  if (!(await perform({ ...action, text: words })) && !text.value) draft.fill(words);
}

/** Send a file, a place or a card; words already typed become a file's caption. */
async function sendThing(action, { text, target, draft, perform }) {
  const file = action.do === "send_file";
  const extra = file ? { caption: text.value.trim() } : {};
  if (!(await perform({ ...action, ...extra, ...target.answering() }))) return;
  if (file) draft.clear();
  target.clear();
}

function listen(text, { submit, target, suggestions, attach }) {
  text.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    attach.sendFiles(event.clipboardData.files);
  });
  text.addEventListener("keydown", (event) => {
    if (event.isComposing || suggestions.takesKey(event)) return;
    if (event.key === "Escape") target.clear();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    submit();
  });
}

function targets(text, target, draft) {
  const reply = (message) => {
    target.reply(message);
    text.focus();
  };
  const edit = (message) => {
    target.edit(message);
    draft.fill(message.text);
  };
  return { reply, edit };
}

function rename(text, placeholder) {
  if (text.placeholder === placeholder) return;
  text.placeholder = placeholder;
  text.setAttribute("aria-label", placeholder);
}
