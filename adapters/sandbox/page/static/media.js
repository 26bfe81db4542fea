// What a message carries besides words: pictures, sound, files, places, people.

import { avatar, box, h, outward } from "./dom.js";
import { size, t } from "./i18n.js";
import { icon } from "./icons.js";

const MAKERS = {
  photo: picture,
  image: picture,
  sticker: (file) => [h("img", { class: "sticker", src: file.url, alt: t("sticker"), loading: "lazy" })],
  video: film,
  animation: film,
  video_note: film,
  voice: sound,
  audio: sound,
  document: paper,
};

/** The nodes above a message's text. */
export function content(message) {
  if (message.kind === "location") return [place(message.location)];
  if (message.kind === "contact") return message.contacts.map(person);
  if (message.kind === "revoked") return [note("ban", t("revoked"))];
  if (message.kind === "unsupported") return [note("warn", message.hint || t("unsupported"))];
  const make = MAKERS[message.kind];
  if (!make) return [];
  return message.file ? make(message.file, message) : [note("file", t(message.kind))];
}

function picture(file) {
  const frame = outward("picture", file.url);
  const img = h("img", { src: file.url, alt: file.name || t("photo") });
  // A picture that cannot be drawn is still a file somebody sent.
  img.addEventListener("error", () => frame.replaceWith(...paper(file)));
  frame.append(img);
  return [frame];
}

function film(file) {
  const name = file.name || t("video");
  return [h("video", { class: "film", src: file.url, controls: true, preload: "metadata", "aria-label": name })];
}

function sound(file, message) {
  const player = h("audio", { src: file.url, controls: true, preload: "metadata", "aria-label": t(message.kind) });
  const name = (message.kind === "audio" && file.name) || t(message.kind);
  const title = h("span", { class: "sound__title", text: name });
  return [box("sound", box("disc", icon("mic")), box("sound__body", title, player))];
}

function paper(file) {
  const name = file.name || t("document");
  const kind = name.includes(".") ? name.split(".").pop().toUpperCase().slice(0, 5) : "";
  const details = [file.size && size(file.size), kind].filter(Boolean).join(" · ");
  return [
    h(
      "a",
      { class: "paper", href: `${file.url}&download=1`, download: name },
      h("span", { class: "disc" }, icon("file")),
      h("span", { class: "paper__words" }, h("span", { class: "paper__name", text: name }), h("small", { text: details })),
    ),
  ];
}

function place({ latitude, longitude, name, address }) {
  const lines = box("place__words");
  if (name) lines.append(h("strong", { text: name }));
  if (address) lines.append(h("span", { text: address }));
  lines.append(h("small", { text: `${latitude.toFixed(5)}, ${longitude.toFixed(5)}` }));
  const map = h("div", { class: "place__map", role: "img", "aria-label": t("location") }, icon("pin"));
  return box("place", map, lines);
}

function person({ name, phone }) {
  return box("person", avatar(name || "?"), box("person__words", h("strong", { text: name }), h("small", { text: phone })));
}

function note(picture, text) {
  return box("note", icon(picture), h("span", { text }));
}
