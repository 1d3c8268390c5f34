//! What the terminal shows of a call: one line that is renewed, or one JSON object a line.

use std::io::{IsTerminal, Write};

use assist_engine::call::{CallSnapshot, LinkDirection, LinkSnapshot};
use assist_protocol::call::CallState;
use assist_protocol::link::{LinkOffer, LinkReason, Verdict};
use assist_protocol::messages::channel::{CameraState, MicrophoneState};
use serde_json::{Value, json};

/// Writes to standard output. A closed output is no reason to end a call.
pub(super) struct Terminal {
    json: bool,
    renews: bool,
    last: String,
    offered: (Option<LinkOffer>, bool),
}

impl Terminal {
    pub(super) fn new(json: bool) -> Self {
        Self {
            json,
            renews: !json && std::io::stdout().is_terminal(),
            last: String::new(),
            offered: (None, false),
        }
    }

    /// The demo is up.
    pub(super) fn ready(&mut self, address: &str, data: &str) {
        if self.json {
            return self.object(&json!({"event": "ready", "address": address, "data": data}));
        }
        self.line(&format!("data in {data}"));
        self.line("Assist is no medical device and must not be used for emergency calls.");
        self.line("");
        self.line(&format!("  Open this in a browser and press Join:  {address}"));
        self.line("");
        self.line("Type a line and press Enter to write to the expert; Ctrl-C ends.");
    }

    /// The hub can or cannot be reached.
    pub(super) fn signalling(&mut self, connected: bool) {
        if self.json {
            self.object(&json!({"event": "signalling", "connected": connected}));
        } else if !connected {
            self.line("The hub cannot be reached; the call goes on.");
        }
    }

    /// The call as it stands, and what is known of its link.
    pub(super) fn call(&mut self, call: &CallSnapshot, link: &LinkSnapshot) {
        if self.json {
            return self.object(&call_object(call, link));
        }
        self.offer(link);
        let words = call_words(call, link);
        if words == self.last {
            return;
        }
        if self.renews {
            self.write(&format!("\r\x1b[K{words}"));
        } else if state_words(call.state) != self.last.split(" · ").next().unwrap_or_default() {
            self.write(&format!("{words}\n"));
        }
        self.last = words;
    }

    /// What is offered because of the link is a line of its own, once.
    fn offer(&mut self, link: &LinkSnapshot) {
        if self.offered != (link.offer, link.sound_alone) {
            self.offered = (link.offer, link.sound_alone);
            match link.offer {
                Some(LinkOffer::PauseVideo) => self.line(&format!(
                    "{}. Pause the video, and keep voice and drawings? /accept or /dismiss",
                    link.words
                )),
                Some(LinkOffer::ResumeVideo) => {
                    let what = match link.up.verdict {
                        Verdict::Good => "The link is good again".to_owned(),
                        Verdict::Poor { .. } | Verdict::Critical => {
                            format!("{}. It carries pictures again", link.words)
                        }
                    };
                    self.line(&format!("{what}. Return to video? /accept or /dismiss"));
                }
                None if link.sound_alone => self.line(&format!("{}. The video is off.", link.words)),
                None => {}
            }
        }
    }

    /// A line of text, ours or theirs.
    pub(super) fn text(&mut self, from: &str, text: &str) {
        if self.json {
            return self.object(&json!({"event": "text", "from": from, "text": text}));
        }
        // A peer's control characters must not steer this terminal.
        let safe: String = text
            .chars()
            .map(|character| if character.is_control() { ' ' } else { character })
            .collect();
        self.line(&format!("{from}: {safe}"));
    }

    /// The call is over.
    pub(super) fn ended(&mut self, call: &CallSnapshot) {
        if self.json {
            return self.object(&json!({"event": "ended", "call": call.call, "reason": call.end_reason}));
        }
        // The status line belongs to the call that is over.
        if self.renews {
            self.write("\r\x1b[K");
        }
        self.last.clear();
        self.offered = (None, false);
        let reason = call.end_reason.map_or_else(String::new, |reason| {
            serde_json::to_value(reason)
                .ok()
                .and_then(|value| value.as_str().map(|text| text.replace('_', " ")))
                .unwrap_or_default()
        });
        self.line(&format!("The call is over ({reason}). Waiting for the next."));
    }

    /// Anything else worth a line.
    pub(super) fn note(&mut self, words: &str) {
        if self.json {
            self.object(&json!({"event": "note", "text": words}));
        } else {
            self.line(words);
        }
    }

    fn object(&mut self, value: &Value) {
        self.write(&format!("{value}\n"));
    }

    fn line(&mut self, words: &str) {
        if self.renews && !self.last.is_empty() {
            self.write("\r\x1b[K");
        }
        self.write(&format!("{words}\n"));
        if self.renews && !self.last.is_empty() {
            self.write(&self.last.clone());
        }
    }

    fn write(&mut self, text: &str) {
        let mut output = std::io::stdout().lock();
        let _ = output.write_all(text.as_bytes());
        let _ = output.flush();
    }
}

fn state_words(state: CallState) -> &'static str {
    match state {
        CallState::Inviting => "calling",
        CallState::Alerting => "ringing there",
        CallState::Ringing => "ringing",
        CallState::Accepting | CallState::Connecting => "connecting",
        CallState::Connected => "in call",
        CallState::Reconnecting => "reconnecting",
        CallState::Ending => "ending",
        CallState::Ended => "ended",
    }
}

fn call_words(call: &CallSnapshot, link: &LinkSnapshot) -> String {
    let mut parts = vec![state_words(call.state).to_owned()];
    if !link.words.is_empty() {
        parts.push(link.words.clone());
    }
    parts.push(format!(
        "sending {} frames/s, {:.2} Mbit/s",
        link.sent_frame_rate,
        f64::from(link.sent_video_bps) / 1e6
    ));
    if let Some(round_trip) = link.round_trip_ms {
        parts.push(format!("{round_trip:.1} ms"));
    }
    if call.local.camera == CameraState::Paused {
        parts.push("camera paused".to_owned());
    }
    match call.remote.map(|remote| remote.microphone) {
        Some(MicrophoneState::Muted) => parts.push("expert muted".to_owned()),
        Some(MicrophoneState::Absent) => parts.push("expert listens only".to_owned()),
        Some(MicrophoneState::On) | None => {}
    }
    parts.join(" · ")
}

fn call_object(call: &CallSnapshot, link: &LinkSnapshot) -> Value {
    json!({
        "event": "call",
        "call": call.call,
        "state": call.state,
        "frame_rate": link.sent_frame_rate,
        "bitrate_bps": link.sent_video_bps,
        "round_trip_ms": link.round_trip_ms,
        "loss": link.up.loss,
        "link": {
            "words": link.words,
            "up": direction_object(&link.up),
            "down": direction_object(&link.down),
            "offer": link.offer,
            "sound_alone": link.sound_alone,
        },
        "remote": call.remote,
    })
}

fn direction_object(direction: &LinkDirection) -> Value {
    let (verdict, reason): (_, Option<LinkReason>) = match direction.verdict {
        Verdict::Good => ("good", None),
        Verdict::Poor { reason } => ("poor", Some(reason)),
        Verdict::Critical => ("critical", None),
    };
    json!({
        "verdict": verdict,
        "reason": reason,
        "bears_bps": direction.bears_bps,
        "loss": direction.loss,
        "jitter_ms": direction.jitter_ms,
    })
}
