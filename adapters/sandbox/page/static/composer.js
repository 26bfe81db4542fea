// The box to write in: text, files, an answer to a message, an edit of one's own.

import { excerpt } from "./bubble.js";
import { h, setText, toggle } from "./dom.js";
import { label, t } from "./i18n.js";
import { icon } from "./icons.js";
import { menu } from "./keyboard.js";
import { toast } from "./notices.js";
import { asBase64, kindOf, sampleDocument, samplePhoto, sampleVoice } from "./samples.js";
import { commandList } from "./suggest.js";

const BIGGEST_FILE_BYTES = 100 * 2 ** 20;
const MEETING_POINT = { latitude: 41.02572, longitude: 28.97413 };

/** Answers {el, render, suggest, send, targets}; `perform(action)` carries an act out. */
export function createComposer({ perform, channel, commands }) {
  const text = h("textarea", { class: "composer__text", rows: "1", dir: "auto" });
  const picker = h("input", { type: "file", hidden: true, multiple: true, tabindex: "-1" });
  const attach = label(h("button", { class: "round", type: "button" }, icon("attach")), "attach");
  const sendKey = label(h("button", { class: "round round--main", type: "submit" }, icon("send")), "send");
  const target = targetBar();
  const row = h("form", { class: "composer__row" }, menu(attach, attachments), text, picker, sendKey);
  const suggestions = commandList(text, commands ?? (() => []), submit);
  const el = h("div", { class: "composer" }, suggestions.el, target.el, row);

  function attachments() {
    return [
      ["attach_file", "attach", () => picker.click()],
      ["attach_photo", "image", async () => sendFile(await samplePhoto())],
      ["attach_document", "file", () => sendFile(sampleDocument())],
      ["attach_voice", "mic", async () => sendFile(await sampleVoice(), "voice")],
      ["attach_location", "pin", () => perform({ do: "send_location", ...MEETING_POINT })],
      ["attach_contact", "person", () => perform({ do: "send_contact", name: "Selin Aksoy", phone: "+90 555 000 09 09" })],
    ];
  }

  async function sendFile(file, kind = kindOf(file)) {
    if (file.size > BIGGEST_FILE_BYTES) return toast(t("file_too_big"), "error");
    const action = { do: "send_file", kind, name: file.name, mime: file.type, caption: text.value.trim(), ...target.answering() };
    const done = await perform({ ...action, data: await asBase64(file) });
    if (done) clear();
    return done;
  }

  async function submit() {
    const words = text.value.trim();
    if (!words) return;
    const edited = target.edited();
    const action = edited ? { do: "edit", message: edited.id } : { do: "say", ...target.answering() };
    // The box empties at once; a refusal brings the words back.
    clear();
    if (!(await perform({ ...action, text: words })) && !text.value) fill(words);
  }

  function fill(words) {
    text.value = words;
    grow();
    text.focus();
    text.setSelectionRange(words.length, words.length);
  }

  function clear() {
    text.value = "";
    target.clear();
    suggestions.update();
    grow();
  }

  function grow() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, 132)}px`;
    row.classList.toggle("composer__row--full", text.value.trim() !== "");
  }

  text.addEventListener("input", grow);
  text.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    [...event.clipboardData.files].forEach((file) => sendFile(file));
  });
  text.addEventListener("keydown", (event) => {
    if (event.isComposing || suggestions.takesKey(event)) return;
    if (event.key === "Escape") target.clear();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    submit();
  });
  row.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  picker.addEventListener("change", async () => {
    for (const file of [...picker.files]) await sendFile(file);
    picker.value = "";
  });

  const reply = (message) => {
    target.reply(message);
    text.focus();
  };
  const edit = (message) => {
    target.edit(message);
    fill(message.text);
  };
  const render = (placeholder) => {
    if (text.placeholder !== placeholder) text.placeholder = placeholder;
    if (text.ariaLabel !== placeholder) text.setAttribute("aria-label", placeholder);
  };
  const send = (words) => perform({ do: "say", text: words });
  el.dataset.channel = channel;
  return { el, render, suggest: fill, send, targets: { reply, edit } };
}

/** The strip over the box that names the message answered or edited. */
function targetBar() {
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
