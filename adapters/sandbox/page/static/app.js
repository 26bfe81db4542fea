// The page starts here: parts are built once, then every new state is drawn into them.

import { createDesk } from "./desk.js";
import { h } from "./dom.js";
import { lang, say, speak } from "./i18n.js";
import { icon } from "./icons.js";
import { showAnswers } from "./notices.js";
import { createPhones } from "./phone.js";
import { follow, onChange, refresh, view, world } from "./store.js";
import { createTopbar } from "./topbar.js";

const find = (id) => document.getElementById(id);

view.agent = localStorage.getItem("agent");
speak(lang());

const parts = [createTopbar(find("topbar")), createPhones(find("phones")), createDesk(find("desk"))];
createPanelSwitch(find("panels"));

onChange(() => {
  if (!world.state) return;
  for (const draw of parts) draw();
  showAnswers();
});

// Windows run out and days pass even when nobody writes.
setInterval(() => world.state && refresh(), 30_000);
await refresh();
follow();

/** On a narrow screen one side is shown at a time. */
function createPanelSwitch(parent) {
  const entries = [
    ["phones", "phone"],
    ["desk", "people"],
  ];
  const keys = entries.map(([panel, picture]) => {
    const words = say(h("span"), `panel_${panel}`);
    const button = h("button", { class: "panels__key", type: "button", "aria-pressed": String(panel === "phones") }, icon(picture), words);
    button.addEventListener("click", () => {
      document.body.dataset.panel = panel;
      keys.forEach((key) => key.setAttribute("aria-pressed", String(key === button)));
    });
    return button;
  });
  parent.append(...keys);
}
