//! The owner task's side of one call: its transport, its operations, what its app is shown.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use assist_protocol::Timestamp;
use assist_protocol::call::{CallSnapshot as MachineSnapshot, CallState, Role};
use assist_protocol::ids::TextId;
use assist_protocol::link::LinkOffer;
use assist_protocol::messages::annotation::Annotation;
use assist_protocol::messages::channel::{CameraState, Channel, ChannelMessage, LinkState, MediaState};
use assist_protocol::messages::{decode, encode};
use assist_protocol::operations::OperationLog;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::Shared;
use super::connection::Connections;
use super::link::{CallLink, Wish};
use super::snapshot::{CallEvent, CallSnapshot, ReceivedVideo};
use crate::annotations::Notice;
use crate::media::LinkReport;
use crate::transport::Transport;

/// Events an app may leave untaken; then the peer's messages wait.
pub(super) const EVENTS: usize = 1_024;
/// Pictures an app may leave untaken: a second.
pub(super) const PICTURES: usize = 32;
/// Unanswered pings that are remembered; on a link that slow the oldest say nothing.
const PINGS: usize = 32;

/// A ping on its way.
struct Ping {
    nonce: u64,
    sent: Timestamp,
    asked_by: Option<oneshot::Sender<Duration>>,
}

/// One call, as the owner task holds it.
pub(super) struct LiveCall {
    pub(super) shared: Arc<Shared>,
    pub(super) operations: OperationLog,
    pub(super) connections: Connections,
    /// Whether media ever flowed.
    pub(super) was_connected: bool,
    /// Lines of ours that the peer's app does not have yet, by their number.
    pub(super) texts_waiting: VecDeque<(u64, TextId)>,
    events: mpsc::Sender<CallEvent>,
    video: mpsc::Sender<ReceivedVideo>,
    pings: VecDeque<Ping>,
    pinged: u64,
    link: CallLink,
}

impl LiveCall {
    pub(super) fn new(
        shared: Arc<Shared>,
        events: mpsc::Sender<CallEvent>,
        video: mpsc::Sender<ReceivedVideo>,
        now: Timestamp,
    ) -> Self {
        let has_camera = shared.snapshot.borrow().local.camera != CameraState::Absent;
        Self {
            shared,
            operations: OperationLog::default(),
            connections: Connections::default(),
            was_connected: false,
            texts_waiting: VecDeque::new(),
            events,
            video,
            pings: VecDeque::new(),
            pinged: 0,
            link: CallLink::new(has_camera, now),
        }
    }

    /// Whether the app has room for what the peer may send next.
    pub(super) fn has_room(&self) -> bool {
        self.events.capacity() > 0
    }

    pub(super) fn tell(&self, event: CallEvent) {
        // Room was checked before the peer's message was taken in; an app that is gone misses nothing.
        let _ = self.events.try_send(event);
    }

    pub(super) fn show_video(&self, picture: ReceivedVideo) {
        let _ = self.video.try_send(picture);
    }

    /// Changes what the app sees, if it is a change.
    pub(super) fn show(&self, change: impl FnOnce(&mut CallSnapshot)) {
        self.shared.show(change);
    }

    pub(super) fn show_machine(&mut self, machine: &MachineSnapshot, now: Timestamp) {
        self.show(|snapshot| {
            snapshot.state = machine.state;
            snapshot.end_reason = machine.reason;
        });
        // What is said and offered hangs on it.
        self.show_link(false, now);
    }

    pub(super) fn is_over(&self) -> bool {
        self.shared.snapshot.borrow().state == CallState::Ended
    }

    /// The peer's app has our operations up to this number.
    pub(super) fn delivered(&mut self, through: u64) {
        while let Some((_, id)) = self.texts_waiting.pop_front_if(|(seq, _)| *seq <= through) {
            self.tell(CallEvent::TextDelivered { id });
        }
    }

