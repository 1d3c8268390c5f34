//! The plant: a pump with its motor, pipes, tank and switch cabinet in front of a wall.

use assist_scene::Plane;
use glam::{Vec2, Vec3, vec2, vec3};

use super::canvas::{Canvas, Colour};
use super::noise::{Clouds, hash};
use super::paint::{self, Painter};
use super::solids::{CuboidTextures, Face, Pipe, TextureIndex, cuboid, disc};
use super::texture::{Edge, Texture};

/// Where the light comes from.
const TO_LIGHT: Vec3 = vec3(-0.384, 0.720, 0.576);
/// The corner of the display in the cabinet's door, and the size of one of its digits.
const DISPLAY_M: Vec3 = vec3(-1.566, 1.610, -0.497);
const DIGIT_M: Vec2 = vec2(0.055, 0.105);

/// Everything that stands still, and the textures of what moves.
pub(crate) struct Plant {
    pub(crate) faces: Vec<Face>,
    pub(crate) textures: Vec<Texture>,
    digits: Vec<TextureIndex>,
    needle: TextureIndex,
    lamp: [TextureIndex; 2],
}

impl Plant {
    /// The plant of one seed; wear and dirt differ between seeds, the things do not.
    pub(crate) fn new(seed: u64) -> Self {
        let painter = Painter {
            seed,
            clouds: Clouds::new(hash(seed, 1, 1)),
        };
        let mut builder = Builder {
            painter,
            faces: Vec::new(),
            textures: Vec::new(),
            bodies: 0,
        };
        builder.room();
        builder.cabinet();
        builder.pump_and_motor();
        builder.pipework();
        builder.tank();
        let painter = &builder.painter;
        let digits: Vec<Canvas> = "0123456789:".chars().map(|sign| painter.digit(sign)).collect();
        let digits = digits
            .iter()
            .map(|canvas| builder.texture(canvas, Edge::Clamped))
            .collect();
        let needle = builder.texture(&Canvas::new(4, 4, paint::RED), Edge::Clamped);
        let lamp = [vec3(70.0, 30.0, 10.0), vec3(255.0, 170.0, 40.0)]
            .map(|colour| builder.texture(&Canvas::new(4, 4, colour), Edge::Clamped));
        Self {
            faces: builder.faces,
            textures: builder.textures,
            digits,
            needle,
            lamp,
        }
    }

    /// The flat faces of the plant that a phone would report as planes: all but the sides of pipes.
    pub(crate) fn planes(&self) -> Vec<Plane> {
        self.faces
            .iter()
            .filter(|face| face.body == 0)
            .map(Face::to_plane)
            .collect()
    }

    /// What moves at a time: the clock in the display, three needles and a lamp.
    pub(crate) fn moving_faces(&self, capture_time_us: u64) -> Vec<Face> {
        let seconds = capture_time_us as f64 / 1e6;
        let whole = capture_time_us / 1_000_000;
        let (minutes, tenths) = (whole / 60 % 100, capture_time_us / 100_000 % 10);
        let clock = [minutes / 10, minutes % 10, 10, whole % 60 / 10, whole % 10, 10, tenths];
        let mut faces: Vec<Face> = clock
            .into_iter()
            .enumerate()
            .map(|(place, sign)| {
                let origin = DISPLAY_M + Vec3::X * (place as f32 * DIGIT_M.x * 1.12);
                Face::rectangle(
                    origin,
                    Vec3::X * DIGIT_M.x,
                    Vec3::NEG_Y * DIGIT_M.y,
                    self.digits[sign as usize],
                )
            })
            .collect();
        let swing = |period: f64, phase: f64| (0.5 + 0.42 * (seconds / period + phase).sin()) as f32;
        faces.push(self.needle(vec3(-1.508, 1.306, -0.496), 0.075, swing(2.3, 0.0)));
        faces.push(self.needle(vec3(-1.192, 1.306, -0.496), 0.075, swing(3.1, 2.0)));
        faces.push(self.needle(vec3(0.12, 1.16, -0.208), 0.062, swing(1.7, 4.0)));
        let lit = usize::from(capture_time_us % 1_400_000 < 700_000);
        faces.push(disc(vec3(-1.35, 1.98, -0.55), Vec3::Z, 0.045, 12, self.lamp[lit]));
        faces
    }

