//! The transport that ships: ICE, DTLS-SRTP and SCTP by the `webrtc` crate, tuned as `docs/adr/0005` says.

#![allow(clippy::wildcard_enum_match_arm, reason = "the enums of the stack are open-ended")]

mod channel_pump;
mod codecs;
mod early_dtls;
mod link;
mod media_receiver;
mod media_sender;
mod peer_events;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assist_protocol::messages::{call::Candidate, channel::Channel, signalling::IceServer};
use async_trait::async_trait;
use bytes::Bytes;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{NackGeneratorBuilder, NackResponderBuilder, Slot};
use rtc::mdns::MulticastSocket;
use rtc::peer_connection::configuration::interceptor_registry::{
    configure_nack, configure_rtcp_reports, configure_twcc_receiver_only,
};
use rtc::peer_connection::configuration::setting_engine::{SctpMaxMessageSize, SettingEngine, SettingEngineBuilder};
use rtc::peer_connection::configuration::{RTCConfigurationBuilder, RTCOfferOptions};
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::transport::{RTCDtlsRole, RTCIceCandidateInit, RTCIceServer};
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{PeerConnection, PeerConnectionBuilder, Registry};

use self::channel_pump::Outbox;
use self::early_dtls::{GatedRuntime, PathGate};
use self::link::{LastKnown, Link, LinkInterceptor};
use self::media_sender::{Outgoing, OutgoingTrack};
use self::peer_events::PeerEvents;
use super::{MAX_BUFFERED_BYTES, Transport, TransportError, TransportEvent, TransportFactory};
use crate::media::{AccessUnit, AudioPacket, RtpClock};

/// Connectivity checks follow each other this closely until one succeeds, for at most the product of both: a check is
/// some 100 bytes, so that the worst documented link (150 kbit/s, 800 ms round trip) carries them.
const CHECK_EVERY: Duration = Duration::from_millis(20);
const MAX_CHECKS: u16 = 500;
/// A lost packet is asked for every 100 ms, and no longer than anybody waits for it.
const MAX_REPAIR_REQUESTS: u16 = 10;
/// How long closing waits for what is queued on the data channels.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Opens connections on given local addresses.
#[derive(Debug, Clone)]
pub struct WebRtcFactory {
    local_addresses: Vec<SocketAddr>,
    epochs: Arc<AtomicU32>,
    known: LastKnown,
}

impl WebRtcFactory {
    /// Binds these addresses for every connection. `0.0.0.0:0` and `[::]:0` mean one socket for each interface but
    /// loopback.
    pub fn new(local_addresses: Vec<SocketAddr>) -> Self {
        Self {
            local_addresses,
            epochs: Arc::default(),
            known: LastKnown::default(),
        }
    }
}

#[async_trait]
impl TransportFactory for WebRtcFactory {
    fn network_changed(&self) {
        self.known.forget();
    }

