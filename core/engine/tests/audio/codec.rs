use assist_engine::audio::{AudioEncoder, AudioEncoderConfig, AudioError, AudioReceiver};
use assist_protocol::Timestamp;

use crate::voice::{Frame, correlation, energy, speech};

/// Encodes everything; `None` where no packet is needed.
fn encode(config: AudioEncoderConfig, frames: &[Frame]) -> Vec<Option<Vec<u8>>> {
    let mut encoder = AudioEncoder::new(config).unwrap();
    frames
        .iter()
        .map(|frame| encoder.encode(frame).unwrap().map(|encoded| encoded.payload.to_vec()))
        .collect()
}

/// Plays packets that arrive in time, without those that `lost` names.
fn play(packets: &[Option<Vec<u8>>], lost: impl Fn(usize) -> bool) -> (Vec<Frame>, u64) {
    let mut receiver = AudioReceiver::new().unwrap();
    let mut sequence = 0_u16;
    let mut heard = Vec::new();
    for index in 0..packets.len() + 10 {
        let now = Timestamp::from_millis(1_000 + index as u64 * 20);
        if let Some(Some(payload)) = packets.get(index) {
            if !lost(index) {
                receiver.push_packet(sequence, index as u32 * 960, payload, now);
            }
            sequence = sequence.wrapping_add(1);
        }
        heard.push(receiver.pull_frame(now));
    }
    (heard, receiver.snapshot().recovered_by_fec)
}

#[test]
fn what_is_heard_resembles_what_was_said() {
    let spoken = speech(20, 10, false);
    let (heard, _) = play(&encode(AudioEncoderConfig::default(), &spoken), |_| false);
    let spoken: Vec<i16> = spoken.into_iter().flatten().skip(8 * 48_000).take(12_000).collect();
    let heard: Vec<i16> = heard.into_iter().flatten().skip(8 * 48_000).collect();
    let best = (0..4_000)
        .step_by(2)
        .map(|lag| correlation(&spoken, &heard[lag..lag + spoken.len()]))
        .fold(0.0, f64::max);
    assert!(best > 0.9, "{best}");
}

#[test]
fn a_lost_packet_is_restored_from_the_next_one_far_better_than_guessed() {
    let spoken = speech(21, 3, false);
    // Of single losses: how often the frame was restored, and the mean likeness to what would have been heard.
    let likeness = |expected_loss_percent| {
        let config = AudioEncoderConfig {
            expected_loss_percent,
            ..AudioEncoderConfig::default()
        };
        let packets = encode(config, &spoken);
        let (whole, _) = play(&packets, |_| false);
        let loud: Vec<usize> = (20..140)
            .step_by(3)
            .filter(|&lost| energy(&whole[lost + 1]) > 250_000.0)
            .collect();
        let (mut restored, mut alike) = (0, 0.0);
        for &lost in &loud {
            let (heard, recovered) = play(&packets, |index| index == lost);
            restored += recovered;
            alike += correlation(&whole[lost + 1], &heard[lost + 1]);
        }
        (restored as f64 / loud.len() as f64, alike / loud.len() as f64)
    };
    let ((restored, with_fec), (never, without)) = (likeness(10), likeness(0));
    println!("restored {restored:.2}, likeness {with_fec:.2}, without FEC {without:.2}");
    assert!(restored > 0.7, "{restored}");
    assert_eq!(never, 0.0);
    assert!(with_fec > 0.75 && with_fec > without + 0.2, "{with_fec} {without}");
}

#[test]
fn silence_costs_almost_no_packets() {
    let packets = encode(AudioEncoderConfig::default(), &[[0; 960]; 500]);
    let sent = packets.iter().flatten().count();
    assert!(sent < 100, "{sent} of 500");
    let speaking = encode(AudioEncoderConfig::default(), &speech(22, 10, false));
    assert!(speaking.iter().flatten().count() > 480);
}

#[test]
fn the_bit_rate_follows_its_setting() {
    let spoken = speech(23, 10, false);
    let mut encoder = AudioEncoder::new(AudioEncoderConfig::default()).unwrap();
    for bitrate_bps in [64_000, 32_000, 24_000, 16_000, 10_000] {
        encoder.set_bitrate(bitrate_bps).unwrap();
        encoder.set_expected_loss(10).unwrap();
        let bytes: usize = spoken
            .iter()
            .filter_map(|frame| encoder.encode(frame).unwrap())
            .map(|it| it.payload.len())
            .sum();
        let actual_bps = bytes * 8 / 10;
        assert!(
            actual_bps <= bitrate_bps as usize * 11 / 10,
            "{actual_bps} for {bitrate_bps}"
        );
        assert!(actual_bps >= bitrate_bps as usize / 2, "{actual_bps} for {bitrate_bps}");
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let default = AudioEncoderConfig::default();
    for config in [
        AudioEncoderConfig {
            bitrate_bps: 0,
            ..default
        },
        AudioEncoderConfig {
            bitrate_bps: 1_000_000,
            ..default
        },
        AudioEncoderConfig {
            expected_loss_percent: 101,
            ..default
        },
        AudioEncoderConfig {
            complexity: 11,
            ..default
        },
    ] {
        assert_eq!(
            AudioEncoder::new(config).err(),
            Some(AudioError::InvalidSetting),
            "{config:?}"
        );
    }
    let mut encoder = AudioEncoder::new(default).unwrap();
    assert_eq!(encoder.set_bitrate(5_999), Err(AudioError::InvalidSetting));
    assert!(encoder.encode(&[0; 960]).is_ok());
}

#[test]
fn any_sound_can_be_encoded() {
    let extremes = [i16::MIN, i16::MAX];
    let square: Frame = std::array::from_fn(|index| extremes[index / 100 % 2]);
    let clicks: Frame = std::array::from_fn(|index| if index == 0 { i16::MAX } else { 0 });
    let buzz: Frame = std::array::from_fn(|index| extremes[index % 2]);
    let mut encoder = AudioEncoder::new(AudioEncoderConfig::default()).unwrap();
    for round in 0..300 {
        let frame = [&square, &clicks, &buzz, &[i16::MIN; 960]][round / 5 % 4];
        encoder.encode(frame).unwrap();
    }
}