    /// A needle at `part` (0 to 1) of a dial's scale.
    fn needle(&self, centre_m: Vec3, length_m: f32, part: f32) -> Face {
        let (sine, cosine) = (std::f32::consts::PI * (0.75 + 1.5 * part)).sin_cos();
        let tip = vec3(cosine, -sine, 0.0);
        let aside = vec3(sine, cosine, 0.0) * 0.006;
        let base = centre_m - tip * length_m * 0.2 + aside;
        Face::rectangle(base, tip * length_m * 1.2, aside * -2.0, self.needle)
    }
}

/// How bright a surface is that faces `normal`.
fn light(normal: Vec3) -> f32 {
    0.50 + 0.55 * normal.dot(TO_LIGHT).max(0.0) + 0.08 * normal.y
}

/// How many faces make a pipe of a radius look round.
fn sides_of(radius_m: f32) -> usize {
    if radius_m < 0.04 {
        10
    } else if radius_m < 0.08 {
        16
    } else {
        32
    }
}

struct Builder {
    painter: Painter,
    faces: Vec<Face>,
    textures: Vec<Texture>,
    bodies: u32,
}

impl Builder {
    fn texture(&mut self, canvas: &Canvas, edge: Edge) -> TextureIndex {
        self.textures.push(Texture::new(canvas, edge));
        self.textures.len() - 1
    }

    /// A flat surface's texture, lit for where it faces.
    fn lit(&mut self, mut canvas: Canvas, normal: Vec3, edge: Edge) -> TextureIndex {
        canvas.texels.iter_mut().for_each(|texel| *texel *= light(normal));
        self.texture(&canvas, edge)
    }

    /// A rectangle that faces the viewer.
    fn front(&mut self, top_left_m: Vec3, size_m: Vec2, canvas: Canvas) {
        let texture = self.lit(canvas, Vec3::Z, Edge::Clamped);
        self.faces.push(Face::rectangle(
            top_left_m,
            Vec3::X * size_m.x,
            Vec3::NEG_Y * size_m.y,
            texture,
        ));
    }

    /// A box with one picture in front and one colour of paint on its other sides.
    fn cuboid(&mut self, low_m: Vec3, high_m: Vec3, front: Canvas, colour: Colour) {
        let which = self.textures.len() as u64;
        let mut sides = self.painter.metal(256, 256, colour, which);
        sides.shade_edges(24.0, 0.3);
        let top = self.painter.metal(256, 256, colour, which + 1000);
        let textures = CuboidTextures {
            front: self.lit(front, Vec3::Z, Edge::Clamped),
            sides: self.lit(sides, Vec3::X, Edge::Clamped),
            top: self.lit(top, Vec3::Y, Edge::Clamped),
        };
        self.faces.extend(cuboid(low_m, high_m, &textures));
    }

    /// A pipe from one point to another, lit around its circumference.
    fn pipe(&mut self, from_m: Vec3, to_m: Vec3, radius_m: f32, mut canvas: Canvas, tile_m: Option<f32>) {
        let along = (to_m - from_m).normalize();
        let width = canvas.width as f32;
        canvas.each(|at, colour| {
            let normal = Pipe::outward(along, (at.x + 0.5) / width);
            let gloss = normal.dot((TO_LIGHT + Vec3::Z).normalize()).max(0.0).powi(40);
            colour * light(normal) + 70.0 * gloss
        });
        let edge = if tile_m.is_some() {
            Edge::Repeated
        } else {
            Edge::Clamped
        };
        let texture = self.texture(&canvas, edge);
        self.push_pipe(Pipe {
            from_m,
            to_m,
            radius_m,
            sides: 0,
            texture,
            cap: None,
            tile_m,
        });
    }

