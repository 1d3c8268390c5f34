//! Markup in a still: colour where the line is, an outline around it, and the picture everywhere else.
#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

mod overlay_support;

use assist_scene::burn_in::{BurnInError, burn_in};
use assist_scene::overlay::{
    Colour, MarkStyle, OcclusionConfig, OcclusionMap, OverlayScene, Projector, ProjectorConfig, Viewport,
};
use assist_scene::{AnchorId, AnchorSet, AnchorTracking, Pose, ShapeKind};
use glam::Vec3;
use overlay_support::*;
use proptest::prelude::*;

const GREY: [u8; 4] = [128, 128, 128, 255];
const YELLOW: MarkStyle = MarkStyle {
    colour: Colour::opaque(255, 220, 0),
    width: 0.01,
};

struct Still {
    rgba: Vec<u8>,
    width_px: u32,
}

impl Still {
    fn new(width_px: u32, height_px: u32, overlay: &[u8]) -> Self {
        let mut rgba = GREY.repeat((width_px * height_px) as usize);
        burn_in(&mut rgba, width_px, height_px, overlay).unwrap();
        Self { rgba, width_px }
    }

    fn at(&self, x: f32, y: f32) -> [u8; 4] {
        let start = (y as usize * self.width_px as usize + x as usize) * 4;
        self.rgba[start..start + 4].try_into().unwrap()
    }

    fn pixels(&self) -> impl Iterator<Item = ((f32, f32), [u8; 4])> + '_ {
        let width = self.width_px as usize;
        self.rgba
            .as_chunks::<4>()
            .0
            .iter()
            .enumerate()
            .map(move |(n, pixel)| (((n % width) as f32 + 0.5, (n / width) as f32 + 0.5), *pixel))
    }
}

fn overlay(marks: &[(ShapeKind, MarkStyle, Vec<Vec3>)]) -> Vec<u8> {
    let mut scene = OverlayScene::new();
    for (id, (kind, style, points_m)) in marks.iter().enumerate() {
        scene.set(id as u64, AnchorId::WORLD, *kind, *style, points_m).unwrap();
    }
    let mut projector = Projector::default();
    projector
        .project(&scene, &camera_at_origin(), &viewport(), None)
        .unwrap()
        .as_bytes()
        .to_vec()
}

/// From (161, 363) to (1111, 363) in a picture of 1280x720.
fn level_line() -> Vec<Vec3> {
    vec![Vec3::new(-0.5, 0.0, -1.0), Vec3::new(0.5, 0.0, -1.0)]
}

#[test]
fn a_line_has_its_colour_an_outline_and_nothing_beyond() {
    let bytes = overlay(&[(ShapeKind::Ink, YELLOW, level_line())]);
    let still = Still::new(1280, 720, &bytes);
    assert_eq!(still.at(640.0, 363.0), [255, 220, 0, 255]);
    // 12.8 pixels of line, and 3.8 of outline on either side: four fifths black.
    let outline = still.at(640.0, 363.0 + 8.5);
    assert!(outline[0] < 40 && outline[3] == 255, "{outline:?}");
    for ((x, y), pixel) in still.pixels() {
        let is_near = (150.0..1122.0).contains(&x) && (y - 363.0).abs() < 12.0;
        assert!(is_near || pixel == GREY, "{pixel:?} at {x}, {y}");
    }
    // Round ends.
    assert_eq!(still.at(161.0 - 5.0, 363.0), [255, 220, 0, 255]);
    assert_ne!(still.at(161.0 - 5.5, 363.0 - 5.5), [255, 220, 0, 255]);
}

#[test]
fn a_dark_line_is_outlined_in_white_and_so_seen_on_black() {
    let black = MarkStyle {
        colour: Colour::opaque(0, 0, 0),
        ..YELLOW
    };
    let still = Still::new(1280, 720, &overlay(&[(ShapeKind::Ink, black, level_line())]));
    assert_eq!(still.at(640.0, 363.0), [0, 0, 0, 255]);
    assert!(still.at(640.0, 363.0 + 8.5)[0] > 220);
}

#[test]
fn a_still_of_any_resolution_shows_the_same() {
    let wave = (0..200)
        .map(|n| Vec3::new(n as f32 * 0.005 - 0.5, 0.2 * (n as f32 * 0.1).sin(), -1.0))
        .collect();
    let arrow = vec![Vec3::new(0.3, 0.3, -1.0), Vec3::new(-0.2, 0.1, -1.0)];
    let bytes = overlay(&[(ShapeKind::Ink, YELLOW, wave), (ShapeKind::Arrow, RED, arrow)]);
    let share = |still: &Still, wanted: [u8; 3]| {
        let pixels = still.pixels().filter(|(_, pixel)| pixel[..3] == wanted).count();
        pixels as f32 / (still.rgba.len() / 4) as f32
    };
    let stills = [(1280, 720), (2560, 1440), (4032, 2268)].map(|(width, height)| Still::new(width, height, &bytes));
    for still in &stills {
        let scale = still.width_px as f32 / 1280.0;
        assert_eq!(still.at((636.0 + 285.0) * scale, 3.0), GREY);
        // The arrow's head is filled.
        assert_eq!(
            still.at((636.0 - 178.0) * scale, (363.0 - 99.5) * scale),
            [220, 40, 30, 255]
        );
        for wanted in [[255, 220, 0], [220, 40, 30]] {
            let (share, first) = (share(still, wanted), share(&stills[0], wanted));
            assert!(
                share > 0.001 && (share / first - 1.0).abs() < 0.15,
                "{share} of the picture, not {first}"
            );
        }
    }
}

