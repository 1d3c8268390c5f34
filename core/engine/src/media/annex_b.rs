//! Looking into an Annex B byte stream (ITU-T H.264 Annex B), without decoding it.

/// NAL unit type of a slice of a key frame (H.264 table 7-1).
const IDR_SLICE: u8 = 5;

/// Whether an access unit holds a slice of an IDR picture. Any bytes are accepted.
pub fn has_key_frame(annex_b: &[u8]) -> bool {
    nal_types(annex_b).any(|kind| kind == IDR_SLICE)
}

/// Whether any NAL unit starts in these bytes.
pub fn has_nal_unit(annex_b: &[u8]) -> bool {
    nal_types(annex_b).next().is_some()
}

fn nal_types(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    bytes
        .windows(4)
        .filter(|window| window[..3] == [0, 0, 1])
        .map(|window| window[3] & 0x1F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_an_idr_behind_parameter_sets() {
        let unit = [0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 1, 0x65, 3];
        assert!(has_key_frame(&unit));
        assert!(!has_key_frame(&[0, 0, 0, 1, 0x41, 9, 9]));
        assert!(!has_nal_unit(&[]));
        assert!(!has_nal_unit(&[0, 0, 1]));
    }
}
