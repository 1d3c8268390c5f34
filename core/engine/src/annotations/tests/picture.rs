//! The same on a phone whose platform knows no space: a painted wall that moves through the picture.

use assist_protocol::messages::annotation::{Ink, InkSample, Stroke, Width};
use assist_protocol::messages::live::LiveMessage;
use assist_scene::overlay::OverlayFrame;
use assist_scene::{GreyPicture, MotionError};

use super::*;

const WIDTH: usize = 320;
const HEIGHT: usize = 240;

/// What the wall shows at a place, in pixels: blots of several sizes.
fn paint(x: f32, y: f32) -> f32 {
    let blots = |size: f32, seed: u32| {
        let (column, row) = ((x / size).floor(), (y / size).floor());
        let (right, down) = (x / size - column, y / size - row);
        let corner = |x: f32, y: f32| {
            let mixed =
                (x as i32 as u32).wrapping_mul(0x9e37_79b9) ^ (y as i32 as u32).wrapping_mul(0x85eb_ca6b) ^ seed;
            let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d);
            (mixed ^ (mixed >> 13)) as u8 as f32 - 128.0
        };
        let mix = |from: f32, to: f32, share: f32| from + (to - from) * share;
        let upper = mix(corner(column, row), corner(column + 1.0, row), right);
        mix(
            upper,
            mix(corner(column, row + 1.0), corner(column + 1.0, row + 1.0), right),
            down,
        )
    };
    (128.0 + 0.45 * blots(37.0, 1) + 0.35 * blots(17.0, 2) + 0.3 * blots(7.0, 3)).clamp(0.0, 255.0)
}

/// How far the picture has moved over the wall by then, in pixels: a hand that wanders, up to 40 pixels a second.
fn moved(capture_us: u64) -> (f32, f32) {
    let seconds = capture_us as f32 / 1e6;
    (25.0 * (1.6 * seconds).sin(), 12.0 * (2.3 * seconds).sin())
}

/// What is seen from there; with `hidden` something dull before the camera.
fn picture(capture_us: u64, hidden: bool) -> Vec<u8> {
    let (left, top) = moved(capture_us);
    let pixel = |index: usize| {
        let (x, y) = ((index % WIDTH) as f32, (index / WIDTH) as f32);
        if hidden { 90.0 } else { paint(x + left, y + top) }
    };
    (0..WIDTH * HEIGHT).map(|index| pixel(index) as u8).collect()
}

fn see(board: &mut Board, capture_us: u64, hidden: bool) -> Vec<LiveMessage> {
    let pixels = picture(capture_us, hidden);
    let grey = GreyPicture::new(&pixels, WIDTH, HEIGHT, WIDTH).unwrap();
    board.observe_picture(capture_us, &grey).unwrap();
    let live = board.take_live();
    live.iter().map(|bytes| LiveMessage::decode(bytes).unwrap()).collect()
}

/// Both see so many frames more; what the technician's device says of its picture reaches the expert.
fn go_on(technician: &mut Board, expert: &mut Board, frames: std::ops::Range<u64>, hidden: bool) {
    for number in frames {
        for message in see(technician, number * FRAME_US, hidden) {
            let mut bytes = Vec::new();
            message.encode(&mut bytes).unwrap();
            expert.receive_live(&person("technician"), &bytes);
        }
        talk(technician, expert);
    }
}

/// Where a place of the wall that was at `point` then is by now.
fn carried(point: (f32, f32), then_us: u64, now_us: u64) -> (f32, f32) {
    let ((x0, y0), (x1, y1)) = (moved(then_us), moved(now_us));
    (point.0 + (x0 - x1) / WIDTH as f32, point.1 + (y0 - y1) / HEIGHT as f32)
}

fn seen_at(lines: &OverlayFrame) -> Vec<(f32, f32)> {
    let lines = Polylines::read(lines.as_bytes()).unwrap();
    let place = |point: glam::Vec2| (point.x / WIDTH as f32, point.y / HEIGHT as f32);
    lines
        .flat_map(|line| line.points().map(place).collect::<Vec<_>>())
        .collect()
}

const SCREEN: (f32, f32) = (WIDTH as f32, HEIGHT as f32);

fn own(board: &mut Board) -> Vec<(f32, f32)> {
    seen_at(board.overlay(&Viewport::whole(SCREEN.0, SCREEN.1)).unwrap())
}

fn off_px((x0, y0): (f32, f32), (x1, y1): (f32, f32)) -> f32 {
    ((x0 - x1) * WIDTH as f32).hypot((y0 - y1) * HEIGHT as f32)
}

