// The page's own line icons on a 24 × 24 grid.

import { s } from "./dom.js";

const PATHS = {
  attach: ["M20 11.5 12.2 19.2a4.7 4.7 0 0 1-6.7-6.6l8-8a3.2 3.2 0 0 1 4.5 4.5l-7.8 7.8a1.6 1.6 0 0 1-2.3-2.2L15 7.7"],
  send: ["M4.5 12 20 4.8 15.2 20l-3.6-6.3z", "M11.6 13.7 20 4.8"],
  back: ["M15 5 8 12l7 7"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  check: ["M4.5 12.5 9.5 17.5 19.5 7"],
  reply: ["M10 7 4.5 12 10 17", "M5 12h8.5a6 6 0 0 1 6 6v.5"],
  smile: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M8.5 14.2a4.2 4.2 0 0 0 7 0", "M9 9.6v.2", "M15 9.6v.2"],
  pencil: ["M4.5 19.5 5.6 15 16 4.6a1.9 1.9 0 0 1 2.7 0l.7.7a1.9 1.9 0 0 1 0 2.7L9 18.4z", "M14 6.6l3.4 3.4"],
  trash: ["M5 7h14", "M9.5 7V4.5h5V7", "M7 7l1 12.5h8L17 7"],
  down: ["M6 9.5 12 15.5 18 9.5"],
  image: ["M4.5 5.5h15v13h-15z", "M4.5 15.5 9 11.5l4.5 4 2.5-2 3.5 3", "M15.2 9.2v.1"],
  file: ["M7 3.5h7l4 4v13H7z", "M13.5 3.5v4.5H18"],
  mic: ["M12 4a2.6 2.6 0 0 1 2.6 2.6v5a2.6 2.6 0 0 1-5.2 0v-5A2.6 2.6 0 0 1 12 4z", "M6.5 11.5a5.5 5.5 0 0 0 11 0", "M12 17v3.5"],
  pin: ["M12 21s6.5-5.6 6.5-11A6.5 6.5 0 0 0 5.5 10c0 5.4 6.5 11 6.5 11z", "M12 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z"],
  person: ["M12 11.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4z", "M4.5 20a7.5 7.5 0 0 1 15 0"],
  list: ["M8.5 6.5h11", "M8.5 12h11", "M8.5 17.5h11", "M4.5 6.5v.01", "M4.5 12v.01", "M4.5 17.5v.01"],
  link: ["M9.5 14.5 14.5 9.5", "M11 7l1.5-1.5a3.8 3.8 0 0 1 5.5 5.5L16.5 12.5", "M13 17l-1.5 1.5A3.8 3.8 0 0 1 6 13L7.5 11.5"],
  clock: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M12 7v5.2l3.4 2"],
  bolt: ["M13 3 5.5 13.5H11L10.5 21 18.5 10H13z"],
  phone: ["M8 3.5h8a1.5 1.5 0 0 1 1.5 1.5v14a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 19V5A1.5 1.5 0 0 1 8 3.5z", "M11 17.8h2"],
  people: ["M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11z", "M3 19.5a6 6 0 0 1 12 0", "M15.5 5a3.2 3.2 0 0 1 0 5.9", "M17.5 14a6 6 0 0 1 3.5 5.5"],
  hash: ["M9.5 4.5 7.5 19.5", "M16.5 4.5 14.5 19.5", "M5 9.5h15", "M4 14.5h15"],
  more: ["M12 5.5v.01", "M12 12v.01", "M12 18.5v.01"],
  ban: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M5.8 5.8l12.4 12.4"],
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  play: ["M8 5.5 18.5 12 8 18.5z"],
  warn: ["M12 4 3 19.5h18z", "M12 10v4.5", "M12 17v.01"],
};

/** An icon that is decoration only; the control around it carries the label. */
export function icon(name, extra = "") {
  const paths = (PATHS[name] ?? []).map((d) => s("path", { d }));
  return s("svg", { viewBox: "0 0 24 24", class: `icon ${extra}`, "aria-hidden": "true" }, ...paths);
}

const TICKS = { sent: ["M2 6.5 5 9.5 11 2.5"], double: ["M1 6.5 4 9.5 10 2.5", "M7 8.7 7.8 9.5 14 2.5"] };

/** WhatsApp's ticks: one for sent, two for delivered, two blue ones for read. */
export function ticks(status, label) {
  const shape = status === "sent" ? TICKS.sent : TICKS.double;
  const svg = s("svg", { viewBox: "0 0 15 12", class: `ticks ticks--${status}`, role: "img", "aria-label": label });
  svg.append(s("title"), ...shape.map((d) => s("path", { d })));
  svg.firstChild.textContent = label;
  return svg;
}

/** The brand's mark: a ticket. */
export function mark() {
  return s(
    "svg",
    { viewBox: "0 0 32 32", class: "mark", "aria-hidden": "true" },
    s("rect", { width: 32, height: 32, rx: 9, class: "mark__tile" }),
    s("path", {
      class: "mark__ticket",
      d: "M7 11.5A1.5 1.5 0 0 1 8.5 10h15a1.5 1.5 0 0 1 1.5 1.5v2.2a2.4 2.4 0 0 0 0 4.6v2.2a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 7 20.5v-2.2a2.4 2.4 0 0 0 0-4.6z",
    }),
    s("path", { class: "mark__tear", d: "M19.5 12.5v7" }),
  );
}

/** The two platforms' signs, drawn simply. */
export function channelSign(channel) {
  const plane = s("path", { d: "M5 11.8 18.5 6.3 16.3 17.8 12 14.6 9.8 16.7 9.5 13.2z" });
  const bubble = s("path", { d: "M12 4.8a7 7 0 0 0-6 10.6L5 19l3.8-1A7 7 0 1 0 12 4.8z" });
  return s("svg", { viewBox: "0 0 24 24", class: `sign sign--${channel}`, "aria-hidden": "true" }, channel === "whatsapp" ? bubble : plane);
}
