// Binds the call machine to what it decides about: signalling, the peer connection, the devices, chat and drawings.

import { Annotations } from "../annotations/annotations.js";
import { CallMachine } from "../call-machine/machine.js";
import { decodeBody } from "../messages.js";
import { Conversation } from "./conversation.js";
import { Media } from "./media.js";
import { PeerLink } from "./peer-link.js";
import { Timings } from "./timings.js";

/** @typedef {import("../call-machine/types.js").Input} Input */
/** @typedef {import("../call-machine/types.js").Output} Output */
/** @typedef {import("../call-machine/types.js").CallSnapshot} CallSnapshot */
/** @typedef {import("../messages.js").Address} Address */
/** @typedef {import("../messages.js").MediaState} MediaState */
/** @typedef {import("./peer.js").Peer} Peer */

/**
 * @typedef {object} CallParts
 * @property {Address} me
 * @property {(message: object) => void} send hands a message to signalling
 * @property {import("./standby.js").Standby} standby
 * @property {import("./devices.js").MediaDevice} microphone
 * @property {import("./devices.js").MediaDevice | undefined} camera only where this page shares one
 * @property {() => void} changed something that is shown has changed
 * @property {import("../annotations/annotations.js").AnnotationsParts["told"]} told what became of drawings
 * @property {(peer: Peer | undefined) => void} peerChanged the peer whose tracks are to be shown
 */

export class Call {
  /** @type {CallParts} */
  #parts;
  /** @type {CallMachine} */
  #machine;
  /** @type {Media} */
  #media;
  /** @type {Input[]} */
  #waiting = [];
  #handling = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Conversation | undefined} */
  #conversation;

  /** The call that is shown: the live one, or the last.
   * @type {CallSnapshot | undefined} */
  snapshot;
  /** What the other side shares, once it said so.
   * @type {MediaState | undefined} */
  theirs;
  /** What the other side knows of its way here. */
  link = new PeerLink();
  /** What is drawn in the call that is shown.
   * @type {Annotations | undefined} */
  annotations;
  /** @type {"me" | "peer" | undefined} */
  endedBy;
  timings = new Timings();

