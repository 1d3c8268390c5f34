//! What comes from the transport, and from the peer over it.

use std::sync::Arc;

use assist_protocol::CallId;
use assist_protocol::call::{CallState, Input};
use assist_protocol::messages::channel::{Channel, ChannelMessage};

use super::Desk;
use crate::call::connection::Gathered;
use crate::call::live::LiveCall;
use crate::call::negotiation::{Progress, Source};
use crate::call::snapshot::{CallEvent, ReceivedVideo};
use crate::transport::{TransportError, TransportEvent};

impl Desk {
    pub(super) fn progress(&mut self, source: &Source, progress: Progress) {
        let Some(call) = self.calls.get_mut(&source.call) else {
            return;
        };
        let Some(connection) = call.connections.get_mut(source.connection) else {
            return;
        };
        let id = source.call.clone();
        match progress {
            Progress::Opened(transport) => {
                connection.transport = Some(transport);
                if call.connections.is_current(source.connection) {
                    self.attach_when_accepted(&id);
                }
            }
            Progress::Offered { round, sdp } => {
                let gathered = connection.described(round);
                self.input(Input::OfferCreated {
                    call: id.clone(),
                    round,
                    sdp,
                });
                self.gathered(&id, round, gathered);
            }
            Progress::Answered { round, sdp } => {
                log::debug!("the answer of round {round} is made");
                let gathered = connection.described(round);
                self.input(Input::AnswerCreated {
                    call: id.clone(),
                    round,
                    sdp,
                });
                self.gathered(&id, round, gathered);
            }
            Progress::NotDescribed(error) => {
                let (round, gathered) = connection.not_described();
                self.failed(&id, &error);
                self.gathered(&id, round, gathered);
            }
            Progress::Failed(error) => self.failed(&id, &error),
        }
    }

    fn failed(&mut self, id: &CallId, error: &TransportError) {
        if self.calls.get(id).is_some_and(|call| call.was_connected) {
            // The network may be away altogether: another round is made in time.
            log::warn!("a round of a call failed: {error}");
        } else {
            log::warn!("the media path of a call failed: {error}");
            self.input(Input::MediaFailed { call: id.clone() });
        }
    }

    fn gathered(&mut self, id: &CallId, round: u32, gathered: impl IntoIterator<Item = Gathered>) {
        for Gathered { candidates, complete } in gathered {
            self.input(Input::CandidatesGathered {
                call: id.clone(),
                round,
                candidates,
                complete,
            });
        }
    }

    pub(super) fn attach_when_accepted(&self, id: &CallId) {
        let Some(call) = self.calls.get(id) else { return };
        let wanted = sends_pictures(call.shared.snapshot.borrow().state);
        if let Some(transport) = call.transport().filter(|_| wanted) {
            call.shared.media.attach(Arc::clone(transport));
        }
    }

    pub(super) fn transport(&mut self, source: &Source, event: TransportEvent) {
        let now = self.config.clock.now();
        let number = source.connection;
        let id = source.call.clone();
        let Some(call) = self.calls.get_mut(&id) else { return };
        // Of one that was let go nothing counts any more.
        let Some(connection) = call.connections.get_mut(number) else {
            return;
        };
        match event {
            TransportEvent::Candidates { candidates, complete } => {
                if let Some((round, gathered)) = connection.gathered(Gathered { candidates, complete }) {
                    self.gathered(&id, round, [gathered]);
                }
            }
            TransportEvent::Connected => {
                call.connected(number, now);
                self.input(Input::MediaConnected {
                    call: id,
                    connection: number,
                });
            }
            TransportEvent::Disconnected | TransportEvent::Failed => {
                if call.connections.is_current(number) {
                    call.path_is_lost();
                }
                self.input(Input::MediaDisconnected {
                    call: id,
                    connection: number,
                });
            }
            TransportEvent::ChannelsOpened => {
                connection.channel_is_open = true;
                if call.connections.is_current(number) {
                    call.channels_opened();
                }
            }
            TransportEvent::ChannelsClosed => {
                connection.channel_is_open = false;
                if call.connections.is_current(number) {
                    call.channels_closed();
                }
            }
            TransportEvent::Message {
                channel: Channel::Control,
                bytes,
            } => {
                let is_first = !std::mem::replace(&mut connection.was_heard, true);
                if is_first && connection.channel_is_open && call.connections.is_current(number) {
                    // The stack drops what comes before its end of the channel is there: it may not have what was said so far.
                    call.channels_opened();
                }
                self.control_message(&id, &bytes);
            }
            TransportEvent::Message {
                channel: Channel::Live,
                bytes,
            } => {
                let peer = &call.shared.peer;
                call.shared.draw(|board| board.receive_live(peer, &bytes));
            }
            TransportEvent::Message {
                channel: Channel::Bulk, ..
            } => {
                log::debug!("a message on a channel that nothing uses yet was dropped");
            }
            TransportEvent::Video { rtp_time, annex_b } => call.show_video(ReceivedVideo { rtp_time, annex_b }),
            TransportEvent::Audio(packet) => call.shared.media.receive_audio(&packet, now),
            TransportEvent::KeyFrameRequested => call.shared.media.request_key_frame(),
            TransportEvent::Link(report) => {
                if call.connections.is_current(number) {
                    call.report(&report, now);
                }
            }
            TransportEvent::Epoch {
                epoch,
                rtp_time,
                capture_time_us,
            } => {
                let message = ChannelMessage::Epoch {
                    epoch,
                    rtp: rtp_time,
                    capture_us: capture_time_us,
                };
                connection.epoch = Some((epoch, message));
                if call.connections.is_current(number) {
                    call.begin_epoch();
                }
            }
        }
    }

    pub(super) fn control_message(&mut self, id: &CallId, bytes: &[u8]) {
        let now = self.config.clock.now();
        let Some(call) = self.calls.get_mut(id) else { return };
        let message = match LiveCall::read(bytes) {
            Ok(message) => message,
            Err(answer) => return call.say(&answer),
        };
        match message {
            ChannelMessage::Operation(operation) => call.operations.received(operation),
            ChannelMessage::OperationAck { through } => call.operations.acknowledged(through),
            ChannelMessage::Media(remote) => {
                call.show(|snapshot| snapshot.remote = Some(remote));
                call.look_at_the_shared_picture();
            }
            ChannelMessage::Epoch { epoch, rtp, capture_us } => {
                call.tell(CallEvent::Epoch {
                    epoch,
                    rtp_time: rtp,
                    capture_time_us: capture_us,
                });
            }
            ChannelMessage::Ping { nonce } => call.say(&ChannelMessage::Pong { nonce }),
            ChannelMessage::Pong { nonce } => call.pong(nonce, now),
            ChannelMessage::Link(state) => call.peer_told(state, now),
            ChannelMessage::LinkOfferAccepted { offer } => call.peer_accepted(offer, now),
            ChannelMessage::HangUp => self.input(Input::PeerHungUp { call: id.clone() }),
            ChannelMessage::Error { code, .. } => log::warn!("the peer did not understand a message: {code:?}"),
        }
    }
}

/// Pictures are encoded, and kept until the path opens, from the moment both ends want the call: not while it rings.
pub(super) fn sends_pictures(state: CallState) -> bool {
    match state {
        CallState::Accepting | CallState::Connecting | CallState::Connected | CallState::Reconnecting => true,
        CallState::Inviting | CallState::Alerting | CallState::Ringing | CallState::Ending | CallState::Ended => false,
    }
}
