// Formatted text as nodes: Telegram's entities and WhatsApp's marks. Offsets are UTF-16 units, as in JavaScript.

import { h } from "./dom.js";

const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};
const MARKS = { "*": "bold", _: "italic", "~": "strikethrough" };
const WEB = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

/** Nodes for a text whose entities are `[{type, offset, length, url?}]`, nested ones included. */
export function withEntities(text, entities) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return span(text, 0, text.length, sorted);
}

function span(text, from, to, entities) {
  const nodes = [];
  let at = from;
  while (entities.length && entities[0].offset < to) {
    const outer = entities.shift();
    const start = Math.max(outer.offset, at);
    const end = Math.min(outer.offset + outer.length, to);
    if (end <= start) continue;
    if (start > at) nodes.push(text.slice(at, start));
    nodes.push(wrap(outer, text.slice(start, end), span(text, start, end, entities)));
    at = end;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function wrap(entity, text, children) {
  if (entity.type === "text_link") return link(entity.url, children);
  if (entity.type === "url") return link(text, children);
  if (entity.type === "spoiler") return h("span", { class: "spoiler", tabindex: "0" }, children);
  if (TAGS[entity.type]) return h(TAGS[entity.type], {}, children);
  const named = ["mention", "hashtag", "bot_command", "text_mention", "email", "phone_number", "cashtag"];
  return h("span", { class: named.includes(entity.type) ? "named" : undefined }, children);
}

function link(address, children) {
  const safe = /^(https?:\/\/|mailto:|tel:)/i.test(address) ? address : `https://${address}`;
  return h("a", { href: safe, target: "_blank", rel: "noreferrer noopener" }, children);
}

/** Nodes for WhatsApp's text: *bold*, _italic_, ~struck~, ```code``` and web addresses. */
export function withMarks(text) {
  return text.split(/(```[\s\S]+?```|`[^`\n]+`)/).flatMap((part, i) => (i % 2 ? [code(part)] : styled(part)));
}

function code(part) {
  return h("code", { text: part.replace(/^`+|`+$/g, "") });
}

function styled(text) {
  const nodes = [];
  let rest = text;
  const mark = /(^|[\s(«"'])([*_~])(?=\S)([^\n]*?\S)\2(?=$|[\s.,;:!?)»"'])/;
  for (let found = mark.exec(rest); found; found = mark.exec(rest)) {
    nodes.push(...linked(rest.slice(0, found.index) + found[1]));
    nodes.push(h(TAGS[MARKS[found[2]]], {}, styled(found[3])));
    rest = rest.slice(found.index + found[0].length);
  }
  return [...nodes, ...linked(rest)];
}

function linked(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(WEB)) {
    nodes.push(text.slice(at, found.index), link(found[0], found[0]));
    at = found.index + found[0].length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== "");
}