    /// Hands what was drawn to the operations, as far as they have room, and tells the app what came of it.
    pub(super) fn send_annotations(&mut self, now: Timestamp) {
        let Self { shared, operations, .. } = self;
        let notices = shared.draw(|board| {
            while let Some(operation) = board.next_outgoing() {
                if let Err(error) = operations.send(operation.clone(), now) {
                    log::debug!("drawings wait: {error}");
                    board.give_back(operation);
                    break;
                }
            }
            std::iter::from_fn(|| board.next_notice()).collect::<Vec<_>>()
        });
        for notice in notices {
            self.tell(match notice {
                Notice::Refused { mark, because } => CallEvent::StrokeRefused { stroke: mark, because },
                Notice::NotFrozen { frame, because } => CallEvent::FreezeRefused { frame, because },
            });
        }
    }

    /// Of two cameras the caller's is the one that both look at; of one, that one.
    pub(super) fn look_at_the_shared_picture(&self) {
        let has_camera = |media: &MediaState| media.camera != CameraState::Absent;
        let looks_at_ours = {
            let snapshot = self.shared.snapshot.borrow();
            let theirs = snapshot.remote.as_ref().is_some_and(has_camera);
            has_camera(&snapshot.local) && (!theirs || snapshot.role == Role::Caller)
        };
        self.shared.draw(|board| {
            let owner = if looks_at_ours { board.me() } else { &self.shared.peer };
            let owner = owner.clone();
            board.look_at(&owner);
        });
    }

    /// Somebody drew.
    pub(super) fn receive_annotation(&self, annotation: &Annotation, now: Timestamp) {
        let from = &self.shared.peer;
        self.shared.draw(|board| board.receive(from, annotation, now));
    }

    /// The transport of the connection in use.
    pub(super) fn transport(&self) -> Option<&Arc<dyn Transport>> {
        self.connections.current()?.transport.as_ref()
    }

    /// Says something on the control channel, if there is one.
    pub(super) fn say(&self, message: &ChannelMessage) {
        let Some(transport) = self.transport() else { return };
        if let Err(error) = transport.send_message(Channel::Control, Bytes::from(encode(message))) {
            log::debug!("a control message was not sent: {error}");
        }
    }

    pub(super) fn read(bytes: &[u8]) -> Result<ChannelMessage, ChannelMessage> {
        decode::<ChannelMessage>(bytes).map_err(|error| ChannelMessage::Error {
            code: error.code(),
            message: error.to_string(),
        })
    }

    pub(super) fn say_media(&self, change: impl FnOnce(&mut MediaState)) {
        self.show(|snapshot| change(&mut snapshot.local));
        let local = self.shared.snapshot.borrow().local;
        self.say(&ChannelMessage::Media(local));
    }

    pub(super) fn channels_opened(&mut self) {
        self.show(|snapshot| snapshot.channel_open = true);
        self.say_media(|_| ());
        self.begin_epoch();
        self.link.peer_knows_nothing();
        self.operations.channel_opened();
    }

    /// Pictures of the connection in use are of its epoch: the peer is told when there is a channel.
    pub(super) fn begin_epoch(&self) {
        let Some((epoch, message)) = self.connections.current().and_then(|current| current.epoch.as_ref()) else {
            return;
        };
        self.shared.draw(|board| board.set_epoch(*epoch));
        if self.shared.snapshot.borrow().channel_open {
            self.say(message);
        }
    }

    pub(super) fn channels_closed(&mut self) {
        self.show(|snapshot| snapshot.channel_open = false);
        self.operations.channel_closed();
    }

    /// Media flows (again), over this connection; if it is the newer of two, it takes the other's place.
    pub(super) fn connected(&mut self, number: u32, now: Timestamp) {
        self.was_connected = true;
        if self.connections.connected(number) {
            self.link.changed_over(now);
            self.change_over();
        }
        self.shared.media.connected();
        if self.shared.snapshot.borrow().channel_open {
            self.operations.channel_opened();
        }
    }

    /// What went over another connection goes over this one from now on.
    fn change_over(&mut self) {
        let is_open = self
            .connections
            .current()
            .is_some_and(|current| current.channel_is_open);
        if let Some(transport) = self.transport() {
            self.shared.media.attach(Arc::clone(transport));
        }
        self.channels_closed();
        if is_open {
            self.channels_opened();
        } else {
            self.begin_epoch();
        }
    }

    /// Media stopped. The channel may still count as open, but what it takes waits for the path: the hub is faster.
    pub(super) fn path_is_lost(&mut self) {
        self.operations.channel_closed();
    }

