// What can be done with a message: reply, react, edit, delete. Shown on hover, on focus and after a tap.

import { box, button, h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

// The first few of the emoji that both platforms allow as a reaction.
const EMOJI = ["👍", "❤", "🔥", "🎉", "👏", "😢"];

/** The small bar at a bubble's corner. */
export function actionBar(message, chat) {
  const bar = box("actions");
  if (message.kind === "revoked" || !message.id) return bar;
  const add = (name, picture, run) => bar.append(action(name, picture, run));
  add("reply", "reply", () => chat.reply(message));
  add("react", "smile", (event) => openPicker(event.currentTarget.parentElement, message, chat));
  if (message.out && message.kind === "text") add("edit", "pencil", () => chat.edit(message));
  if (message.out && chat.channel === "whatsapp") add("revoke", "trash", () => chat.revoke(message));
  return bar;
}

function action(name, picture, run) {
  const props = { title: t(name), "aria-label": t(name), "data-focus": name };
  return button("actions__button", run, props, icon(picture));
}

function openPicker(bar, message, chat) {
  const open = bar.querySelector(".picker");
  if (open) {
    open.remove();
    return;
  }
  const mine = message.reactions.find((reaction) => reaction.mine)?.emoji;
  const picker = h("div", { class: "picker", role: "group", "aria-label": t("react") });
  for (const emoji of EMOJI) {
    const press = () => {
      picker.remove();
      chat.react(message, emoji === mine ? null : emoji);
    };
    picker.append(button("picker__emoji", press, { "aria-pressed": String(emoji === mine), text: emoji }));
  }
  picker.addEventListener("keydown", (event) => event.key === "Escape" && picker.remove());
  bar.append(picker);
  keepInside(picker, bar.closest(".chat__scroll"));
  picker.firstElementChild.focus();
}

/** Shift the picker sideways until nothing of it is cut off. */
function keepInside(picker, room) {
  const box = picker.getBoundingClientRect();
  const edge = room.getBoundingClientRect();
  const shift = Math.max(edge.left + 6 - box.left, 0) - Math.max(box.right - edge.right + 12, 0);
  picker.style.translate = `${shift}px`;
}

// A press anywhere else closes an open picker, as menus do.
document.addEventListener("click", (event) => {
  for (const picker of document.querySelectorAll(".picker")) {
    if (!picker.parentElement.contains(event.target)) picker.remove();
  }
});
