//! AR frames in the form in which they cross the boundary (`assist_engine::annotations`), as a shell writes them.

use assist_engine::annotations::ArFrame;
use assist_scene::Pose;
use assist_scene::Tracking;
use assist_scene::anchor::AnchorTracking;

const UNCHANGED: u32 = u32::MAX;

pub(crate) fn to_flat(frame: &ArFrame) -> Vec<u8> {
    let mut flat = Flat(b"ARF1".to_vec());
    flat.word(match frame.tracking {
        Tracking::Tracked => 0,
        Tracking::Limited => 1,
        Tracking::Lost => 2,
    });
    flat.0.extend(frame.capture_time_us.to_le_bytes());
    flat.pose(&frame.camera.pose);
    let lens = &frame.camera.intrinsics;
    flat.floats(&[
        lens.focal_x_px,
        lens.focal_y_px,
        lens.principal_x_px,
        lens.principal_y_px,
    ]);
    flat.words(&[lens.width_px, lens.height_px]);
    let (width, height) = frame.depth.as_ref().map_or((0, 0), |depth| (depth.width, depth.height));
    let count = |length: Option<usize>| {
        length
            .and_then(|length| u32::try_from(length).ok())
            .unwrap_or(UNCHANGED)
    };
    let planes = count(frame.planes.as_ref().map(|planes| planes.len()));
    let anchors = count(frame.anchors.as_ref().map(Vec::len));
    let mesh = frame.mesh.as_ref();
    let corners = count(mesh.map(|mesh| mesh.corners_m.len()));
    let triangles = mesh.map_or(0, |mesh| mesh.triangles.len()) as u32;
    let points = count(frame.feature_points_m.as_ref().map(Vec::len));
    flat.words(&[width, height, 0, planes, anchors, corners, triangles, points]);
    if let Some(depth) = &frame.depth {
        flat.floats(&depth.depths_m);
    }
    for plane in frame.planes.iter().flat_map(|planes| planes.iter()) {
        flat.pose(&plane.pose);
        flat.word(count(Some(plane.polygon_m.len())));
        plane
            .polygon_m
            .iter()
            .for_each(|corner| flat.floats(&corner.to_array()));
    }
    for anchor in frame.anchors.iter().flatten() {
        let tracking = match anchor.tracking {
            AnchorTracking::Tracked => 0,
            AnchorTracking::Limited => 1,
            AnchorTracking::Lost => 2,
        };
        flat.words(&[anchor.id.0, tracking]);
        flat.pose(&anchor.pose);
    }
    if let Some(mesh) = mesh {
        mesh.corners_m.iter().for_each(|corner| flat.floats(&corner.to_array()));
        mesh.triangles.iter().for_each(|corners| flat.words(corners));
    }
    let points = frame.feature_points_m.iter().flatten();
    points.for_each(|point| flat.floats(&point.to_array()));
    flat.0
}

struct Flat(Vec<u8>);

impl Flat {
    fn word(&mut self, word: u32) {
        self.0.extend(word.to_le_bytes());
    }

    fn words(&mut self, words: &[u32]) {
        words.iter().for_each(|word| self.word(*word));
    }

    fn floats(&mut self, floats: &[f32]) {
        self.0.extend(floats.iter().flat_map(|float| float.to_le_bytes()));
    }

    fn pose(&mut self, pose: &Pose) {
        self.floats(&pose.position_m.to_array());
        self.floats(&pose.orientation.to_array());
    }
}

/// A grey picture likewise.
pub(crate) fn grey_to_flat(capture_time_us: u64, width_px: u32, height_px: u32, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = b"GRY1".to_vec();
    bytes.extend(capture_time_us.to_le_bytes());
    bytes.extend(width_px.to_le_bytes());
    bytes.extend(height_px.to_le_bytes());
    bytes.extend(pixels);
    bytes
}
