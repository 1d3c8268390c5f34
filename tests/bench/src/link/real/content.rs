//! What both subjects show: the rendered scene, once as it is drawn, once as a file that Chromium takes for its camera.

use std::io::{BufWriter, Write};
use std::path::Path;

use assist_engine::media::VIDEO_FLOOR;
use assist_headless::camera::capture_time_us;
use assist_headless::scene::Scene;

use crate::error::BenchError;

/// Which scene.
pub(super) const SEED: u64 = 1;
/// As much of it is in the file; then it goes back, so that nothing jumps when it begins again.
const PICTURES: u64 = 60;

/// Writes the file (YUV4MPEG2). Blocks for seconds.
///
/// # Errors
/// [`BenchError::Io`].
pub(super) fn write(path: &Path) -> Result<(), BenchError> {
    let scene = Scene::new(SEED);
    let (width_px, height_px, frame_rate) = (VIDEO_FLOOR.width_px, VIDEO_FLOOR.height_px, VIDEO_FLOOR.frame_rate);
    let picture = |index| scene.picture(capture_time_us(0, frame_rate, index), width_px, height_px);
    let pictures: Vec<_> = (0..PICTURES).map(picture).collect();
    let write = || -> std::io::Result<()> {
        let mut file = BufWriter::new(std::fs::File::create(path)?);
        writeln!(
            file,
            "YUV4MPEG2 W{width_px} H{height_px} F{frame_rate}:1 Ip A1:1 C420jpeg"
        )?;
        let back = pictures.iter().skip(1).rev().skip(1);
        for picture in pictures.iter().chain(back) {
            file.write_all(b"FRAME\n")?;
            for plane in [&picture.y, &picture.u, &picture.v] {
                file.write_all(plane)?;
            }
        }
        file.flush()
    };
    write().map_err(BenchError::io("writing what Chromium's camera sees"))
}
