//! What is painted on the plant: panels, plates, dials and plain surfaces.

use std::f32::consts::{PI, TAU};

use glam::{Vec2, Vec3, vec2, vec3};

use super::canvas::{Canvas, Colour};
use super::noise::{Clouds, hash, uniform};

pub(crate) const BLACK: Colour = Vec3::splat(24.0);
pub(crate) const WHITE: Colour = Vec3::splat(232.0);
pub(crate) const YELLOW: Colour = vec3(238.0, 188.0, 20.0);
pub(crate) const RED: Colour = vec3(190.0, 34.0, 28.0);
pub(crate) const GREEN: Colour = vec3(38.0, 128.0, 74.0);
pub(crate) const STEEL: Colour = vec3(150.0, 155.0, 160.0);
pub(crate) const MACHINE_BLUE: Colour = vec3(44.0, 92.0, 140.0);
const CABINET: Colour = vec3(196.0, 199.0, 192.0);

/// A painter with a seed: the same seed paints the same plant.
pub(crate) struct Painter {
    pub(crate) seed: u64,
    pub(crate) clouds: Clouds,
}

impl Painter {
    /// One colour of paint on metal, worn.
    pub(crate) fn metal(&self, width: usize, height: usize, colour: Colour, which: u64) -> Canvas {
        let mut canvas = Canvas::new(width, height, colour);
        canvas.weather(hash(self.seed, which, 7), &self.clouds, 0.7);
        canvas
    }

    /// A block wall: mortar joints every 256 x 128 texels.
    pub(crate) fn wall(&self, colour: Colour, which: u64) -> Canvas {
        let mut canvas = Canvas::new(512, 512, colour);
        let seed = hash(self.seed, which, 8);
        canvas.each(|at, colour| {
            let row = (at.y / 128.0).floor();
            let x = (at.x + (row as i32 % 2) as f32 * 128.0).rem_euclid(512.0);
            let tone = uniform(seed, (x / 256.0) as u64, row as u64) * 0.1 + 0.95;
            let joint = (at.y % 128.0).min(x % 256.0);
            let pores = if hash(seed, at.x as u64 / 2, at.y as u64 / 2).is_multiple_of(97) {
                0.8
            } else {
                1.0
            };
            colour * tone * pores * if joint < 5.0 { 0.78 } else { 1.0 }
        });
        canvas.weather(seed, &self.clouds, 0.8);
        canvas
    }

    /// A concrete floor with cracks and oil stains.
    pub(crate) fn floor(&self) -> Canvas {
        let mut canvas = Canvas::new(1024, 1024, vec3(142.0, 138.0, 130.0));
        let seed = hash(self.seed, 3, 9);
        for crack in 0..9u64 {
            let mut at = vec2(uniform(seed, crack, 0), uniform(seed, crack, 1)) * 1024.0;
            let mut heading = uniform(seed, crack, 2) * TAU;
            for step in 0..14 {
                heading += (uniform(seed, crack, 10 + step) - 0.5) * 1.4;
                let next = at + Vec2::from_angle(heading) * 22.0;
                canvas.line(at, next, 1.0 + uniform(seed, crack, 40 + step), Vec3::splat(82.0));
                at = next;
            }
        }
        canvas.each(|at, colour| {
            let oil = (self.clouds.at(at.x * 0.25 + 40.0, at.y * 0.25) - 0.25).max(0.0);
            let stones = if hash(seed, at.x as u64 / 3, at.y as u64 / 3).is_multiple_of(11) {
                0.86
            } else {
                1.0
            };
            colour * (1.0 - 0.9 * oil.min(0.5)) * stones
        });
        canvas.line(vec2(0.0, 512.0), vec2(1024.0, 512.0), 5.0, Vec3::splat(96.0));
        canvas.line(vec2(512.0, 0.0), vec2(512.0, 1024.0), 5.0, Vec3::splat(96.0));
        canvas.weather(seed, &self.clouds, 1.0);
        canvas
    }

