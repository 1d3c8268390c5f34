//! Records the scene as an Annex B file: `record WIDTH HEIGHT FRAME_RATE BITRATE SECONDS FILE.h264`. The clip under
//! `tests/fixtures` was made with it and `ffmpeg -framerate RATE -i FILE.h264 -c copy scene.mp4`.

use std::error::Error;

use assist_engine::media::EncoderControl;
use assist_headless::camera::{CameraSource, capture_time_us};
use assist_headless::encoder::VideoEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [width, height, frame_rate, bitrate, seconds, file] = arguments.as_slice() else {
        return Err("usage: record WIDTH HEIGHT FRAME_RATE BITRATE SECONDS FILE.h264".into());
    };
    let control = EncoderControl {
        bitrate_bps: bitrate.parse()?,
        width_px: width.parse()?,
        height_px: height.parse()?,
        frame_rate: frame_rate.parse()?,
        key_frames_requested: 0,
    };
    let mut camera = CameraSource::scene(1);
    let mut encoder = VideoEncoder::new(control)?;
    let mut stream = Vec::new();
    for index in 0..u64::from(control.frame_rate) * seconds.parse::<u64>()? {
        let time_us = capture_time_us(0, control.frame_rate, index);
        let frame = camera.frame(time_us, control.width_px, control.height_px);
        if let Some(encoded) = encoder.encode(&frame.picture, time_us)? {
            stream.extend_from_slice(&encoded.annex_b);
        }
    }
    std::fs::write(file, stream)?;
    Ok(())
}