    async fn open(
        &self,
        ice_servers: Vec<IceServer>,
        events: mpsc::Sender<TransportEvent>,
    ) -> Result<Arc<dyn Transport>, TransportError> {
        let gate = Arc::new(PathGate::default());
        let peer_events = Arc::new(PeerEvents::new(events.clone(), Arc::clone(&gate)));
        let video_ssrc = random_ssrc();
        let mut media_engine = codecs::media_engine().map_err(setup_failed)?;
        // What descriptions say of repairs; the stack's own generator would ask for ever.
        let _ = configure_nack(Registry::new(), &mut media_engine);
        let requests = NackGeneratorBuilder::new().with_max_nacks_per_packet(MAX_REPAIR_REQUESTS);
        let registry = Registry::new()
            .with(Slot::NackResponder, NackResponderBuilder::new().build())
            .with(Slot::NackGenerator, requests.build());
        let registry = configure_rtcp_reports(registry);
        let registry = configure_twcc_receiver_only(registry, &mut media_engine).map_err(setup_failed)?;
        let link = Link::new(self.known.clone());
        let registry = registry.with(
            link::SLOT,
            LinkInterceptor::new(link.clone(), video_ssrc, events.clone()),
        );
        let configuration =
            RTCConfigurationBuilder::new().with_ice_servers(ice_servers.into_iter().map(ice_server).collect());
        let connection = PeerConnectionBuilder::new()
            .with_configuration(configuration.build())
            .with_media_engine(media_engine)
            .with_setting_engine(settings())
            .with_interceptor_registry(registry)
            .with_handler(Arc::clone(&peer_events) as Arc<_>)
            .with_runtime(Arc::new(GatedRuntime::new(gate)))
            .with_udp_addrs(self.local_addresses.clone())
            .with_data_channel_send_buffer_limit(MAX_BUFFERED_BYTES)
            .build()
            .await
            .map_err(setup_failed)?;

        // The order of the sections of an offer: audio, video, data.
        let audio = add_track(&connection, RtpCodecKind::Audio, random_ssrc(), None).await?;
        let video = add_track(&connection, RtpCodecKind::Video, video_ssrc, Some(random_ssrc())).await?;
        let channels = channel_pump::create(&connection).await?;

        let clock = RtpClock::new(random_ssrc());
        let epoch = self.epochs.fetch_add(1, Ordering::Relaxed) + 1;
        let _ = events.try_send(TransportEvent::Epoch {
            epoch,
            rtp_time: clock.rtp_time(0),
            capture_time_us: 0,
        });

        let (media, media_queue) = mpsc::channel(media_sender::QUEUE);
        let outbox = Arc::new(Outbox::new(link.clone()));
        let opened = Arc::new(Notify::new());
        let mut tasks = JoinSet::new();
        tasks.spawn(media_sender::run(media_queue, video, audio, clock));
        for (channel, data_channel) in Channel::ALL.into_iter().zip(&channels) {
            let (outbox, opened) = (Arc::clone(&outbox), Arc::clone(&opened));
            tasks.spawn(channel_pump::read(
                channel,
                Arc::clone(data_channel),
                outbox,
                opened,
                events.clone(),
            ));
        }
        tasks.spawn(channel_pump::write(channels, Arc::clone(&outbox), opened));
        Ok(Arc::new(WebRtcTransport {
            connection: Arc::new(connection),
            peer_events,
            media,
            outbox,
            link,
            tasks: Mutex::new(tasks),
            runtime: tokio::runtime::Handle::current(),
        }))
    }
}

fn settings() -> SettingEngine {
    SettingEngineBuilder::new()
        // A browser that offered answers our first check with its ClientHello, which is here before we could say ours:
        // measured 5 ms sooner than speaking first, at the same number of round trips. `early_dtls` keeps it.
        .with_answering_dtls_role(RTCDtlsRole::Server)
        .with_ice_connection_attempts(Some(CHECK_EVERY), Some(MAX_CHECKS))
        .with_host_acceptance_min_wait(Some(Duration::ZERO))
        .with_srflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_prflx_acceptance_min_wait(Some(Duration::ZERO))
        .with_relay_acceptance_min_wait(Some(Duration::from_millis(300)))
        .with_ice_timeouts(
            Some(Duration::from_secs(3)),
            Some(Duration::from_secs(15)),
            Some(Duration::from_secs(1)),
        )
        .with_include_loopback_candidate(true)
        // A restart binds anew, to the addresses that the device has by then.
        .with_discard_local_candidates_during_ice_restart(true)
        .with_multicast_dns_mode(names_on_this_network())
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(64 * 1024))
        .build()
}

/// A browser's candidates may be names that are asked for by multicast. On a network without that the stack would open no
/// connection at all.
fn names_on_this_network() -> MulticastDnsMode {
    match MulticastSocket::new().into_std() {
        Ok(_) => MulticastDnsMode::QueryOnly,
        Err(error) => {
            log::info!("no multicast on this network, so no names of browsers: {error}");
            MulticastDnsMode::Disabled
        }
    }
}

fn ice_server(server: IceServer) -> RTCIceServer {
    RTCIceServer {
        urls: server.urls,
        username: server.username.unwrap_or_default(),
        credential: server.credential.unwrap_or_default(),
    }
}

fn random_ssrc() -> u32 {
    // Version bits sit elsewhere; these 32 bits of a random UUID are random.
    uuid::Uuid::new_v4().as_fields().0
}

fn setup_failed(error: impl std::fmt::Display) -> TransportError {
    TransportError::NoSocket {
        reason: error.to_string(),
    }
}

