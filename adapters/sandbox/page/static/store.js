// The state as the server tells it, what this visitor looks at, and the acts sent back.

const listeners = new Set();
let asked = false;
let loading = false;

export const world = { state: null, skew: 0, online: true };

export const view = {
  phone: { whatsapp: null, telegram: null },
  channel: "whatsapp",
  agent: null,
  topic: null,
  picked: false,
  seen: {},
};

/** Call `listener` after every new state and every change of the view. */
export function onChange(listener) {
  listeners.add(listener);
}

/** Draw again with what is known. */
export function changed() {
  for (const listener of listeners) listener();
}

/** The sandbox's time in milliseconds. */
export function now() {
  return Date.now() + world.skew;
}

/** Fetch the state; calls that come while one is under way are answered by one more fetch. */
export async function refresh() {
  asked = true;
  if (loading) return;
  loading = true;
  while (asked) {
    asked = false;
    try {
      const answer = await fetch("/api/state", { cache: "no-store" });
      world.state = await answer.json();
      world.skew = world.state.clock.now * 1000 - Date.now();
      world.online = true;
    } catch {
      world.online = false;
    }
    changed();
  }
  loading = false;
}

/** Follow the server's pings; the browser reconnects by itself. */
export function follow() {
  const events = new EventSource("/api/events");
  events.onmessage = () => refresh();
  events.onerror = () => {
    world.online = false;
    changed();
  };
}

/** Do something as a person. Answers what the server says; throws an Error with its sentence. */
export async function act(action) {
  const answer = await fetch("/api/act", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(action),
  });
  const body = await answer.json().catch(() => ({ error: `HTTP ${answer.status}` }));
  if (!answer.ok) throw new Error(body.error);
  refresh();
  return body;
}
