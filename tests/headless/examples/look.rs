//! Draws pictures of the scene into a folder, for looking at, and says how long a frame takes.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use assist_headless::picture::I420;
use assist_headless::scene::Scene;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = stdout().lock();
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: look FOLDER [SECOND]...")?);
    let started = Instant::now();
    let scene = Scene::new(1);
    writeln!(out, "painted in {:?}", started.elapsed())?;
    for second in std::env::args().skip(2) {
        let picture = scene.picture((second.parse::<f64>()? * 1e6) as u64, 1280, 720);
        write_png(&folder.join(format!("scene-{second}.png")), &picture)?;
    }
    for (width, height) in [(1280, 720), (960, 540), (640, 360), (320, 180)] {
        let frames = 200;
        let before_ms = cpu_time_ms();
        for frame in 0..frames {
            std::hint::black_box(scene.picture(frame * 66_667 * 7, width, height));
        }
        let mean_ms = (cpu_time_ms() - before_ms) / frames as f64;
        writeln!(out, "{width}x{height}: {mean_ms:.2} ms of CPU per frame")?;
    }
    Ok(())
}

/// What this thread has used so far; unlike the time on the wall it does not count what else the machine does.
fn cpu_time_ms() -> f64 {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    statistics
        .split(' ')
        .next()
        .and_then(|nanoseconds| nanoseconds.parse::<f64>().ok())
        .unwrap_or(f64::NAN)
        / 1e6
}

fn write_png(path: &Path, picture: &I420) -> Result<(), Box<dyn Error>> {
    let (width, height) = (picture.width_px() as u32, picture.height_px() as u32);
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&picture.to_rgb())?;
    Ok(())
}
