// What the page knows, kept up to date by a long poll.

import { state as ask } from "./api.js";

const WAIT = 25;
const store = { rev: -1, epoch: "", data: null, lines: new Map(), listeners: new Set() };

/** Call `listener(data, linesOf)` now and after every change. */
export function subscribe(listener) {
  store.listeners.add(listener);
  if (store.data) listener(store.data);
}

/** The lines of a chat, in order. */
export function linesOf(chat) {
  return [...(store.lines.get(chat)?.values() ?? [])].sort((one, other) => one.seq - other.seq);
}

/** The person with this id. */
export function userOf(id) {
  return store.data?.users.find((user) => user.id === id);
}

/** The latest state as the server gave it. */
export function current() {
  return store.data;
}

/** Take an answer of the server in. */
export function take(data) {
  if (data.epoch !== store.epoch) {
    store.lines.clear();
    store.epoch = data.epoch;
  }
  for (const line of data.lines) {
    if (!store.lines.has(line.chat)) store.lines.set(line.chat, new Map());
    store.lines.get(line.chat).set(line.seq, line);
  }
  if (data.rev < store.rev && store.data?.epoch === data.epoch) return;
  store.rev = data.rev;
  store.data = data;
  for (const listener of store.listeners) listener(data);
}

/** Follow the server for ever; `connected(yes)` is told when it comes and goes. */
export async function follow(connected) {
  for (;;) {
    try {
      take(await ask(store.rev, store.epoch, store.data ? WAIT : 0));
      connected(true);
    } catch {
      connected(false);
      await new Promise((wake) => setTimeout(wake, 1000));
    }
  }
}