    /// The cabinet's door: title, display, two dials, buttons and lamps, a warning, louvres, a handle, screws.
    pub(crate) fn cabinet_door(&self) -> Canvas {
        let mut canvas = self.metal(1024, 2048, CABINET, 20);
        let seam = Vec3::splat(92.0);
        for (from, to) in [
            ((40, 40), (984, 40)),
            ((984, 40), (984, 2008)),
            ((984, 2008), (40, 2008)),
            ((40, 2008), (40, 40)),
        ] {
            canvas.line(
                vec2(from.0 as f32, from.1 as f32),
                vec2(to.0 as f32, to.1 as f32),
                7.0,
                seam,
            );
        }
        canvas.rect(vec2(150.0, 100.0), vec2(724.0, 120.0), 10.0, vec3(24.0, 60.0, 104.0));
        canvas.centred_text(vec2(512.0, 160.0), 58.0, WHITE, "PUMP STATION 3");
        canvas.rect(vec2(150.0, 270.0), vec2(724.0, 190.0), 16.0, Vec3::splat(52.0));
        canvas.rect(vec2(172.0, 290.0), vec2(680.0, 150.0), 6.0, vec3(18.0, 34.0, 30.0));
        for (x, label) in [(310.0, "INLET"), (714.0, "OUTLET")] {
            self.dial(&mut canvas, vec2(x, 660.0), 150.0, "BAR");
            canvas.centred_text(vec2(x, 860.0), 34.0, BLACK, label);
        }
        let buttons = [
            (RED, "STOP"),
            (GREEN, "START"),
            (YELLOW, "RESET"),
            (WHITE, "TEST"),
            (vec3(50.0, 90.0, 190.0), "AUTO"),
        ];
        for (index, (colour, label)) in buttons.into_iter().enumerate() {
            let centre = vec2(190.0 + 161.0 * index as f32, 990.0);
            canvas.disc(centre, 52.0, Vec3::splat(70.0));
            canvas.disc(centre, 44.0, Vec3::splat(168.0));
            canvas.disc(centre, 36.0, colour);
            canvas.disc(centre - 10.0, 11.0, colour.lerp(WHITE, 0.5));
            canvas.centred_text(centre + vec2(0.0, 82.0), 26.0, BLACK, label);
        }
        self.warning_triangle(&mut canvas, vec2(270.0, 1290.0), 120.0);
        canvas.rect(vec2(430.0, 1190.0), vec2(430.0, 190.0), 8.0, YELLOW);
        for (line, text) in ["DANGER 400 V", "SWITCH OFF BEFORE", "OPENING THE DOOR"]
            .into_iter()
            .enumerate()
        {
            canvas.text(vec2(452.0, 1216.0 + 54.0 * line as f32), 25.0, BLACK, text);
        }
        for slot in 0..9 {
            let top = vec2(220.0, 1500.0 + 48.0 * slot as f32);
            canvas.rect(top, vec2(584.0, 26.0), 12.0, Vec3::splat(60.0));
            canvas.rect(top + vec2(0.0, 18.0), vec2(584.0, 10.0), 5.0, Vec3::splat(222.0));
        }
        canvas.rect(vec2(898.0, 1080.0), vec2(44.0, 190.0), 20.0, Vec3::splat(48.0));
        canvas.rect(vec2(906.0, 1090.0), vec2(16.0, 170.0), 8.0, Vec3::splat(120.0));
        self.corner_screws(&mut canvas, 76.0, 15.0);
        canvas.shade_edges(60.0, 0.25);
        canvas
    }

    /// A round instrument without its needle.
    fn dial(&self, canvas: &mut Canvas, centre: Vec2, radius: f32, unit: &str) {
        canvas.disc(centre + radius * 0.05, radius * 1.04, Vec3::splat(70.0));
        canvas.disc(centre, radius, Vec3::splat(36.0));
        canvas.disc(centre, radius * 0.88, Vec3::splat(240.0));
        for tick in 0..=40 {
            let direction = Vec2::from_angle(PI * 0.75 + tick as f32 / 40.0 * PI * 1.5);
            let (inner, width) = if tick % 4 == 0 { (0.66, 0.03) } else { (0.73, 0.014) };
            let colour = if tick > 32 { RED } else { BLACK };
            canvas.line(
                centre + direction * radius * inner,
                centre + direction * radius * 0.82,
                radius * width,
                colour,
            );
            if tick % 8 == 0 {
                let sign = (tick / 4).to_string();
                canvas.centred_text(centre + direction * radius * 0.52, radius * 0.13, BLACK, &sign);
            }
        }
        canvas.centred_text(centre + vec2(0.0, radius * 0.42), radius * 0.13, BLACK, unit);
        canvas.disc(centre, radius * 0.08, BLACK);
    }

    /// A dial that fills a texture.
    pub(crate) fn gauge(&self) -> Canvas {
        let mut canvas = Canvas::new(256, 256, Vec3::splat(36.0));
        self.dial(&mut canvas, Vec2::splat(128.0), 124.0, "MPA");
        canvas
    }

    fn warning_triangle(&self, canvas: &mut Canvas, centre: Vec2, reach: f32) {
        let corner = |index: usize| centre + Vec2::from_angle(-PI / 2.0 + TAU / 3.0 * index as f32) * reach;
        for row in 0..reach as i32 {
            let part = row as f32 / reach;
            let (left, right) = (corner(0).lerp(corner(2), part), corner(0).lerp(corner(1), part));
            canvas.line(left, right, reach * 0.025 + 1.0, YELLOW);
        }
        for index in 0..3 {
            canvas.line(corner(index), corner(index + 1), reach * 0.11, BLACK);
        }
        let bolt = [(0.08, -0.5), (-0.16, 0.08), (0.1, 0.0), (-0.06, 0.42)];
        for pair in bolt.windows(2) {
            canvas.line(
                centre + Vec2::from(pair[0]) * reach,
                centre + Vec2::from(pair[1]) * reach,
                reach * 0.1,
                BLACK,
            );
        }
    }

