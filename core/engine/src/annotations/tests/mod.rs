//! A technician before a wall and an expert who draws on what they see of it, without a network between them.

mod freezing;
mod picture;

use assist_protocol::annotations::{MarkId, Placement, Refusal};
use assist_protocol::messages::annotation::{
    Annotation, Colour, Interpretation, PinOutcome, RefusedBecause, Space as SpaceId, Tool,
};
use assist_protocol::messages::channel::Operation;
use assist_protocol::{PersonId, Timestamp};
use assist_scene::overlay::{Polylines, Viewport};
use assist_scene::{AnchorId, AnchorTracking, Camera, Intrinsics, PicturePoint, Plane, Pose, Tracking};
use glam::{Quat, Vec3};

use super::board::{Board, DrawnPoint, Notice, StrokeStyle};
use super::units::to_m;
use super::{ArAnchor, ArDepth, ArFrame, ArFrameError, ArMesh};

/// The wall is the plane z = −2 m.
const WALL_Z_M: f32 = -2.0;
const FRAME_US: u64 = 33_333;
const INK: StrokeStyle = StrokeStyle {
    tool: Tool::Ink,
    colour: Colour::Red,
    width_per_mille: 6,
    interpretation: Interpretation::Automatic,
};

fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

fn technician() -> Board {
    Board::new(person("technician"), person("technician"))
}

fn expert() -> Board {
    Board::new(person("expert"), person("technician"))
}

/// Turned by `yaw` (radians) to the left.
fn camera(yaw: f32) -> Camera {
    Camera {
        pose: Pose {
            position_m: Vec3::ZERO,
            orientation: Quat::from_rotation_y(yaw),
        },
        intrinsics: Intrinsics {
            focal_x_px: 960.0,
            focal_y_px: 960.0,
            principal_x_px: 640.0,
            principal_y_px: 360.0,
            width_px: 1_280,
            height_px: 720,
        },
    }
}

/// Where the camera of `yaw` sees the wall at `point`.
fn on_wall(yaw: f32, point: PicturePoint) -> Vec3 {
    let ray = camera(yaw).ray(point);
    ray.at(WALL_Z_M / ray.direction.z)
}

