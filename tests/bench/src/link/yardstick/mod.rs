//! The yardstick: two ends of str0m in virtual time, with everything that it offers to find out what a link bears.

mod plain;

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use assist_link::media::{End, Event, FlowSetup, Kind, MediaPacket, Pair, Transmit};
use str0m_virtual::bwe::{Bitrate, BweKind};
use str0m_virtual::channel::{ChannelConfig, ChannelId};
use str0m_virtual::format::Codec;
use str0m_virtual::media::{KeyframeRequestKind, MediaKind, Mid, Pt};
use str0m_virtual::net::{Protocol, Receive};
use str0m_virtual::rtp::{RtpWrite, Ssrc};
use str0m_virtual::{Candidate, Input, Output, Rtc, RtcConfig, RtcError};

use crate::error::BenchError;

const SRTP_TAG_BYTES: u32 = 10;
const IP_UDP_BYTES: u32 = 28;
/// It is connected over a path like none, so long before a flow begins at most.
const CONNECTING: Duration = Duration::from_secs(5);
const CONNECTING_WAY: Duration = Duration::from_millis(1);
/// Rates count media clock ticks, 48 a millisecond for sound and 90 for pictures.
const AUDIO_TICKS_PER_MS: u64 = 48;
const VIDEO_TICKS_PER_MS: u64 = 90;
const ENDS: [End; 2] = [End::Sender, End::Receiver];

/// A flow's two ends.
pub(crate) struct Str0m {
    ends: [Rtc; 2],
    addresses: [SocketAddr; 2],
    timeouts: [Instant; 2],
    /// Moment zero of the case.
    origin: Instant,
    outgoing: [VecDeque<Transmit<Arc<[u8]>>>; 2],
    events: VecDeque<Event>,
    target_bps: f64,
    payload_types: [Pt; 2],
    channel: [ChannelId; 2],
    failed: Option<RtcError>,
}

/// Sound and pictures: the stream, and the one that packets are sent again on.
const AUDIO: (u32, Option<u32>) = (1, None);
const VIDEO: (u32, Option<u32>) = (2, Some(3));

impl Str0m {
    /// Connected, and ready at the moment at which the flow begins.
    ///
    /// # Errors
    /// [`BenchError::Call`] when it could not be connected.
    pub(crate) fn new(setup: &FlowSetup) -> Result<Self, BenchError> {
        // Its random numbers are those of this thread.
        fastrand::seed(setup.number);
        Self::connected(setup).map_err(|error| BenchError::Call(format!("str0m: {error}")))
    }

    fn connected(setup: &FlowSetup) -> Result<Self, RtcError> {
        let origin = Instant::now() + CONNECTING;
        let before = origin + setup.starts - CONNECTING;
        let start = Bitrate::from(setup.start_bps as u64);
        let crypto = Arc::new(plain::provider());
        let config = || {
            RtcConfig::new()
                .set_rtp_mode(true)
                .set_crypto_provider(Arc::clone(&crypto))
                .set_fingerprint_verification(false)
        };
        let mut ends = [config().enable_bwe(Some(start)).build(before), config().build(before)];
        let addresses = [
            SocketAddr::from((Ipv4Addr::new(10, 0, 0, 1), 1)),
            SocketAddr::from((Ipv4Addr::new(10, 0, 0, 2), 2)),
        ];
        let channel = introduce(&mut ends, &addresses)?;
        let payload_type = |codec: Codec| {
            let wanted = |rtc: &Rtc| {
                rtc.codec_config()
                    .find(|one| one.spec().codec == codec)
                    .map(|one| one.pt())
            };
            wanted(&ends[0]).unwrap_or(Pt::from(0))
        };
        let payload_types = [payload_type(Codec::Opus), payload_type(Codec::Vp8)];
        let mut pair = Self {
            ends,
            addresses,
            timeouts: [before; 2],
            origin,
            outgoing: [VecDeque::new(), VecDeque::new()],
            events: VecDeque::new(),
            target_bps: setup.start_bps,
            payload_types,
            channel,
            failed: None,
        };
        pair.connect(before, origin + setup.starts)?;
        pair.ends[0]
            .bwe()
            .set_bitrate(Bitrate::ZERO, Bitrate::from(setup.most_bps as u64));
        Ok(pair)
    }

