//! Two engines of one process, joined without a network: for tests of everything above the transport.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assist_protocol::messages::{call::Candidate, channel::Channel, signalling::IceServer};
use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::mpsc;

use super::{Transport, TransportError, TransportEvent, TransportFactory};
use crate::media::{AccessUnit, AudioPacket};

/// Where paths meet. Its descriptions are names, not SDP.
#[derive(Debug, Clone, Default)]
pub struct MemoryNetwork {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    cut: bool,
    ends: BTreeMap<u64, End>,
}

#[derive(Debug)]
struct End {
    events: mpsc::Sender<TransportEvent>,
    peer: Option<u64>,
}

impl MemoryNetwork {
    /// Breaks or mends every path: both ends are told.
    pub fn set_cut(&self, cut: bool) {
        let mut state = self.lock();
        state.cut = cut;
        for end in state.ends.values().filter(|end| end.peer.is_some()) {
            if cut {
                tell(end, TransportEvent::Disconnected);
                tell(end, TransportEvent::ChannelsClosed);
            } else {
                tell(end, TransportEvent::Connected);
                tell(end, TransportEvent::ChannelsOpened);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A consumer that does not keep up loses events, as on a real network.
fn tell(end: &End, event: TransportEvent) -> bool {
    end.events.try_send(event).is_ok()
}

#[async_trait]
impl TransportFactory for MemoryNetwork {
    async fn open(
        &self,
        _ice_servers: Vec<IceServer>,
        events: mpsc::Sender<TransportEvent>,
    ) -> Result<Arc<dyn Transport>, TransportError> {
        let mut state = self.lock();
        state.next += 1;
        let id = state.next;
        state.ends.insert(id, End { events, peer: None });
        Ok(Arc::new(MemoryTransport {
            id,
            network: self.clone(),
        }))
    }
}

struct MemoryTransport {
    id: u64,
    network: MemoryNetwork,
}

impl MemoryTransport {
    fn join(&self, description: &str) -> Result<(), TransportError> {
        let reason = || TransportError::BadDescription {
            reason: "not of this memory network".to_owned(),
        };
        let peer: u64 = description
            .strip_prefix("memory ")
            .and_then(|id| id.parse().ok())
            .ok_or_else(reason)?;
        let mut state = self.network.lock();
        if !state.ends.contains_key(&peer) {
            return Err(reason());
        }
        if let Some(end) = state.ends.get_mut(&self.id) {
            end.peer = Some(peer);
        }
        let cut = state.cut;
        let both_know = state.ends.get(&peer).is_some_and(|end| end.peer == Some(self.id));
        if both_know && !cut {
            for end in [self.id, peer].iter().filter_map(|id| state.ends.get(id)) {
                tell(end, TransportEvent::Connected);
                tell(end, TransportEvent::ChannelsOpened);
            }
        }
        Ok(())
    }

    fn send(&self, event: TransportEvent) -> bool {
        let state = self.network.lock();
        let peer = state
            .ends
            .get(&self.id)
            .and_then(|end| end.peer)
            .and_then(|peer| state.ends.get(&peer));
        !state.cut && peer.is_some_and(|peer| tell(peer, event))
    }

    fn leave(&self) {
        let mut state = self.network.lock();
        let Some(end) = state.ends.remove(&self.id) else { return };
        if let Some(peer) = end.peer.and_then(|peer| state.ends.get(&peer)) {
            tell(peer, TransportEvent::Disconnected);
            tell(peer, TransportEvent::ChannelsClosed);
        }
    }
}

#[async_trait]
impl Transport for MemoryTransport {
    async fn create_offer(&self, _restart: bool) -> Result<String, TransportError> {
        Ok(format!("memory {}", self.id))
    }

    async fn create_answer(&self, offer: String) -> Result<String, TransportError> {
        self.join(&offer)?;
        Ok(format!("memory {}", self.id))
    }

    async fn apply_answer(&self, answer: String) -> Result<(), TransportError> {
        self.join(&answer)
    }

    async fn add_candidates(&self, _candidates: Vec<Candidate>) {}

    fn send_video(&self, unit: AccessUnit) -> bool {
        // 90 kHz RTP time from an offset of zero.
        let rtp_time = crate::media::RtpClock::new(0).rtp_time(unit.capture_time_us);
        self.send(TransportEvent::Video {
            rtp_time,
            annex_b: unit.annex_b,
        })
    }

    fn send_audio(&self, packet: AudioPacket) -> bool {
        self.send(TransportEvent::Audio(packet))
    }

    fn send_message(&self, channel: Channel, bytes: Bytes) -> Result<(), TransportError> {
        if self.send(TransportEvent::Message { channel, bytes }) {
            Ok(())
        } else {
            Err(TransportError::Closed)
        }
    }

    /// Nothing competes here: every message is delivered at once.
    fn set_bulk_rate(&self, _bitrate_bps: u32) {}

    fn request_key_frame(&self) {
        self.send(TransportEvent::KeyFrameRequested);
    }

    async fn close(&self) {
        self.leave();
    }
}

impl Drop for MemoryTransport {
    fn drop(&mut self) {
        self.leave();
    }
}
