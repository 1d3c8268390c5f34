//! AR frames and strokes as bytes: how they cross the language boundary, one call a frame.
//!
//! Everything is little-endian, one after the other, without gaps. A frame:
//!
//! | bytes | |
//! | --- | --- |
//! | `u32` | `0x31465241`, the letters `ARF1` |
//! | `u32` | tracking: 0 tracked, 1 limited, 2 lost |
//! | `u64` | capture time, µs |
//! | 3 × `f32` | position of the camera in the world, m |
//! | 4 × `f32` | its turn: a unit quaternion x, y, z, w, camera-to-world |
//! | 4 × `f32` | focal lengths x, y and principal point x, y, in pixels |
//! | 2 × `u32` | width and height of the picture in pixels |
//! | 2 × `u32` | width and height of the depth picture in samples; 0 and 0 without one |
//! | `u32` | 1 if the depth picture has confidence |
//! | `u32` | planes; 0xFFFFFFFF if they are as before |
//! | `u32` | anchors; 0xFFFFFFFF if they are as before |
//! | 2 × `u32` | corners and triangles of the mesh; corners are 0xFFFFFFFF if it is as before |
//! | `u32` | feature points; 0xFFFFFFFF if they are as before |
//! | `f32` × samples | depth: metres along the optical axis, row by row |
//! | `u8` × samples | confidence, if there is |
//! | each plane | position and turn as above, `u32` corners, then x and z of each corner as `f32`, m |
//! | each anchor | `u32` id, `u32` tracking: 0 tracked, 1 limited, 2 lost, position and turn as above |
//! | each corner | 3 × `f32`: in the world, m |
//! | each triangle | 3 × `u32`: its corners, the first being 0 |
//! | each feature point | 3 × `f32`: in the world, m |
//!
//! A grey picture, for a platform that knows no space: `u32` `0x31595247`, the letters `GRY1`; `u64` capture time in µs; `u32` width
//! and `u32` height in pixels; then a byte of brightness for each pixel, row by row.
//!
//! A point of a stroke: `u64` capture time in µs, then x and y as `f32`, in picture widths and heights.

use std::sync::Arc;

use assist_scene::anchor::{AnchorId, AnchorTracking};
use assist_scene::{Camera, DepthMap, GreyPicture, Intrinsics, PicturePoint, Plane, Pose, Surroundings, Tracking};
use glam::{Quat, Vec2, Vec3};

use super::ar_frame::{ArAnchor, ArDepth, ArFrame, ArMesh};
use super::board::DrawnPoint;

const MAGIC: u32 = u32::from_le_bytes(*b"ARF1");
const GREY_MAGIC: u32 = u32::from_le_bytes(*b"GRY1");
const UNCHANGED: u32 = u32::MAX;
const POINT_BYTES: usize = 16;

/// The bytes are no frame, no picture, or no points. Nothing of them was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "these bytes are not in the form of an AR frame, of a grey picture or of a stroke's points; nothing of them was used"
)]
pub struct NotFlat;

impl ArFrame {
    /// Reads the form that the [module](self) describes. Whether its values make sense is seen when it is pushed.
    ///
    /// # Errors
    /// [`NotFlat`].
    pub fn from_flat(bytes: &[u8]) -> Result<Self, NotFlat> {
        let mut reader = Reader(bytes);
        let frame = reader.frame().ok_or(NotFlat)?;
        reader.0.is_empty().then_some(frame).ok_or(NotFlat)
    }
}

/// Reads a grey picture, and when it was captured.
///
/// # Errors
/// [`NotFlat`].
pub fn grey_from_flat(bytes: &[u8]) -> Result<(u64, GreyPicture<'_>), NotFlat> {
    let mut reader = Reader(bytes);
    let mut grey = || {
        let is_grey = reader.u32()? == GREY_MAGIC;
        let capture_time_us = reader.u64()?;
        let (width, height) = (reader.u32()? as usize, reader.u32()? as usize);
        let is_whole = width.checked_mul(height) == Some(reader.0.len());
        let picture = GreyPicture::new(reader.0, width, height, width).ok()?;
        (is_grey && is_whole).then_some((capture_time_us, picture))
    };
    grey().ok_or(NotFlat)
}

