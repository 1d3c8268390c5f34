// Ties the parts together: session, call and views around one state.

import { Board } from "./annotations/board.js";
import { Call } from "./call/call.js";
import { camera, microphone } from "./call/devices.js";
import { Meter } from "./call/meter.js";
import { Playback } from "./call/playback.js";
import { qualityOf } from "./call/quality.js";
import { Ring } from "./call/ring.js";
import { Standby } from "./call/standby.js";
import { watchNetwork } from "./session/network.js";
import { Signalling } from "./session/signalling.js";
import { SignInError, TokenSource } from "./session/sign-in.js";
import { noMicrophoneReason } from "./support.js";
import { testSurface } from "./test-surface.js";
import { Views } from "./view/views.js";
import { element } from "./view/elements.js";
import { FREEZE_FIRST, notDrawnWords, toldWords } from "./view/words.js";

/** @typedef {import("./app-state.js").AppState} AppState */
/** @typedef {import("./session/sign-in.js").Credentials} Credentials */

const CLIENT = "assist-page/0.1";
/** The account whose page shares a camera: a technician at a computer. */
const CAMERA_ACCOUNT = "technician";
/** Below this width the chat would cover the picture: it opens when asked for. */
const CHAT_BESIDE_PX = 760;
/** As long as two lines take to read. */
const NOTICE_MS = 8_000;

