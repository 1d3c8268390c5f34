// What goes into the call machine and what comes out (docs/protocol.md).

/**
 * @typedef {import("../messages.js").Address} Address
 * @typedef {import("../messages.js").CallMessage} CallMessage
 * @typedef {import("../messages.js").Candidate} Candidate
 * @typedef {import("../messages.js").EndReason} EndReason
 * @typedef {import("../messages.js").ErrorCode} ErrorCode
 * @typedef {import("../messages.js").Recipient} Recipient
 *
 * @typedef {"caller" | "callee"} Role
 * @typedef {"inviting" | "alerting" | "ringing" | "accepting" | "connecting" | "connected" | "reconnecting" | "ending" |
 *   "ended"} CallState
 * @typedef {{ call: string, role: Role, peer: string, peer_device?: string, state: CallState,
 *   reason?: EndReason }} CallSnapshot
 *
 * @typedef {{ input: "place", call: string, callee: string } | { input: "accept" } | { input: "decline" } |
 *   { input: "hang_up" } | { input: "fail", call: string } |
 *   { input: "received", call: string, from: Address, id: number, body: CallMessage } |
 *   { input: "received_unknown", call: string, from: Address, id: number, code: ErrorCode, message: string } |
 *   { input: "refused", call: string, id: number, code: ErrorCode } |
 *   { input: "offer_created", call: string, round: number, sdp: string } |
 *   { input: "answer_created", call: string, round: number, sdp: string } |
 *   { input: "candidates_gathered", call: string, round: number, candidates: Candidate[], complete: boolean } |
 *   { input: "media_connected", call: string, connection?: number } |
 *   { input: "media_disconnected", call: string, connection?: number } | { input: "media_failed", call: string } |
 *   { input: "network_changed" } | { input: "woke" } | { input: "signalling_connected" } |
 *   { input: "signalling_lost" } | { input: "peer_hung_up", call: string } |
 *   { input: "relay", call: string, body: CallMessage }} Input
 *
 * @typedef {{ output: "send", to: Recipient, call: string, id: number, body: CallMessage } |
 *   { output: "create_offer", call: string, round: number, restart: boolean, fresh?: boolean } |
 *   { output: "create_answer", call: string, round: number, offer: string, fresh?: boolean } |
 *   { output: "apply_answer", call: string, round: number, answer: string } |
 *   { output: "add_candidates", call: string, round: number, candidates: Candidate[], complete: boolean } |
 *   { output: "close_media", call: string } | { output: "deliver", call: string, body: CallMessage } |
 *   { output: "changed", snapshot: CallSnapshot }} Output
 *
 * What every call of a machine shares.
 * @typedef {{ me: Address, config: typeof import("./config.js").CALL_CONFIG, now: number, online: boolean,
 *   outputs: Output[] }} Context
 */

export {};
