// The strip on top: the sandbox's clock, the faults, the page's language.

import { box, h, setText, toggle } from "./dom.js";
import { clockTime, label, lang, longDay, say, span, speak, t } from "./i18n.js";
import { mark } from "./icons.js";
import { toast, trying } from "./notices.js";
import { act, changed, now, world } from "./store.js";

const HOUR = 3600;
const STEPS = [
  ["plus_1h", HOUR],
  ["plus_4h", 4 * HOUR],
  ["plus_1d", 24 * HOUR],
  ["plus_4d", 96 * HOUR],
];
const FAULTS = ["flood", "dropped_answer", "shut_window", "down"];

/** Answers the render function of the strip on top. */
export function createTopbar(parent) {
  const clock = createClock();
  const faults = createFaults();
  const offline = say(h("div", { class: "offline", role: "alert", hidden: true }), "offline");
  const brand = box("brand", mark(), box("brand__words", h("strong", { text: "Gişe" }), say(h("span"), "tagline")));
  const switcher = say(h("button", { class: "button button--quiet", type: "button" }), "language");
  say(switcher, "language_hint", { attribute: "title" });
  switcher.addEventListener("click", () => {
    speak(lang() === "tr" ? "en" : "tr");
    changed();
  });
  parent.append(brand, clock.el, faults.el, switcher, offline);
  return () => {
    toggle(offline, !world.online);
    clock.render();
    faults.render();
  };
}

function createClock() {
  const time = h("time", { class: "clock__time" });
  const day = h("span", { class: "clock__day" });
  const ahead = h("span", { class: "clock__ahead", hidden: true });
  const steps = h("div", { class: "segments", role: "group" }, STEPS.map(([key, seconds]) => step(key, seconds)));
  label(steps, "clock_hint");
  const face = box("clock__face", time, box("clock__lines", day, ahead));
  const el = h("div", { class: "clock", role: "group" }, face, steps);
  label(el, "clock");
  const render = () => {
    setText(time, clockTime(now()));
    setText(day, longDay(now()));
    const { offset } = world.state.clock;
    toggle(ahead, offset >= 60);
    setText(ahead, t("ahead", { span: span(offset) }));
  };
  setInterval(() => world.state && render(), 1000);
  return { el, render };
}

function step(key, seconds) {
  const button = say(h("button", { type: "button" }), key);
  button.addEventListener("click", async () => {
    if (await trying(act({ do: "clock", seconds }))) toast(t("clock_moved", { span: span(seconds) }));
  });
  return button;
}

function turn(name) {
  const on = !world.state.faults[name];
  // A window cannot be reopened from here, and one that never opened cannot be shut.
  if (name === "shut_window" && !on) return toast(t("window_reopens"));
  if (name === "shut_window" && !world.state.phones.some(isOpen)) return toast(t("no_window"));
  return trying(act({ do: "fault", name, on }));
}

function isOpen(phone) {
  return phone.channel === "whatsapp" && phone.window_open;
}

function createFaults() {
  const keys = FAULTS.map((name) => {
    const button = say(h("button", { class: "fault", type: "button", "data-fault": name }), `fault_${name}`);
    say(button, `fault_${name}_hint`, { attribute: "title" });
    button.addEventListener("click", () => turn(name));
    return [name, button];
  });
  const title = say(h("span", { class: "faults__title" }), "faults");
  const el = h("div", { class: "faults", role: "group" }, title, keys.map(([, button]) => button));
  say(el, "faults", { attribute: "aria-label" });
  const render = () => {
    for (const [name, button] of keys) button.setAttribute("aria-pressed", String(Boolean(world.state.faults[name])));
  };
  return { el, render };
}