export class App {
  /** @type {Signalling | undefined} */
  #signalling;
  /** @type {Call | undefined} */
  #call;
  #microphone = microphone(() => this.#devicesChanged());
  #camera = camera(() => this.#devicesChanged());
  #playback = new Playback(element("video", HTMLVideoElement), element("audio", HTMLAudioElement), () => this.#render());
  #board = new Board({
    video: this.#playback.video,
    still: element("still", HTMLCanvasElement),
    canvas: element("marks", HTMLCanvasElement),
    cross: element("cross", HTMLElement),
    playoutRtp: () => this.#call?.peer?.playoutRtp,
    changed: () => this.#render(),
    refused: (refused) => this.#notice(notDrawnWords(refused)),
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #noticeTimer;
  #meter = new Meter(() => this.#render());
  #ring = new Ring();
  #standby = new Standby((peer) => {
    if (!this.#call?.peer) this.#playback.attach(peer);
  });
  #views;
  /** One device for the life of the page. */
  #device = `page-${[...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  /** @type {string | undefined} */
  #shownCall;
  #textsSeen = 0;

  /** @type {AppState} */
  #state = {
    screen: "sign_in",
    signIn: { busy: false, error: "" },
    connected: false,
    myName: "",
    people: [],
    call: undefined,
    peerName: "",
    endedBy: undefined,
    durationMs: 0,
    mine: { microphone: "on", camera: "absent" },
    theirs: undefined,
    microphoneReason: noMicrophoneReason(window) ?? "",
    sharesCamera: false,
    showsSelf: false,
    hasPicture: false,
    quality: undefined,
    link: undefined,
    texts: [],
    chatError: "",
    annotate: { ...this.#board.state, notice: "" },
    chatOpen: innerWidth > CHAT_BESIDE_PX,
    unread: 0,
    speaker: { muted: false, volume: 1 },
  };

  constructor() {
    this.#views = new Views({
      signIn: (credentials) => this.signIn(credentials),
      join: (person, clickedAtMs) => this.#join(person, clickedAtMs),
      answer: () => {
        this.#call?.accept();
        this.#playback.play();
      },
      decline: () => this.#call?.decline(),
      callAgain: (clickedAtMs) => {
        if (this.#state.call) this.#join(this.#state.call.peer, clickedAtMs);
      },
      leave: () => this.#update({ screen: "home" }),
      toggleMicrophone: () => this.#toggleMicrophone(),
      toggleCamera: () => this.#camera.state === "on" ? this.#camera.enable(!this.#camera.enabled) : void this.#camera.open(),
      toggleSpeaker: () => this.#setSpeaker({ muted: !this.#state.speaker.muted }),
      setVolume: (volume) => this.#setSpeaker({ volume }),
      hangUp: () => this.#call?.hangUp(),
      answerLink: (isYes) => this.#call?.answerLink(isYes),
      chooseTool: (tool) => this.#chooseTool(tool),
      chooseLook: (look) => this.#board.setLook(look),
      toggleFreeze: () => (this.#board.frozen ? this.#board.thaw() : this.#board.freeze()),
      undoMark: () => this.#board.undo(),
      clearMarks: () => this.#board.clear(),
      toggleChat: () => this.#openChat(!this.#state.chatOpen),
      closeChat: () => this.#openChat(false),
      say: (text) => this.#say(text),
    });
    watchNetwork({
      changed: () => {
        this.#call?.input({ input: "network_changed" });
        this.#signalling?.connect();
      },
      woke: () => {
        this.#call?.input({ input: "woke" });
        this.#signalling?.reconnect();
      },
    });
    // Who closes the page leaves the call. A browser may keep the page for the way back, with its connections.
    addEventListener("pagehide", () => {
      this.#call?.hangUp();
      this.#signalling?.leave();
    });
    addEventListener("pageshow", () => this.#signalling?.connect());
    Object.defineProperty(window, "assist", {
      value: testSurface({
        state: () => this.#state,
        ready: () => this.#state.connected && this.#standby.ready,
        connection: () => this.#call?.peer?.connection,
        playback: this.#playback,
        board: this.#board,
        annotations: () => this.#call?.annotations,
      }),
    });
    this.#render();
  }

  /** @param {Credentials} credentials */
  signIn(credentials) {
    this.#signalling?.close();
    const tokens = new TokenSource(credentials);
    const url = new URL("/signal", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    this.#signalling = new Signalling({
      url: url.href,
      device: this.#device,
      client: CLIENT,
      tokens,
      events: {
        connected: (welcome) => this.#welcomed(welcome),
        lost: () => {
          this.#call?.input({ input: "signalling_lost" });
          this.#update({ connected: false });
        },
        relayed: (message) => this.#call?.relayed(message),
        presence: (person, presence) => {
          const people = this.#state.people.map((known) => (known.id === person ? { ...known, presence } : known));
          this.#update({ people });
        },
        refused: ({ call, id, code }) => {
          if (call && typeof id === "number") this.#call?.input({ input: "refused", call, id, code });
        },
        signInFailed: (error) => this.#signInFailed(error),
      },
    });
    this.#update({ signIn: { busy: true, error: "" }, sharesCamera: credentials.account === CAMERA_ACCOUNT });
    this.#signalling.connect();
  }

  /** @param {import("./messages.js").Welcome} welcome */
  #welcomed(welcome) {
    const { me, name, people, ice_servers: iceServers } = welcome;
    if (this.#call) {
      this.#call.input({ input: "signalling_connected" });
    } else {
      this.#call = new Call({
        me,
        send: (message) => this.#signalling?.send(message),
        standby: this.#standby,
        microphone: this.#microphone,
        camera: this.#state.sharesCamera ? this.#camera : undefined,
        changed: () => this.#render(),
        told: (told) => this.#notice(toldWords(told)),
        peerChanged: (peer) => this.#meter.watch(peer?.connection),
      });
    }
    if (!this.#call.live) this.#standby.serve(iceServers);
    const screen = this.#state.screen === "sign_in" ? "home" : this.#state.screen;
    this.#update({ connected: true, myName: name, people, screen, signIn: { busy: false, error: "" } });
  }

  /** @param {Error} error */
  #signInFailed(error) {
    const retryable = error instanceof SignInError && error.retryable;
    const message = error instanceof SignInError ? error.message : "Signing in went wrong. Reload the page and try again.";
    const screen = retryable ? this.#state.screen : "sign_in";
    this.#update({ screen, signIn: { busy: retryable, error: message } });
    return retryable;
  }

  /**
   * @param {string} person
   * @param {number} clickedAtMs
   */
  #join(person, clickedAtMs) {
    if (!this.#call || this.#call.live) return;
    this.#call.place(person, clickedAtMs);
    this.#playback.play();
  }

  #toggleMicrophone() {
    if (this.#microphone.state === "absent") void this.#microphone.open();
    else this.#microphone.enable(!this.#microphone.enabled);
  }

  /** @param {import("./annotations/messages.js").Tool | undefined} tool */
  #chooseTool(tool) {
    const { live, frozen } = this.#board.state;
    this.#board.choose(tool);
    if (!tool || live || frozen) return;
    this.#board.freeze();
    this.#notice(FREEZE_FIRST);
  }

  /** Says something about drawing, for a while.
   * @param {string} notice */
  #notice(notice) {
    clearTimeout(this.#noticeTimer);
    if (notice) this.#noticeTimer = setTimeout(() => this.#notice(""), NOTICE_MS);
    this.#state.annotate.notice = notice;
    this.#render();
  }

  /** @param {Partial<AppState["speaker"]>} change */
  #setSpeaker(change) {
    const speaker = { ...this.#state.speaker, ...change };
    this.#playback.setSpeaker(speaker);
    this.#update({ speaker });
  }

  /** @param {string} text */
  #say(text) {
    const refused = this.#call?.say(text);
    const chatError = refused === "text_too_long" ? "This message is too long. Shorten it, or send it in parts."
      : refused ? "Too many messages wait for the other side. This one was not sent; try again in a moment." : "";
    this.#update({ chatError });
    return refused === undefined;
  }

  /** @param {boolean} open */
  #openChat(open) {
    this.#update({ chatOpen: open });
    if (open) this.#views.focusChat();
    else this.#views.focusChatButton();
  }

  #devicesChanged() {
    if (this.#call) this.#call.devicesChanged();
    else this.#render();
  }

  /** @param {Partial<AppState>} change */
  #update(change) {
    Object.assign(this.#state, change);
    this.#render();
  }

  #render() {
    const call = this.#call;
    const state = this.#state;
    if (call) this.#readCall(call);
    this.#ring.set(state.call?.state === "ringing");
    this.#views.render(state);
  }

  /** @param {Call} call */
  #readCall(call) {
    const state = this.#state;
    const { snapshot, peer } = call;
    if (snapshot && snapshot.call !== this.#shownCall) {
      this.#shownCall = snapshot.call;
      this.#textsSeen = 0;
      this.#playback.begin(() => call.timings.clickedAtMs);
      state.screen = "call";
      state.chatError = "";
    }
    state.call = snapshot;
    this.#signalling?.hurry(snapshot?.state === "connecting" || snapshot?.state === "reconnecting");
    state.peerName = state.people.find(({ id }) => id === snapshot?.peer)?.name ?? snapshot?.peer ?? "";
    state.endedBy = call.endedBy;
    state.durationMs = call.timings.durationMs;
    state.mine = call.mine;
    state.theirs = call.theirs;
    state.microphoneReason = noMicrophoneReason(window) ?? this.#microphone.reason;
    state.texts = call.texts;
    if (state.chatOpen) this.#textsSeen = call.texts.length;
    state.unread = call.texts.slice(this.#textsSeen).filter(({ mine }) => !mine).length;
    const own = state.sharesCamera && call.live && state.theirs?.camera !== "on" ? this.#camera.track : null;
    state.showsSelf = own !== null;
    if (peer) this.#playback.attach(peer, own);
    state.hasPicture = this.#playback.hasPicture;
    const drawn = call.live ? call.annotations : undefined;
    this.#board.attach(drawn, state.hasPicture && !state.showsSelf && state.theirs?.camera === "on");
    state.annotate = { ...this.#board.state, notice: state.annotate.notice };
    this.#meter.picture = state.theirs?.camera === "on" || (state.sharesCamera && state.mine.camera === "on");
    state.link = call.live ? call.link.shown(this.#meter.counters?.roundTripMs) : undefined;
    state.quality = qualityOf(this.#meter.quality, state.link);
  }
}
