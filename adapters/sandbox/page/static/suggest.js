// The bot's command menu, offered while a text begins with a slash, as Telegram does.

import { h, keyed, toggle } from "./dom.js";
import { label } from "./i18n.js";

/** Answers {el, update, takesKey}; `commands()` lists {command, description}. */
export function commandList(text, commands, submit) {
  const list = h("ul", { class: "suggest__list", role: "listbox" });
  const el = label(h("div", { class: "suggest", hidden: true }, list), "command_hint");
  let chosen = 0;
  let found = [];

  function update() {
    const typed = /^\/(\w*)$/.exec(text.value)?.[1];
    found = typed === undefined ? [] : commands().filter(({ command }) => command.startsWith(typed.toLowerCase()));
    chosen = Math.min(chosen, Math.max(0, found.length - 1));
    toggle(el, found.length > 0);
    draw();
  }

  function draw() {
    keyed(list, found.map((entry, i) => ({ ...entry, on: i === chosen })), {
      key: ({ command }) => command,
      sign: (entry) => JSON.stringify(entry),
      make: line,
    });
    list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  function line({ command, description, on }) {
    const press = (event) => {
      event.preventDefault();
      take(command);
    };
    const words = [h("strong", { text: `/${command}` }), h("span", { text: description })];
    const props = { class: "suggest__line", role: "option", "aria-selected": String(on), on: { mousedown: press } };
    return h("li", props, words);
  }

  function take(command) {
    text.value = `/${command} `;
    text.dispatchEvent(new Event("input"));
    text.focus();
  }

  function takesKey(event) {
    if (el.hidden) return false;
    if (event.key === "Tab" || event.key === "Enter") {
      event.preventDefault();
      // A command typed to its end is sent, a half typed one is completed.
      if (event.key === "Enter" && text.value === `/${found[chosen].command}`) submit();
      else take(found[chosen].command);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
      draw();
    } else if (event.key === "Escape") toggle(el, false);
    else return false;
    return true;
  }

  text.addEventListener("input", update);
  text.addEventListener("blur", () => toggle(el, false));
  return { el, update, takesKey };
}
