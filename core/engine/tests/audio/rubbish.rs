use assist_engine::audio::{AudioEncoder, AudioEncoderConfig, AudioReceiver, fuzz_audio_packet};
use assist_protocol::Timestamp;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use crate::voice::speech;

#[test]
fn arbitrary_bytes_never_panic() {
    for seed in 0..300 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let length = random.random_range(0..2_000);
        let bytes: Vec<u8> = (0..length).map(|_| random.random()).collect();
        fuzz_audio_packet(&bytes);
    }
}

#[test]
fn damaged_packets_are_survived_and_the_sound_comes_back() {
    let spoken = speech(30, 20, false);
    let mut random = ChaCha8Rng::seed_from_u64(30);
    let mut encoder = AudioEncoder::new(AudioEncoderConfig::default()).unwrap();
    let mut receiver = AudioReceiver::new().unwrap();
    let mut last_second = 0.0;
    for (index, frame) in spoken.iter().enumerate() {
        let now = Timestamp::from_millis(index as u64 * 20);
        let mut payload = encoder
            .encode(frame)
            .unwrap()
            .map(|encoded| encoded.payload.to_vec())
            .unwrap_or_default();
        if index < 900 && !payload.is_empty() && index % 3 == 0 {
            let place = random.random_range(0..payload.len());
            payload[place] = random.random();
            payload.truncate(random.random_range(0..=payload.len()));
        }
        receiver.push_packet(index as u16, index as u32 * 960, &payload, now);
        let heard = receiver.pull_frame(now);
        if index >= 950 {
            last_second += crate::voice::energy(&heard);
        }
    }
    assert!(last_second / 50.0 > 10_000.0, "{last_second}");
    assert!(receiver.snapshot().malformed > 0);
}

#[test]
fn a_flood_that_nobody_listens_to_stays_bounded() {
    let mut receiver = AudioReceiver::new().unwrap();
    for index in 0..200_000_u32 {
        receiver.push_packet(
            index as u16,
            index.wrapping_mul(960),
            &[0x78; 60],
            Timestamp::from_micros(index.into()),
        );
    }
    assert!(receiver.snapshot().buffered_ms <= 1_300);
    receiver.pull_frame(Timestamp::from_millis(300));
}

#[test]
fn a_stream_that_starts_over_is_played() {
    let spoken = speech(31, 10, false);
    let mut encoder = AudioEncoder::new(AudioEncoderConfig::default()).unwrap();
    let mut receiver = AudioReceiver::new().unwrap();
    for (index, frame) in spoken.iter().enumerate() {
        let now = Timestamp::from_millis(index as u64 * 20);
        // Half way the peer makes its track anew: other numbers, another time.
        let offset = if index < 250 { 0 } else { 0x8123_4567_u32 };
        if let Some(encoded) = encoder.encode(frame).unwrap() {
            let sequence = (index as u16).wrapping_add(offset as u16);
            receiver.push_packet(
                sequence,
                (index as u32 * 960).wrapping_add(offset),
                &encoded.payload,
                now,
            );
        }
        receiver.pull_frame(now);
    }
    let snapshot = receiver.snapshot();
    assert!(snapshot.played > 480, "{snapshot:?}");
    assert!(snapshot.concealed < 10, "{snapshot:?}");
}