    fn push_pipe(&mut self, mut pipe: Pipe) {
        pipe.sides = sides_of(pipe.radius_m);
        self.bodies += 1;
        self.faces.extend(pipe.faces(self.bodies));
    }

    /// A short thick piece around a pipe, with a picture on its ends.
    fn collar(&mut self, from_m: Vec3, to_m: Vec3, radius_m: f32, colour: Colour, ends: Canvas) {
        let side = self.painter.metal(128, 32, colour, self.textures.len() as u64);
        self.pipe(from_m, to_m, radius_m, side, None);
        let along = (to_m - from_m).normalize();
        let sides = sides_of(radius_m);
        for (centre, normal) in [(from_m, -along), (to_m, along)] {
            let mut canvas = ends.duplicate();
            canvas.shade_edges(20.0, 0.2);
            let texture = self.lit(canvas, normal, Edge::Clamped);
            self.faces.push(disc(centre, normal, radius_m, sides, texture));
        }
    }

    fn flange(&mut self, centre_m: Vec3, along: Vec3, radius_m: f32) {
        let ends = self.painter.flange();
        self.collar(
            centre_m - along * 0.02,
            centre_m + along * 0.02,
            radius_m,
            paint::STEEL,
            ends,
        );
    }

    fn room(&mut self) {
        let upper = self.painter.wall(vec3(214.0, 208.0, 192.0), 1);
        let mut lower = self.painter.wall(vec3(104.0, 134.0, 136.0), 2);
        lower.rect(Vec2::ZERO, vec2(512.0, 22.0), 0.0, vec3(52.0, 70.0, 76.0));
        let upper = self.lit(upper, Vec3::Z, Edge::Repeated);
        let lower = self.lit(lower, Vec3::Z, Edge::Repeated);
        let floor = self.painter.floor();
        let floor = self.lit(floor, Vec3::Y, Edge::Repeated);
        let (wide, back) = (Vec3::X * 12.0, -0.9);
        self.faces.extend([
            Face::rectangle(vec3(-6.0, 4.1, back), wide, Vec3::NEG_Y * 3.0, upper).tiled(Vec2::ONE),
            Face::rectangle(vec3(-6.0, 1.1, back), wide, Vec3::NEG_Y * 1.1, lower).tiled(vec2(1.1, 1.1)),
            Face::rectangle(vec3(-6.0, 0.0, back), wide, Vec3::Z * 7.0, floor).tiled(Vec2::splat(1.5)),
        ]);
        let line = self.painter.metal(512, 32, paint::YELLOW, 3);
        let line = self.lit(line, Vec3::Y, Edge::Repeated);
        let line = Face::rectangle(vec3(-6.0, 0.003, 0.35), wide, Vec3::Z * 0.09, line).tiled(vec2(1.4, 0.09));
        self.faces.push(line);
        let sign = self
            .painter
            .sign(paint::RED, "DANGER", &["ROTATING PARTS", "MAY START ANY TIME"]);
        self.front(vec3(0.62, 1.72, back + 0.012), vec2(0.56, 0.28), sign);
        let sign = self.painter.sign(
            paint::YELLOW,
            "NOTICE",
            &["CHECK OIL LEVEL", "EVERY 250 HOURS", "SEE SHEET 14"],
        );
        self.front(vec3(0.62, 1.36, back + 0.012), vec2(0.46, 0.23), sign);
        let sign = self.painter.sign(paint::GREEN, "EYE WASH >", &["TEST WEEKLY"]);
        self.front(vec3(-0.72, 1.78, back + 0.012), vec2(0.44, 0.22), sign);
        let mut junction = self.painter.terminal_box();
        junction.shade_edges(30.0, 0.3);
        self.cuboid(
            vec3(-0.6, 1.12, back),
            vec3(-0.36, 1.36, back + 0.1),
            junction,
            Vec3::splat(128.0),
        );
        for x in [-0.54, -0.48, -0.42] {
            let conduit = self.painter.metal(64, 256, Vec3::splat(92.0), 4);
            self.pipe(
                vec3(x, 0.0, back + 0.05),
                vec3(x, 1.12, back + 0.05),
                0.018,
                conduit,
                None,
            );
        }
    }