/// Reads points of a stroke.
///
/// # Errors
/// [`NotFlat`].
pub fn points_from_flat(bytes: &[u8]) -> Result<Vec<DrawnPoint>, NotFlat> {
    let (points, rest) = bytes.as_chunks::<POINT_BYTES>();
    if !rest.is_empty() {
        return Err(NotFlat);
    }
    let point = |bytes: &[u8; POINT_BYTES]| {
        let mut reader = Reader(bytes);
        Some(DrawnPoint {
            capture_time_us: reader.u64()?,
            point: PicturePoint::new(reader.f32()?, reader.f32()?),
        })
    };
    points.iter().map(point).collect::<Option<_>>().ok_or(NotFlat)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn f32(&mut self) -> Option<f32> {
        self.array().map(f32::from_le_bytes)
    }

    fn f32s<const N: usize>(&mut self) -> Option<[f32; N]> {
        let mut values = [0.0; N];
        for value in &mut values {
            *value = self.f32()?;
        }
        Some(values)
    }

    fn pose(&mut self) -> Option<Pose> {
        Some(Pose {
            position_m: Vec3::from_array(self.f32s()?),
            orientation: Quat::from_array(self.f32s()?),
        })
    }

    fn frame(&mut self) -> Option<ArFrame> {
        if self.u32()? != MAGIC {
            return None;
        }
        let tracking = match self.u32()? {
            0 => Tracking::Tracked,
            1 => Tracking::Limited,
            2 => Tracking::Lost,
            _ => return None,
        };
        let capture_time_us = self.u64()?;
        let pose = self.pose()?;
        let [focal_x_px, focal_y_px, principal_x_px, principal_y_px] = self.f32s()?;
        let intrinsics = Intrinsics {
            focal_x_px,
            focal_y_px,
            principal_x_px,
            principal_y_px,
            width_px: self.u32()?,
            height_px: self.u32()?,
        };
        let mut frame = ArFrame::new(capture_time_us, Camera { pose, intrinsics }, tracking);
        let (width, height, has_confidence) = (self.u32()?, self.u32()?, self.u32()?);
        let (planes, anchors) = (self.u32()?, self.u32()?);
        let (corners, triangles, points) = (self.u32()?, self.u32()?, self.u32()?);
        frame.depth = self.depth(width, height, has_confidence == 1)?;
        if planes != UNCHANGED {
            frame.planes = Some(self.planes(planes)?);
        }
        if anchors != UNCHANGED {
            frame.anchors = Some(self.anchors(anchors)?);
        }
        if corners != UNCHANGED {
            frame.mesh = Some(ArMesh {
                corners_m: self.list(corners, |reader| reader.f32s().map(Vec3::from_array))?,
                triangles: self.list(triangles, |reader| Some([reader.u32()?, reader.u32()?, reader.u32()?]))?,
            });
        }
        if points != UNCHANGED {
            frame.feature_points_m = Some(self.list(points, |reader| reader.f32s().map(Vec3::from_array))?);
        }
        Some(frame)
    }

    /// So many things of twelve bytes each.
    fn list<T>(&mut self, count: u32, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = (count as usize).checked_mul(12)?;
        let mut list = Reader(self.take(length)?);
        (0..count).map(|_| read(&mut list)).collect()
    }

    /// None: the bytes are too few. Some(None): there is no depth.
    fn depth(&mut self, width: u32, height: u32, has_confidence: bool) -> Option<Option<ArDepth>> {
        if (width, height) == (0, 0) {
            return Some(None);
        }
        if width as usize > DepthMap::MAX_SIDE || height as usize > DepthMap::MAX_SIDE {
            return None;
        }
        let samples = width as usize * height as usize;
        let (depths, _) = self.take(4 * samples)?.as_chunks::<4>();
        let confidence = if has_confidence {
            Some(self.take(samples)?.to_vec())
        } else {
            None
        };
        Some(Some(ArDepth {
            width,
            height,
            depths_m: depths.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
            confidence,
        }))
    }

    fn planes(&mut self, count: u32) -> Option<Arc<[Plane]>> {
        if count as usize > Surroundings::MAX_PLANES {
            return None;
        }
        (0..count).map(|_| self.plane()).collect()
    }

    fn plane(&mut self) -> Option<Plane> {
        let pose = self.pose()?;
        let corners = self.u32()?;
        if corners as usize > Surroundings::MAX_CORNERS {
            return None;
        }
        let polygon_m = (0..corners)
            .map(|_| self.f32s().map(Vec2::from_array))
            .collect::<Option<_>>()?;
        Some(Plane { pose, polygon_m })
    }

    fn anchors(&mut self, count: u32) -> Option<Vec<ArAnchor>> {
        if count as usize > assist_scene::anchor::MAX_ANCHORS {
            return None;
        }
        (0..count).map(|_| self.anchor()).collect()
    }

    fn anchor(&mut self) -> Option<ArAnchor> {
        let id = AnchorId(self.u32()?);
        let tracking = match self.u32()? {
            0 => AnchorTracking::Tracked,
            1 => AnchorTracking::Limited,
            2 => AnchorTracking::Lost,
            _ => return None,
        };
        Some(ArAnchor {
            id,
            pose: self.pose()?,
            tracking,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(depth: (u32, u32, u32), planes: u32, anchors: u32, rest: &[u8]) -> Vec<u8> {
        let mut bytes = b"ARF1".to_vec();
        bytes.extend(1_u32.to_le_bytes());
        bytes.extend(77_u64.to_le_bytes());
        for value in [1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 1.0, 900.0, 901.0, 640.0, 360.0_f32] {
            bytes.extend(value.to_le_bytes());
        }
        let more = [UNCHANGED, 0, UNCHANGED];
        for value in [1_280, 720, depth.0, depth.1, depth.2, planes, anchors]
            .into_iter()
            .chain(more)
        {
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend(rest);
        bytes
    }

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let mut rest = Vec::new();
        for depth in [1.0, 2.0_f32] {
            rest.extend(depth.to_le_bytes());
        }
        rest.extend([9, 8]);
        let pose: Vec<u8> = [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0_f32]
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        rest.extend(&pose);
        rest.extend(1_u32.to_le_bytes());
        for value in [0.25, 0.75_f32] {
            rest.extend(value.to_le_bytes());
        }
        rest.extend(3_u32.to_le_bytes());
        rest.extend(2_u32.to_le_bytes());
        rest.extend(&pose);
        let frame = ArFrame::from_flat(&bytes((2, 1, 1), 1, 1, &rest)).unwrap();
        assert_eq!((frame.capture_time_us, frame.tracking), (77, Tracking::Limited));
        assert_eq!(frame.camera.pose.position_m, Vec3::new(1.0, 2.0, 3.0));
        assert_eq!(frame.camera.intrinsics.focal_y_px, 901.0);
        let depth = frame.depth.unwrap();
        assert_eq!((depth.depths_m, depth.confidence), (vec![1.0, 2.0], Some(vec![9, 8])));
        assert_eq!(frame.planes.unwrap()[0].polygon_m, [Vec2::new(0.25, 0.75)]);
        let anchor = frame.anchors.unwrap()[0];
        assert_eq!((anchor.id, anchor.tracking), (AnchorId(3), AnchorTracking::Lost));
    }

    #[test]
    fn mesh_and_feature_points_come_last() {
        let mut frame = bytes((0, 0, 0), UNCHANGED, UNCHANGED, &[]);
        let counts = frame.len() - 12;
        frame.truncate(counts);
        for count in [3_u32, 1, 2] {
            frame.extend(count.to_le_bytes());
        }
        let places = [[0.0, 0.0, -1.0], [1.0, 0.0, -1.0], [0.0, 1.0, -1.0_f32]];
        frame.extend(places.iter().flatten().flat_map(|part| part.to_le_bytes()));
        frame.extend([0, 1, 2_u32].iter().flat_map(|corner| corner.to_le_bytes()));
        frame.extend(places[..2].iter().flatten().flat_map(|part| part.to_le_bytes()));
        let read = ArFrame::from_flat(&frame).unwrap();
        let places = places.map(Vec3::from_array);
        let mesh = read.mesh.unwrap();
        assert_eq!(
            (mesh.corners_m.as_slice(), mesh.triangles.as_slice()),
            (&places[..], &[[0, 1, 2]][..])
        );
        assert_eq!(read.feature_points_m.unwrap(), places[..2]);
        for length in counts..frame.len() {
            assert_eq!(ArFrame::from_flat(&frame[..length]).unwrap_err(), NotFlat);
        }
        // Counts that no memory holds are refused before anything is made for them.
        for at in [counts, counts + 4, counts + 8] {
            let mut many = frame.clone();
            many[at..at + 4].copy_from_slice(&(u32::MAX - 1).to_le_bytes());
            assert_eq!(ArFrame::from_flat(&many).unwrap_err(), NotFlat);
        }
    }

    #[test]
    fn what_is_too_short_too_long_or_too_much_is_no_frame() {
        let whole = bytes((0, 0, 0), UNCHANGED, UNCHANGED, &[]);
        assert!(ArFrame::from_flat(&whole).is_ok());
        for length in 0..whole.len() {
            assert_eq!(ArFrame::from_flat(&whole[..length]).unwrap_err(), NotFlat);
        }
        let wrong = [
            bytes((0, 0, 0), UNCHANGED, UNCHANGED, &[0]),
            bytes((u32::MAX, u32::MAX, 0), UNCHANGED, UNCHANGED, &[]),
            bytes((4, 4, 0), UNCHANGED, UNCHANGED, &[0; 60]),
            bytes((0, 0, 0), u32::MAX - 1, UNCHANGED, &[]),
            bytes((0, 0, 0), UNCHANGED, u32::MAX - 1, &[]),
        ];
        for bytes in wrong {
            assert_eq!(ArFrame::from_flat(&bytes).unwrap_err(), NotFlat);
        }
    }

    #[test]
    fn a_grey_picture_has_a_byte_for_each_pixel() {
        let bytes = |width: u32, height: u32, pixels: usize| {
            let mut bytes = b"GRY1".to_vec();
            bytes.extend(77_u64.to_le_bytes());
            bytes.extend(width.to_le_bytes());
            bytes.extend(height.to_le_bytes());
            bytes.extend(vec![9; pixels]);
            bytes
        };
        let whole = bytes(3, 2, 6);
        let (capture_time_us, picture) = grey_from_flat(&whole).unwrap();
        assert_eq!(capture_time_us, 77);
        assert_eq!((picture.width_px(), picture.height_px()), (3, 2));
        let wrong = [
            bytes(3, 2, 5),
            bytes(3, 2, 7),
            bytes(0, 0, 0),
            bytes(u32::MAX, u32::MAX, 1),
        ];
        for bytes in wrong.iter().map(Vec::as_slice).chain([&whole[..19], &whole[1..], &[]]) {
            assert_eq!(grey_from_flat(bytes).unwrap_err(), NotFlat);
        }
    }

    #[test]
    fn points_are_sixteen_bytes_each() {
        let mut bytes = 5_u64.to_le_bytes().to_vec();
        bytes.extend(0.25_f32.to_le_bytes());
        bytes.extend(0.5_f32.to_le_bytes());
        let point = DrawnPoint {
            capture_time_us: 5,
            point: PicturePoint::new(0.25, 0.5),
        };
        assert_eq!(points_from_flat(&bytes), Ok(vec![point]));
        assert_eq!(points_from_flat(&bytes[1..]), Err(NotFlat));
        assert_eq!(points_from_flat(&[]), Ok(Vec::new()));
    }
}
