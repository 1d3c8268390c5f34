//! Sizes and frame rates of the picture, and what they need: chosen for reading a machine.
//!
//! The frame rate gives way first, down to 15 and then 10 frames a second: a label or a gauge does not move, and with fewer frames each
//! is sharper. Then the size, and below 640x360 there is nothing left to read, so in the end the frame rate again.

use std::time::Duration;

use super::VideoMost;
use crate::Timestamp;

/// Heights in px, each with its frame rates: (frames a second, the least picture bits a second). At up to 720 px and 15 frames/s that is
/// about 0.08 bit for each pixel, as the product's floor has it (1280x720 at 15 in 1.5 Mbit/s, of which 1.3 are picture); with more
/// pixels or frames less changes in each.
const SIZES: [(u32, &[(u32, u32)]); 4] = [
    (
        360,
        &[(5, 60_000), (10, 200_000), (15, 300_000), (24, 450_000), (30, 550_000)],
    ),
    (540, &[(10, 430_000), (15, 600_000), (24, 900_000), (30, 1_100_000)]),
    (720, &[(10, 750_000), (15, 1_100_000), (24, 1_600_000), (30, 2_000_000)]),
    (1_080, &[(15, 2_200_000), (24, 2_900_000), (30, 3_600_000)]),
];

/// A size and a frame rate, from a bit rate on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rung {
    pub(super) width_px: u32,
    pub(super) height_px: u32,
    pub(super) frame_rate: u32,
    pub(super) least_bps: u32,
}

/// The rungs from the lowest up, in the camera's shape, within what camera and peer bear. A step up never takes frames away: more frames
/// than the next size starts with are for the largest size alone.
pub(super) fn rungs(camera: VideoMost, peer: VideoMost) -> Vec<Rung> {
    let (short, long) = sides(camera);
    let (peer_short, peer_long) = sides(peer);
    let within = (peer_long * short / long.max(1)).min(peer_short).min(short);
    let largest = SIZES.iter().position(|(height, _)| *height >= within);
    let sizes = SIZES.get(..=largest.unwrap_or(SIZES.len() - 1)).unwrap_or(&SIZES);
    let most_frames = camera.frame_rate.min(peer.frame_rate).max(1);
    let mut rungs: Vec<Rung> = Vec::new();
    for (index, (height, rates)) in sizes.iter().enumerate() {
        let next = sizes.get(index + 1).and_then(|(_, rates)| rates.first());
        let scaled = |side: u32| even(u64::from(side) * u64::from(within.min(*height)) / u64::from(short.max(1)));
        let (width_px, height_px) = (scaled(camera.width_px), scaled(camera.height_px));
        for (frame_rate, least_bps) in *rates {
            let frame_rate = (*frame_rate).min(most_frames);
            let rung = Rung {
                width_px,
                height_px,
                frame_rate,
                least_bps: *least_bps,
            };
            let is_more = rungs.last().is_none_or(|last| {
                (last.width_px, last.height_px, last.frame_rate) != (width_px, height_px, frame_rate)
            });
            if is_more && next.is_none_or(|(first, _)| frame_rate <= *first) {
                rungs.push(rung);
            }
        }
    }
    rungs
}

fn sides(most: VideoMost) -> (u32, u32) {
    let (width_px, height_px) = (most.width_px.clamp(2, 16_384), most.height_px.clamp(2, 16_384));
    (width_px.min(height_px), width_px.max(height_px))
}

/// Encoders want even sizes.
fn even(side: u64) -> u32 {
    u32::try_from(side & !1).unwrap_or(u32::MAX - 1).max(2)
}

/// A level is borne with so much to spare before it is stepped up to: what is borne may vary by 15 % from one moment to the next.
pub(super) const AMPLY: f64 = 1.15;
/// And for so long at first, twice as long each time that it did not last.
const UP: Duration = Duration::from_secs(5);
const MOST_RELAPSES: u32 = 4;
/// A step up that was not taken back in so long did last.
const LASTED: Duration = Duration::from_secs(30);
/// After so long without a step down the past is forgotten.
const FORGOTTEN: Duration = Duration::from_secs(120);
/// A level that is borne with so much to spare does not hang by a hair, whatever was before: it is stepped up to sooner.
pub(super) const TWICE: f64 = 2.0;
const UP_TWICE: Duration = Duration::from_secs(2);

/// Levels that are borne: just so, with something to spare, and with as much again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Borne {
    pub(super) barely: usize,
    pub(super) amply: usize,
    pub(super) twice: usize,
}

/// The least level above ours that was borne for a while, and since when.
#[derive(Debug, Default)]
struct Higher(Option<(usize, Timestamp)>);

impl Higher {
    /// The level to go up to, once it was borne for so long.
    fn after(&mut self, long: Duration, now: Timestamp, borne: usize, level: usize) -> Option<usize> {
        if borne <= level {
            self.0 = None;
            return None;
        }
        let (least, since) = self.0.map_or((borne, now), |(least, since)| (least.min(borne), since));
        self.0 = Some((least, since));
        (now.since(since) >= long).then_some(least)
    }

    /// What was borne is no higher than the level that we are at now.
    fn reached(&mut self, level: usize) {
        self.0.take_if(|(least, _)| *least <= level);
    }
}

/// Goes down at once and up with care. Level 0 is no picture, level n the n-th rung.
#[derive(Debug, Default)]
pub(super) struct Steps {
    level: Option<usize>,
    amply: Higher,
    twice: Higher,
    went_up: Option<Timestamp>,
    went_down: Timestamp,
    relapses: u32,
    /// The encoder needs more than the level should: what is borne twice over says little then.
    is_greedy: bool,
}

impl Steps {
    /// The level from now on. The first one is taken as it is.
    pub(super) fn push(&mut self, now: Timestamp, borne: Borne) -> usize {
        let level = *self.level.get_or_insert(borne.barely);
        if now.since(self.went_down) > FORGOTTEN {
            (self.relapses, self.is_greedy) = (0, false);
        }
        if borne.barely < level {
            self.down_to(borne.barely, now);
            return borne.barely;
        }
        let twice = if self.is_greedy { level } else { borne.twice };
        let by_twice = self.twice.after(UP_TWICE, now, twice, level);
        let by_amply = self.amply.after(UP * 2_u32.pow(self.relapses), now, borne.amply, level);
        let Some(higher) = by_twice.max(by_amply) else {
            return level;
        };
        (self.level, self.went_up) = (Some(higher), Some(now));
        self.twice.reached(higher);
        self.amply.reached(higher);
        higher
    }

    /// Goes down by one, though not to no picture: what this level needs is more than was thought.
    pub(super) fn down(&mut self, now: Timestamp) {
        if let Some(level) = self.level.filter(|level| *level > 1) {
            self.is_greedy = true;
            self.down_to(level - 1, now);
        }
    }

    fn down_to(&mut self, level: usize, now: Timestamp) {
        if self.went_up.take().is_some_and(|since| now.since(since) < LASTED) {
            self.relapses = (self.relapses + 1).min(MOST_RELAPSES);
        }
        (self.level, self.went_down) = (Some(level), now);
        (self.amply, self.twice) = (Higher::default(), Higher::default());
    }
}
