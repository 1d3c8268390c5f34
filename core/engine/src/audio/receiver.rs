//! The receiving half: packets in as the network brings them, 20 ms of sound out whenever they are asked for.
//!
//! The *playout delay* is how long the fastest possible packet would wait before it is heard. It is kept near a target
//! that covers nearly all packets; everything else follows from the two:
//!
//! ```text
//! the next packet is …                 played  next position
//! there                                it      its end (a period shorter or longer, when the delay is off its target)
//! missing, a later one is there
//!    nothing was sent meanwhile        noise   on; skips ahead or waits, when the delay is off its target
//!    lost, repeated by the later one   that    on
//!    lost, or late                     guess   on; waits while the delay is below its target
//! missing, and so are all others
//!    the sender announced silence      noise   on
//!    overdue                           guess   on, once; then it waits for what may still come
//! ```

use std::collections::VecDeque;

use assist_protocol::Timestamp;

use super::decoder::Decoder;
use super::delay::{Arrival, DelayEstimator};
use super::packet::{MAX_PACKET_BYTES, MAX_PACKET_SAMPLES, has_fec, is_dtx, packet_samples};
use super::packet_buffer::{Inserted, PacketBuffer, StoredPacket, unwrap_sequence, unwrap_time};
use super::{AudioError, FRAME_SAMPLES, time_stretch};

const FRAME_US: i64 = 20_000;

/// Bounds of the target.
const TARGET_US: std::ops::RangeInclusive<i64> = 20_000..=200_000;

/// The target until something is known.
const FIRST_TARGET_US: i64 = 60_000;

/// Sound is taken in steps of a frame: a packet may wait half of one on average.
const MARGIN_US: i64 = FRAME_US / 2;

/// Share of lost frames above which the delay makes room for the packet after a lost one, which repeats it.
const LOSSY: f32 = 0.005;

/// How far the delay may be above its target, and how far below, before anything is done. Too short is worse.
const ABOVE_US: i64 = 20_000;
const BELOW_US: i64 = -5_000;

/// Above the target by this much, whole packets are dropped: stretching would take seconds.
const FAR_TOO_LATE_US: i64 = 250_000;

/// Frames played unchanged after one that was stretched.
const STRETCH_PAUSE: u32 = 3;

/// Frames made up before the sound fades, and frames that the fade takes.
const GUESSES: u32 = 5;
const FADE_FRAMES: u32 = 3;

/// Samples over which sound comes back after a fade: 5 ms.
const RETURN_SAMPLES: f32 = 240.0;

/// What happened to the sound of a call so far; counters are frames of 20 ms as a rule, packets where said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JitterSnapshot {
    /// Delay aimed at, beyond that of the fastest packet.
    pub target_ms: u32,
    /// Sound that waits, from the one heard next to the end of the newest packet.
    pub buffered_ms: u32,
    /// Packets decoded and played.
    pub played: u64,
    /// Frames made up because nothing better was there; the silence after a fade is not counted.
    pub concealed: u64,
    /// Frames restored from the packet after them.
    pub recovered_by_fec: u64,
    /// Packets that came too late to be heard, or were dropped to catch up.
    pub late: u64,
    /// Frames of comfort noise, while the other end was silent.
    pub dtx: u64,
    /// Packets that were not Opus.
    pub malformed: u64,
}

/// An Opus decoder behind an adaptive jitter buffer. Told the time; bounded; gives 20 ms whatever the network does.
pub struct AudioReceiver {
    decoder: Decoder,
    packets: PacketBuffer,
    delay: DelayEstimator,
    newest_sequence: Option<i64>,
    newest_time: Option<i64>,
    playout: Option<Playout>,
    ready: VecDeque<f32>,
    stretching: Vec<f32>,
    gain: f32,
    counts: JitterSnapshot,
}

/// Where playing is.
#[derive(Debug, Clone, Copy)]
struct Playout {
    /// RTP time of what is decoded next.
    position: i64,
    last_sequence: i64,
    /// The last packet announced silence.
    silent: bool,
    /// Samples of the last packet.
    packet_samples: usize,
    guesses: u32,
    unstretched: u32,
    /// Smoothed: whoever takes the sound may do so in bursts.
    excess_us: i64,
    loss: f32,
}

