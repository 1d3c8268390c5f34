//! A sender, a network and a receiver in virtual time.

use assist_engine::audio::{AudioEncoder, AudioEncoderConfig, AudioReceiver, FRAME_SAMPLES, JitterSnapshot};
use assist_protocol::Timestamp;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use crate::voice::{Frame, energy};

/// What the network does to each packet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Network {
    /// Least transit.
    pub(crate) delay_ms: f64,
    /// Each packet takes up to this much longer: later ones may overtake.
    pub(crate) jitter_ms: f64,
    /// Share lost at random.
    pub(crate) loss: f64,
    /// Share of packets at which a burst of 2 to 5 losses begins.
    pub(crate) burst: f64,
    /// Nothing passes in these milliseconds; it is delivered afterwards, or lost.
    pub(crate) outage_ms: Option<(f64, f64)>,
    pub(crate) outage_loses: bool,
    /// The sender's clock runs this much fast.
    pub(crate) drift_ppm: f64,
    /// The sender sends nothing in these milliseconds, without announcing it.
    pub(crate) muted_ms: Option<(f64, f64)>,
    pub(crate) first_sequence: u16,
    pub(crate) first_rtp_time: u32,
}

/// What came of it.
pub(crate) struct Heard {
    pub(crate) frames: Vec<Frame>,
    pub(crate) snapshot: JitterSnapshot,
    pub(crate) sent_packets: usize,
    /// Lost packets that the next one to arrive repeats.
    pub(crate) recoverable: usize,
    /// Target in ms after every frame.
    pub(crate) targets_ms: Vec<u32>,
    /// Buffered in ms after every frame.
    pub(crate) buffered_ms: Vec<u32>,
}

impl Heard {
    /// Share of made-up frames among all frames with sound of their own.
    pub(crate) fn concealed_share(&self) -> f64 {
        let snapshot = &self.snapshot;
        let sound = snapshot.played + snapshot.concealed + snapshot.recovered_by_fec;
        snapshot.concealed as f64 / sound as f64
    }

    /// Delay from microphone to loudspeaker in ms, by comparing loudness over time, from `from_s` for 10 s.
    pub(crate) fn delay_ms(&self, spoken: &[Frame], from_s: usize) -> f64 {
        let loudness = |frames: &[Frame]| -> Vec<f64> {
            let pieces = frames.iter().flat_map(|frame| frame.chunks_exact(FRAME_SAMPLES / 4));
            pieces.map(|piece| (energy(piece) + 100.0).ln()).collect()
        };
        let (spoken, heard) = (loudness(spoken), loudness(&self.frames));
        let (begin, length) = (from_s * 200, 10 * 200);
        let difference = |lag: usize| -> f64 {
            (begin..begin + length)
                .map(|index| (spoken[index] - heard[index + lag]).abs())
                .sum()
        };
        let best = (0..100).min_by(|&one, &other| difference(one).total_cmp(&difference(other)));
        best.unwrap() as f64 * 5.0
    }
}

/// Sends frames 20 ms apart and takes a frame every 20 ms of the receiver's clock.
pub(crate) fn run(seed: u64, spoken: &[Frame], network: Network) -> Heard {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (arrivals, recoverable) = send(&mut random, spoken, network);
    let mut receiver = AudioReceiver::new().unwrap();
    let mut heard = Heard {
        frames: Vec::new(),
        snapshot: JitterSnapshot::default(),
        sent_packets: arrivals.len(),
        recoverable,
        targets_ms: Vec::new(),
        buffered_ms: Vec::new(),
    };
    let mut arrivals = arrivals.into_iter().peekable();
    for pull in 0..spoken.len() {
        let now_us = 10_000_000 + pull as u64 * 20_000;
        while let Some(packet) = arrivals.next_if(|packet| packet.at_us <= now_us) {
            let at = Timestamp::from_micros(packet.at_us);
            receiver.push_packet(packet.sequence, packet.rtp_time, &packet.payload, at);
        }
        heard.frames.push(receiver.pull_frame(Timestamp::from_micros(now_us)));
        let snapshot = receiver.snapshot();
        heard.targets_ms.push(snapshot.target_ms);
        heard.buffered_ms.push(snapshot.buffered_ms);
    }
    heard.snapshot = receiver.snapshot();
    heard
}

struct Packet {
    at_us: u64,
    sequence: u16,
    rtp_time: u32,
    payload: Vec<u8>,
}

fn send(random: &mut ChaCha8Rng, spoken: &[Frame], network: Network) -> (Vec<Packet>, usize) {
    let mut encoder = AudioEncoder::new(AudioEncoderConfig::default()).unwrap();
    let (mut sequence, mut burst_left) = (network.first_sequence, 0);
    let (mut packets, mut recoverable, mut lost_before) = (Vec::new(), 0, false);
    let within = |range: Option<(f64, f64)>, ms: f64| range.is_some_and(|(from, to)| (from..to).contains(&ms));
    for (index, frame) in spoken.iter().enumerate() {
        let sent_ms = index as f64 * 20.0 * (1.0 - network.drift_ppm / 1e6);
        if within(network.muted_ms, sent_ms) {
            continue;
        }
        let Some(encoded) = encoder.encode(frame).unwrap() else {
            continue;
        };
        let number = sequence;
        sequence = sequence.wrapping_add(1);
        if random.random::<f64>() < network.burst {
            burst_left = random.random_range(2..=5);
        }
        let in_outage = within(network.outage_ms, sent_ms);
        let lost = random.random::<f64>() < network.loss || burst_left > 0 || (in_outage && network.outage_loses);
        burst_left = i32::max(burst_left - 1, 0);
        let was_lost = std::mem::replace(&mut lost_before, lost);
        if lost {
            continue;
        }
        // SILK or hybrid, and the bit of RFC 6716, 4.2.3.
        let repeats = matches!(*encoded.payload, [toc, flags, ..] if toc < 128 && flags & 0x40 != 0);
        recoverable += usize::from(was_lost && repeats);
        let mut at_ms = sent_ms + network.delay_ms + random.random::<f64>() * network.jitter_ms;
        if let Some((_, end)) = network.outage_ms.filter(|_| in_outage) {
            at_ms = at_ms.max(end);
        }
        packets.push(Packet {
            at_us: 10_000_000 + (at_ms * 1_000.0) as u64,
            sequence: number,
            rtp_time: network.first_rtp_time.wrapping_add((index * FRAME_SAMPLES) as u32),
            payload: encoded.payload.to_vec(),
        });
    }
    packets.sort_by_key(|packet| packet.at_us);
    (packets, recoverable)
}
