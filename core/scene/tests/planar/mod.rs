//! Pictures of a flat painted surface that moves in a known way. Everything is a pure function of a seed.
#![allow(dead_code, unreachable_pub, reason = "each test uses its own part")]

use assist_scene::PicturePoint;
use glam::{DMat3, DVec2, DVec3};

/// Side of the painted surface, in its own pixels; about one of them is one pixel of the picture.
const PAINTED: usize = 1600;

/// A well mixed number for a place.
pub fn hash(seed: u64, x: u64, y: u64) -> u64 {
    let mut mixed = seed ^ x.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ y.wrapping_mul(0xd1b5_4a32_d192_ed03);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A number between 0 and 1 for a place.
pub fn uniform(seed: u64, x: u64, y: u64) -> f32 {
    (hash(seed, x, y) >> 40) as f32 / (1u64 << 24) as f32
}

/// A painted surface: rust and dirt, panels, screws, cables and lettering.
pub struct Paint {
    /// The surface and its halvings, so that it can be seen from farther away.
    sizes: Vec<(usize, Vec<f32>)>,
}

impl Paint {
    /// A surface with as much to see as a machine shows: `detail` 1; none at all: 0.
    pub fn new(seed: u64, detail: f32) -> Self {
        let mut grey = vec![120.0f32; PAINTED * PAINTED];
        for octave in 0..6u64 {
            let cell = 256usize >> octave;
            let weight = detail * 22.0 / (1.0 + octave as f32 * 0.7);
            let corner = |x: usize, y: usize| uniform(seed + octave, x as u64, y as u64) * 2.0 - 1.0;
            for y in 0..PAINTED {
                let down = ease((y % cell) as f32 / cell as f32);
                for x in 0..PAINTED {
                    let right = ease((x % cell) as f32 / cell as f32);
                    let (column, row) = (x / cell, y / cell);
                    let upper = mix(corner(column, row), corner(column + 1, row), right);
                    let lower = mix(corner(column, row + 1), corner(column + 1, row + 1), right);
                    grey[y * PAINTED + x] += weight * mix(upper, lower, down);
                }
            }
        }
        for thing in 0..700u64 {
            let random = |which: u64| uniform(seed ^ 0xabc, thing, which);
            let size = 4.0 + 60.0 * random(0).powi(3);
            let (wide, high) = (size * (0.4 + 1.6 * random(1)), size * (0.4 + 1.6 * random(2)));
            let (left, top) = (random(3) * PAINTED as f32, random(4) * PAINTED as f32);
            let (shade, is_round) = (detail * (random(5) - 0.5) * 130.0, random(6) < 0.35);
            for y in top as usize..((top + high) as usize).min(PAINTED) {
                for x in left as usize..((left + wide) as usize).min(PAINTED) {
                    let (u, v) = (
                        (x as f32 - left) / wide * 2.0 - 1.0,
                        (y as f32 - top) / high * 2.0 - 1.0,
                    );
                    if !is_round || u * u + v * v <= 1.0 {
                        grey[y * PAINTED + x] += shade;
                    }
                }
            }
        }
        let mut sizes = vec![(PAINTED, grey)];
        for _ in 0..3 {
            let (side, grey) = &sizes[sizes.len() - 1];
            let half = side / 2;
            let mean = |x: usize, y: usize| {
                let at = |x: usize, y: usize| grey[y * side + x];
                (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1)) / 4.0
            };
            let halved = (0..half * half).map(|index| mean(index % half, index / half)).collect();
            sizes.push((half, halved));
        }
        Self { sizes }
    }

    /// The grey at a place of the surface, about as blurred as a pixel that covers `size` of it.
    fn at(&self, place: DVec2, size: f64) -> f32 {
        let level = (size.max(1.0).log2().round() as usize).min(self.sizes.len() - 1);
        let (side, grey) = &self.sizes[level];
        let place = (place + 0.5) / f64::from(1u32 << level) - 0.5;
        let limit = (*side - 2) as f64;
        let (x, y) = (place.x.clamp(0.0, limit), place.y.clamp(0.0, limit));
        let (column, row) = (x as usize, y as usize);
        let (right, down) = ((x - column as f64) as f32, (y - row as f64) as f32);
        let index = row * side + column;
        let upper = mix(grey[index], grey[index + 1], right);
        mix(upper, mix(grey[index + side], grey[index + side + 1], right), down)
    }
}

fn ease(part: f32) -> f32 {
    part * part * (3.0 - 2.0 * part)
}

fn mix(from: f32, to: f32, part: f32) -> f32 {
    from + (to - from) * part
}

/// How the surface moves before the camera, and what disturbs the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// Sideways, up and down.
    Translation,
    /// Turning about the line of sight.
    Rotation,
    /// Nearer and farther.
    Zoom,
    /// Turning away to either side.
    Perspective,
    /// All of it, with a hand's tremor.
    Handheld,
    /// Sideways by up to 34 pixels a frame.
    Fast,
    /// Smeared by up to a dozen pixels.
    Blur,
    /// Darker and brighter, with a shadow and a reflection wandering across.
    Light,
    /// A board passes in front of the surface.
    Occlusion,
    /// Out of the picture and back.
    Away,
    /// A dark room: little contrast, much grain.
    Grain,
}

