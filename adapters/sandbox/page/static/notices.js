// Short notices: errors, callback answers as toasts, alerts as a dialog that wants a press.

import { h } from "./dom.js";
import { say, t } from "./i18n.js";
import { view, world } from "./store.js";

const SHOWN_MS = 4200;
const PATIENCE_MS = 10_000;
const waiting = new Map();

/** Show a line for a few seconds; `tone` is "info" or "error". */
export function toast(text, tone = "info") {
  const el = h("div", { class: `toast toast--${tone}`, text });
  document.getElementById("toasts").append(el);
  setTimeout(() => el.classList.add("toast--going"), SHOWN_MS - 250);
  setTimeout(() => el.remove(), SHOWN_MS);
}

/** Run an act of this visitor and show its refusal as a toast; answers null then. */
export async function trying(promise) {
  try {
    return await promise;
  } catch (error) {
    toast(error.message, "error");
    return null;
  }
}

/** Wait for the bot's answer to a pressed button; `done` runs when it came or patience ended. */
export function awaitAnswer(id, done) {
  const timer = setTimeout(() => {
    waiting.delete(id);
    toast(t("no_answer"), "error");
    done();
  }, PATIENCE_MS);
  waiting.set(id, { done, timer });
  showAnswers();
}

/** Show the answers that came for presses made on this page. */
export function showAnswers() {
  for (const [id, { done, timer }] of waiting) {
    const answer = world.state?.answers[id];
    if (!answer) continue;
    waiting.delete(id);
    clearTimeout(timer);
    done();
    if (answer.text && answer.show_alert) alertBox(answer.text);
    else if (answer.text) toast(answer.text);
  }
}

function alertBox(text) {
  const ok = say(h("button", { class: "button button--main", type: "button", autofocus: true }), "close");
  const box = h("dialog", { class: "alert" }, h("p", { text }), ok);
  ok.addEventListener("click", () => box.close());
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

/** How many messages nobody looked at yet. */
export function countBadge(count) {
  return h("span", { class: "count", "aria-label": t("unread", { count }), text: count });
}

/** The agent this visitor acts as. */
export function actingAgent() {
  const agents = world.state?.desk.agents ?? [];
  return agents.find((agent) => agent.key === view.agent) ?? agents[0];
}
