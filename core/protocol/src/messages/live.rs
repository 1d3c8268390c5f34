//! What travels on the channel `live`: bytes that nobody repeats. What comes later says it anew.
//!
//! All numbers are little-endian. Every message begins with 11 bytes: version (upper half) and kind (lower half) in one
//! byte, the lowest 8 bits of the sender's share, how many entries follow, and 8 bytes of capture time in µs.
//!
//! | kind | entry |
//! | --- | --- |
//! | 0, poses | `u24`: µs after the first; 3 × `i32`: position in 0.1 mm, at most 200 km; 3 × `i16` and `u8`: turn |
//! | 1, motions | `u32`: revision of the mark's place; `u8`: 0 affine, 1 homography; `u8`: confidence; 6 or 8 × `f32` |
//!
//! A turn is a unit quaternion without its largest part, which is made positive; the others lie within ±1/√2, which is
//! ±32,767 on the wire. The byte after it says which of x, y, z, w is left out (bits 0–1), and how far the pose is to be
//! believed (bits 2–3: 0 tracked, 1 limited, 2 lost). Positions are right to 0.05 mm (and to what an `f32` holds), turns to 0.005°, times exactly.

/// The version this build speaks.
pub const LIVE_VERSION: u8 = 1;

/// Most samples in one message.
pub const MAX_POSE_SAMPLES: usize = 8;

/// Most marks in one message.
pub const MAX_MARK_MOTIONS: usize = 24;

/// Longest message, in bytes: one packet.
pub const MAX_LIVE_BYTES: usize = HEADER_BYTES + MAX_MARK_MOTIONS * (6 + 8 * 4);

const HEADER_BYTES: usize = 11;
const POSES: u8 = 0;
const MOTIONS: u8 = 1;
const AFFINE: u8 = 0;
const HOMOGRAPHY: u8 = 1;
const UNITS_PER_METRE: f64 = 10_000.0;
/// 200 km from the origin: what an `f32` holds there still fits.
const FARTHEST_UNITS: f64 = 2_000_000_000.0;
const LONGEST_BATCH_US: u64 = (1 << 24) - 1;
const PART_SCALE: f64 = 32_767.0 * std::f64::consts::SQRT_2;

/// A message on the channel `live`.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveMessage {
    /// Where a camera was.
    Poses(PoseBatch),
    /// How marks go with the picture.
    Motions(MotionBatch),
}

/// Where a camera was at some moments, 1 to [`MAX_POSE_SAMPLES`].
#[derive(Debug, Clone, PartialEq)]
pub struct PoseBatch {
    /// The lowest 8 bits of the share it belongs to.
    pub share: u8,
    /// By capture time, ascending.
    pub samples: Vec<PoseSample>,
}

/// Where a camera was at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoseSample {
    /// When, in µs of the owner's clock.
    pub capture_us: u64,
    /// Where in the owner's world, in metres.
    pub position_m: [f32; 3],
    /// Camera-to-world: a unit quaternion (x, y, z, w).
    pub orientation: [f32; 4],
    /// How far that is to be believed.
    pub tracking: PoseTracking,
}

/// How far a pose is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PoseTracking {
    /// As good as the platform has it.
    Tracked,
    /// It may drift.
    Limited,
    /// The last that was known.
    Lost,
}

/// How marks go with the picture of one moment, 1 to [`MAX_MARK_MOTIONS`].
#[derive(Debug, Clone, PartialEq)]
pub struct MotionBatch {
    /// The lowest 8 bits of the share it belongs to.
    pub share: u8,
    /// When that picture was captured, in µs of the owner's clock.
    pub capture_us: u64,
    /// The marks.
    pub marks: Vec<MarkMotion>,
}

/// How one mark goes with the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarkMotion {
    /// The mark: the revision under which the owner placed it in the picture.
    pub revision: u32,
    /// From where it was drawn to where it is now, in picture widths and heights.
    pub transform: Transform,
    /// From 0, lost and not to be shown, to 255.
    pub confidence: u8,
}

/// A map of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Transform {
    /// Rows (a, b, c) and (d, e, f): x' = ax + by + c, y' = dx + ey + f.
    Affine([f32; 6]),
    /// The same with a third row (g, h, 1) that divides both.
    Homography([f32; 8]),
}