#[test]
fn ink_stays_on_the_wall_though_it_was_drawn_on_frames_long_gone() {
    let (mut technician, mut expert) = (technician(), expert());
    go_on(&mut technician, &mut expert, 0..30, false);
    // 400 ms of delay, and a second of drawing: every point on another frame.
    let meant = |at: u64| (0.45 + 0.004 * at as f32, 0.5);
    let origin_us = 18 * FRAME_US;
    let point = |at: u64| {
        let seen_us = (18 + at) * FRAME_US;
        (seen_us, carried(meant(at), origin_us, seen_us))
    };
    let ink = |at: u64| points(point(at).0, &[point(at).1]);
    let mark = expert.begin(INK, &ink(0), Timestamp::ZERO).unwrap();
    for at in 1..30 {
        expert.extend(mark, &ink(at), Timestamp::ZERO).unwrap();
        talk(&mut technician, &mut expert);
        go_on(&mut technician, &mut expert, 29 + at..30 + at, false);
    }
    expert.finish(mark).unwrap();
    talk(&mut technician, &mut expert);
    go_on(&mut technician, &mut expert, 59..90, false);

    let id = MarkId {
        author: person("expert"),
        number: mark,
    };
    let placed = expert.document().mark(&id).unwrap().placement;
    assert!(
        matches!(placed, Placement::Picture { points, is_complete: true, .. } if points.len() == 30),
        "{placed:?}"
    );
    let now_us = 89 * FRAME_US;
    let shown = own(&mut technician);
    assert!(shown.len() >= 2);
    let (first, last) = (shown[0], shown[shown.len() - 1]);
    assert!(off_px(first, carried(meant(0), origin_us, now_us)) < 2.0, "{first:?}");
    assert!(off_px(last, carried(meant(29), origin_us, now_us)) < 2.0, "{last:?}");
    // Left where the pen was in each frame it would be off by what the hand moved.
    assert!(off_px(point(29).1, carried(meant(29), origin_us, now_us)) > 10.0);
    // The guest sees it in any frame they look at, between two messages too.
    for seen_us in [now_us - 60_000, now_us - 45_000, now_us - 20_000] {
        let lines = expert
            .overlay_of(seen_us, &Viewport::whole(SCREEN.0, SCREEN.1))
            .unwrap();
        let shown = seen_at(lines);
        assert!(
            off_px(shown[0], carried(meant(0), origin_us, seen_us)) < 2.0,
            "{:?}",
            shown[0]
        );
    }
}

#[test]
fn a_mark_that_is_hidden_vanishes_everywhere_and_comes_back_with_what_it_was_on() {
    let (mut technician, mut expert) = (technician(), expert());
    go_on(&mut technician, &mut expert, 0..5, false);
    let circle: Vec<_> = (0..24)
        .map(|at| at as f32 / 23.0 * std::f32::consts::TAU)
        .map(|angle| (0.5 + 0.1 * angle.cos(), 0.5 + 0.13 * angle.sin()))
        .collect();
    let mark = expert
        .begin(INK, &points(4 * FRAME_US, &circle), Timestamp::ZERO)
        .unwrap();
    expert.finish(mark).unwrap();
    talk(&mut technician, &mut expert);
    go_on(&mut technician, &mut expert, 5..15, false);
    assert!(!own(&mut technician).is_empty());
    go_on(&mut technician, &mut expert, 15..30, true);
    let screen = Viewport::whole(SCREEN.0, SCREEN.1);
    let hidden = technician.overlay(&screen).unwrap();
    let lines = Polylines::read(hidden.as_bytes()).unwrap();
    assert_eq!((lines.lost, lines.count()), (1, 0), "it is said that one is lost");
    assert!(seen_at(expert.overlay_of(29 * FRAME_US, &screen).unwrap()).is_empty());
    go_on(&mut technician, &mut expert, 30..75, false);
    let now_us = 74 * FRAME_US;
    let place = carried(circle[0], 4 * FRAME_US, now_us);
    assert!(off_px(own(&mut technician)[0], place) < 2.0);
    let guest = seen_at(expert.overlay_of(now_us - 30_000, &screen).unwrap());
    assert!(off_px(guest[0], carried(circle[0], 4 * FRAME_US, now_us - 30_000)) < 2.0);
}