    /// Lets both ends talk until they are connected, and then be silent until the flow begins.
    fn connect(&mut self, from: Instant, until: Instant) -> Result<(), RtcError> {
        let mut now = from;
        while now < until && !self.ends.iter().all(Rtc::is_connected) {
            for index in 0..2 {
                self.ends[index].handle_input(Input::Timeout(now))?;
                self.drain(index)?;
            }
            let arrived = now + CONNECTING_WAY;
            for index in 0..2 {
                for transmit in std::mem::take(&mut self.outgoing[index]) {
                    self.deliver(1 - index, &transmit.packet, arrived)?;
                }
            }
            now = arrived;
        }
        for index in 0..2 {
            self.ends[index].handle_input(Input::Timeout(until))?;
            self.drain(index)?;
            self.outgoing[index].clear();
        }
        self.events.clear();
        Ok(())
    }

    /// Whether it worked until now.
    ///
    /// # Errors
    /// [`BenchError::Call`] with its own words, if not.
    pub(crate) fn finish(self) -> Result<(), BenchError> {
        match self.failed {
            Some(error) => Err(BenchError::Call(format!("str0m: {error}"))),
            None if self.ends.iter().all(Rtc::is_alive) => Ok(()),
            None => Err(BenchError::Call("str0m: the connection ended".to_owned())),
        }
    }

    fn at(&self, now: Duration) -> Instant {
        self.origin + now
    }

    fn check(&mut self, result: Result<(), RtcError>) {
        if let Err(error) = result {
            self.failed.get_or_insert(error);
        }
    }

    fn deliver(&mut self, index: usize, packet: &[u8], now: Instant) -> Result<(), RtcError> {
        let datagram = Receive::new(Protocol::Udp, self.addresses[1 - index], self.addresses[index], packet)?;
        self.ends[index].handle_input(Input::Receive(now, datagram))?;
        self.drain(index)
    }

    fn drain(&mut self, index: usize) -> Result<(), RtcError> {
        loop {
            match self.ends[index].poll_output()? {
                Output::Timeout(due) => {
                    self.timeouts[index] = due;
                    return Ok(());
                }
                Output::Transmit(datagram) => {
                    let transmit = self.transmit(&datagram.contents);
                    self.outgoing[index].push_back(transmit);
                }
                Output::Event(event) => self.event(event),
            }
        }
    }

    /// What a datagram counts as, by its first bytes (RFC 7983, RFC 5761): headers are in plain sight.
    fn transmit(&self, datagram: &[u8]) -> Transmit<Arc<[u8]>> {
        let length = datagram.len() as u32;
        let [audio, video] = self.payload_types.map(|pt| *pt);
        let kind = match datagram {
            [128..=191, second, ..] if !(192..=223).contains(second) => match second & 0x7f {
                pt if pt == audio => Kind::Audio,
                pt if pt == video => Kind::Video,
                _ => Kind::Retransmission,
            },
            _ => Kind::Control,
        };
        Transmit {
            packet: datagram.into(),
            kind,
            rtp_bytes: if kind == Kind::Control {
                0
            } else {
                length - SRTP_TAG_BYTES
            },
            wire_bytes: length + IP_UDP_BYTES,
        }
    }

    fn event(&mut self, event: str0m_virtual::Event) {
        // An open-ended enum; what is not named here is of no use.
        #[allow(clippy::wildcard_enum_match_arm)]
        match event {
            str0m_virtual::Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                self.target_bps = estimate.as_f64()
            }
            str0m_virtual::Event::KeyframeRequest(_) => self.events.push_back(Event::KeyFrameRequested),
            str0m_virtual::Event::RtpPacket(packet) => {
                let kind = if packet.header.payload_type == self.payload_types[0] {
                    Kind::Audio
                } else {
                    Kind::Video
                };
                if let Some(index) = index_of(&packet.payload) {
                    self.events.push_back(Event::Arrived { kind, index });
                }
            }
            str0m_virtual::Event::ChannelData(data) => {
                self.events.extend(index_of(&data.data).map(Event::MessageArrived));
            }
            _ => {}
        }
    }

    fn write(&mut self, packet: &MediaPacket, now: Instant) -> Result<(), RtcError> {
        let (ssrc, payload_type, ticks_per_ms) = match packet.kind {
            Kind::Audio => (AUDIO.0, self.payload_types[0], AUDIO_TICKS_PER_MS),
            Kind::Video | Kind::Retransmission | Kind::Padding | Kind::Control => {
                (VIDEO.0, self.payload_types[1], VIDEO_TICKS_PER_MS)
            }
        };
        let mut payload = vec![0; (packet.payload_bytes as usize).max(8)];
        payload[..8].copy_from_slice(&packet.index.to_be_bytes());
        let ticks = (now - self.origin).as_millis() as u64 * ticks_per_ms;
        let packet = RtpWrite::new(payload_type, packet.index.into(), ticks as u32, now, payload)
            .marker(packet.is_last)
            .nackable(packet.kind == Kind::Video);
        if let Some(stream) = self.ends[0].direct_api().stream_tx(&Ssrc::from(ssrc)) {
            stream.write_rtp(packet);
        }
        self.ends[0].handle_input(Input::Timeout(now))?;
        self.drain(0)
    }
}

