//! The media of a flow: pictures by an encoder that follows its target, and sound.

use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::pair::{FlowSetup, Kind, MediaPacket, WIRE_OVERHEAD_BYTES};

/// RTP's header with the extensions that a call has.
const RTP_HEADER_BYTES: u32 = 20;
const MOST_PAYLOAD_BYTES: u32 = 1_160;
const AUDIO_EVERY: Duration = Duration::from_millis(20);
/// 32 kbit/s.
const AUDIO_PAYLOAD_BYTES: u32 = 80;
/// What sound takes on the wire, bits a second.
pub(crate) const AUDIO_WIRE_BPS: f64 =
    50.0 * 8.0 * (AUDIO_PAYLOAD_BYTES + RTP_HEADER_BYTES + WIRE_OVERHEAD_BYTES) as f64;
/// A key frame takes so many times what others take.
const KEY_FRAME: f64 = 6.0;
/// Pictures are larger and smaller than they should be by up to this share.
const NOISE: f64 = 0.2;
/// Of what pictures were too large by, each later one gives back this share, but never more than half of itself.
const PAID_BACK: f64 = 0.2;

/// Makes pictures and sound.
#[derive(Debug)]
pub(crate) struct Source {
    setup: FlowSetup,
    has_video: bool,
    pause: (Duration, Duration),
    random: ChaCha8Rng,
    /// Of pictures, with their RTP headers.
    video_bps: f64,
    next_frame: Duration,
    next_audio: Duration,
    is_key_wanted: bool,
    /// What was made beyond the target, bits.
    owed_bits: f64,
    video_packets: u64,
    audio_packets: u64,
}

impl Source {
    pub(crate) fn new(setup: FlowSetup, has_video: bool, pause: Option<(Duration, Duration)>, seed: u64) -> Self {
        Self {
            setup,
            has_video,
            pause: pause.unwrap_or_default(),
            random: ChaCha8Rng::seed_from_u64(seed),
            video_bps: setup.least_bps,
            next_frame: setup.starts,
            next_audio: setup.starts,
            is_key_wanted: true,
            owed_bits: 0.0,
            video_packets: 0,
            audio_packets: 0,
        }
    }

    /// What may be sent in all, bits a second on the wire, and what of that goes to packets that are sent again.
    pub(crate) fn set_target(&mut self, target_bps: f64, again_bps: f64) {
        let packet = f64::from(MOST_PAYLOAD_BYTES + RTP_HEADER_BYTES);
        let share = packet / (packet + f64::from(WIRE_OVERHEAD_BYTES));
        let audio_bps = 50.0 * 8.0 * f64::from(AUDIO_PAYLOAD_BYTES + RTP_HEADER_BYTES);
        let video_bps = (target_bps - AUDIO_WIRE_BPS - again_bps) * share;
        let least_bps = (self.setup.least_bps - audio_bps).max(0.0);
        self.video_bps = video_bps.clamp(least_bps, self.setup.most_bps - audio_bps);
    }

    pub(crate) fn request_key_frame(&mut self) {
        self.is_key_wanted = true;
    }

    /// When there is something again.
    pub(crate) fn due(&self) -> Duration {
        if self.has_video {
            self.next_frame.min(self.next_audio)
        } else {
            self.next_audio
        }
    }

    /// What is made now.
    pub(crate) fn poll(&mut self, now: Duration, made: &mut Vec<MediaPacket>) {
        if self.next_audio <= now {
            self.next_audio += AUDIO_EVERY;
            if !self.is_paused(now) {
                self.sound(made);
            }
        }
        if self.has_video && self.next_frame <= now {
            // A picture that costs less than a packet's headers is worth little: fewer of them then.
            let per_s = match self.video_bps {
                bps if bps > 1e6 => 30.0,
                bps if bps > 1e5 => 15.0,
                _ => 5.0,
            };
            self.next_frame = now + Duration::from_secs_f64(1.0 / per_s);
            if !self.is_paused(now) {
                self.picture(per_s, made);
            }
        }
    }