#[test]
fn what_is_behind_something_is_weaker_and_dashed() {
    let mut depth = OcclusionMap::new(OcclusionConfig::default());
    // The right half is behind a wall.
    let depth_m: Vec<_> = (0..160 * 90).map(|n| if n % 160 < 80 { 3.0 } else { 0.5 }).collect();
    depth.update(&camera_at_origin(), 160, 90, &depth_m).unwrap();
    let mut scene = OverlayScene::new();
    scene
        .set(0, AnchorId::WORLD, ShapeKind::Ink, YELLOW, &level_line())
        .unwrap();
    let mut projector = Projector::new(ProjectorConfig::default());
    let frame = projector
        .project(&scene, &camera_at_origin(), &viewport(), Some(&depth))
        .unwrap();
    let still = Still::new(1280, 720, frame.as_bytes());
    let strength = |x: f32| f32::from(still.at(x, 363.0)[0]) - f32::from(still.at(x, 363.0)[2]);
    assert!((200..600).all(|x| strength(x as f32) == 255.0));
    let right: Vec<_> = (680..1080).map(|x| strength(x as f32)).collect();
    let strongest = right.iter().copied().fold(0.0, f32::max);
    assert!(strongest > 60.0 && strongest < 0.6 * 255.0, "{strongest}");
    let gaps = right
        .windows(2)
        .filter(|pair| pair[0] > 20.0 && pair[1] <= 20.0)
        .count();
    assert!(
        (4..8).contains(&gaps),
        "{gaps} gaps in 400 pixels of dashes that repeat every 70"
    );
}

#[test]
fn a_stale_mark_is_weaker_too() {
    let anchor = AnchorId(1);
    let mut anchors = AnchorSet::default();
    anchors.update(anchor, Pose::IDENTITY, AnchorTracking::Limited).unwrap();
    let mut scene = OverlayScene::new();
    scene.set(0, anchor, ShapeKind::Ink, YELLOW, &[Vec3::NEG_Z]).unwrap();
    scene.follow(&anchors);
    let mut projector = Projector::default();
    let frame = projector
        .project(&scene, &camera_at_origin(), &viewport(), None)
        .unwrap();
    let [red, _, blue, alpha] = Still::new(1280, 720, frame.as_bytes()).at(636.0, 363.0);
    assert!(red < 200 && blue > 20 && red > blue && alpha == 255);
}

#[test]
fn the_later_mark_lies_above_and_drawing_is_the_same_every_time() {
    let upright = vec![Vec3::new(0.0, -0.3, -1.0), Vec3::new(0.0, 0.3, -1.0)];
    let bytes = overlay(&[(ShapeKind::Ink, YELLOW, level_line()), (ShapeKind::Ink, RED, upright)]);
    let still = Still::new(1280, 720, &bytes);
    assert_eq!(still.at(636.0, 363.0), [220, 40, 30, 255]);
    assert_eq!(still.rgba, Still::new(1280, 720, &bytes).rgba);
}

#[test]
fn what_does_not_fit_is_refused_and_the_picture_left_alone() {
    let bytes = overlay(&[(ShapeKind::Ink, YELLOW, level_line())]);
    let mut rgba = vec![7; 1280 * 720 * 4];
    assert_eq!(burn_in(&mut rgba, 1280, 721, &bytes), Err(BurnInError::BufferSize));
    assert_eq!(burn_in(&mut rgba, 0, 720, &bytes), Err(BurnInError::PictureSize));
    assert_eq!(
        burn_in(&mut rgba, u32::MAX, u32::MAX, &bytes),
        Err(BurnInError::PictureSize)
    );
    assert_eq!(burn_in(&mut rgba, 100_000, 1, &bytes), Err(BurnInError::PictureSize));
    assert_eq!(burn_in(&mut rgba, 720, 1280, &bytes), Err(BurnInError::Proportions));
    assert!(matches!(
        burn_in(&mut rgba, 1280, 720, &bytes[1..]),
        Err(BurnInError::Frame(_))
    ));
    assert!(rgba.iter().all(|byte| *byte == 7));
    let small = Viewport::whole(640.0, 360.0);
    let mut projector = Projector::default();
    let frame = projector
        .project(&OverlayScene::new(), &camera_at_origin(), &small, None)
        .unwrap();
    assert_eq!(burn_in(&mut rgba, 1280, 720, frame.as_bytes()), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn changed_bytes_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let arrow = vec![Vec3::new(0.3, 0.3, -1.0), Vec3::new(-0.2, 0.1, -1.0)];
        let mut bytes = overlay(&[(ShapeKind::Ink, YELLOW, level_line()), (ShapeKind::Arrow, RED, arrow)]);
        for (index, value) in changes {
            let index = index.index(bytes.len());
            bytes[index] = value;
        }
        let mut rgba = GREY.repeat(128 * 72);
        let _ = burn_in(&mut rgba, 128, 72, &bytes);
        prop_assert!(rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255));
    }
}
