//! The tone and WAV files, as the speaker at the other end hears them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test states what it expects")]

use std::io::Cursor;
use std::path::Path;

use assist_headless::FileError;
use assist_headless::microphone::{
    FRAME_SAMPLES, FRAME_US, Microphone, SAMPLE_RATE_HZ, TONE_HZ, Wav, WavError, fuzz_wav,
};
use assist_headless::speaker::Speaker;
use hound::{SampleFormat, WavSpec, WavWriter};
use proptest::prelude::*;

fn listen(microphone: &Microphone, from_us: u64, seconds: u64) -> Speaker {
    let mut speaker = Speaker::new();
    for frame in 0..seconds * 50 {
        speaker.play(&microphone.frame(from_us + frame * FRAME_US));
    }
    speaker
}

fn wav_file(sample_rate: u32, channels: u16, seconds: f64, frequency_hz: f64) -> Vec<u8> {
    let spec = WavSpec {
        channels,
        sample_rate,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
    for index in 0..(f64::from(sample_rate) * seconds) as u32 {
        let phase = std::f64::consts::TAU * frequency_hz * f64::from(index) / f64::from(sample_rate);
        (0..channels).for_each(|_| writer.write_sample((phase.sin() * 16_384.0) as i16).unwrap());
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

#[test]
fn the_tone_has_its_pitch_and_a_level_that_wanders() {
    let tone = Microphone::tone(1);
    let speaker = listen(&tone, 123_000_000, 2);
    assert_eq!(speaker.samples_played(), 96_000);
    assert_eq!(speaker.dominant_frequency_hz(), Some(TONE_HZ));
    assert!(speaker.share_at(TONE_HZ) > 0.98, "{}", speaker.share_at(TONE_HZ));
    // A sine's effective level is 3 dB below its peak's −12 dB.
    assert!(
        (-17.5..-14.9).contains(&speaker.level_dbfs()),
        "{} dBFS",
        speaker.level_dbfs()
    );
    let peaks: Vec<i16> = (0..50)
        .map(|frame| tone.frame(frame * FRAME_US).into_iter().max().unwrap())
        .collect();
    assert!(
        peaks.iter().max().unwrap() - peaks.iter().min().unwrap() > 400,
        "{peaks:?}"
    );
    assert!(
        *peaks.iter().max().unwrap() <= 8_231,
        "no more than −12 dB of full scale"
    );
}

#[test]
fn frames_join_without_a_click_at_any_time() {
    let tone = Microphone::tone(1);
    // 440 Hz at −12 dB changes by at most 475 from one sample to the next.
    for from_us in [0, 3_600_000_000, 999_980_000] {
        let sound: Vec<i16> = (0..100)
            .flat_map(|frame| tone.frame(from_us + frame * FRAME_US))
            .collect();
        assert!(sound.windows(2).all(|pair| pair[0].abs_diff(pair[1]) < 500));
    }
    assert_eq!(
        tone.frame(40_000),
        Microphone::tone(1).frame(40_000),
        "a function of the time alone"
    );
    assert_ne!(tone.frame(40_000), Microphone::tone(2).frame(40_000));
}

#[test]
fn any_rate_and_number_of_channels_keeps_pitch_and_level() {
    for (rate, channels) in [
        (8_000, 1),
        (11_025, 2),
        (16_000, 1),
        (44_100, 2),
        (48_000, 1),
        (96_000, 6),
    ] {
        let wav = Microphone::Wav(Wav::from_bytes(&wav_file(rate, channels, 1.0, 1_000.0)).unwrap());
        let speaker = listen(&wav, 5_000_000, 3);
        assert_eq!(speaker.dominant_frequency_hz(), Some(1_000.0), "{rate} Hz");
        assert!(
            speaker.share_at(1_000.0) > 0.999,
            "{rate} Hz: {}",
            speaker.share_at(1_000.0)
        );
        assert!(
            (speaker.level_dbfs() + 9.03).abs() < 0.1,
            "{rate} Hz: {} dBFS",
            speaker.level_dbfs()
        );
    }
}

#[test]
fn what_48_khz_cannot_hold_is_removed_and_not_folded_back() {
    let wav = Microphone::Wav(Wav::from_bytes(&wav_file(192_000, 1, 1.0, 45_000.0)).unwrap());
    // Without a filter this would be heard at 3 kHz.
    let speaker = listen(&wav, 0, 1);
    assert!(speaker.level_dbfs() < -60.0, "{} dBFS", speaker.level_dbfs());
}

#[test]
fn a_file_is_heard_in_a_loop() {
    let wav = Microphone::Wav(Wav::from_bytes(&wav_file(48_000, 1, 0.5, 440.0)).unwrap());
    assert_eq!(wav.frame(100_000), wav.frame(600_000));
    assert_ne!(wav.frame(100_000), wav.frame(110_000));
    let short = Wav::from_bytes(&wav_file(48_000, 1, 0.001, 1_000.0)).unwrap();
    assert_eq!(
        listen(&Microphone::Wav(short), 0, 1).dominant_frequency_hz(),
        Some(1_000.0)
    );
}

#[test]
fn float_and_24_bit_files_are_understood() {
    for (bits_per_sample, sample_format) in [
        (32, SampleFormat::Float),
        (24, SampleFormat::Int),
        (8, SampleFormat::Int),
    ] {
        let spec = WavSpec {
            channels: 1,
            sample_rate: 48_000,
            bits_per_sample,
            sample_format,
        };
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
        for index in 0..48_000 {
            let value = (std::f64::consts::TAU * 500.0 * f64::from(index) / 48_000.0).sin() * 0.5;
            match sample_format {
                SampleFormat::Float => writer.write_sample(value as f32).unwrap(),
                SampleFormat::Int => writer
                    .write_sample((value * f64::from(1 << (bits_per_sample - 1))) as i32)
                    .unwrap(),
            }
        }
        writer.finalize().unwrap();
        let wav = Microphone::Wav(Wav::from_bytes(&bytes.into_inner()).unwrap());
        let speaker = listen(&wav, 0, 1);
        assert!(
            speaker.share_at(500.0) > 0.99 && (speaker.level_dbfs() + 9.03).abs() < 0.2,
            "{bits_per_sample} bits"
        );
    }
}

#[test]
fn silence_has_no_pitch() {
    let mut speaker = Speaker::new();
    assert_eq!(speaker.dominant_frequency_hz(), None);
    speaker.play(&[0; FRAME_SAMPLES]);
    assert_eq!((speaker.dominant_frequency_hz(), speaker.share_at(440.0)), (None, 0.0));
    assert_eq!(speaker.level_dbfs(), f64::NEG_INFINITY);
    assert_eq!(SAMPLE_RATE_HZ as usize / FRAME_SAMPLES, 50);
}

#[test]
fn a_file_that_cannot_be_heard_is_refused_with_the_reason() {
    let refusal = |bytes: &[u8]| Wav::from_bytes(bytes).expect_err("the file is refused");
    assert!(matches!(refusal(b""), WavError::Empty));
    assert!(matches!(refusal(b"ID3 this is an MP3 file"), WavError::NotWav(_)));
    assert!(matches!(refusal(&wav_file(48_000, 1, 0.0, 440.0)), WavError::Empty));
    assert!(matches!(refusal(&wav_file(1, 1, 3.0, 440.0)), WavError::SampleRate(1)));
    let whole = wav_file(48_000, 2, 1.0, 440.0);
    assert!(matches!(refusal(&whole[..whole.len() / 2]), WavError::Damaged(_)));
    assert!(matches!(refusal(&whole[..20]), WavError::NotWav(_)));
    let mut compressed = whole;
    compressed[20] = 2; // ADPCM
    assert!(matches!(
        refusal(&compressed),
        WavError::Unsupported | WavError::NotWav(_)
    ));
    let missing = Wav::open(Path::new("no/such.wav")).expect_err("refused");
    assert!(
        matches!(missing, WavError::File(FileError::Missing { .. })) && missing.to_string().contains("no/such.wav")
    );
    assert!(matches!(
        Wav::open(Path::new(".")),
        Err(WavError::File(FileError::Folder { .. }))
    ));
}

proptest! {
    #[test]
    fn no_damage_makes_it_panic(changes in prop::collection::vec((0usize..200, any::<u8>()), 0..12), length in 0usize..400) {
        let mut bytes = wav_file(44_100, 2, 0.01, 440.0);
        for (at, value) in changes {
            bytes[at] = value;
        }
        bytes.truncate(length);
        fuzz_wav(&bytes);
    }
}