impl AudioReceiver {
    /// Makes a receiver for one stream.
    ///
    /// # Errors
    /// [`AudioError::Codec`] if there is no decoder.
    pub fn new() -> Result<Self, AudioError> {
        Ok(Self {
            decoder: Decoder::new()?,
            packets: PacketBuffer::new(),
            delay: DelayEstimator::new(),
            newest_sequence: None,
            newest_time: None,
            playout: None,
            ready: VecDeque::with_capacity(2 * MAX_PACKET_SAMPLES),
            stretching: Vec::with_capacity(2 * FRAME_SAMPLES),
            gain: 1.0,
            counts: JitterSnapshot::default(),
        })
    }

    /// A packet arrived: its RTP sequence number, RTP time (48 kHz) and payload. Anything may come here.
    pub fn push_packet(&mut self, sequence: u16, rtp_time: u32, payload: &[u8], now: Timestamp) {
        let Some(samples) = packet_samples(payload).filter(|_| payload.len() <= MAX_PACKET_BYTES) else {
            self.counts.malformed += 1;
            return;
        };
        let time = unwrap_time(rtp_time, self.newest_time);
        if self.delay.observe(micros(now), media_us(time)) == Arrival::Restarted {
            self.packets.clear();
            self.playout = None;
            (self.newest_sequence, self.newest_time) = (None, None);
        }
        let sequence = unwrap_sequence(sequence, self.newest_sequence);
        self.newest_sequence = self.newest_sequence.max(Some(sequence));
        self.newest_time = self.newest_time.max(Some(time));
        if self.playout.is_some_and(|playout| time < playout.position) {
            self.counts.late += 1;
            return;
        }
        match self.packets.insert(sequence, time, samples, payload) {
            Inserted::Overflowed => self.counts.late += 1,
            Inserted::Stored | Inserted::Duplicate => {}
        }
    }

    /// The next 20 ms to be heard; silence when there is nothing.
    pub fn pull_frame(&mut self, now: Timestamp) -> [i16; FRAME_SAMPLES] {
        while self.ready.len() < FRAME_SAMPLES {
            self.decode_next(now);
        }
        let mut frame = [0; FRAME_SAMPLES];
        for (to, from) in frame.iter_mut().zip(self.ready.drain(..FRAME_SAMPLES)) {
            // A cast clips what is too loud.
            *to = (from * 32_768.0).round() as i16;
        }
        frame
    }

    /// What happened so far.
    pub fn snapshot(&self) -> JitterSnapshot {
        let end = self.packets.last().map(|packet| packet.time + packet.samples as i64);
        let begin = self
            .playout
            .map(|playout| playout.position)
            .or(self.packets.first().map(|packet| packet.time));
        let waiting = end.zip(begin).map_or(0, |(end, begin)| (end - begin).max(0)) + self.ready.len() as i64;
        JitterSnapshot {
            target_ms: u32::try_from(self.target_us() / 1_000).unwrap_or(0),
            buffered_ms: u32::try_from(media_us(waiting) / 1_000).unwrap_or(u32::MAX),
            ..self.counts
        }
    }

    fn target_us(&self) -> i64 {
        let room_for_fec = if self.playout.is_some_and(|playout| playout.loss > LOSSY) {
            FRAME_US
        } else {
            0
        };
        let late = self
            .delay
            .quantile_us()
            .map_or(FIRST_TARGET_US, |quantile| quantile + MARGIN_US + room_for_fec);
        late.clamp(*TARGET_US.start(), *TARGET_US.end())
    }

    /// By how much the playout delay would be above its target if `position` were decoded now.
    fn excess_us(&self, position: i64, now: Timestamp) -> i64 {
        let heard = media_us(position.saturating_sub(self.ready.len() as i64));
        let delay = micros(now)
            .saturating_sub(heard)
            .saturating_sub(self.delay.fastest_transit().unwrap_or(0));
        delay.saturating_sub(self.target_us())
    }