/// Tells both ends of each other and of their streams.
fn introduce(ends: &mut [Rtc; 2], addresses: &[SocketAddr; 2]) -> Result<[ChannelId; 2], RtcError> {
    for (index, other) in [(0, 1), (1, 0)] {
        let own = host(addresses[index])?;
        ends[index].add_local_candidate(own);
        ends[index].add_remote_candidate(host(addresses[other])?);
        let fingerprint = ends[other].direct_api().local_dtls_fingerprint().clone();
        let credentials = ends[other].direct_api().local_ice_credentials();
        let mut api = ends[index].direct_api();
        api.set_remote_fingerprint(fingerprint);
        api.set_remote_ice_credentials(credentials);
        api.set_ice_controlling(index == 0);
        api.start_dtls(index == 0)?;
        api.start_sctp(index == 0);
        api.enable_twcc_feedback();
        for (mid, kind, (ssrc, again)) in [("aud", MediaKind::Audio, AUDIO), ("vid", MediaKind::Video, VIDEO)] {
            let (mid, ssrc, again) = (Mid::from(mid), Ssrc::from(ssrc), again.map(Ssrc::from));
            api.declare_media(mid, kind);
            if index == 0 {
                api.declare_stream_tx(ssrc, again, mid, None);
            } else {
                api.expect_stream_rx(ssrc, again, mid, None);
            }
        }
    }
    let mut channel = |index: usize| {
        let config = ChannelConfig {
            negotiated: Some(0),
            ..ChannelConfig::default()
        };
        ends[index].direct_api().create_data_channel(config)
    };
    Ok([channel(0), channel(1)])
}

fn host(address: SocketAddr) -> Result<Candidate, RtcError> {
    Candidate::host(address, "udp").map_err(RtcError::from)
}

fn index_of(payload: &[u8]) -> Option<u64> {
    payload.first_chunk().map(|index| u64::from_be_bytes(*index))
}

impl Pair for Str0m {
    type Packet = Arc<[u8]>;

    fn push(&mut self, packet: MediaPacket, now: Duration) {
        let result = self.write(&packet, self.at(now));
        self.check(result);
    }

    fn say(&mut self, message: u64, now: Duration) {
        let mut payload = vec![0; 200];
        payload[..8].copy_from_slice(&message.to_be_bytes());
        let channel = self.channel[0];
        if let Some(mut channel) = self.ends[0].channel(channel) {
            let written = channel.write(true, &payload).map(drop);
            self.check(written);
        }
        let now = self.at(now);
        let result = self.ends[0]
            .handle_input(Input::Timeout(now))
            .and_then(|()| self.drain(0));
        self.check(result);
    }

    fn request_key_frame(&mut self, _now: Duration) {
        if let Some(stream) = self.ends[1].direct_api().stream_rx(&Ssrc::from(VIDEO.0)) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
        }
        let result = self.drain(1);
        self.check(result);
    }

    fn target_bps(&self) -> f64 {
        self.target_bps
    }

    fn receive(&mut self, end: End, packet: Arc<[u8]>, now: Duration) {
        let result = self.deliver(usize::from(end == End::Receiver), &packet, self.at(now));
        self.check(result);
    }

    fn poll_transmit(&mut self, end: End, _now: Duration) -> Option<Transmit<Arc<[u8]>>> {
        self.outgoing[usize::from(end == End::Receiver)].pop_front()
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let due = self.timeouts.iter().min()?.saturating_duration_since(self.origin);
        // Never twice at the same time: it may ask for the past.
        Some(due)
    }

    fn handle_timeout(&mut self, now: Duration) {
        let at = self.at(now);
        for end in ENDS {
            let index = usize::from(end == End::Receiver);
            if self.timeouts[index] <= at {
                let result = self.ends[index]
                    .handle_input(Input::Timeout(at))
                    .and_then(|()| self.drain(index));
                self.check(result);
            }
        }
    }
}
