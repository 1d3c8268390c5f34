// The socket to the hub: hello, silence, and coming back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { backoffMs } from "../../hub/page/session/backoff.js";
import { Signalling } from "../../hub/page/session/signalling.js";
import { virtualTime } from "./clock.js";

test("it comes back after 0.5 s, then 1, 2, 4 … up to 10 s, a quarter spread", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map((attempt) => backoffMs(attempt, 0)),
    [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  assert.equal(backoffMs(0, 1), 625);
});

const WELCOME = { v: 1, type: "welcome", me: { person: "expert", device: "d" }, name: "Erik", ice_servers: [], people: [],
  heartbeat_ms: 1_000 };

/** A socket whose other end is the test. */
class FakeSocket extends EventTarget {
  /** @type {FakeSocket[]} */
  static made = [];
  readyState = 0;
  /** @type {any[]} */
  sent = [];

  constructor() {
    super();
    FakeSocket.made.push(this);
  }

  /** @param {string} wire */
  send(wire) {
    this.sent.push(JSON.parse(wire));
  }

  close() {
    this.readyState = 3;
  }

  opens() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  /** @param {object} message */
  hears(message) {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  breaks() {
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }
}

/** Lets promises settle; timers are mocked. */
const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

/** @param {() => Promise<string>} [token] */
function connect(token = async () => "token") {
  FakeSocket.made = [];
  /** @type {string[]} */
  const events = [];
  const signalling = new Signalling({
    url: "ws://hub/signal",
    device: "d",
    client: "test",
    tokens: { token, forget: () => events.push("forget") },
    socket: /** @type {any} */ (FakeSocket),
    random: () => 0,
    events: {
      connected: () => events.push("connected"),
      lost: () => events.push("lost"),
      relayed: () => events.push("relayed"),
      presence: () => events.push("presence"),
      refused: () => events.push("refused"),
      signInFailed: () => false,
    },
  });
  signalling.connect();
  const last = () => FakeSocket.made[FakeSocket.made.length - 1];
  return { signalling, events, last };
}

test("hello is the first word, and nothing is sent before welcome", async () => {
  const { signalling, events, last } = connect();
  last().opens();
  await settle();
  assert.deepEqual(last().sent, [{ v: 1, type: "hello", token: "token", device: "d", client: "test" }]);
  signalling.send({ type: "ping", nonce: 1 });
  assert.equal(last().sent.length, 1);
  last().hears(WELCOME);
  assert.deepEqual(events, ["connected"]);
  signalling.send({ type: "ping", nonce: 1 });
  assert.equal(last().sent.length, 2);
  signalling.close();
});

test("a broken connection is told once and comes back", async (context) => {
  const { pass } = virtualTime(context);
  const { signalling, events, last } = connect();
  last().opens();
  last().hears(WELCOME);
  last().breaks();
  assert.deepEqual(events, ["connected", "lost"]);
  pass(499);
  assert.equal(FakeSocket.made.length, 1);
  pass(1);
  assert.equal(FakeSocket.made.length, 2);
  last().breaks();
  pass(1_000);
  assert.equal(FakeSocket.made.length, 3, "the second wait is longer");
  assert.deepEqual(events, ["connected", "lost"]);
  signalling.close();
});

test("a page that is put aside is gone, and back when it is shown again", async (context) => {
  const { pass } = virtualTime(context);
  const { signalling, events, last } = connect();
  last().opens();
  last().hears(WELCOME);
  signalling.leave();
  assert.equal(last().readyState, 3);
  assert.deepEqual(events, ["connected", "lost"]);
  pass(60_000);
  assert.equal(FakeSocket.made.length, 1, "nothing is tried meanwhile");
  signalling.connect();
  last().opens();
  last().hears(WELCOME);
  assert.deepEqual(events, ["connected", "lost", "connected"]);
  signalling.close();
});

test("a planned restart is waited for as long as the hub says", (context) => {
  const { pass } = virtualTime(context);
  const { signalling, events, last } = connect();
  last().opens();
  last().hears(WELCOME);
  last().hears({ v: 1, type: "going_away", reconnect_after_ms: 2_000 });
  assert.deepEqual(events, ["connected", "lost"]);
  pass(1_999);
  assert.equal(FakeSocket.made.length, 1);
  pass(1);
  assert.equal(FakeSocket.made.length, 2);
  signalling.close();
});

test("silence is asked after, and then the connection given up", (context) => {
  const { pass } = virtualTime(context);
  const { signalling, events, last } = connect();
  last().opens();
  last().hears(WELCOME);
  pass(1_000);
  assert.equal(last().sent.at(-1).type, "ping");
  last().hears({ v: 1, type: "pong", nonce: 1 });
  pass(1_000);
  assert.deepEqual(events, ["connected"]);
  pass(1_000);
  assert.deepEqual(events, ["connected", "lost"]);
  signalling.close();
});

test("a refused token is not used again", () => {
  const { signalling, events, last } = connect();
  last().opens();
  last().hears({ v: 1, type: "refused", code: "unauthenticated", message: "no" });
  assert.deepEqual(events, ["forget", "refused"]);
  signalling.close();
});

test("a sign-in that cannot work ends the trying", async (context) => {
  const { pass } = virtualTime(context);
  const { last } = connect(async () => Promise.reject(new Error("wrong key")));
  last().opens();
  await settle();
  pass(60_000);
  assert.equal(FakeSocket.made.length, 1);
});

test("rubbish from the hub disturbs nothing", () => {
  const { signalling, events, last } = connect();
  last().opens();
  last().dispatchEvent(new MessageEvent("message", { data: "{" }));
  last().dispatchEvent(new MessageEvent("message", { data: new ArrayBuffer(4) }));
  last().hears({ v: 1, type: "dance" });
  last().hears(WELCOME);
  assert.deepEqual(events, ["connected"]);
  signalling.close();
});