    fn is_paused(&self, now: Duration) -> bool {
        (self.pause.0..self.pause.1).contains(&now)
    }

    fn sound(&mut self, made: &mut Vec<MediaPacket>) {
        made.push(MediaPacket {
            kind: Kind::Audio,
            index: self.audio_packets,
            payload_bytes: AUDIO_PAYLOAD_BYTES,
            is_last: true,
        });
        self.audio_packets += 1;
    }

    fn picture(&mut self, per_s: f64, made: &mut Vec<MediaPacket>) {
        let wanted = self.video_bps / per_s;
        let noise = 1.0 + NOISE * (2.0 * self.random.random::<f64>() - 1.0);
        let factor = if std::mem::take(&mut self.is_key_wanted) {
            KEY_FRAME
        } else {
            1.0
        };
        let bits = (wanted * noise * factor - PAID_BACK * self.owed_bits).max(0.5 * wanted * factor);
        self.owed_bits = (self.owed_bits + bits - wanted).max(-wanted);
        let bytes = (bits / 8.0).max(100.0);
        let count = (bytes / f64::from(MOST_PAYLOAD_BYTES + RTP_HEADER_BYTES)).ceil();
        let each = (bytes / count) as u32;
        for number in 0..count as u64 {
            made.push(MediaPacket {
                kind: Kind::Video,
                index: self.video_packets,
                payload_bytes: each.saturating_sub(RTP_HEADER_BYTES).max(20),
                is_last: number + 1 == count as u64,
            });
            self.video_packets += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Source {
        let setup = FlowSetup {
            number: 0,
            starts: Duration::ZERO,
            start_bps: 300_000.0,
            least_bps: 150_000.0,
            most_bps: 4_000_000.0,
        };
        Source::new(setup, true, None, 1)
    }

    /// Bits on the wire of sound and pictures in so many seconds, and the largest picture over the mean.
    fn made(source: &mut Source, seconds: u64) -> (f64, f64, f64) {
        let (mut packets, mut now) = (Vec::new(), Duration::ZERO);
        let (mut bits, mut pictures) = ([0.0, 0.0], vec![0.0]);
        while now < Duration::from_secs(seconds) {
            source.poll(now, &mut packets);
            for packet in packets.drain(..) {
                let wire = 8.0 * f64::from(packet.payload_bytes + RTP_HEADER_BYTES + WIRE_OVERHEAD_BYTES);
                bits[usize::from(packet.kind == Kind::Video)] += wire;
                if packet.kind == Kind::Video {
                    *pictures.last_mut().unwrap() += wire;
                    if packet.is_last {
                        pictures.push(0.0);
                    }
                }
            }
            now = source.due();
        }
        let mean = bits[1] / (pictures.len() - 1) as f64;
        let largest = pictures.iter().copied().fold(0.0, f64::max);
        (bits[0], bits[1], largest / mean)
    }

    #[test]
    fn it_makes_what_the_target_allows() {
        for target_bps in [400_000.0, 2_000_000.0] {
            let mut source = source();
            source.set_target(target_bps, 50_000.0);
            let (audio, video, largest) = made(&mut source, 60);
            assert!((audio / 60.0 / AUDIO_WIRE_BPS - 1.0).abs() < 0.01, "{audio}");
            let whole = (audio + video) / 60.0;
            assert!(
                (whole / (target_bps - 50_000.0) - 1.0).abs() < 0.03,
                "{whole} of {target_bps}"
            );
            assert!((4.5..8.0).contains(&largest), "{largest}");
        }
    }

    #[test]
    fn it_keeps_to_its_bounds() {
        for (target_bps, expected) in [(0.0, 150_000.0), (50_000_000.0, 4_000_000.0)] {
            let mut source = source();
            source.set_target(target_bps, 0.0);
            let (audio, video, _) = made(&mut source, 60);
            let whole = (audio + video) / 60.0;
            assert!(whole > expected && whole < 1.25 * expected, "{whole} of {expected}");
        }
    }
}