    fn cabinet(&mut self) {
        let door = self.painter.cabinet_door();
        self.cuboid(
            vec3(-1.75, 0.12, -0.9),
            vec3(-0.95, 1.87, -0.5),
            door,
            vec3(186.0, 189.0, 182.0),
        );
        let plinth = self.painter.hazard();
        self.cuboid(
            vec3(-1.77, 0.0, -0.9),
            vec3(-0.93, 0.12, -0.46),
            plinth,
            Vec3::splat(70.0),
        );
        let beacon = self.painter.metal(64, 64, Vec3::splat(60.0), 5);
        self.cuboid(
            vec3(-1.42, 1.87, -0.66),
            vec3(-1.28, 2.05, -0.56),
            beacon,
            Vec3::splat(60.0),
        );
    }

    fn pump_and_motor(&mut self) {
        let mut skirt = Canvas::new(1024, 64, paint::YELLOW);
        skirt.stripes(Vec2::ZERO, skirt.size(), 56.0, [paint::YELLOW, paint::BLACK]);
        skirt.weather(hash(self.painter.seed, 6, 50), &self.painter.clouds, 1.0);
        self.cuboid(vec3(-0.3, 0.0, -0.72), vec3(1.5, 0.14, -0.02), skirt, Vec3::splat(84.0));
        for x in [0.62, 1.06] {
            let foot = self.painter.metal(64, 64, paint::MACHINE_BLUE * 0.7, 6);
            self.cuboid(
                vec3(x, 0.14, -0.5),
                vec3(x + 0.1, 0.3, -0.2),
                foot,
                paint::MACHINE_BLUE * 0.7,
            );
        }
        let foot = self.painter.metal(64, 64, paint::MACHINE_BLUE * 0.7, 7);
        self.cuboid(
            vec3(0.0, 0.14, -0.5),
            vec3(0.24, 0.26, -0.22),
            foot,
            paint::MACHINE_BLUE * 0.7,
        );

        let axis = vec3(0.0, 0.46, -0.36);
        let casing = self.painter.pump_face();
        self.collar(
            axis + vec3(0.12, 0.0, -0.14),
            axis + vec3(0.12, 0.0, 0.16),
            0.25,
            paint::MACHINE_BLUE,
            casing,
        );
        let shaft = self.painter.metal(64, 64, paint::STEEL, 8);
        self.pipe(
            axis + vec3(0.3, 0.0, 0.0),
            axis + vec3(0.6, 0.0, 0.0),
            0.05,
            shaft,
            None,
        );
        let mut guard = self.painter.metal(256, 256, paint::YELLOW, 9);
        for hole in 0..36 {
            guard.disc(
                vec2(30.0 + (hole % 6) as f32 * 39.0, 30.0 + (hole / 6) as f32 * 39.0),
                11.0,
                Vec3::splat(40.0),
            );
        }
        self.cuboid(vec3(0.4, 0.14, -0.48), vec3(0.54, 0.6, -0.24), guard, paint::YELLOW);
        let fins = self.painter.fins();
        self.pipe(axis + vec3(0.6, 0.0, 0.0), axis + vec3(1.2, 0.0, 0.0), 0.21, fins, None);
        let grille = self.painter.grille();
        self.collar(
            axis + vec3(1.2, 0.0, 0.0),
            axis + vec3(1.36, 0.0, 0.0),
            0.215,
            paint::STEEL * 0.6,
            grille.duplicate(),
        );
        self.collar(
            axis + vec3(0.56, 0.0, 0.0),
            axis + vec3(0.6, 0.0, 0.0),
            0.225,
            paint::MACHINE_BLUE * 0.8,
            grille,
        );
        let terminals = self.painter.terminal_box();
        self.cuboid(
            vec3(0.8, 0.62, -0.46),
            vec3(1.02, 0.82, -0.26),
            terminals,
            Vec3::splat(120.0),
        );
        let plate = self
            .painter
            .sign(Vec3::splat(60.0), "MOTOR 18 KW", &["400 V 50 HZ", "COS 0.86", "IP 55"]);
        self.front(vec3(0.8, 0.42, -0.149), vec2(0.2, 0.1), plate);
    }