/// Every kind of motion.
pub const MOTIONS: [Motion; 11] = [
    Motion::Translation,
    Motion::Rotation,
    Motion::Zoom,
    Motion::Perspective,
    Motion::Handheld,
    Motion::Fast,
    Motion::Blur,
    Motion::Light,
    Motion::Occlusion,
    Motion::Away,
    Motion::Grain,
];

/// A sequence of pictures of one painted surface.
pub struct Sequence {
    /// What happens in it.
    pub motion: Motion,
    /// Width of its pictures, in pixels.
    pub width: usize,
    /// Height of its pictures, in pixels.
    pub height: usize,
    paint: Paint,
    seed: u64,
    /// How much faster than usual everything moves.
    pub speed: f64,
}

impl Sequence {
    /// The sequence of a seed.
    pub fn new(motion: Motion, seed: u64, width: usize, height: usize) -> Self {
        Self::painted(motion, Paint::new(seed, 1.0), seed, width, height)
    }

    /// The same on another surface.
    pub fn painted(motion: Motion, paint: Paint, seed: u64, width: usize, height: usize) -> Self {
        Self {
            motion,
            width,
            height,
            paint,
            seed,
            speed: 1.0,
        }
    }

    /// From the surface to a picture, in pixels counted from the top left pixel's centre. `frame` may lie between two.
    pub fn picture_from_surface(&self, frame: f64) -> DMat3 {
        let t = frame * self.speed;
        let (width, height) = (self.width as f64, self.height as f64);
        let wave = |period: f64| (t * std::f64::consts::TAU / period).sin();
        let (mut shift, mut turn, mut zoom, mut tilt) = (DVec2::ZERO, 0.0, 1.0, DVec2::ZERO);
        match self.motion {
            Motion::Translation => shift = DVec2::new(0.16 * wave(80.0), 0.11 * wave(57.0)),
            Motion::Rotation => turn = 0.6 * wave(100.0),
            Motion::Zoom => zoom = (0.65 * wave(120.0)).exp(),
            Motion::Perspective => tilt = DVec2::new(0.45 * wave(130.0), 0.95 * wave(100.0)),
            Motion::Handheld => {
                shift = DVec2::new(
                    0.12 * wave(71.0) + 0.01 * wave(4.3),
                    0.1 * wave(93.0) + 0.012 * wave(3.7),
                );
                (turn, zoom) = (0.2 * wave(83.0) + 0.01 * wave(3.1), (0.3 * wave(110.0)).exp());
                tilt = DVec2::new(0.3 * wave(101.0), 0.4 * wave(87.0));
            }
            Motion::Fast => shift = DVec2::new(0.17 * wave(20.0), 0.06 * wave(31.0)),
            Motion::Blur => shift = DVec2::new(0.12 * wave(40.0), 0.12 * wave(33.0)),
            Motion::Light | Motion::Occlusion | Motion::Grain => {
                shift = DVec2::new(0.06 * wave(71.0), 0.05 * wave(93.0));
                turn = 0.1 * wave(83.0);
            }
            Motion::Away => {
                shift = DVec2::new(
                    1.1 * (0.5 - 0.5 * (t * std::f64::consts::TAU / 100.0).cos()),
                    0.03 * wave(41.0),
                )
            }
        }
        // The surface stands one focal length before the camera and turns about its middle.
        let focal = 0.8 * width;
        let lens = DMat3::from_cols(
            DVec3::new(focal, 0.0, 0.0),
            DVec3::new(0.0, focal, 0.0),
            DVec3::new(width / 2.0 - 0.5, height / 2.0 - 0.5, 1.0),
        );
        let turned = DMat3::from_rotation_x(tilt.x) * DMat3::from_rotation_y(tilt.y) * DMat3::from_rotation_z(turn);
        let place = DVec3::new(shift.x * width / focal, shift.y * width / focal, 1.0 / zoom);
        let surface = DMat3::from_cols(turned.x_axis, turned.y_axis, place);
        let middle = PAINTED as f64 / 2.0;
        let units = DMat3::from_scale(DVec2::splat(1.0 / focal)) * DMat3::from_translation(DVec2::splat(-middle));
        lens * surface * units
    }

    /// Where a point of frame `from` lies in frame `to`, in picture coordinates.
    pub fn truth(&self, from: usize, to: usize, point: PicturePoint) -> PicturePoint {
        let map = self.picture_from_surface(to as f64) * self.picture_from_surface(from as f64).inverse();
        let size = DVec2::new(self.width as f64, self.height as f64);
        let at = DVec2::new(f64::from(point.x), f64::from(point.y)) * size - 0.5;
        let at = map * at.extend(1.0);
        let at = (at.truncate() / at.z + 0.5) / size;
        PicturePoint::new(at.x as f32, at.y as f32)
    }

