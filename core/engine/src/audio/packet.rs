//! What an Opus packet says about itself before it is decoded (RFC 6716, sections 3.1, 3.2 and 4.2.3).

use super::SAMPLE_RATE_HZ;

/// Longest packet taken, in bytes: what fits a datagram.
pub(super) const MAX_PACKET_BYTES: usize = 1_500;

/// Longest packet allowed by the format: 120 ms.
pub(super) const MAX_PACKET_SAMPLES: usize = 5_760;

/// Packets of at most this many bytes carry no sound: silence began (discontinuous transmission).
const MAX_DTX_BYTES: usize = 2;

/// Whether the sender says nothing from here on but comfort noise.
pub(super) fn is_dtx(payload: &[u8]) -> bool {
    payload.len() <= MAX_DTX_BYTES
}

/// Samples of one frame by the packet's first byte.
fn frame_samples(toc: u8) -> usize {
    let rate = SAMPLE_RATE_HZ as usize;
    let size = usize::from(toc >> 3 & 0b11);
    match toc >> 3 {
        0..=11 => [rate / 100, rate / 50, rate / 25, rate * 3 / 50][size],
        12..=15 => [rate / 100, rate / 50][size & 1],
        _ => [rate / 400, rate / 200, rate / 100, rate / 50][size],
    }
}

/// Samples in all frames of a packet; `None` if it cannot be one.
pub(super) fn packet_samples(payload: &[u8]) -> Option<usize> {
    let toc = *payload.first()?;
    let frames = match toc & 0b11 {
        0 => 1,
        1 | 2 => 2,
        _ => usize::from(*payload.get(1)? & 0b11_1111),
    };
    let samples = frame_samples(toc) * frames;
    (1..=MAX_PACKET_SAMPLES).contains(&samples).then_some(samples)
}

/// Whether a packet of one 10 or 20 ms frame repeats the frame before it (in-band FEC).
pub(super) fn has_fec(payload: &[u8]) -> bool {
    let [toc, first, ..] = *payload else { return false };
    let is_celt = toc >> 3 >= 16;
    // The first bits are one voice flag for each 20 ms, then the flag of the redundant copy.
    let single = toc & 0b11 == 0 && frame_samples(toc) * 50 <= SAMPLE_RATE_HZ as usize;
    !is_celt && single && first & 0b0100_0000 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_follow_the_table_of_the_standard() {
        let packet = |config: u8, code: u8| packet_samples(&[config << 3 | code, 3]);
        assert_eq!(packet(0, 0), Some(480));
        assert_eq!(packet(9, 0), Some(960));
        assert_eq!(packet(11, 0), Some(2_880));
        assert_eq!(packet(15, 0), Some(960));
        assert_eq!(packet(16, 1), Some(240));
        assert_eq!(packet(31, 2), Some(1_920));
        assert_eq!(packet(31, 3), Some(2_880));
        assert_eq!(packet(11, 3), None, "180 ms are too long");
        assert_eq!(packet_samples(&[]), None);
        assert_eq!(packet_samples(&[3]), None);
        assert_eq!(packet_samples(&[3, 0]), None);
    }

    #[test]
    fn fec_is_never_seen_in_celt_or_empty_packets() {
        for payload in [&[][..], &[0x78], &[0xff, 0xff, 0xff]] {
            assert!(!has_fec(payload));
        }
        assert!(has_fec(&[9 << 3, 0b0100_0000]));
        assert!(!has_fec(&[9 << 3, 0b1011_1111]));
    }
}
