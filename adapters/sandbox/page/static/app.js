// The page starts here: parts are built once, then every new state is drawn into them.

import { createDesk } from "./desk.js";
import { button, h } from "./dom.js";
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
    const show = () => {
      document.body.dataset.panel = panel;
      keys.forEach((key) => key.setAttribute("aria-pressed", String(key === own)));
    };
    const props = { "aria-pressed": String(panel === "phones") };
    const own = button("panels__key", show, props, icon(picture), say(h("span"), `panel_${panel}`));
    return own;
  });
  parent.append(...keys);
}
