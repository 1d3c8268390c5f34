//! Follows marks through recorded grey pictures and says where they went and how long it took.
//!
//!     motion_bench generate FOLDER      writes the planar sequences with ground truth, one folder each
//!     motion_bench run FOLDER...        follows the marks of each sequence, writes `ours.json` beside it
//!
//! A sequence is a folder with `frames.grey` (pictures one after the other, a byte per pixel, rows without padding) and
//! `sequence.json`:
//!
//!     { "name", "width", "height", "times_us": [per frame],
//!       "marks": [[[x, y] per point] per mark],               drawn on the first frame, picture coordinates 0 to 1
//!       "truth": [[[[x, y] per point] per mark] per frame],   where the points are, picture coordinates
//!       "visible": [[share of the points, per mark] per frame] }
//!
//! `ours.json`: { "features": [[[x, y]] per mark], "frames": [{ "ms", "marks": [{ "points", "state",
//! "confidence" } per mark] }] }; points that went to infinity are null. `tests/bench/opencv/klt_ransac.py` reads both.

#[path = "../tests/planar/mod.rs"]
mod planar;

use std::error::Error;
use std::fs;
use std::io::{Write, stdout};
use std::path::Path;
use std::time::Instant;

use assist_scene::{GreyPicture, MotionState, MotionTracker, PicturePoint};
use planar::{MOTIONS, Sequence, circle};
use serde_json::{Value, json};

const WIDTH: usize = 640;
const HEIGHT: usize = 480;
const FRAMES: usize = 150;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((command, [folder])) if command == "generate" => generate(Path::new(folder)),
        Some((command, folders)) if command == "run" => folders.iter().try_for_each(|folder| run(Path::new(folder))),
        _ => Err("usage: motion_bench generate FOLDER | motion_bench run FOLDER...".into()),
    }
}

fn generate(folder: &Path) -> Result<(), Box<dyn Error>> {
    let marks = [
        circle((0.32, 0.38), 0.11, WIDTH, HEIGHT),
        circle((0.66, 0.4), 0.07, WIDTH, HEIGHT),
        vec![PicturePoint::new(0.4, 0.75), PicturePoint::new(0.52, 0.62)],
    ];
    for (seed, motion) in MOTIONS.into_iter().enumerate() {
        let name = format!("{motion:?}").to_lowercase();
        let sequence = Sequence::new(motion, seed as u64 + 1, WIDTH, HEIGHT);
        let folder = folder.join(&name);
        fs::create_dir_all(&folder)?;
        let mut pixels = fs::File::create(folder.join("frames.grey"))?;
        let (mut truth, mut visible) = (Vec::new(), Vec::new());
        for frame in 0..FRAMES {
            pixels.write_all(&sequence.picture(frame))?;
            let at = |mark: &Vec<PicturePoint>| -> Vec<PicturePoint> {
                mark.iter().map(|point| sequence.truth(0, frame, *point)).collect()
            };
            let placed: Vec<Vec<PicturePoint>> = marks.iter().map(at).collect();
            let share = |points: &Vec<PicturePoint>| {
                let seen = points
                    .iter()
                    .filter(|point| sequence.is_visible(frame, **point))
                    .count();
                seen as f64 / points.len() as f64
            };
            visible.push(placed.iter().map(share).collect::<Vec<_>>());
            truth.push(placed.iter().map(|points| pairs(points)).collect::<Vec<_>>());
        }
        let header = json!({
            "name": name,
            "width": WIDTH,
            "height": HEIGHT,
            "times_us": (0..FRAMES).map(|frame| frame * 100_000 / 3).collect::<Vec<_>>(),
            "marks": marks.iter().map(|points| pairs(points)).collect::<Vec<_>>(),
            "truth": truth,
            "visible": visible,
        });
        fs::write(folder.join("sequence.json"), header.to_string())?;
        writeln!(stdout(), "{}", folder.display())?;
    }
    Ok(())
}

fn run(folder: &Path) -> Result<(), Box<dyn Error>> {
    let header: Value = serde_json::from_slice(&fs::read(folder.join("sequence.json"))?)?;
    let size = |key: &str| {
        header[key]
            .as_u64()
            .map(|size| size as usize)
            .ok_or(format!("no {key}"))
    };
    let (width, height) = (size("width")?, size("height")?);
    let times: Vec<u64> = serde_json::from_value(header["times_us"].clone())?;
    let marks: Vec<Vec<[f32; 2]>> = serde_json::from_value(header["marks"].clone())?;
    let marks: Vec<Vec<PicturePoint>> = marks
        .iter()
        .map(|points| points.iter().map(|[x, y]| PicturePoint::new(*x, *y)).collect())
        .collect();
    let pixels = fs::read(folder.join("frames.grey"))?;
    let mut tracker = MotionTracker::new();
    let mut frames = Vec::new();
    for (index, (picture, time_us)) in pixels.chunks_exact(width * height).zip(&times).enumerate() {
        let picture = GreyPicture::new(picture, width, height, width)?;
        let started = Instant::now();
        tracker.push_frame(*time_us, &picture)?;
        let ms = started.elapsed().as_secs_f64() * 1e3;
        if index == 0 {
            for (id, points) in marks.iter().enumerate() {
                if let Err(refused) = tracker.add_mark(id as u64, *time_us, points) {
                    writeln!(stdout(), "{}: mark {id}: {refused}", folder.display())?;
                }
            }
        }
        let told = tracker.motions().iter().map(|motion| {
            let drawn = marks.get(motion.id as usize).map(Vec::as_slice).unwrap_or_default();
            let points: Vec<_> = drawn
                .iter()
                .map(|point| motion.now_from_drawn.apply(*point).map(|at| [at.x, at.y]))
                .collect();
            let state = match motion.state {
                MotionState::CatchingUp => "catching up",
                MotionState::Trusted => "trusted",
                MotionState::Lost => "lost",
                MotionState::Refound => "refound",
            };
            json!({ "id": motion.id, "points": points, "state": state, "confidence": motion.confidence })
        });
        let told: Vec<Value> = told.collect();
        frames.push(json!({ "ms": ms, "marks": told }));
    }
    let features: Vec<_> = (0..marks.len() as u64).map(|id| pairs(&tracker.features(id))).collect();
    fs::write(
        folder.join("ours.json"),
        json!({ "features": features, "frames": frames }).to_string(),
    )?;
    Ok(())
}

fn pairs(points: &[PicturePoint]) -> Vec<[f32; 2]> {
    points.iter().map(|point| [point.x, point.y]).collect()
}