    /// Once a second: what was sent, and a ping for the round trip.
    pub(super) fn measure(&mut self, now: Timestamp) {
        self.link.measured(self.shared.media.sent(), now);
        self.show_link(true, now);
        self.ping(None, now);
    }

    /// Asks the peer for a sign of life; how long it took is told to whoever asked.
    pub(super) fn ping(&mut self, asked_by: Option<oneshot::Sender<Duration>>, now: Timestamp) {
        self.pinged += 1;
        let nonce = self.pinged;
        if self.pings.len() == PINGS {
            self.pings.pop_front();
        }
        self.pings.push_back(Ping {
            nonce,
            sent: now,
            asked_by,
        });
        self.say(&ChannelMessage::Ping { nonce });
    }

    pub(super) fn pong(&mut self, nonce: u64, now: Timestamp) {
        let found = self.pings.iter().position(|ping| ping.nonce == nonce);
        let Some(ping) = found.and_then(|index| self.pings.remove(index)) else {
            return;
        };
        let round_trip = now.since(ping.sent);
        self.link.round_trip(round_trip);
        if let Some(asked_by) = ping.asked_by {
            // Whoever asked may have stopped waiting.
            let _ = asked_by.send(round_trip);
        }
    }

    pub(super) fn report(&mut self, report: &LinkReport, now: Timestamp) {
        self.shared.media.report(report, now);
        let wish = self.link.reported(report, now);
        self.follow(wish, now);
    }

    /// The user pauses our video, or starts it again.
    pub(super) fn pause_video(&mut self, is_paused: bool, now: Timestamp) {
        self.shared.media.set_camera_on(!is_paused);
        self.say_camera(is_paused);
        let wish = self.link.video_paused(is_paused, now);
        self.follow(wish, now);
    }

    /// The user's answer to what is offered because of the link.
    pub(super) fn answer_link_offer(&mut self, is_yes: bool, now: Timestamp) {
        let (wish, accepted) = self.link.answered(is_yes, now);
        if let Some(offer) = accepted {
            self.say(&ChannelMessage::LinkOfferAccepted { offer });
        }
        self.follow(wish, now);
    }

    /// The peer's answer to what we offer.
    pub(super) fn peer_accepted(&mut self, offer: LinkOffer, now: Timestamp) {
        let wish = self.link.peer_accepted(offer, now);
        self.follow(wish, now);
    }

    /// The peer tells of its way here.
    pub(super) fn peer_told(&mut self, state: LinkState, now: Timestamp) {
        self.link.peer_told(state);
        self.follow(None, now);
    }

    /// The user's own ceiling for all that is sent, bits a second.
    pub(super) fn set_sending_ceiling(&mut self, ceiling_bps: Option<u32>, now: Timestamp) {
        self.shared.media.set_ceiling(ceiling_bps);
        self.link.set_ceiling(ceiling_bps);
        self.follow(None, now);
    }

    /// Does what the link wishes, and shows it.
    fn follow(&mut self, wish: Option<Wish>, now: Timestamp) {
        if let Some(wish) = wish {
            let is_paused = wish == Wish::PauseVideo;
            self.shared.media.set_camera_on(!is_paused);
            self.say_camera(is_paused);
        }
        self.show_link(false, now);
    }

    fn say_camera(&self, is_paused: bool) {
        let state = if is_paused {
            CameraState::Paused
        } else {
            CameraState::On
        };
        self.say_media(|media| media.camera = state);
    }

    /// Shows the link to the app, and tells the peer; figures that change all the time only when it is time to.
    fn show_link(&mut self, figures_too: bool, now: Timestamp) {
        let (state, is_open) = {
            let snapshot = self.shared.snapshot.borrow();
            (snapshot.state, snapshot.channel_open)
        };
        let link = &self.link;
        self.shared
            .link
            .send_if_modified(|shown| link.show(shown, state, figures_too));
        if let Some(state) = self.link.poll_told(now).filter(|_| is_open) {
            self.say(&ChannelMessage::Link(state));
        }
    }

    /// Media is needed no more.
    pub(super) fn close_media(&mut self) {
        self.shared.media.detach();
        if self.shared.snapshot.borrow().channel_open {
            self.say(&ChannelMessage::HangUp);
            self.channels_closed();
        }
        self.connections = Connections::default();
    }
}
