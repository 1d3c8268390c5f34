//! The stack's callbacks. They are awaited inside its driver, so that none of them waits.

use std::sync::{Arc, Mutex, PoisonError};

use assist_protocol::messages::call::Candidate;
use async_trait::async_trait;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use webrtc::peer_connection::{
    PeerConnectionEventHandler, RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionIceEvent,
    RTCPeerConnectionState,
};

use super::early_dtls::PathGate;
use super::{RemoteTrack, media_receiver};
use crate::transport::TransportEvent;

pub(super) struct PeerEvents {
    events: mpsc::Sender<TransportEvent>,
    gate: Arc<PathGate>,
    video: Mutex<Option<RemoteTrack>>,
    tasks: Mutex<JoinSet<()>>,
}

impl PeerEvents {
    pub(super) fn new(events: mpsc::Sender<TransportEvent>, gate: Arc<PathGate>) -> Self {
        Self {
            events,
            gate,
            video: Mutex::default(),
            tasks: Mutex::default(),
        }
    }

    pub(super) fn video_track(&self) -> Option<RemoteTrack> {
        self.video.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn close(&self) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        self.video.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn tell(&self, event: TransportEvent) {
        if let Err(error) = self.events.try_send(event) {
            log::debug!("a connection's event found no taker: {error}");
        }
    }
}

#[async_trait]
impl PeerConnectionEventHandler for PeerEvents {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        match event.candidate.to_json() {
            Ok(init) => self.tell(TransportEvent::Candidates {
                candidates: vec![Candidate {
                    candidate: init.candidate,
                    mid: init.sdp_mid,
                    line: init.sdp_mline_index,
                }],
                complete: false,
            }),
            Err(error) => log::debug!("a candidate of our own cannot be told: {error}"),
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.tell(TransportEvent::Candidates {
                candidates: Vec::new(),
                complete: true,
            });
        }
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        log::debug!("ICE is {state}");
        if matches!(
            state,
            RTCIceConnectionState::Connected | RTCIceConnectionState::Completed
        ) {
            self.gate.open();
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        log::debug!("the connection is {state}");
        match state {
            RTCPeerConnectionState::Connected => self.tell(TransportEvent::Connected),
            RTCPeerConnectionState::Disconnected => self.tell(TransportEvent::Disconnected),
            RTCPeerConnectionState::Failed => self.tell(TransportEvent::Failed),
            // Open-ended in the stack; the other states ask nothing of us.
            _ => {}
        }
    }

    async fn on_track(&self, track: RemoteTrack) {
        if track.kind().await == RtpCodecKind::Video {
            *self.video.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&track));
        }
        let events = self.events.clone();
        self.tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .spawn(media_receiver::run(track, events));
    }
}
