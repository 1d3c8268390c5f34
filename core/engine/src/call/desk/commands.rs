//! What the app asks for.

use std::sync::Arc;

use assist_protocol::call::{CallState, Input, Role};
use assist_protocol::messages::channel::{CameraState, MediaState, MicrophoneState, Operation};
use assist_protocol::{CallId, PersonId};
use tokio::sync::{Mutex, mpsc, watch};

use super::{Command, Desk};
use crate::annotations::{Annotations, AnnotationsSnapshot};
use crate::audio::{AudioEncoder, AudioEncoderConfig, AudioReceiver};
use crate::call::live::{EVENTS, LiveCall, PICTURES};
use crate::call::media_path::MediaPath;
use crate::call::snapshot::{CallSnapshot, LinkSnapshot};
use crate::call::{Call, CallError, Shared};
use crate::clock::wall_clock_ms;
use crate::media::FrameArena;

impl Desk {
    pub(super) fn command(&mut self, command: Command) {
        match command {
            Command::Place { callee, reply } => {
                // Whoever asked has gone: nobody could end this call.
                if let Err(Ok(call)) = reply.send(self.place(callee)) {
                    log::debug!("call {} was given up before it was placed", call.id());
                    self.input(Input::HangUp);
                }
            }
            Command::Accept(call) if self.is_live(&call) => self.input(Input::Accept),
            Command::Decline(call) if self.is_live(&call) => self.input(Input::Decline),
            Command::HangUp(call) if self.is_live(&call) => self.input(Input::HangUp),
            Command::Accept(_) | Command::Decline(_) | Command::HangUp(_) => {}
            Command::SendText { call, id, text } => {
                let Some(call) = self.calls.get_mut(&call) else { return };
                let operation = Operation::Text {
                    id: id.clone(),
                    sent_at_ms: wall_clock_ms(),
                    text,
                };
                match call.operations.send(operation, self.config.clock.now()) {
                    Ok(seq) => call.texts_waiting.push_back((seq, id)),
                    Err(error) => log::warn!("a line of text was refused: {error}"),
                }
            }
            Command::MicrophoneMuted { call, muted } => {
                if let Some(call) = self.calls.get(&call) {
                    let state = if muted {
                        MicrophoneState::Muted
                    } else {
                        MicrophoneState::On
                    };
                    call.say_media(|media| media.microphone = state);
                }
            }
            Command::CameraPaused { call, paused } => {
                let now = self.config.clock.now();
                if let Some(call) = self.calls.get_mut(&call) {
                    call.pause_video(paused, now);
                }
            }
            Command::LinkOfferAnswered { call, is_yes } => {
                let now = self.config.clock.now();
                if let Some(call) = self.calls.get_mut(&call) {
                    call.answer_link_offer(is_yes, now);
                }
            }
            Command::SendingCeiling { call, ceiling_bps } => {
                let now = self.config.clock.now();
                if let Some(call) = self.calls.get_mut(&call) {
                    call.set_sending_ceiling(ceiling_bps, now);
                }
            }
            // Sent with everything else that is due.
            Command::Annotated => {}
            Command::RequestKeyFrame(call) => {
                if let Some(transport) = self.calls.get(&call).and_then(LiveCall::transport) {
                    transport.request_key_frame();
                }
            }
            Command::MeasureRoundTrip { call, reply } => {
                let now = self.config.clock.now();
                // Without a channel there is nothing to measure: the reply is dropped, which says so.
                if let Some(call) = self
                    .calls
                    .get_mut(&call)
                    .filter(|call| call.shared.snapshot.borrow().channel_open)
                {
                    call.ping(Some(reply), now);
                }
            }
            Command::NetworkChanged => {
                self.config.factory.network_changed();
                self.signalling.reconnect_now();
                self.input(Input::NetworkChanged);
            }
            Command::Close(_) => {}
        }
    }

    pub(super) fn place(&mut self, callee: PersonId) -> Result<Call, CallError> {
        let Some(machine) = &self.machine else {
            return Err(CallError::NotReady);
        };
        let live = machine
            .snapshot()
            .is_some_and(|call| !matches!(call.state, CallState::Ending | CallState::Ended));
        if live {
            return Err(CallError::Busy);
        }
        let id = CallId::new(uuid::Uuid::new_v4().to_string()).map_err(|_| CallError::Ended)?;
        let call = self.open(&id, &callee, Role::Caller)?;
        self.input(Input::Place { call: id, callee });
        Ok(call)
    }

    /// Makes the handle of a call and keeps its other side.
    pub(super) fn open(&mut self, id: &CallId, peer: &PersonId, role: Role) -> Result<Call, CallError> {
        let (events, event_queue) = mpsc::channel(EVENTS);
        let (video, video_queue) = mpsc::channel(PICTURES);
        let encoder = AudioEncoder::new(AudioEncoderConfig::default()).map_err(|_| CallError::Ended)?;
        let receiver = AudioReceiver::new().map_err(|_| CallError::Ended)?;
        let media = MediaPath::new(self.config.encoder, encoder, receiver);
        if !self.config.has_camera {
            media.set_camera_on(false);
        }
        let camera = if self.config.has_camera {
            CameraState::On
        } else {
            CameraState::Absent
        };
        let me = self
            .session
            .borrow()
            .me
            .clone()
            .map(|me| me.person)
            .ok_or(CallError::NotReady)?;
        let viewed = if self.config.has_camera {
            me.clone()
        } else {
            peer.clone()
        };
        let state = if role == Role::Caller {
            CallState::Inviting
        } else {
            CallState::Ringing
        };
        let shared = Arc::new(Shared {
            id: id.clone(),
            peer: peer.clone(),
            snapshot: watch::Sender::new(CallSnapshot {
                revision: 1,
                call: id.clone(),
                role,
                peer: peer.clone(),
                state,
                end_reason: None,
                local: MediaState {
                    microphone: MicrophoneState::On,
                    camera,
                },
                remote: None,
                annotations: AnnotationsSnapshot::default(),
                channel_open: false,
            }),
            link: watch::Sender::new(LinkSnapshot::default()),
            media,
            frames: FrameArena::default(),
            annotations: Annotations::new(me, viewed),
            commands: self.commands.clone(),
            events: Mutex::new(event_queue),
            video: Mutex::new(video_queue),
            clock: self.config.clock,
        });
        let live = LiveCall::new(Arc::clone(&shared), events, video, self.config.clock.now());
        self.calls.insert(id.clone(), live);
        Ok(Call::new(shared))
    }
}
