//! What the terminal shows of a call: one line that is renewed, or one JSON object a line.

use std::io::{IsTerminal, Write};

use assist_engine::call::CallSnapshot;
use assist_protocol::call::CallState;
use assist_protocol::messages::channel::{CameraState, MicrophoneState};
use serde_json::{Value, json};

/// Writes to standard output. A closed output is no reason to end a call.
pub(super) struct Terminal {
    json: bool,
    renews: bool,
    last: String,
}

impl Terminal {
    pub(super) fn new(json: bool) -> Self {
        Self {
            json,
            renews: !json && std::io::stdout().is_terminal(),
            last: String::new(),
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

    /// The call as it stands.
    pub(super) fn call(&mut self, call: &CallSnapshot) {
        if self.json {
            return self.object(&call_object(call));
        }
        let words = call_words(call);
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

fn call_words(call: &CallSnapshot) -> String {
    let link = &call.link;
    let mut parts = vec![state_words(call.state).to_owned()];
    parts.push(format!("{} frames/s", link.sent_frame_rate));
    parts.push(format!("{:.2} Mbit/s", f64::from(link.sent_video_bps) / 1e6));
    if let Some(round_trip) = link.round_trip_ms {
        parts.push(format!("{round_trip:.1} ms"));
    }
    if link.loss > 0.0 {
        parts.push(format!("{:.0} % lost", link.loss * 100.0));
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

fn call_object(call: &CallSnapshot) -> Value {
    json!({
        "event": "call",
        "call": call.call,
        "state": call.state,
        "frame_rate": call.link.sent_frame_rate,
        "bitrate_bps": call.link.sent_video_bps,
        "round_trip_ms": call.link.round_trip_ms,
        "loss": call.link.loss,
        "remote": call.remote,
    })
}