    fn corner_screws(&self, canvas: &mut Canvas, inset: f32, radius: f32) {
        let far = canvas.size() - inset;
        let corners = [(inset, inset), (far.x, inset), (inset, far.y), (far.x, far.y)];
        for (index, corner) in corners.into_iter().enumerate() {
            let turn = uniform(self.seed, index as u64, canvas.width as u64) * PI;
            canvas.screw(Vec2::from(corner), radius, turn);
        }
    }

    /// A sign with a coloured head and lines of text.
    pub(crate) fn sign(&self, head: Colour, title: &str, lines: &[&str]) -> Canvas {
        let mut canvas = Canvas::new(512, 256, WHITE);
        canvas.rect(Vec2::ZERO, vec2(512.0, 86.0), 0.0, head);
        let ink = if head.element_sum() > 380.0 { BLACK } else { WHITE };
        canvas.centred_text(vec2(256.0, 44.0), 46.0, ink, title);
        for (index, line) in lines.iter().enumerate() {
            canvas.centred_text(vec2(256.0, 124.0 + 44.0 * index as f32), 26.0, BLACK, line);
        }
        canvas.weather(hash(self.seed, title.len() as u64, 30), &self.clouds, 0.35);
        self.corner_screws(&mut canvas, 16.0, 7.0);
        canvas
    }

    /// Slanting yellow and black on the edge of something to stumble over.
    pub(crate) fn hazard(&self) -> Canvas {
        let mut canvas = Canvas::new(256, 128, YELLOW);
        canvas.stripes(Vec2::ZERO, vec2(256.0, 128.0), 128.0, [YELLOW, BLACK]);
        canvas.weather(hash(self.seed, 5, 31), &self.clouds, 1.0);
        canvas
    }

    /// The face of the pump: a ring of bolts, ribs and a type plate.
    pub(crate) fn pump_face(&self) -> Canvas {
        let mut canvas = self.metal(512, 512, MACHINE_BLUE, 40);
        let centre = Vec2::splat(256.0);
        canvas.ring(centre, 240.0, 26.0, MACHINE_BLUE * 0.72);
        canvas.ring(centre, 150.0, 8.0, MACHINE_BLUE * 0.6);
        for bolt in 0..12 {
            let at = centre + Vec2::from_angle(TAU * bolt as f32 / 12.0) * 205.0;
            canvas.disc(at + 3.0, 21.0, Vec3::splat(30.0));
            canvas.disc(at, 18.0, STEEL);
            canvas.disc(at, 10.0, STEEL * 0.7);
        }
        canvas.disc(centre + 4.0, 112.0, MACHINE_BLUE * 0.5);
        canvas.disc(centre, 106.0, MACHINE_BLUE * 1.15);
        canvas.rect(vec2(172.0, 214.0), vec2(168.0, 86.0), 4.0, Vec3::splat(198.0));
        for (line, text) in ["TYPE KP-204", "Q 48 M3/H", "N 2950 /MIN"].into_iter().enumerate() {
            canvas.text(vec2(182.0, 224.0 + 25.0 * line as f32), 15.0, BLACK, text);
        }
        canvas
    }

    /// Around a motor: cooling fins along it.
    pub(crate) fn fins(&self) -> Canvas {
        let mut canvas = self.metal(512, 256, MACHINE_BLUE, 41);
        canvas.each(|at, colour| {
            let phase = (at.x % 16.0) / 16.0;
            let fin = if at.y < 20.0 || at.y > 236.0 {
                0.9
            } else {
                0.45 + 0.75 * (phase * TAU).sin().max(-0.4)
            };
            colour * fin.max(0.25)
        });
        canvas
    }

    /// The end of a motor: slots in a fan cover.
    pub(crate) fn grille(&self) -> Canvas {
        let mut canvas = self.metal(256, 256, STEEL * 0.6, 42);
        for ring in 1..7 {
            canvas.ring(Vec2::splat(128.0), ring as f32 * 18.0, 8.0, Vec3::splat(22.0));
        }
        canvas.line(vec2(10.0, 128.0), vec2(246.0, 128.0), 12.0, STEEL * 0.7);
        canvas.line(vec2(128.0, 10.0), vec2(128.0, 246.0), 12.0, STEEL * 0.7);
        canvas
    }