#[test]
fn minutes_after_freezing_what_is_drawn_is_found_again() {
    let (mut technician, mut expert) = (technician(), expert());
    go_on(&mut technician, &mut expert, 0..5, false);
    let freeze = Annotation::Freeze {
        pin: 1,
        space: SpaceId {
            owner: person("technician"),
            share: 0,
        },
        epoch: 0,
        at_us: 3 * FRAME_US,
    };
    technician.receive(&person("expert"), &freeze, Timestamp::ZERO);
    // Three minutes later, ten of them before something dull; the tracker's own memory is two seconds.
    for number in (5..5_400).step_by(60) {
        see(&mut technician, number * FRAME_US, number > 5_000);
    }
    let ink = Annotation::Ink(Ink {
        mark: 1,
        stroke: Stroke {
            space: SpaceId {
                owner: person("technician"),
                share: 0,
            },
            tool: Tool::Ink,
            colour: Colour::Red,
            width: Width::DEFAULT,
            interpretation: Interpretation::Automatic,
            pin: Some(1),
        },
        epoch: 0,
        from: 0,
        at_us: 3 * FRAME_US,
        points: [(30_000, 30_000), (35_000, 30_000), (35_000, 36_000)]
            .map(|(x, y)| InkSample { dt_us: 0, x, y })
            .to_vec(),
        done: true,
    });
    technician.receive(&person("expert"), &ink, Timestamp::ZERO);
    assert!(own(&mut technician).is_empty(), "it is not in this picture");
    let mut found = None;
    for number in 5_400..5_520 {
        see(&mut technician, number * FRAME_US, false);
        if let Some(first) = own(&mut technician).first() {
            found = Some((*first, number * FRAME_US));
        }
    }
    let (shown, now_us) = found.expect("it is found again");
    let drawn = (30_000.0 / 65_536.0, 30_000.0 / 65_536.0);
    assert!(off_px(shown, carried(drawn, 3 * FRAME_US, now_us)) < 2.0, "{shown:?}");
}

fn refused(board: &mut Board, capture_us: u64) -> Option<RefusedBecause> {
    let drawn = points(capture_us, &[(0.5, 0.5), (0.6, 0.5)]);
    let mark = board.begin(INK, &drawn, Timestamp::ZERO).unwrap();
    // A stroke that is refused at once is done as well.
    let _ = board.finish(mark);
    match board.next_notice()? {
        Notice::Refused { because, .. } => Some(because),
        Notice::NotFrozen { .. } => None,
    }
}

#[test]
fn what_cannot_be_followed_is_refused_in_words() {
    let mut board = technician();
    for number in 0..3 {
        see(&mut board, number * FRAME_US, true);
    }
    assert_eq!(
        refused(&mut board, 2 * FRAME_US),
        Some(RefusedBecause::NothingThere),
        "a dull wall"
    );
    assert_eq!(refused(&mut board, 9 * FRAME_US), Some(RefusedBecause::FrameNotKnown));
    for number in 3..120 {
        see(&mut board, number * FRAME_US, false);
    }
    assert_eq!(refused(&mut board, 2 * FRAME_US), Some(RefusedBecause::FrameForgotten));
    let pixels = picture(0, false);
    let grey = GreyPicture::new(&pixels, WIDTH, HEIGHT, WIDTH).unwrap();
    assert_eq!(board.observe_picture(0, &grey), Err(MotionError::OutOfOrder));
}

#[test]
fn more_marks_than_can_be_followed_are_refused() {
    let mut board = technician();
    see(&mut board, 0, false);
    for number in 0..40_u8 {
        let x = 0.2 + 0.015 * f32::from(number);
        let mark = board
            .begin(INK, &points(0, &[(x, 0.4), (x, 0.5)]), Timestamp::ZERO)
            .unwrap();
        let _ = board.finish(mark);
    }
    let notices: Vec<_> = std::iter::from_fn(|| board.next_notice()).collect();
    let too_many = |notice: &&Notice| {
        matches!(
            notice,
            Notice::Refused {
                because: RefusedBecause::TooMany,
                ..
            }
        )
    };
    assert_eq!(notices.iter().filter(too_many).count(), 8, "{notices:?}");
    // Those that are taken back make room.
    board.delete_all().unwrap();
    let mark = board
        .begin(INK, &points(0, &[(0.4, 0.4), (0.4, 0.5)]), Timestamp::ZERO)
        .unwrap();
    board.finish(mark).unwrap();
    assert_eq!(board.next_notice(), None);
}

#[test]
fn a_clock_at_its_end_breaks_nothing() {
    let mut board = technician();
    see(&mut board, u64::MAX - 1, false);
    let drawn = points(u64::MAX - 1, &[(0.4, 0.4), (0.4, 0.5)]);
    let mark = board.begin(INK, &drawn, Timestamp::ZERO).unwrap();
    board
        .extend(mark, &points(u64::MAX - 1, &[(0.5, 0.5)]), Timestamp::ZERO)
        .unwrap();
    see(&mut board, u64::MAX, false);
    board.finish(mark).unwrap();
    assert!(board.overlay_of(u64::MAX, &Viewport::whole(SCREEN.0, SCREEN.1)).is_ok());
}
