// The paper clip: a menu of things to send, and a file's way into an act.

import { h } from "./dom.js";
import { label, t } from "./i18n.js";
import { icon } from "./icons.js";
import { menu } from "./keyboard.js";
import { toast } from "./notices.js";
import { asBase64, kindOf, sampleDocument, samplePhoto, sampleVoice } from "./samples.js";

const BIGGEST_FILE_BYTES = 100 * 2 ** 20;
const MEETING_POINT = { latitude: 41.02572, longitude: 28.97413 };
const COLLEAGUE = { name: "Selin Aksoy", phone: "+90 555 000 09 09" };

/** Answers {el, sendFiles}; `post(action)` sends what was picked. */
export function createAttach(post) {
  const picker = h("input", { type: "file", hidden: true, multiple: true, tabindex: "-1" });
  const clip = label(h("button", { class: "round", type: "button" }, icon("attach")), "attach");
  const entries = () => [
    ["attach_file", "attach", () => picker.click()],
    ["attach_photo", "image", async () => sendFile(post, await samplePhoto())],
    ["attach_document", "file", () => sendFile(post, sampleDocument())],
    ["attach_voice", "mic", async () => sendFile(post, await sampleVoice(), "voice")],
    ["attach_location", "pin", () => post({ do: "send_location", ...MEETING_POINT })],
    ["attach_contact", "person", () => post({ do: "send_contact", ...COLLEAGUE })],
  ];
  const sendFiles = async (files) => {
    for (const file of [...files]) await sendFile(post, file);
  };
  picker.addEventListener("change", async () => {
    await sendFiles(picker.files);
    picker.value = "";
  });
  const el = menu(clip, entries);
  el.append(picker);
  return { el, sendFiles };
}

async function sendFile(post, file, kind = kindOf(file)) {
  if (file.size > BIGGEST_FILE_BYTES) return toast(t("file_too_big"), "error");
  return post({ do: "send_file", kind, name: file.name, mime: file.type, data: await asBase64(file) });
}
