//! The pictures since the last key frame, kept while a call connects, so that the first picture is on its way the
//! moment the path opens instead of a camera frame and an encoding later.

use super::AccessUnit;

/// Kept at most: two seconds at 15 frames a second.
const MAX_UNITS: usize = 30;
/// Kept at most, in bytes: what 1.5 Mbit/s makes in two seconds.
const MAX_BYTES: usize = 375_000;

/// A bounded group of pictures that starts with a key frame, or is empty.
#[derive(Debug, Default)]
pub struct GroupOfPictures {
    units: Vec<AccessUnit>,
    bytes: usize,
}

impl GroupOfPictures {
    /// Adds a picture. A key frame starts anew; what would not fit empties the group, because its rest would not decode.
    pub fn push(&mut self, unit: AccessUnit) {
        if unit.is_key_frame {
            self.clear();
        } else if self.units.is_empty() {
            return;
        }
        self.bytes += unit.annex_b.len();
        self.units.push(unit);
        if self.units.len() > MAX_UNITS || self.bytes > MAX_BYTES {
            self.clear();
        }
    }

    /// Takes all pictures out, oldest first.
    pub fn take(&mut self) -> Vec<AccessUnit> {
        self.bytes = 0;
        std::mem::take(&mut self.units)
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.units.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn unit(capture_time_us: u64, is_key_frame: bool, bytes: usize) -> AccessUnit {
        AccessUnit {
            annex_b: Bytes::from(vec![0; bytes]),
            capture_time_us,
            is_key_frame,
        }
    }

    #[test]
    fn starts_at_the_newest_key_frame() {
        let mut group = GroupOfPictures::default();
        group.push(unit(0, false, 10));
        group.push(unit(1, true, 10));
        group.push(unit(2, false, 10));
        group.push(unit(3, true, 10));
        group.push(unit(4, false, 10));
        let times: Vec<u64> = group.take().iter().map(|unit| unit.capture_time_us).collect();
        assert_eq!(times, [3, 4]);
        assert!(group.take().is_empty());
    }

    #[test]
    fn what_does_not_fit_is_dropped_whole() {
        let mut group = GroupOfPictures::default();
        group.push(unit(0, true, 100));
        group.push(unit(1, false, MAX_BYTES));
        assert!(group.take().is_empty());
        for index in 0..=MAX_UNITS as u64 {
            group.push(unit(index, index == 0, 1));
        }
        assert!(group.take().is_empty());
    }
}