/// Why something is no message on `live`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// Of another version, or of a kind not known here: to be ignored.
    #[error("a live message of version {version} and kind {kind} is not known here; it was left out")]
    Unknown {
        /// Its version.
        version: u8,
        /// Its kind.
        kind: u8,
    },
    /// Too short, too long, or with values that mean nothing.
    #[error("a live message was not understood; it was left out, the next one says it anew")]
    Malformed,
    /// What was to be sent has no entries or too many, is out of order or out of range, or is no number.
    #[error("this cannot be said in a live message; nothing was sent")]
    Unsayable,
}

impl Transform {
    /// Where a point (in picture widths and heights) goes; none if that is nowhere.
    pub fn apply(&self, [x, y]: [f32; 2]) -> Option<[f32; 2]> {
        let moved = match *self {
            Self::Affine([a, b, c, d, e, f]) => [a * x + b * y + c, d * x + e * y + f],
            Self::Homography([a, b, c, d, e, f, g, h]) => {
                let scale = g * x + h * y + 1.0;
                if scale <= 0.0 {
                    return None;
                }
                [(a * x + b * y + c) / scale, (d * x + e * y + f) / scale]
            }
        };
        moved.iter().all(|value| value.is_finite()).then_some(moved)
    }

    fn values(&self) -> &[f32] {
        match self {
            Self::Affine(values) => values,
            Self::Homography(values) => values,
        }
    }
}

impl LiveMessage {
    /// The message as bytes, added to `bytes`.
    ///
    /// # Errors
    /// [`LiveError::Unsayable`]; `bytes` is as it was.
    pub fn encode(&self, bytes: &mut Vec<u8>) -> Result<(), LiveError> {
        let start = bytes.len();
        let written = match self {
            Self::Poses(batch) => batch.encode(bytes),
            Self::Motions(batch) => batch.encode(bytes),
        };
        if written.is_none() {
            bytes.truncate(start);
            return Err(LiveError::Unsayable);
        }
        Ok(())
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`LiveError::Unknown`] or [`LiveError::Malformed`]; nothing is half read.
    pub fn decode(bytes: &[u8]) -> Result<Self, LiveError> {
        let first = *bytes.first().ok_or(LiveError::Malformed)?;
        let (version, kind) = (first >> 4, first & 15);
        let mut reader = Reader(&bytes[1..]);
        let message = match (version, kind) {
            (LIVE_VERSION, POSES) => PoseBatch::decode(&mut reader).map(Self::Poses),
            (LIVE_VERSION, MOTIONS) => MotionBatch::decode(&mut reader).map(Self::Motions),
            _ => return Err(LiveError::Unknown { version, kind }),
        };
        message.filter(|_| reader.0.is_empty()).ok_or(LiveError::Malformed)
    }
}

fn header(bytes: &mut Vec<u8>, kind: u8, share: u8, count: usize, capture_us: u64) -> Option<()> {
    bytes.extend([LIVE_VERSION << 4 | kind, share, u8::try_from(count).ok()?]);
    bytes.extend(capture_us.to_le_bytes());
    Some(())
}

impl PoseBatch {
    fn encode(&self, bytes: &mut Vec<u8>) -> Option<()> {
        let first = self.samples.first()?;
        if self.samples.len() > MAX_POSE_SAMPLES {
            return None;
        }
        header(bytes, POSES, self.share, self.samples.len(), first.capture_us)?;
        let mut before_us = first.capture_us;
        for sample in &self.samples {
            if sample.capture_us < before_us || sample.capture_us - first.capture_us > LONGEST_BATCH_US {
                return None;
            }
            before_us = sample.capture_us;
            bytes.extend(&(sample.capture_us - first.capture_us).to_le_bytes()[..3]);
            sample.encode(bytes)?;
        }
        Some(())
    }

    fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        let [share, count] = reader.take()?;
        if !(1..=MAX_POSE_SAMPLES).contains(&usize::from(count)) {
            return None;
        }
        let first_us = u64::from_le_bytes(reader.take()?);
        let mut before_us = 0;
        let sample = |_| {
            let [low, middle, high] = reader.take()?;
            let later_us = u64::from(u32::from_le_bytes([low, middle, high, 0]));
            let is_ascending = later_us >= before_us;
            before_us = later_us;
            let sample = PoseSample::decode(first_us.checked_add(later_us)?, reader)?;
            is_ascending.then_some(sample)
        };
        let samples: Option<Vec<_>> = (0..count).map(sample).collect();
        samples
            .filter(|samples| samples.first().is_some_and(|first| first.capture_us == first_us))
            .map(|samples| Self { share, samples })
    }
}