    /// Adds at least 2.5 ms to what is ready.
    fn decode_next(&mut self, now: Timestamp) {
        let Some(mut playout) = self.playout.or_else(|| self.begin(now)) else {
            self.ready.extend(std::iter::repeat_n(0.0, FRAME_SAMPLES));
            return;
        };
        self.drop_overdue(&mut playout, now);
        let excess = self.excess_us(playout.position, now);
        playout.excess_us += (excess - playout.excess_us) / 4;
        match self.packets.first().map(|packet| packet.time - playout.position) {
            Some(0) => self.play(&mut playout),
            Some(gap) => self.bridge(&mut playout, gap, excess),
            None if playout.silent => self.make_noise(&mut playout, FRAME_SAMPLES),
            None => self.starve(&mut playout, excess),
        }
        self.playout = Some(playout);
    }

    /// Playing begins when the first packet has waited for as long as the target says.
    fn begin(&self, now: Timestamp) -> Option<Playout> {
        let first = self.packets.first()?;
        (self.excess_us(first.time, now) >= 0).then_some(Playout {
            position: first.time,
            last_sequence: first.sequence - 1,
            silent: false,
            packet_samples: first.samples,
            guesses: 0,
            unstretched: 0,
            excess_us: 0,
            loss: 0.0,
        })
    }

    /// Drops packets whose time has passed, and after a long outage those that would be heard far too late.
    fn drop_overdue(&mut self, playout: &mut Playout, now: Timestamp) {
        while let Some(first) = self.packets.first() {
            let far_too_late = self.excess_us(first.time, now) > FAR_TOO_LATE_US;
            if first.time >= playout.position && !far_too_late {
                return;
            }
            let (end, sequence) = (first.time + first.samples as i64, first.sequence);
            if far_too_late && end > playout.position {
                playout.position = end;
                playout.last_sequence = sequence;
                playout.excess_us = 0;
            }
            self.packets.drop_first();
            self.counts.late += 1;
        }
    }

    fn play(&mut self, playout: &mut Playout) {
        let Some(packet) = self.packets.take_first() else {
            return;
        };
        playout.position = packet.time + packet.samples as i64;
        playout.last_sequence = packet.sequence;
        playout.packet_samples = packet.samples;
        playout.silent = is_dtx(&packet.payload);
        playout.loss *= 0.99;
        self.decode(playout, &packet);
        self.packets.recycle(packet);
    }

    fn decode(&mut self, playout: &mut Playout, packet: &StoredPacket) {
        let Ok(pcm) = self.decoder.decode(&packet.payload) else {
            self.counts.malformed += 1;
            self.guess(playout, packet.samples);
            return;
        };
        self.counts.played += 1;
        playout.guesses = 0;
        self.stretching.clear();
        self.stretching.extend_from_slice(pcm);
        playout.unstretched += 1;
        if playout.unstretched > STRETCH_PAUSE && !(BELOW_US..=ABOVE_US).contains(&playout.excess_us) {
            let changed = if playout.excess_us > 0 {
                -(time_stretch::shorten(&mut self.stretching) as i64)
            } else {
                time_stretch::lengthen(&mut self.stretching) as i64
            };
            if changed != 0 {
                playout.unstretched = 0;
                playout.excess_us += media_us(changed);
            }
        }
        append(&mut self.ready, &self.stretching, &mut self.gain, 1.0, RETURN_SAMPLES);
    }

    /// Something lies between what was played last and the first packet that is there.
    fn bridge(&mut self, playout: &mut Playout, gap: i64, excess: i64) {
        let Some(next) = self.packets.first() else { return };
        let lost = next.sequence - playout.last_sequence - 1;
        let lost_samples = lost.saturating_mul(playout.packet_samples as i64);
        // A sender that went silent lost its packets, if any, when it began to speak again.
        let nothing_sent = lost <= 0 || (playout.silent && gap > lost_samples);
        let repeated = lost >= 1 && has_fec(&next.payload);
        // Nobody misses a piece of a gap: it makes up for a delay that is too long.
        let keep = if repeated { playout.packet_samples as i64 } else { 0 };
        if excess > ABOVE_US && gap > keep {
            let skipped = whole_steps(samples(excess).min(gap - keep));
            playout.position += skipped;
            playout.excess_us -= media_us(skipped);
            if skipped > 0 && skipped == gap {
                return self.play(playout);
            }
        }
        let gap = next_gap(&self.packets, playout);
        if gap < STEP {
            // Less than a decoder can make: the packet is as good as there.
            playout.position += gap;
            return self.play(playout);
        }
        let piece = usize::try_from(whole_steps(gap)).unwrap_or(0).min(FRAME_SAMPLES);
        if nothing_sent {
            let early = excess < BELOW_US;
            self.make_noise(playout, piece);
            if early {
                playout.position -= piece as i64;
            }
        } else if repeated && gap <= playout.packet_samples as i64 {
            self.recover(playout, gap);
        } else if excess < BELOW_US {
            // It may still come.
            self.guess(playout, piece);
        } else {
            self.guess(playout, piece);
            playout.position += piece as i64;
            playout.lose(piece);
        }
    }

