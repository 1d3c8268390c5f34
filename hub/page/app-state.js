// All that is shown, in one object; the views draw it and keep nothing of their own.

/**
 * @typedef {object} AppState
 * @property {"unsupported" | "sign_in" | "home" | "call"} screen
 * @property {{ busy: boolean, error: string }} signIn
 * @property {boolean} connected to the hub
 * @property {string} myName
 * @property {import("./messages.js").Person[]} people
 * @property {import("./call-machine/types.js").CallSnapshot | undefined} call
 * @property {string} peerName
 * @property {"me" | "peer" | undefined} endedBy
 * @property {number} durationMs
 * @property {import("./messages.js").MediaState} mine
 * @property {import("./messages.js").MediaState | undefined} theirs
 * @property {string} microphoneReason why there is no microphone
 * @property {boolean} sharesCamera whether this page may share a camera at all
 * @property {boolean} showsSelf whether the stage shows this page's own camera
 * @property {boolean} hasPicture whether a picture of the other side has arrived
 * @property {{ verdict: import("./call/quality.js").Verdict, words: string } | undefined} quality
 * @property {import("./call/peer-link.js").LinkShown | undefined} link
 * @property {import("./call/conversation.js").Line[]} texts
 * @property {string} chatError
 * @property {import("./annotations/board.js").BoardState & { notice: string }} annotate
 * @property {boolean} chatOpen
 * @property {number} unread
 * @property {{ muted: boolean, volume: number }} speaker
 */

export {};
