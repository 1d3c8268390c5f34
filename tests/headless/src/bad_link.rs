//! Real WebRTC whose every packet passes a relay that can be made bad: the peer learns the relay's address in place of
//! ours, and we learn nothing of the peer's, so that no other way exists.

use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assist_engine::media::{AccessUnit, AudioPacket};
use assist_engine::transport::webrtc::WebRtcFactory;
use assist_engine::transport::{Transport, TransportError, TransportEvent, TransportFactory};
use assist_link::loss::Loss;
use assist_link::path::PathConfig;
use assist_link::relay::{RelayConfig, UdpRelay};
use assist_protocol::messages::{call::Candidate, channel::Channel, signalling::IceServer};
use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::mpsc;

/// What both directions of a link are like, as one says it: `KBIT/S[,ONE-WAY MS[,% LOST]]`. The queue holds 300 ms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkChoice {
    rate_bps: u64,
    delay: Duration,
    loss: f64,
}

const QUEUE: Duration = Duration::from_millis(300);

impl FromStr for LinkChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("{text:?} is no link: it is KBIT/S[,ONE-WAY MS[,% LOST]], as 150,400,10");
        let mut parts = text.split(',').map(str::trim);
        let mut number = |default: &'static str| parts.next().unwrap_or(default).parse::<u32>().map_err(|_| wrong());
        let (kbps, delay_ms, percent) = (number("")?, number("0")?, number("0")?);
        if kbps == 0 || percent > 100 || parts.next().is_some() {
            return Err(wrong());
        }
        Ok(Self {
            rate_bps: 1_000 * u64::from(kbps),
            delay: Duration::from_millis(u64::from(delay_ms)),
            loss: f64::from(percent) / 100.0,
        })
    }
}

impl From<LinkChoice> for RelayConfig {
    fn from(choice: LinkChoice) -> Self {
        let path = PathConfig {
            loss: Loss::Random(choice.loss),
            ..PathConfig::clean(choice.rate_bps, choice.delay, QUEUE)
        };
        Self {
            outward: path.clone(),
            inward: path,
        }
    }
}

/// Opens connections behind relays.
pub struct RelayedFactory {
    inner: WebRtcFactory,
    config: Mutex<RelayConfig>,
    relays: Arc<Mutex<Vec<UdpRelay>>>,
    seed: u64,
}

impl RelayedFactory {
    /// Connections on loopback whose links begin as `config`.
    pub fn new(config: RelayConfig, seed: u64) -> Self {
        Self {
            inner: WebRtcFactory::new(vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))]),
            config: Mutex::new(config),
            relays: Arc::default(),
            seed,
        }
    }

    /// Makes every link, of now and of later, better or worse.
    pub fn set(&self, config: RelayConfig) {
        self.config
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(&config);
        let relays = self.relays.lock().unwrap_or_else(PoisonError::into_inner);
        relays.iter().for_each(|relay| relay.set(config.clone()));
    }
}

#[async_trait]
impl TransportFactory for RelayedFactory {
    async fn open(
        &self,
        ice_servers: Vec<IceServer>,
        events: mpsc::Sender<TransportEvent>,
    ) -> Result<Arc<dyn Transport>, TransportError> {
        let (inner_events, mut from_inner) = mpsc::channel(256);
        let transport = self.inner.open(ice_servers, inner_events).await?;
        let (relays, seed) = (Arc::clone(&self.relays), self.seed);
        let config = self.config.lock().unwrap_or_else(PoisonError::into_inner).clone();
        tokio::spawn(async move {
            while let Some(mut event) = from_inner.recv().await {
                if let TransportEvent::Candidates { candidates, .. } = &mut event {
                    for candidate in std::mem::take(candidates) {
                        let Some(address) = address_of(&candidate) else {
                            continue;
                        };
                        let relay = match UdpRelay::before(address, config.clone(), seed).await {
                            Ok(relay) => relay,
                            Err(error) => {
                                log::error!("no socket for a relay: {error}");
                                continue;
                            }
                        };
                        candidates.push(with_address(candidate, address, relay.address()));
                        relays.lock().unwrap_or_else(PoisonError::into_inner).push(relay);
                    }
                }
                if events.send(event).await.is_err() {
                    return;
                }
            }
        });
        Ok(Arc::new(Relayed(transport)))
    }
}

/// The fields of RFC 8839 §5.1: foundation, component, transport, priority, address, port.
fn address_of(candidate: &Candidate) -> Option<SocketAddr> {
    let fields: Vec<&str> = candidate.candidate.split_whitespace().collect();
    if !fields.get(2)?.eq_ignore_ascii_case("udp") {
        return None;
    }
    Some(SocketAddr::new(
        fields.get(4)?.parse().ok()?,
        fields.get(5)?.parse().ok()?,
    ))
}

fn with_address(candidate: Candidate, before: SocketAddr, after: SocketAddr) -> Candidate {
    let words = |address: SocketAddr| format!(" {} {} ", address.ip(), address.port());
    Candidate {
        candidate: candidate.candidate.replacen(&words(before), &words(after), 1),
        ..candidate
    }
}

struct Relayed(Arc<dyn Transport>);

/// A description without addresses: they all come as candidates.
fn without_candidates(sdp: &str) -> String {
    sdp.split_inclusive('\n')
        .filter(|line| !line.starts_with("a=candidate:"))
        .collect()
}

#[async_trait]
impl Transport for Relayed {
    async fn create_offer(&self, restart: bool) -> Result<String, TransportError> {
        self.0.create_offer(restart).await.map(|sdp| without_candidates(&sdp))
    }

    async fn create_answer(&self, offer: String) -> Result<String, TransportError> {
        let answer = self.0.create_answer(without_candidates(&offer)).await?;
        Ok(without_candidates(&answer))
    }

    async fn apply_answer(&self, answer: String) -> Result<(), TransportError> {
        self.0.apply_answer(without_candidates(&answer)).await
    }

    async fn add_candidates(&self, _candidates: Vec<Candidate>) {}

    fn send_video(&self, unit: AccessUnit) -> bool {
        self.0.send_video(unit)
    }

    fn send_audio(&self, packet: AudioPacket) -> bool {
        self.0.send_audio(packet)
    }

    fn send_message(&self, channel: Channel, message: Bytes) -> Result<(), TransportError> {
        self.0.send_message(channel, message)
    }

    fn set_bulk_rate(&self, bitrate_bps: u32) {
        self.0.set_bulk_rate(bitrate_bps);
    }

    fn waiting(&self) -> Duration {
        self.0.waiting()
    }

    fn request_key_frame(&self) {
        self.0.request_key_frame();
    }

    async fn close(&self) {
        self.0.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_said_in_numbers() {
        let choice = |rate_bps, ms, loss| {
            let delay = Duration::from_millis(ms);
            Ok(LinkChoice { rate_bps, delay, loss })
        };
        assert_eq!("150,400,10".parse(), choice(150_000, 400, 0.1));
        assert_eq!("3000".parse(), choice(3_000_000, 0, 0.0));
        for wrong in ["", "0", "-1", "150,", "150,400,101", "150,400,10,1", "fast"] {
            let error = wrong.parse::<LinkChoice>().unwrap_err();
            assert!(error.contains("KBIT/S"), "{error}");
        }
    }
}