    fn recover(&mut self, playout: &mut Playout, gap: i64) {
        let piece = usize::try_from(whole_steps(gap)).unwrap_or(FRAME_SAMPLES);
        let Some(next) = self.packets.first() else { return };
        let Ok(pcm) = self.decoder.recover(&next.payload, piece) else {
            self.guess(playout, piece);
            playout.position += piece as i64;
            return;
        };
        append(&mut self.ready, pcm, &mut self.gain, 1.0, RETURN_SAMPLES);
        self.counts.recovered_by_fec += 1;
        playout.guesses = 0;
        playout.position += piece as i64;
        playout.lose(piece);
    }

    fn starve(&mut self, playout: &mut Playout, excess: i64) {
        let overdue = excess >= BELOW_US && playout.guesses == 0;
        self.guess(playout, FRAME_SAMPLES);
        if overdue {
            playout.position += FRAME_SAMPLES as i64;
            playout.lose(FRAME_SAMPLES);
        }
    }

    fn make_noise(&mut self, playout: &mut Playout, samples: usize) {
        if playout.guesses >= GUESSES + FADE_FRAMES {
            self.ready.extend(std::iter::repeat_n(0.0, samples));
        } else {
            self.conceal(samples, 1.0, RETURN_SAMPLES);
        }
        playout.position += samples as i64;
        self.counts.dtx += 1;
    }

    /// Continues what was heard for 100 ms, then fades. The position stays.
    fn guess(&mut self, playout: &mut Playout, samples: usize) {
        playout.guesses = playout.guesses.saturating_add(1);
        if playout.guesses > GUESSES + FADE_FRAMES {
            self.ready.extend(std::iter::repeat_n(0.0, samples));
            return;
        }
        self.counts.concealed += 1;
        if playout.guesses <= GUESSES {
            self.conceal(samples, 1.0, RETURN_SAMPLES);
        } else {
            self.conceal(samples, 0.0, (FADE_FRAMES as usize * FRAME_SAMPLES) as f32);
        }
    }

    fn conceal(&mut self, samples: usize, gain: f32, ramp_samples: f32) {
        match self.decoder.conceal(samples) {
            Ok(pcm) => append(&mut self.ready, pcm, &mut self.gain, gain, ramp_samples),
            Err(_) => self.ready.extend(std::iter::repeat_n(0.0, samples)),
        }
    }
}

impl Playout {
    /// A piece of the stream was lost and played as something else.
    fn lose(&mut self, samples: usize) {
        self.loss += (1.0 - self.loss) * 0.01;
        if samples >= self.packet_samples.min(FRAME_SAMPLES) {
            self.last_sequence += 1;
        }
    }
}

impl std::fmt::Debug for AudioReceiver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AudioReceiver")
            .field("snapshot", &self.snapshot())
            .finish_non_exhaustive()
    }
}

/// The smallest piece that a decoder makes up: 2.5 ms.
const STEP: i64 = 120;

fn whole_steps(samples: i64) -> i64 {
    samples - samples.rem_euclid(STEP)
}

fn next_gap(packets: &PacketBuffer, playout: &Playout) -> i64 {
    packets.first().map_or(0, |packet| packet.time - playout.position)
}

fn micros(time: Timestamp) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

fn media_us(samples: i64) -> i64 {
    samples.saturating_mul(125) / 6
}

fn samples(micros: i64) -> i64 {
    micros.saturating_mul(6) / 125
}

/// Appends samples while the gain moves from where it is to `target`, a whole unit in `ramp_samples`.
fn append(ready: &mut VecDeque<f32>, pcm: &[f32], gain: &mut f32, target: f32, ramp_samples: f32) {
    let step = 1.0 / ramp_samples;
    ready.extend(pcm.iter().map(|sample| {
        *gain += (target - *gain).clamp(-step, step);
        sample * *gain
    }));
}