fn frame(capture_time_us: u64, yaw: f32, tracking: Tracking) -> ArFrame {
    let camera = camera(yaw);
    let (width, height) = (160, 90);
    let depths_m = (0..height * width)
        .map(|index| {
            let (x, y) = (index % width, index / width);
            let point = PicturePoint::new((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / height as f32);
            camera.depth_m(on_wall(yaw, point))
        })
        .collect();
    let mut frame = ArFrame::new(capture_time_us, camera, tracking);
    frame.depth = Some(ArDepth {
        width,
        height,
        depths_m,
        confidence: None,
    });
    frame
}

/// 60° a second, as fast as a hand that looks around.
fn yaw_at(capture_time_us: u64) -> f32 {
    (capture_time_us as f32 / 1e6 - 0.8) * 60_f32.to_radians()
}

fn film(board: &mut Board, until_us: u64, yaw: impl Fn(u64) -> f32) {
    for capture_us in (0..=until_us).step_by(FRAME_US as usize) {
        board
            .observe(frame(capture_us, yaw(capture_us), Tracking::Tracked))
            .unwrap();
    }
}

/// Everything that each has to say reaches the other, until nobody has.
fn talk(one: &mut Board, other: &mut Board) {
    let (first, second) = (one.document().me().clone(), other.document().me().clone());
    loop {
        let heard = deliver(one, &first, other) + deliver(other, &second, one);
        if heard == 0 {
            return;
        }
    }
}

fn deliver(from: &mut Board, name: &PersonId, to: &mut Board) -> usize {
    let mut count = 0;
    while let Some(operation) = from.next_outgoing() {
        let Operation::Annotation(annotation) = operation else {
            continue;
        };
        to.receive(name, &annotation, Timestamp::ZERO);
        count += 1;
    }
    count
}

fn points(capture_time_us: u64, places: &[(f32, f32)]) -> Vec<DrawnPoint> {
    let drawn = |(x, y): &(f32, f32)| DrawnPoint {
        capture_time_us,
        point: PicturePoint::new(*x, *y),
    };
    places.iter().map(drawn).collect()
}

/// The shape of a mark, in the world; the test's anchors are the world's own.
fn shape(board: &Board, author: &str, number: u32) -> Option<Vec<Vec3>> {
    let id = MarkId {
        author: person(author),
        number,
    };
    match board.document().mark(&id)?.placement {
        Placement::Shape { points_um, .. } => Some(points_um.iter().map(|point_um| to_m(*point_um)).collect()),
        Placement::Waiting | Placement::Picture { .. } | Placement::Refused(_) => None,
    }
}

fn lines(board: &mut Board) -> usize {
    let frame = board.overlay(&Viewport::whole(1_280.0, 720.0)).unwrap();
    Polylines::read(frame.as_bytes()).unwrap().count()
}

#[test]
fn a_mark_lands_where_it_was_drawn_though_the_camera_has_moved_on() {
    let (mut technician, mut expert) = (technician(), expert());
    let now_us = 30 * FRAME_US;
    film(&mut technician, now_us, yaw_at);
    // 400 ms each way: the expert sees a frame of then, and what they draw arrives now.
    let seen_us = 18 * FRAME_US;
    assert!(now_us - seen_us >= 400_000 - FRAME_US);
    let place = PicturePoint::new(0.55, 0.45);
    let mark = expert
        .begin(
            INK,
            &points(seen_us, &[(place.x, place.y), (0.56, 0.46), (0.57, 0.47)]),
            Timestamp::ZERO,
        )
        .unwrap();
    expert.finish(mark).unwrap();
    talk(&mut technician, &mut expert);

    let truth = on_wall(yaw_at(seen_us), place);
    let placed = shape(&technician, "expert", mark).expect("it has a place")[0];
    assert!(placed.distance(truth) < 0.01 * truth.length(), "{placed} for {truth}");
    assert_eq!(shape(&expert, "expert", mark).map(|points| points[0]), Some(placed));
    // Lifted through the pose of its arrival it would lie half a metre away.
    let without_the_time = on_wall(yaw_at(now_us), place);
    assert!(without_the_time.distance(truth) > 0.5);
}

#[test]
fn a_touch_on_a_turned_and_cropped_screen_is_a_point_of_the_picture() {
    let mut board = technician();
    film(&mut board, 3 * FRAME_US, |_| 0.0);
    let upright = super::filling_viewport((1_280, 720), 90, 1_080.0, 1_920.0).unwrap();
    let frame = board.overlay(&upright).unwrap();
    let lines = Polylines::read(frame.as_bytes()).unwrap();
    assert_eq!(lines.capture_time_us, 3 * FRAME_US);
    let touched = lines
        .from_picture
        .inverse()
        .transform_point2(glam::Vec2::new(270.0, 480.0));
    // A quarter from the top is a quarter from the picture's left, a quarter from the left a quarter from its bottom.
    assert!(touched.distance(glam::Vec2::new(0.25, 0.75)) < 1e-3, "{touched}");
}

#[test]
fn ink_that_grows_is_told_as_it_grows() {
    let (mut technician, mut expert) = (technician(), expert());
    film(&mut technician, 10 * FRAME_US, |_| 0.0);
    let at = 9 * FRAME_US;
    let mark = expert
        .begin(INK, &points(at, &[(0.3, 0.3), (0.32, 0.3)]), Timestamp::ZERO)
        .unwrap();
    talk(&mut technician, &mut expert);
    assert_eq!(shape(&expert, "expert", mark).map(|points| points.len()), Some(2));
    expert
        .extend(mark, &points(at, &[(0.34, 0.31), (0.36, 0.33)]), Timestamp::ZERO)
        .unwrap();
    expert.finish(mark).unwrap();
    talk(&mut technician, &mut expert);
    assert_eq!(shape(&expert, "expert", mark).map(|points| points.len()), Some(4));
    assert_eq!(lines(&mut technician), 1);
}

#[test]
fn a_guest_sees_a_mark_where_it_is_in_their_own_picture() {
    let (mut technician, mut expert) = (technician(), expert());
    // The lens first: it travels with the first frame.
    technician.observe(frame(0, yaw_at(0), Tracking::Tracked)).unwrap();
    talk(&mut technician, &mut expert);
    for number in 1..=24 {
        let capture_us = number * FRAME_US;
        technician
            .observe(frame(capture_us, yaw_at(capture_us), Tracking::Tracked))
            .unwrap();
        for poses in technician.take_live() {
            expert.receive_live(&person("technician"), &poses);
        }
    }
    let drawn_us = 22 * FRAME_US;
    let mark = expert
        .begin(INK, &points(drawn_us, &[(0.5, 0.5)]), Timestamp::ZERO)
        .unwrap();
    expert.finish(mark).unwrap();
    talk(&mut technician, &mut expert);

    for seen_us in [20 * FRAME_US, drawn_us] {
        let truth = camera(yaw_at(seen_us)).project(on_wall(yaw_at(drawn_us), PicturePoint::CENTRE));
        let truth_px = truth.expect("it is in the picture").to_pixels(1_280, 720);
        let frame = expert.overlay_of(seen_us, &Viewport::whole(1_280.0, 720.0)).unwrap();
        let mut lines = Polylines::read(frame.as_bytes()).unwrap();
        let dot = lines.next().expect("a dot").points().next().expect("its place");
        assert!(dot.distance(truth_px) < 2.0, "{dot} for {truth_px} at {seen_us}");
    }
    // Others' poses are nobody's business.
    expert.receive_live(&person("expert"), &[0; 20]);
}

#[test]
fn poses_that_come_before_the_lens_are_not_lost() {
    let (mut technician, mut expert) = (technician(), expert());
    for number in 0..4 {
        let capture_us = number * FRAME_US;
        technician.observe(frame(capture_us, 0.0, Tracking::Tracked)).unwrap();
        for poses in technician.take_live() {
            expert.receive_live(&person("technician"), &poses);
        }
    }
    let mark = technician
        .begin(INK, &points(FRAME_US, &[(0.5, 0.5)]), Timestamp::ZERO)
        .unwrap();
    technician.finish(mark).unwrap();
    let shown = |expert: &mut Board| {
        let lines = expert.overlay_of(FRAME_US, &Viewport::whole(1_280.0, 720.0)).unwrap();
        Polylines::read(lines.as_bytes()).unwrap().count()
    };
    assert_eq!(shown(&mut expert), 0, "without the lens there is nothing to see");
    talk(&mut technician, &mut expert);
    assert_eq!(shown(&mut expert), 1);
}

#[test]
fn of_a_frame_that_is_not_all_usable_the_rest_is_used() {
    let mut board = technician();
    let nowhere = Pose {
        position_m: Vec3::NAN,
        ..Pose::IDENTITY
    };
    let mut bad = frame(0, 0.0, Tracking::Tracked);
    bad.planes = Some(
        [Plane {
            pose: nowhere,
            polygon_m: Vec::new(),
        }]
        .into(),
    );
    let anchor = |id, pose| ArAnchor {
        id: AnchorId(id),
        pose,
        tracking: AnchorTracking::Tracked,
    };
    bad.anchors = Some(vec![
        anchor(1, Pose::IDENTITY),
        anchor(2, nowhere),
        anchor(3, Pose::IDENTITY),
    ]);
    assert!(matches!(board.observe(bad), Err(ArFrameError::Planes(_))));
    let mine = SpaceId {
        owner: person("technician"),
        share: 0,
    };
    let told: Vec<u32> = board
        .document()
        .anchors(&mine)
        .unwrap()
        .iter()
        .map(|anchor| anchor.id)
        .collect();
    assert_eq!(told, [1, 3]);
    // Its depth was taken in: a stroke finds the wall.
    let mark = board.begin(INK, &points(0, &[(0.5, 0.5)]), Timestamp::ZERO).unwrap();
    let placed = shape(&board, "technician", mark).expect("it has a place")[0];
    assert!((placed.z - WALL_Z_M).abs() < 0.01, "{placed}");
}

#[test]
fn without_depth_the_mesh_is_drawn_on_and_then_what_lies_around() {
    let wall = |z_m: f32| {
        let corner = |x: f32, y: f32| Vec3::new(x, y, z_m);
        vec![
            corner(-9.0, -9.0),
            corner(9.0, -9.0),
            corner(9.0, 9.0),
            corner(-9.0, 9.0),
        ]
    };
    let triangles = vec![[0, 1, 2], [0, 2, 3]];
    let mut board = technician();
    let bare = |capture_us: u64| ArFrame::new(capture_us, camera(0.0), Tracking::Tracked);
    let place = |board: &mut Board, capture_us: u64| {
        let drawn = points(capture_us, &[(0.5, 0.5), (0.52, 0.5)]);
        let mark = board.begin(INK, &drawn, Timestamp::ZERO).unwrap();
        shape(board, "technician", mark).map(|points| points[0].z)
    };
    board.observe(bare(0)).unwrap();
    assert_eq!(place(&mut board, 0), None, "nothing is known yet");
    let mut frame = bare(FRAME_US);
    frame.feature_points_m = Some(
        wall(-3.0)
            .into_iter()
            .map(|corner| corner * 0.02 + Vec3::Z * -2.94)
            .collect(),
    );
    board.observe(frame).unwrap();
    let beside = place(&mut board, FRAME_US).expect("points are near");
    assert!((beside + 3.0).abs() < 0.1, "{beside}");
    let mut frame = bare(2 * FRAME_US);
    frame.mesh = Some(ArMesh {
        corners_m: wall(-1.5),
        triangles: triangles.clone(),
    });
    board.observe(frame).unwrap();
    let met = place(&mut board, 2 * FRAME_US).expect("it is met");
    assert!((met + 1.5).abs() < 1e-3, "{met}");
    // A mesh that is none leaves the last one.
    let mut frame = bare(3 * FRAME_US);
    frame.mesh = Some(ArMesh {
        corners_m: wall(f32::NAN),
        triangles,
    });
    assert!(matches!(board.observe(frame), Err(ArFrameError::Mesh(_))));
    assert_eq!(place(&mut board, 3 * FRAME_US), Some(met));
}

#[test]
fn a_stroke_lies_on_what_was_there_when_it_was_drawn() {
    let mut board = technician();
    let at_depth = |capture_us: u64, depth_m: f32| {
        let mut frame = frame(capture_us, 0.0, Tracking::Tracked);
        if let Some(depth) = &mut frame.depth {
            depth.depths_m.fill(depth_m);
        }
        frame
    };
    // A door at 1 m is opened after a second.
    for tenth in 0..30_u64 {
        let capture_us = tenth * 100_000;
        board
            .observe(at_depth(capture_us, if capture_us < 1_000_000 { 1.0 } else { 2.0 }))
            .unwrap();
    }
    for (capture_us, depth_m) in [(500_000, 1.0), (2_000_000, 2.0)] {
        let mark = board
            .begin(INK, &points(capture_us, &[(0.5, 0.5)]), Timestamp::ZERO)
            .unwrap();
        let placed = shape(&board, "technician", mark).expect("it has a place")[0];
        assert!((placed.z + depth_m).abs() < 0.01, "{placed} at {capture_us}");
    }
}

#[test]
fn undo_and_delete_all_take_back_ones_own_everywhere() {
    let (mut technician, mut expert) = (technician(), expert());
    film(&mut technician, 10 * FRAME_US, |_| 0.0);
    let draw = |board: &mut Board, x: f32| {
        let mark = board
            .begin(
                INK,
                &points(9 * FRAME_US, &[(x, 0.5), (x + 0.05, 0.5)]),
                Timestamp::ZERO,
            )
            .unwrap();
        board.finish(mark).unwrap();
    };
    draw(&mut technician, 0.2);
    for x in [0.4, 0.6, 0.8] {
        draw(&mut expert, x);
    }
    talk(&mut technician, &mut expert);
    assert_eq!(lines(&mut technician), 4);
    expert.undo().unwrap();
    talk(&mut technician, &mut expert);
    assert_eq!(lines(&mut technician), 3);
    expert.delete_all().unwrap();
    assert_eq!(expert.delete_all(), Err(Refusal::NothingToUndo));
    talk(&mut technician, &mut expert);
    assert_eq!((technician.snapshot().marks, technician.snapshot().mine), (1, 1));
    assert_eq!((expert.snapshot().marks, expert.snapshot().mine), (1, 0));
    assert_eq!(lines(&mut technician), 1);
}

/// The expert asks the technician to keep a frame; the number of it, and what became of that.
fn freeze(technician: &mut Board, at_us: u64, pin: u32) -> Option<PinOutcome> {
    let asked = Annotation::Freeze {
        pin,
        space: SpaceId {
            owner: person("technician"),
            share: 0,
        },
        epoch: 0,
        at_us,
    };
    technician.receive(&person("expert"), &asked, Timestamp::ZERO);
    let found = technician.document().pins().find(|found| found.pin == pin);
    found.and_then(|found| found.outcome)
}

fn ink_on_pin(technician: &mut Board, mark: u32, pin: u32) {
    let json = serde_json::json!({
        "do": "ink", "mark": mark, "space": {"owner": "technician", "share": 0}, "tool": "ink", "colour": "red",
        "width": 6, "interpretation": "surface", "pin": pin, "epoch": 0, "from": 0, "at_us": 0,
        "points": [[0, 32_768, 32_768], [0, 36_000, 32_768]], "done": true
    });
    let ink: Annotation = serde_json::from_value(json).unwrap();
    technician.receive(&person("expert"), &ink, Timestamp::ZERO);
}

#[test]
fn a_stroke_on_a_forgotten_frame_is_refused_and_its_author_told() {
    let (mut technician, mut expert) = (technician(), expert());
    for second in 0..40 {
        technician
            .observe(frame(second * 1_000_000, 0.0, Tracking::Tracked))
            .unwrap();
    }
    let mark = expert
        .begin(INK, &points(1_000_000, &[(0.5, 0.5)]), Timestamp::ZERO)
        .unwrap();
    talk(&mut technician, &mut expert);
    assert_eq!(
        expert.next_notice(),
        Some(Notice::Refused {
            mark,
            because: RefusedBecause::FrameForgotten
        })
    );
    assert_eq!(expert.next_notice(), None);
    assert_eq!(lines(&mut technician), 0);
}

#[test]
fn while_the_way_is_lost_no_mark_is_shown() {
    let mut board = technician();
    film(&mut board, 10 * FRAME_US, |_| 0.0);
    let mark = board
        .begin(INK, &points(9 * FRAME_US, &[(0.4, 0.5), (0.6, 0.5)]), Timestamp::ZERO)
        .unwrap();
    board.finish(mark).unwrap();
    assert_eq!(lines(&mut board), 1);
    board.observe(frame(11 * FRAME_US, 0.0, Tracking::Lost)).unwrap();
    assert_eq!(lines(&mut board), 0);
    board.observe(frame(12 * FRAME_US, 0.0, Tracking::Tracked)).unwrap();
    assert_eq!(lines(&mut board), 1);
}