    /// A flange seen from its end: a ring of bolts.
    pub(crate) fn flange(&self) -> Canvas {
        let mut canvas = self.metal(128, 128, STEEL, 45);
        for bolt in 0..8 {
            let at = Vec2::splat(64.0) + Vec2::from_angle(TAU * bolt as f32 / 8.0) * 50.0;
            canvas.disc(at + 1.0, 8.0, Vec3::splat(50.0));
            canvas.disc(at, 6.5, Vec3::splat(120.0));
        }
        canvas
    }

    /// A hand wheel: a rim, spokes and a hub.
    pub(crate) fn wheel(&self, colour: Colour, spokes: usize) -> Canvas {
        let mut canvas = Canvas::new(256, 256, Vec3::splat(46.0));
        let centre = Vec2::splat(128.0);
        for spoke in 0..spokes {
            let tip = centre + Vec2::from_angle(TAU * spoke as f32 / spokes as f32 + 0.3) * 110.0;
            canvas.line(centre, tip, 22.0, colour * 0.9);
        }
        canvas.ring(centre, 112.0, 30.0, colour);
        canvas.ring(centre, 106.0, 5.0, colour.lerp(WHITE, 0.35));
        canvas.disc(centre, 34.0, colour * 0.8);
        canvas.disc(centre, 15.0, STEEL);
        canvas.weather(hash(self.seed, spokes as u64, 33), &self.clouds, 0.6);
        canvas
    }

    /// Pipe paint with bands of the medium's colour and arrows of its flow, along the texture's height.
    pub(crate) fn banded_pipe(&self, colour: Colour, band: Colour, which: u64) -> Canvas {
        let mut canvas = self.metal(256, 512, colour, which);
        canvas.rect(vec2(0.0, 60.0), vec2(256.0, 70.0), 0.0, band);
        canvas.rect(vec2(0.0, 148.0), vec2(256.0, 14.0), 0.0, band);
        for arrow in 0..4 {
            let tip = vec2(32.0 + 64.0 * arrow as f32, 210.0);
            for side in [-18.0, 18.0] {
                canvas.line(tip, tip + vec2(side, 34.0), 8.0, band);
            }
            canvas.line(tip, tip + vec2(0.0, 80.0), 8.0, band);
        }
        canvas.rect(vec2(0.0, 480.0), vec2(256.0, 6.0), 0.0, colour * 0.6);
        canvas
    }

    /// Around a tank: plates, rivets, a number and a level scale on the side that is seen.
    pub(crate) fn tank(&self) -> Canvas {
        let mut canvas = self.metal(1024, 1024, vec3(176.0, 186.0, 188.0), 43);
        for seam in [20.0, 350.0, 690.0, 1000.0] {
            canvas.line(vec2(0.0, seam), vec2(1024.0, seam), 5.0, Vec3::splat(104.0));
            for rivet in 0..48 {
                let at = vec2(10.0 + rivet as f32 * 21.4, seam + 14.0);
                canvas.disc(at + 1.0, 4.5, Vec3::splat(84.0));
                canvas.disc(at, 3.8, Vec3::splat(206.0));
            }
        }
        // The viewer stands to the left of the tank's middle.
        canvas.text(vec2(300.0, 130.0), 90.0, vec3(26.0, 58.0, 120.0), "T-7");
        canvas.text(vec2(300.0, 240.0), 34.0, BLACK, "COOLANT");
        canvas.rect(vec2(560.0, 380.0), vec2(46.0, 290.0), 6.0, WHITE);
        for tick in 0..29 {
            let length = if tick % 5 == 0 { 34.0 } else { 18.0 };
            let y = 388.0 + tick as f32 * 9.7;
            canvas.line(vec2(566.0, y), vec2(566.0 + length, y), 2.5, BLACK);
        }
        canvas.rect(vec2(540.0, 470.0), vec2(14.0, 200.0), 4.0, vec3(60.0, 110.0, 190.0));
        canvas
    }

    /// The lid of a small box: a type plate, screws and a lightning sign.
    pub(crate) fn terminal_box(&self) -> Canvas {
        let mut canvas = self.metal(256, 256, Vec3::splat(120.0), 44);
        self.warning_triangle(&mut canvas, vec2(128.0, 104.0), 66.0);
        canvas.centred_text(vec2(128.0, 200.0), 26.0, WHITE, "M-204");
        self.corner_screws(&mut canvas, 24.0, 10.0);
        canvas.shade_edges(16.0, 0.4);
        canvas
    }

    /// One digit of a lit display.
    pub(crate) fn digit(&self, sign: char) -> Canvas {
        let mut canvas = Canvas::new(64, 128, vec3(18.0, 34.0, 30.0));
        canvas.text(vec2(8.0, 29.0), 70.0, vec3(120.0, 255.0, 170.0), &sign.to_string());
        canvas
    }
}