    fn pipework(&mut self) {
        let (coolant, steam) = (vec3(70.0, 140.0, 96.0), vec3(172.0, 172.0, 168.0));
        let blue = vec3(40.0, 80.0, 170.0);
        let pipes = [
            (
                coolant,
                paint::WHITE,
                vec3(0.12, 0.68, -0.36),
                vec3(0.12, 2.16, -0.36),
                0.065,
            ),
            (
                coolant,
                paint::WHITE,
                vec3(-6.0, 2.2, -0.36),
                vec3(6.0, 2.2, -0.36),
                0.085,
            ),
            (steam, paint::RED, vec3(-6.0, 2.0, -0.74), vec3(6.0, 2.0, -0.74), 0.055),
            (coolant, blue, vec3(-0.84, 0.46, -0.3), vec3(-0.08, 0.46, -0.3), 0.06),
            (coolant, blue, vec3(-0.72, 0.0, -0.3), vec3(-0.72, 0.46, -0.3), 0.06),
            (
                steam,
                paint::YELLOW,
                vec3(1.62, 0.0, -0.8),
                vec3(1.62, 2.0, -0.8),
                0.045,
            ),
        ];
        for (which, (colour, band, from, to, radius)) in (60..).zip(pipes) {
            let canvas = self.painter.banded_pipe(colour, band, which);
            self.pipe(from, to, radius, canvas, Some(0.74));
        }
        for y in [0.73, 1.36, 1.74, 2.08] {
            self.flange(vec3(0.12, y, -0.36), Vec3::Y, 0.11);
        }
        for (at, along) in [
            (vec3(-0.18, 0.46, -0.3), Vec3::X),
            (vec3(-0.84, 0.46, -0.3), Vec3::X),
            (vec3(-0.72, 0.32, -0.3), Vec3::Y),
            (vec3(-0.72, 0.03, -0.3), Vec3::Y),
        ] {
            self.flange(at, along, 0.1);
        }
        // The valve: a body, a stem towards the viewer and a red hand wheel.
        let body = self.painter.metal(128, 64, vec3(60.0, 100.0, 76.0), 70);
        self.pipe(vec3(0.12, 1.42, -0.36), vec3(0.12, 1.68, -0.36), 0.09, body, None);
        let stem = self.painter.metal(64, 64, paint::STEEL, 71);
        self.pipe(vec3(0.12, 1.55, -0.28), vec3(0.12, 1.55, -0.15), 0.022, stem, None);
        let wheel = self.painter.wheel(paint::RED, 5);
        self.collar(
            vec3(0.12, 1.55, -0.17),
            vec3(0.12, 1.55, -0.145),
            0.12,
            paint::RED,
            wheel,
        );
        // A gauge on the rising pipe; its needle moves.
        let stem = self.painter.metal(64, 64, paint::STEEL, 72);
        self.pipe(vec3(0.12, 1.16, -0.32), vec3(0.12, 1.16, -0.24), 0.02, stem, None);
        let gauge = self.painter.gauge();
        self.collar(
            vec3(0.12, 1.16, -0.25),
            vec3(0.12, 1.16, -0.21),
            0.085,
            Vec3::splat(50.0),
            gauge,
        );
    }

    fn tank(&mut self) {
        let tank = self.painter.tank();
        self.pipe(vec3(2.2, 0.1, -0.25), vec3(2.2, 1.85, -0.25), 0.5, tank, None);
        let lid = self.painter.metal(256, 256, paint::STEEL, 80);
        let lid = self.lit(lid, Vec3::Y, Edge::Clamped);
        self.faces.push(disc(vec3(2.2, 1.85, -0.25), Vec3::Y, 0.5, 32, lid));
        let base = self.painter.hazard();
        self.cuboid(vec3(1.68, 0.0, -0.78), vec3(2.72, 0.1, 0.28), base, Vec3::splat(90.0));
    }
}