    /// The left and right edges of the board in front of the surface, in picture widths, if there is one.
    pub fn board(&self, frame: usize) -> Option<(f64, f64)> {
        let left = -0.5 + 0.011 * (frame as f64 * self.speed % 160.0);
        (self.motion == Motion::Occlusion).then_some((left, left + 0.42))
    }

    /// Whether a point of a frame can be seen: inside the picture and not behind the board.
    pub fn is_visible(&self, frame: usize, point: PicturePoint) -> bool {
        let behind = self
            .board(frame)
            .is_some_and(|(left, right)| (left..right).contains(&f64::from(point.x)));
        point.is_inside() && !behind
    }

    /// The picture of a frame: grey, row by row without padding.
    pub fn picture(&self, frame: usize) -> Vec<u8> {
        // A smeared picture is the mean of what the open shutter sees.
        let exposures = if self.motion == Motion::Blur { 7 } else { 1 };
        let mut sums = vec![0.0f32; self.width * self.height];
        for exposure in 0..exposures {
            let time =
                frame as f64 + 0.9 * (f64::from(exposure) - f64::from(exposures - 1) / 2.0) / f64::from(exposures);
            let back = self.picture_from_surface(time).inverse();
            for (y, row) in sums.chunks_exact_mut(self.width).enumerate() {
                let middle = back * DVec3::new(self.width as f64 / 2.0, y as f64, 1.0);
                let beside = back * DVec3::new(self.width as f64 / 2.0 + 1.0, y as f64, 1.0);
                let size = (beside.truncate() / beside.z).distance(middle.truncate() / middle.z);
                let mut at = back * DVec3::new(0.0, y as f64, 1.0);
                for sum in row {
                    *sum += self.paint.at(at.truncate() / at.z, size);
                    at += back.x_axis;
                }
            }
        }
        let t = frame as f64 * self.speed;
        let board = self.board(frame);
        let (contrast, grain) = if self.motion == Motion::Grain {
            (0.3, 5)
        } else {
            (1.0, 2)
        };
        let lit = if self.motion == Motion::Light {
            0.75 + 0.4 * (t / 9.0).sin() as f32
        } else {
            1.0
        };
        let shadow = self.width as f64 * (0.5 + 0.6 * (t / 23.0).sin());
        let shine = DVec2::new(
            self.width as f64 * (0.5 + 0.4 * (t / 17.0).cos()),
            self.height as f64 * 0.45,
        );
        let finish = |index: usize, sum: f32| {
            let (x, y) = (index % self.width, index / self.width);
            let mut grey = 100.0 + (sum / exposures as f32 - 100.0) * contrast;
            if self.motion == Motion::Light {
                grey *= lit * if (x as f64) < shadow { 0.6 } else { 1.0 };
                let off = DVec2::new(x as f64, y as f64).distance_squared(shine) / 900.0;
                grey += 110.0 * (-off).exp() as f32;
            }
            if board.is_some_and(|(left, right)| (left..right).contains(&((x as f64 + 0.5) / self.width as f64))) {
                let along = (x as f64 - board.map_or(0.0, |board| board.0) * self.width as f64) as u64;
                grey = 60.0 + 110.0 * uniform(self.seed ^ 77, along / 9, y as u64 / 9);
            }
            let noise = hash(self.seed ^ frame as u64, index as u64, 5);
            let noise = (noise % (2 * grain + 1)) as f32 + (noise >> 20 & 255) as f32 % (2 * grain + 1) as f32;
            (grey + (noise - 2.0 * grain as f32) * 0.7).clamp(0.0, 255.0) as u8
        };
        sums.iter()
            .enumerate()
            .map(|(index, sum)| finish(index, *sum))
            .collect()
    }
}

/// A circle, in picture coordinates of a picture of this size; `radius` in picture heights.
pub fn circle(centre: (f32, f32), radius: f32, width: usize, height: usize) -> Vec<PicturePoint> {
    let across = radius * height as f32 / width as f32;
    let corner = |index: i32| {
        let angle = index as f32 / 24.0 * std::f32::consts::TAU;
        PicturePoint::new(centre.0 + across * angle.cos(), centre.1 + radius * angle.sin())
    };
    (0..=24).map(corner).collect()
}

/// Mean and greatest distance, in pixels of a picture of this size.
pub fn distances_px(pairs: &[(PicturePoint, PicturePoint)], width: usize, height: usize) -> (f32, f32) {
    let distance =
        |(a, b): &(PicturePoint, PicturePoint)| ((a.x - b.x) * width as f32).hypot((a.y - b.y) * height as f32);
    let sum: f32 = pairs.iter().map(distance).sum();
    (
        sum / pairs.len().max(1) as f32,
        pairs.iter().map(distance).fold(0.0, f32::max),
    )
}

/// Capture time of a frame, at 30 a second.
pub fn time_us(frame: usize) -> u64 {
    frame as u64 * 100_000 / 3
}
