//! The same figures of a real flow, from what a relay saw of it.

use std::collections::HashSet;
use std::time::Duration;

use super::cases::Case;
use super::figures::FROM;
use super::record::{FlowRecord, Outcome, bin};
use crate::relay::Passage;

/// What SRTP adds (RFC 3711, the tag of 80 bits), and IP and UDP.
const AROUND_RTP_BYTES: u32 = 10 + 28;

/// A packet of RTP, by its header.
struct Rtp {
    payload_type: u8,
    sequence: u16,
    ssrc: u32,
}

impl Rtp {
    /// Everything but RTCP (RFC 5761 §4), STUN and DTLS (RFC 7983).
    fn of(passage: &Passage) -> Option<Self> {
        let [first, second, high, low, _, _, _, _, ssrc @ ..] = passage.head;
        let is_rtp = first >> 6 == 2 && !(192..=223).contains(&second);
        is_rtp.then(|| Self {
            payload_type: second & 0x7F,
            sequence: u16::from_be_bytes([high, low]),
            ssrc: u32::from_be_bytes(ssrc),
        })
    }
}

/// When the first packet of media was sent, by the path's time.
pub fn began(passages: &[Passage]) -> Option<Duration> {
    let first = passages.iter().find(|passage| Rtp::of(passage).is_some());
    first.map(|passage| passage.sent)
}

/// What came of a case for a real flow over its forward path; time begins with the first packet of media, and ends with the case. None:
/// there was no media.
///
/// What the case's source makes at most is taken to be what the link bears at most. `repairs` are payload types of packets that are sent
/// again: what such a packet is a copy of is encrypted, so they are taken to be new as long as there were not more of them than
/// packets that were lost; what is beyond is padding.
pub fn watched(case: &Case, passages: &[Passage], repairs: &[u8]) -> Option<Outcome> {
    let origin = began(passages)?;
    let mut record = FlowRecord::new(true, true, case.length);
    let mut seen = HashSet::new();
    let mut lost_bytes = 0;
    for passage in passages.iter().filter(|passage| passage.sent >= origin) {
        let sent = passage.sent - origin;
        if sent >= case.length {
            break;
        }
        let arrived = passage.arrived.map(|arrived| arrived - origin);
        let arrived = arrived.filter(|arrived| *arrived < case.length);
        record.passed(passage.wire_bytes, sent, arrived);
        let Some(rtp) = Rtp::of(passage) else { continue };
        record.packets_sent += 1;
        record.packets_lost += u64::from(passage.arrived.is_none());
        let rtp_bytes = passage.wire_bytes.saturating_sub(AROUND_RTP_BYTES);
        let is_repair = repairs.contains(&rtp.payload_type);
        let Some(arrived) = arrived else {
            lost_bytes += if is_repair { 0 } else { rtp_bytes };
            continue;
        };
        let waited = arrived.saturating_sub(sent + case.forward.way.delay);
        record
            .waits_ms
            .push((arrived.as_secs_f32(), 1_000.0 * waited.as_secs_f32()));
        let new_bytes = if is_repair {
            let new_bytes = rtp_bytes.min(lost_bytes);
            lost_bytes -= new_bytes;
            new_bytes
        } else {
            // Nobody sends 65,536 packets in a case.
            rtp_bytes * u32::from(seen.insert((rtp.ssrc, rtp.sequence)))
        };
        if arrived >= FROM {
            record.first_time_bits += 8.0 * f64::from(new_bytes);
        }
    }
    let rates = [&case.forward.rate, &case.back.rate].map(|rate| rate.seen_from(origin, case.most_bps as u64));
    Some(Outcome::new(vec![record], case.most_bps, rates, case.length))
}

impl FlowRecord {
    fn passed(&mut self, wire_bytes: u32, sent: Duration, arrived: Option<Duration>) {
        let bits = 8.0 * f64::from(wire_bytes);
        self.sent_bits[bin(sent)] += bits;
        if let Some(arrived) = arrived {
            self.arrived_bits[bin(arrived)] += bits;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::cases;
    use crate::path::PathConfig;
    use crate::rate::Rate;

    const MEDIA: u8 = 102;
    const REPAIR: u8 = 103;

    /// 1,000 bytes of RTP.
    fn packet(sent_ms: u64, took_ms: Option<u64>, payload_type: u8, sequence: u16) -> Passage {
        let [high, low] = sequence.to_be_bytes();
        Passage {
            sent: Duration::from_millis(sent_ms),
            arrived: took_ms.map(|took_ms| Duration::from_millis(sent_ms + took_ms)),
            wire_bytes: 1_000 + AROUND_RTP_BYTES,
            head: [0x80, payload_type, high, low, 0, 0, 0, 0, 0, 0, 0, payload_type],
        }
    }

    fn case() -> Case {
        let mut case = cases().unwrap().remove(0);
        case.forward = PathConfig {
            rate: Rate::Schedule([(Duration::ZERO, 800_000), (Duration::from_secs(12), 400_000)].into()),
            ..case.forward
        };
        case.length = Duration::from_secs(20);
        case.most_bps = 600_000.0;
        case
    }

    #[test]
    fn time_begins_with_the_first_packet_and_the_source_bounds_what_the_link_bears() {
        let stun = Passage {
            head: [0; 12],
            ..packet(0, Some(50), 0, 0)
        };
        // 400 kbit/s of RTP for 20 s.
        let media = (0..1_000).map(|number| packet(2_000 + 20 * u64::from(number), Some(60), MEDIA, number));
        let passages: Vec<_> = [stun].into_iter().chain(media).collect();
        let outcome = watched(&case(), &passages, &[REPAIR]).unwrap();
        // From 5 to 10 s of 600 kbit/s, then 10 s of 400.
        let expected = 15.0 * 400.0 / (5.0 * 600.0 + 10.0 * 400.0);
        assert!((outcome.goodput() - expected).abs() < 0.01, "{}", outcome.goodput());
        assert_eq!(outcome.wait_ms(0.5).map(f64::round), Some(10.0));
        // With headers it is more than 400 kbit/s, up to the last half second.
        assert!((9.5..=10.0).contains(&outcome.reaction_s().unwrap()));
        assert_eq!(watched(&case(), &passages[..1], &[REPAIR]).map(|_| ()), None);
    }

    #[test]
    fn repairs_count_as_far_as_something_was_lost() {
        let number = |number: u16| 6_000 + 20 * u64::from(number);
        let media = (0..100).map(|at| packet(number(at), (at % 10 != 0).then_some(50), MEDIA, at));
        // Twice as many as needed.
        let repairs = (0..20).map(|at| packet(number(100 + at), Some(50), REPAIR, at));
        let passages: Vec<_> = media.chain(repairs).collect();
        let goodput = |passages: &[Passage], repairs: &[u8]| {
            let mut case = case();
            case.forward.rate = Rate::Constant(600_000);
            case.length = Duration::from_secs(20);
            let shifted: Vec<_> = [packet(0, Some(50), MEDIA, 60_000)]
                .into_iter()
                .chain(passages.iter().copied())
                .collect();
            watched(&case, &shifted, repairs).unwrap().goodput() * 15.0 * 600.0 / 8.0
        };
        assert_eq!(goodput(&passages, &[REPAIR]).round(), 100.0);
        assert_eq!(goodput(&passages[..100], &[REPAIR]).round(), 90.0);
        assert_eq!(goodput(&passages, &[]).round(), 110.0);
    }
}
