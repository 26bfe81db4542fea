// The agents' group: its topics, the open one, and the agent one acts as.

import { createConversation } from "./conversation.js";
import { avatar, box, h, setText, toggle } from "./dom.js";
import { label, say, t } from "./i18n.js";
import { icon, mark } from "./icons.js";
import { menu } from "./keyboard.js";
import { actingAgent, trying } from "./notices.js";
import { act, changed, view, world } from "./store.js";
import { createTopicList, topicIcon, topicName } from "./topics.js";

/** The right side of the page; answers its render function. */
export function createDesk(parent) {
  const title = h("strong");
  const members = h("span");
  const agents = createAgents();
  const head = h("header", { class: "desk__head" }, mark(), box("desk__titles", title, members), agents.el);
  const topics = createTopicList();
  const room = createRoom();
  const body = h("div", { class: "desk__body" }, topics.el, room.el);
  parent.append(head, body);
  label(parent, "desk");
  return () => {
    const { desk } = world.state;
    openFirst(desk.topics);
    setText(title, desk.title);
    setText(members, t("members", { count: desk.agents.filter((agent) => agent.member).length }));
    parent.classList.toggle("desk--open", view.topic !== null);
    agents.render(desk.agents);
    room.render(desk.topics.find((topic) => topic.key === view.topic));
    topics.render(desk.topics);
  };
}

/** Where there is room for a topic, the first ticket opens by itself; later ones wait to be picked. */
function openFirst(topics) {
  const tickets = topics.filter((topic) => topic.thread_id !== null);
  if (view.picked || !tickets.length || !matchMedia("(min-width: 761px)").matches) return;
  view.picked = true;
  view.topic = tickets.at(-1).key;
}

/** The switch between agents: whoever is on writes, presses and reacts. */
function createAgents() {
  const group = h("div", { class: "agents", role: "radiogroup" });
  label(group, "acting_as");
  const made = new Map();
  const make = (agent) => {
    const role = say(h("small"), `role_${agent.role}`);
    const words = h("span", { class: "agent__words" }, h("span", { text: agent.name }), role);
    const el = h("button", { class: "agent", type: "button", role: "radio" }, avatar(agent.name, "avatar--small"), words);
    el.addEventListener("click", () => {
      view.agent = agent.key;
      localStorage.setItem("agent", agent.key);
      changed();
    });
    group.append(el);
    return el;
  };
  group.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...group.children];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.click();
    next.focus();
  });
  const render = (agents) => {
    for (const agent of agents) {
      if (!made.has(agent.key)) made.set(agent.key, make(agent));
      const on = actingAgent().key === agent.key;
      const el = made.get(agent.key);
      el.setAttribute("aria-checked", String(on));
      el.tabIndex = on ? 0 : -1;
      el.classList.toggle("agent--away", !agent.member);
    }
  };
  return { el: group, render };
}

/** The open topic; every topic keeps its own conversation, so drafts stay where they were written. */
function createRoom() {
  const back = label(h("button", { class: "round room__back", type: "button" }, icon("back")), "back");
  const sign = h("span", { class: "room__sign" });
  const name = h("strong");
  const sub = h("span");
  const more = label(h("button", { class: "round", type: "button" }, icon("more")), "menu_room");
  const leave = () => trying(act({ do: "leave", who: actingAgent().key }));
  const options = menu(more, () => (actingAgent().member ? [["leave_group", "ban", leave]] : []));
  const head = h("div", { class: "room__head" }, back, sign, h("div", { class: "room__titles" }, name, sub), options);
  const chats = h("div", { class: "room__chats" });
  const words = [say(h("strong"), "pick_topic"), say(h("p"), "pick_topic_hint")];
  const hint = box("empty empty--room", icon("hash"), words);
  const el = h("div", { class: "room" }, head, chats, hint);
  const made = new Map();
  back.addEventListener("click", () => {
    view.topic = null;
    view.picked = true;
    changed();
  });

  function render(topic) {
    toggle(head, Boolean(topic));
    toggle(chats, Boolean(topic));
    toggle(hint, !topic);
    for (const [key, chat] of made) toggle(chat.el, key === topic?.key);
    if (!topic) return;
    if (!made.has(topic.key)) {
      made.set(topic.key, topicChat(topic, el));
      chats.append(made.get(topic.key).el);
    }
    setText(name, topicName(topic));
    setText(sub, t("acting_as_line", { name: actingAgent().name }));
    sign.replaceChildren(topicIcon(topic));
    drawChat(made.get(topic.key), topic);
  }
  return { el, render };
}

function topicChat(topic, sheetParent) {
  const where = () => ({ place: "desk", topic: topic.thread_id });
  const commands = () => world.state.desk.commands;
  const who = () => actingAgent().key;
  const chat = createConversation({ channel: "telegram", desk: true, who, where, sheetParent, commands });
  const join = say(h("button", { class: "button", type: "button", hidden: true }), "join_group");
  join.addEventListener("click", () => trying(act({ do: "join", who: who() })));
  chat.el.append(join);
  chat.join = join;
  return chat;
}

function drawChat(chat, topic) {
  const agent = actingAgent();
  const own = topic.messages.map((message) => seenBy(message, agent));
  const emptyState = { title: t("empty_topic"), hint: t("empty_topic_hint", { name: agent.name }) };
  let shut = null;
  if (!agent.member) shut = t("not_member", { name: agent.name });
  // In a closed topic only the group's admins write.
  else if (topic.closed && agent.role !== "admin") shut = t("topic_closed");
  toggle(chat.join, !agent.member);
  chat.render(own, { emptyState, placeholder: t("type_as", { name: agent.name }), shut });
}

/** The same message as this agent sees it: one's own words and reactions stand out. */
function seenBy(message, agent) {
  const reactions = message.reactions.map((reaction) => ({ ...reaction, mine: reaction.by.includes(agent.key) }));
  return { ...message, out: message.author.key === agent.key, reactions };
}
