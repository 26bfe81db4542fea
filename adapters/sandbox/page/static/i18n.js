// The page's own words, Turkish first. What people write is never translated.

import { WORDS } from "./words.js";

const bound = [];
let language = localStorage.getItem("language") === "en" ? "en" : "tr";

/** The language in use: "tr" or "en". */
export function lang() {
  return language;
}

/** A text of the page; `{name}` is filled from `values`. */
export function t(key, values = {}) {
  const text = WORDS[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Keep an element's text (or attribute) in the language in use. */
export function say(el, key, { attribute, values } = {}) {
  const apply = () => {
    const text = t(key, values);
    if (attribute) el.setAttribute(attribute, text);
    else el.textContent = text;
  };
  bound.push(apply);
  apply();
  return el;
}

/** Label a control for eyes (tooltip) and screen readers. */
export function label(el, key, values) {
  say(el, key, { attribute: "aria-label", values });
  return say(el, key, { attribute: "title", values });
}

/** Switch to a language and rewrite the page's own words. */
export function speak(next) {
  language = next;
  localStorage.setItem("language", next);
  document.documentElement.lang = next;
  for (const apply of bound) apply();
}

/** Hours and minutes of an instant in milliseconds. */
export function clockTime(ms) {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false }).format(ms);
}

/** A day as people name it: today, yesterday, or its date; `now` in milliseconds. */
export function dayName(ms, now) {
  const days = Math.round((midnight(now) - midnight(ms)) / 86_400_000);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return new Intl.DateTimeFormat(language, { day: "numeric", month: "long", weekday: "long" }).format(ms);
}

/** Weekday, day and month, for the clock on top. */
export function longDay(ms) {
  return new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short" }).format(ms);
}

/** Day and month, for lists. */
export function shortDay(ms) {
  return new Intl.DateTimeFormat(language, { day: "numeric", month: "short" }).format(ms);
}

/** Whether two instants fall on the same day here. */
export function sameDay(a, b) {
  return midnight(a) === midnight(b);
}

/** A length of time in seconds as the largest two units, like "1 g 4 sa". */
export function span(seconds) {
  const minutes = Math.max(0, Math.round(seconds / 60));
  const parts = [
    [Math.floor(minutes / 1440), t("unit_day")],
    [Math.floor((minutes % 1440) / 60), t("unit_hour")],
    [minutes % 60, t("unit_minute")],
  ].filter(([amount]) => amount > 0);
  return parts.slice(0, 2).map(([amount, unit]) => `${amount} ${unit}`).join(" ") || `0 ${t("unit_minute")}`;
}

/** A file's size for people. */
export function size(bytes) {
  if (bytes >= 1_048_576) return `${(bytes / 1_048_576).toLocaleString(language, { maximumFractionDigits: 1 })} MB`;
  return `${Math.max(1, Math.round(bytes / 1024)).toLocaleString(language)} KB`;
}

function midnight(ms) {
  return new Date(ms).setHours(0, 0, 0, 0);
}