fn bad_description(error: impl std::fmt::Display) -> TransportError {
    TransportError::BadDescription {
        reason: error.to_string(),
    }
}

async fn add_track(
    connection: &impl PeerConnection,
    kind: RtpCodecKind,
    ssrc: u32,
    rtx_ssrc: Option<u32>,
) -> Result<OutgoingTrack, TransportError> {
    let track = Arc::new(TrackLocalStaticRTP::new(codecs::outgoing_track(kind, ssrc, rtx_ssrc)));
    let sender = connection
        .add_track(Arc::clone(&track) as Arc<dyn TrackLocal>)
        .await
        .map_err(setup_failed)?;
    Ok(OutgoingTrack::new(track, sender, ssrc))
}

struct WebRtcTransport {
    connection: Arc<dyn PeerConnection>,
    peer_events: Arc<PeerEvents>,
    media: mpsc::Sender<Outgoing>,
    outbox: Arc<Outbox>,
    link: Link,
    tasks: Mutex<JoinSet<()>>,
    runtime: tokio::runtime::Handle,
}

#[async_trait]
impl Transport for WebRtcTransport {
    async fn create_offer(&self, restart: bool) -> Result<String, TransportError> {
        let options = RTCOfferOptions { ice_restart: restart };
        let offer = self
            .connection
            .create_offer(Some(options))
            .await
            .map_err(setup_failed)?;
        let sdp = offer.sdp.clone();
        self.connection
            .set_local_description(offer)
            .await
            .map_err(setup_failed)?;
        Ok(sdp)
    }

    async fn create_answer(&self, offer: String) -> Result<String, TransportError> {
        let offer = RTCSessionDescription::offer(offer).map_err(bad_description)?;
        self.connection
            .set_remote_description(offer)
            .await
            .map_err(bad_description)?;
        let answer = self.connection.create_answer(None).await.map_err(bad_description)?;
        let sdp = answer.sdp.clone();
        self.connection
            .set_local_description(answer)
            .await
            .map_err(bad_description)?;
        Ok(sdp)
    }

    async fn apply_answer(&self, answer: String) -> Result<(), TransportError> {
        let answer = RTCSessionDescription::answer(answer).map_err(bad_description)?;
        self.connection
            .set_remote_description(answer)
            .await
            .map_err(bad_description)
    }

    async fn add_candidates(&self, candidates: Vec<Candidate>) {
        for candidate in candidates {
            let init = RTCIceCandidateInit {
                candidate: candidate.candidate,
                sdp_mid: candidate.mid,
                sdp_mline_index: candidate.line,
                ..Default::default()
            };
            if let Err(error) = self.connection.add_ice_candidate(init).await {
                log::debug!("a candidate was skipped: {error}");
            }
        }
    }

    fn send_video(&self, unit: AccessUnit) -> bool {
        self.media.try_send(Outgoing::Video(unit)).is_ok()
    }

    fn send_audio(&self, packet: AudioPacket) -> bool {
        self.media.try_send(Outgoing::Audio(packet)).is_ok()
    }

    fn send_message(&self, channel: Channel, message: Bytes) -> Result<(), TransportError> {
        self.outbox.push(channel, message)
    }

    fn set_bulk_rate(&self, bitrate_bps: u32) {
        self.outbox.set_bulk_rate(bitrate_bps);
    }

    fn waiting(&self) -> Duration {
        self.link.waiting()
    }

    fn request_key_frame(&self) {
        if let Some(track) = self.peer_events.video_track() {
            self.runtime
                .spawn(async move { media_receiver::request_key_frame(&track).await });
        }
    }

    async fn close(&self) {
        // The last words, a hang-up say, come sooner this way than through the hub.
        let _ = tokio::time::timeout(LAST_WORDS, self.outbox.drained()).await;
        let _ = self.connection.close().await;
        self.peer_events.close();
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}

impl Drop for WebRtcTransport {
    fn drop(&mut self) {
        self.peer_events.close();
        let connection = Arc::clone(&self.connection);
        // On any thread: the runtime is the one the connection was made on.
        self.runtime.spawn(async move {
            let _ = connection.close().await;
        });
    }
}

/// What the receiving side keeps of a connection: see [`PeerEvents`].
type RemoteTrack = Arc<dyn TrackRemote>;
