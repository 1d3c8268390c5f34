//! Makes sound a little shorter or longer without changing its pitch: one period is taken out or put in with a
//! cross-fade (waveform-similarity overlap-add).

use super::FRAME_SAMPLES;

/// Length of the cross-fade: half a frame.
const FADE: usize = FRAME_SAMPLES / 2;

/// Periods looked for: 2.5 to 10 ms, 100 to 400 Hz.
const PERIODS: std::ops::RangeInclusive<usize> = 120..=FADE;

/// Every how many samples and periods are looked at: speech below 6 kHz decides.
const STRIDE: usize = 4;

/// How alike two periods must be for their seam not to be heard.
const ALIKE: f32 = 0.6;

/// Mean square below which anything goes: -50 dB.
const QUIET: f32 = 1e-5;

/// Takes one period out of a frame. Returns by how many samples `pcm` became shorter; 0 if there is no good place.
pub(super) fn shorten(pcm: &mut Vec<f32>) -> usize {
    let Some(period) = find_period(pcm) else { return 0 };
    for index in 0..FADE {
        let weight = index as f32 / FADE as f32;
        pcm[index] = pcm[index] * (1.0 - weight) + pcm[index + period] * weight;
    }
    pcm.drain(FADE..FADE + period);
    period
}

/// Puts one period into a frame. Returns by how many samples `pcm` became longer; 0 if there is no good place.
pub(super) fn lengthen(pcm: &mut Vec<f32>) -> usize {
    let Some(period) = find_period(pcm) else { return 0 };
    let length = pcm.len();
    pcm.resize(length + period, 0.0);
    pcm.copy_within(FADE..length, FADE + period);
    // Backwards, so that every sample is read before it is written.
    for index in (0..FADE).rev() {
        let weight = index as f32 / FADE as f32;
        pcm[index + period] = pcm[index + period] * (1.0 - weight) + pcm[index] * weight;
    }
    period
}

/// The period at which the frame's beginning is most like itself.
fn find_period(pcm: &[f32]) -> Option<usize> {
    if pcm.len() < FRAME_SAMPLES {
        return None;
    }
    let product = |one: &[f32], other: &[f32]| -> f32 {
        one.iter()
            .zip(other)
            .step_by(STRIDE)
            .map(|(one, other)| one * other)
            .sum()
    };
    let head = &pcm[..FADE];
    let head_energy = product(head, head);
    let mean_square = head_energy * STRIDE as f32 / FADE as f32;
    let likeness = |period: usize| {
        let tail = &pcm[period..period + FADE];
        product(head, tail) / (head_energy * product(tail, tail)).sqrt().max(f32::MIN_POSITIVE)
    };
    let best = PERIODS
        .step_by(STRIDE)
        .max_by(|&one, &other| likeness(one).total_cmp(&likeness(other)))?;
    (mean_square < QUIET || likeness(best) > ALIKE).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f32, samples: usize) -> Vec<f32> {
        (0..samples)
            .map(|index| (index as f32 * hertz * std::f32::consts::TAU / 48_000.0).sin() * 0.5)
            .collect()
    }

    /// The largest difference of neighbouring samples: a click shows here.
    fn steepest(pcm: &[f32]) -> f32 {
        pcm.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_tone_changes_its_length_and_not_its_shape() {
        for hertz in [110.0, 200.0, 390.0] {
            let original = tone(hertz, FRAME_SAMPLES);
            let (mut shorter, mut longer) = (original.clone(), original.clone());
            let (taken, put) = (shorten(&mut shorter), lengthen(&mut longer));
            assert!(taken > 0 && put > 0);
            assert_eq!(shorter.len(), FRAME_SAMPLES - taken);
            assert_eq!(longer.len(), FRAME_SAMPLES + put);
            for stretched in [&shorter, &longer] {
                assert!(steepest(stretched) < steepest(&original) * 1.2);
                assert_eq!(stretched.first(), original.first());
                assert_eq!(stretched.last(), original.last());
                let loudest = stretched
                    .iter()
                    .fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
                assert!((0.4..0.6).contains(&loudest), "{loudest}");
            }
        }
    }

    #[test]
    fn silence_is_always_willing() {
        let mut pcm = vec![0.0; FRAME_SAMPLES];
        assert!(shorten(&mut pcm) > 0);
        let mut pcm = vec![0.0; FRAME_SAMPLES];
        assert!(lengthen(&mut pcm) > 0);
    }

    #[test]
    fn a_click_or_a_short_piece_is_left_alone() {
        let mut click = vec![0.0; FRAME_SAMPLES];
        click[100] = 1.0;
        assert_eq!(shorten(&mut click), 0);
        let mut short = tone(200.0, 480);
        assert_eq!(lengthen(&mut short), 0);
        assert_eq!(short.len(), 480);
    }
}