impl PoseSample {
    fn encode(&self, bytes: &mut Vec<u8>) -> Option<()> {
        for metres in self.position_m {
            let units = (f64::from(metres) * UNITS_PER_METRE).round();
            if !(-FARTHEST_UNITS..=FARTHEST_UNITS).contains(&units) {
                return None;
            }
            bytes.extend((units as i32).to_le_bytes());
        }
        let parts = self.orientation.map(f64::from);
        let length = parts.iter().map(|part| part * part).sum::<f64>().sqrt();
        if !(0.99..=1.01).contains(&length) {
            return None;
        }
        let largest = (1..4).fold(0, |largest, part| {
            if parts[part].abs() > parts[largest].abs() {
                part
            } else {
                largest
            }
        });
        let scale = PART_SCALE / length * parts[largest].signum();
        for (_, part) in parts.iter().enumerate().filter(|(part, _)| *part != largest) {
            let units = (part * scale).round().clamp(-32_767.0, 32_767.0);
            bytes.extend((units as i16).to_le_bytes());
        }
        bytes.push(largest as u8 | (self.tracking as u8) << 2);
        Some(())
    }

    fn decode(capture_us: u64, reader: &mut Reader<'_>) -> Option<Self> {
        let mut position_m = [0.0; 3];
        for metres in &mut position_m {
            let units = f64::from(i32::from_le_bytes(reader.take()?));
            if units.abs() > FARTHEST_UNITS {
                return None;
            }
            *metres = (units / UNITS_PER_METRE) as f32;
        }
        let mut small = [0.0; 3];
        for part in &mut small {
            *part = f64::from(i16::from_le_bytes(reader.take()?)) / PART_SCALE;
        }
        let [flags] = reader.take()?;
        let tracking = match flags >> 2 {
            0 => PoseTracking::Tracked,
            1 => PoseTracking::Limited,
            2 => PoseTracking::Lost,
            _ => return None,
        };
        let rest = 1.0 - small.iter().map(|part| part * part).sum::<f64>();
        // The largest of four parts is at least a half, but for rounding.
        if rest < 0.249 {
            return None;
        }
        let mut orientation = [rest.sqrt() as f32; 4];
        let others = (0..4).filter(|part| *part != usize::from(flags & 3));
        for (part, value) in others.zip(small) {
            orientation[part] = value as f32;
        }
        Some(Self {
            capture_us,
            position_m,
            orientation,
            tracking,
        })
    }
}

impl MotionBatch {
    fn encode(&self, bytes: &mut Vec<u8>) -> Option<()> {
        if !(1..=MAX_MARK_MOTIONS).contains(&self.marks.len()) {
            return None;
        }
        header(bytes, MOTIONS, self.share, self.marks.len(), self.capture_us)?;
        for mark in &self.marks {
            let values = mark.transform.values();
            if !values.iter().all(|value| value.is_finite()) {
                return None;
            }
            let kind = match mark.transform {
                Transform::Affine(_) => AFFINE,
                Transform::Homography(_) => HOMOGRAPHY,
            };
            bytes.extend(mark.revision.to_le_bytes());
            bytes.extend([kind, mark.confidence]);
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
        Some(())
    }

    fn decode(reader: &mut Reader<'_>) -> Option<Self> {
        let [share, count] = reader.take()?;
        if !(1..=MAX_MARK_MOTIONS).contains(&usize::from(count)) {
            return None;
        }
        let capture_us = u64::from_le_bytes(reader.take()?);
        let mark = |_| {
            let revision = u32::from_le_bytes(reader.take()?);
            let [kind, confidence] = reader.take()?;
            let transform = match kind {
                AFFINE => Transform::Affine(reader.floats()?),
                HOMOGRAPHY => Transform::Homography(reader.floats()?),
                _ => return None,
            };
            Some(MarkMotion {
                revision,
                transform,
                confidence,
            })
        };
        let marks: Option<Vec<_>> = (0..count).map(mark).collect();
        marks.map(|marks| Self {
            share,
            capture_us,
            marks,
        })
    }
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    /// Numbers, all of them finite.
    fn floats<const N: usize>(&mut self) -> Option<[f32; N]> {
        let mut values = [0.0; N];
        for value in &mut values {
            *value = f32::from_le_bytes(self.take()?);
            if !value.is_finite() {
                return None;
            }
        }
        Some(values)
    }
}