  /** @param {CallParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#machine = new CallMachine(parts.me);
    /** @type {WeakSet<Peer>} */
    const heard = new WeakSet();
    this.#media = new Media(parts.standby, (input) => this.input(input), (call, peer) => ({
      changed: (state) => this.#mediaChanged(peer, state),
      tookOver: () => this.#tookOver(call, peer),
      channelOpened: () => {
        this.#tellMedia(peer);
        if (peer === this.#media.peer(call)) this.#conversationOf(call)?.channelOpened();
      },
      channelClosed: () => {
        if (peer === this.#media.peer(call)) this.#conversationOf(call)?.channelClosed();
      },
      channelMessage: (wire) => {
        if (!heard.has(peer) && peer === this.#media.peer(call)) {
          // Now the peer's end of the channel is there too: what was said before may be lost.
          heard.add(peer);
          this.#tellMedia(peer);
          this.#conversationOf(call)?.channelOpened();
        }
        this.#conversationOf(call)?.channelMessage(wire);
      },
      liveMessage: (bytes) => {
        if (call === this.snapshot?.call) this.annotations?.live(bytes);
      },
    }));
  }

  get texts() {
    return this.#conversation?.texts ?? [];
  }

  /** The connection of the call that is shown. */
  get peer() {
    return this.snapshot && this.#media.peer(this.snapshot.call);
  }

  get live() {
    return this.snapshot !== undefined && this.snapshot.state !== "ending" && this.snapshot.state !== "ended";
  }

  /** What this side shares.
   * @returns {MediaState} */
  get mine() {
    const { microphone, camera } = this.#parts;
    return {
      microphone: microphone.state === "absent" ? "absent" : microphone.enabled ? "on" : "muted",
      camera: !camera || camera.state === "absent" ? "absent" : camera.enabled ? "on" : "paused",
    };
  }

  /**
   * @param {string} callee
   * @param {number} [clickedAtMs] when the person decided it, by `performance.now()`
   */
  place(callee, clickedAtMs = performance.now()) {
    if (this.live) return;
    this.timings.begin(clickedAtMs);
    this.endedBy = undefined;
    this.input({ input: "place", call: crypto.randomUUID?.() ?? randomId(), callee });
    this.#openDevices();
  }

  accept() {
    this.timings.begin(performance.now());
    this.input({ input: "accept" });
    this.#openDevices();
  }

  decline() {
    this.endedBy = "me";
    this.input({ input: "decline" });
  }

  hangUp() {
    if (this.live) this.endedBy = "me";
    this.input({ input: "hang_up" });
  }

  /** @param {string} text */
  say(text) {
    return this.#conversation ? this.#conversation.say(text) : "full";
  }

  /**
   * Answers what is offered because of the link. A no closes it here alone.
   * @param {boolean} isYes
   */
  answerLink(isYes) {
    const offer = this.link.answer();
    if (offer && isYes) this.peer?.channels.send({ type: "link_offer_accepted", offer });
    this.#parts.changed();
  }

  /** What this side shares may have changed: the tracks are attached and the peer is told. */
  devicesChanged() {
    const { microphone, camera, changed } = this.#parts;
    const peer = this.peer;
    if (peer && this.live && this.snapshot?.state !== "ringing") {
      void peer.send("audio", microphone.track);
      // A paused camera sends nothing at all, not even black.
      if (camera) void peer.send("video", camera.enabled ? camera.track : null);
      this.#tellMedia(peer);
    }
    changed();
  }

  /** @param {import("../messages.js").Relayed} message */
  relayed({ call, from, id, body }) {
    const decoded = decodeBody(body);
    this.input("error" in decoded
      ? { input: "received_unknown", call, from, id, code: decoded.error, message: decoded.text }
      : { input: "received", call, from, id, body: decoded.message });
  }

  /**
   * One thing that happened. What it causes may come back as further inputs; they wait their turn.
   * @param {Input} input
   */
  input(input) {
    this.#waiting.push(input);
    if (this.#handling) return;
    this.#handling = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#machine.handleInput(next, performance.now());
      this.#drain();
    }
    this.#handling = false;
    this.#schedule();
  }

  #drain() {
    for (let output = this.#machine.pollOutput(); output; output = this.#machine.pollOutput()) this.#act(output);
  }

  #schedule() {
    clearTimeout(this.#timer);
    const due = this.#machine.pollTimeout();
    if (due === undefined) return;
    this.#timer = setTimeout(() => {
      this.#machine.handleTimeout(performance.now());
      this.#drain();
      this.#schedule();
    }, Math.max(due - performance.now(), 0));
  }

  /** @param {Output} output */
  #act(output) {
    switch (output.output) {
      case "send":
        this.#parts.send({ type: "relay", call: output.call, to: output.to, id: output.id, body: output.body });
        // The hint on the data channel comes sooner than what goes through the hub.
        if (output.body.type === "hang_up") this.#media.peer(output.call)?.channels.send({ type: "hang_up" });
        break;
      case "deliver":
        this.#conversationOf(output.call)?.relayed(output.body);
        break;
      case "changed":
        this.#show(output.snapshot);
        break;
      case "close_media":
        this.#close(output.call);
        break;
      case "create_offer":
      case "create_answer":
      case "apply_answer":
      case "add_candidates":
        this.#media.act(output);
        break;
    }
  }

  /**
   * What is said in the call that is shown; in another one nothing is.
   * @param {string} call
   */
  #conversationOf(call) {
    return call === this.snapshot?.call ? this.#conversation : undefined;
  }

  /**
   * @param {Peer} peer
   * @param {"connected" | "disconnected"} state
   */
  #mediaChanged(peer, state) {
    if (peer !== this.peer) return;
    // A channel does not close when the path is lost, and may never speak again: meanwhile the hub carries the chat.
    if (state === "disconnected") this.#conversation?.channelClosed();
    else if (peer.channels.open) this.#conversation?.channelOpened();
  }

  /**
   * What went over another connection goes over this one from now on.
   * @param {string} call
   * @param {Peer} peer
   */
  #tookOver(call, peer) {
    if (call !== this.snapshot?.call) return;
    this.#conversation?.channelClosed();
    this.#parts.peerChanged(peer);
    this.devicesChanged();
  }

  /** @param {CallSnapshot} snapshot */
  #show(snapshot) {
    const known = this.snapshot?.call === snapshot.call;
    // An old call that ends late does not take the screen from the new one.
    const over = snapshot.state === "ending" || snapshot.state === "ended";
    if (!known && over && this.snapshot) return;
    this.snapshot = snapshot;
    if (!known) this.#begin(snapshot);
    if (snapshot.state === "connected") this.timings.connected();
    if (over) {
      this.timings.ended();
      this.#conversation?.close();
    }
    if (snapshot.state === "ringing" && this.#parts.camera) void this.#parts.camera.open();
    this.#parts.peerChanged(this.peer);
    this.#parts.changed();
  }

  /** @param {CallSnapshot} snapshot */
  #begin({ call, peer }) {
    this.theirs = undefined;
    this.link = new PeerLink();
    const { me, changed, told } = this.#parts;
    const channel = { send: (/** @type {object} */ message) => this.#media.peer(call)?.channels.send(message) ?? false };
    const conversation = new Conversation({
      channel,
      relay: (body) => this.input({ input: "relay", call, body }),
      media: (media) => {
        this.theirs = media;
        changed();
      },
      link: (link) => {
        this.link.told(link);
        changed();
      },
      epoch: (epoch) => annotations.epoch(epoch),
      annotation: (operation) => annotations.received(peer, operation),
      roomForMore: () => annotations.flush(),
      hungUp: () => this.input({ input: "peer_hung_up", call }),
      changed,
    });
    const annotations = new Annotations({
      me: me.person,
      owner: peer,
      say: (operation) => conversation.annotate(operation),
      changed,
      told,
    });
    this.#conversation = conversation;
    this.annotations = annotations;
  }

  /** After what the click is about has been sent: opening a device takes its time. */
  #openDevices() {
    setTimeout(() => {
      if (!this.live) return;
      const { microphone, camera } = this.#parts;
      void microphone.open();
      void camera?.open();
      // What is open already belongs to this call now.
      this.devicesChanged();
    }, 0);
  }

  /** @param {Peer} peer */
  #tellMedia(peer) {
    peer.channels.send({ type: "media", ...this.mine });
  }

  /** @param {string} call */
  #close(call) {
    this.#media.close(call);
    if (call !== this.snapshot?.call && this.live) return;
    this.#parts.microphone.close();
    this.#parts.camera?.close();
    this.#parts.standby.renew();
  }
}

/** A page over plain http has no `randomUUID`. */
function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
