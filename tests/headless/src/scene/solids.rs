//! What the plant is made of: flat convex faces, alone or joined to boxes and pipes.

use std::f32::consts::TAU;

use assist_scene::{Plane, Pose};
use glam::{Mat3, Quat, Vec2, Vec3, vec2, vec3};

/// Which of the plant's textures.
pub(crate) type TextureIndex = usize;

/// A flat convex painted face. A point of it is `origin + right * u + down * v`, with u and v in texture sizes.
#[derive(Debug, Clone)]
pub(crate) struct Face {
    pub(crate) origin_m: Vec3,
    pub(crate) right_m: Vec3,
    pub(crate) down_m: Vec3,
    /// Corners as (u, v), in order.
    pub(crate) outline: Vec<Vec2>,
    pub(crate) texture: TextureIndex,
    /// Faces of one smooth body share a number: there is no edge to be seen between them.
    pub(crate) body: u32,
}

impl Face {
    /// A rectangle whose top left corner is `origin_m`, as seen from its front; the texture covers it once.
    pub(crate) fn rectangle(origin_m: Vec3, right_m: Vec3, down_m: Vec3, texture: TextureIndex) -> Self {
        let outline = vec![Vec2::ZERO, Vec2::X, Vec2::ONE, Vec2::Y];
        Self {
            origin_m,
            right_m,
            down_m,
            outline,
            texture,
            body: 0,
        }
    }

    /// The same rectangle with the texture repeated so that it is `tile_m` wide and high.
    pub(crate) fn tiled(mut self, tile_m: Vec2) -> Self {
        let repeats = vec2(self.right_m.length(), self.down_m.length()) / tile_m;
        self.right_m /= repeats.x;
        self.down_m /= repeats.y;
        self.outline.iter_mut().for_each(|corner| *corner *= repeats);
        self
    }

    /// The direction it faces; not of unit length.
    pub(crate) fn normal(&self) -> Vec3 {
        self.down_m.cross(self.right_m)
    }

    /// A point of the face.
    pub(crate) fn at(&self, point: Vec2) -> Vec3 {
        self.origin_m + self.right_m * point.x + self.down_m * point.y
    }

    /// The face as a phone would report it: +Y of the pose is the normal, origin in the middle of the outline.
    pub(crate) fn to_plane(&self) -> Plane {
        let corners: Vec<Vec3> = self.outline.iter().map(|corner| self.at(*corner)).collect();
        let centre = corners.iter().sum::<Vec3>() / corners.len().max(1) as f32;
        let (x, y) = (self.right_m.normalize(), self.normal().normalize());
        let orientation = Quat::from_mat3(&Mat3::from_cols(x, y, x.cross(y))).normalize();
        let pose = Pose {
            position_m: centre,
            orientation,
        };
        let local = corners.iter().map(|corner| pose.to_local(*corner));
        Plane {
            pose,
            polygon_m: local.map(|corner| vec2(corner.x, corner.z)).collect(),
        }
    }
}

/// The five sides of a box that can be seen from above, from `low_m` to `high_m`.
pub(crate) struct CuboidTextures {
    pub(crate) front: TextureIndex,
    pub(crate) sides: TextureIndex,
    pub(crate) top: TextureIndex,
}

/// A box aligned with the world; its bottom and back are never seen.
pub(crate) fn cuboid(low_m: Vec3, high_m: Vec3, textures: &CuboidTextures) -> Vec<Face> {
    let size = high_m - low_m;
    let (wide, high, deep) = (Vec3::X * size.x, Vec3::Y * size.y, Vec3::Z * size.z);
    let top_left_front = vec3(low_m.x, high_m.y, high_m.z);
    vec![
        Face::rectangle(top_left_front, wide, -high, textures.front),
        Face::rectangle(top_left_front - deep, deep, -high, textures.sides),
        Face::rectangle(top_left_front + wide, -deep, -high, textures.sides),
        Face::rectangle(top_left_front - deep, wide, deep, textures.top),
    ]
}

/// A straight pipe: a prism of `sides` faces, the texture's width once around and its height along, and flat caps.
pub(crate) struct Pipe {
    pub(crate) from_m: Vec3,
    pub(crate) to_m: Vec3,
    pub(crate) radius_m: f32,
    pub(crate) sides: usize,
    pub(crate) texture: TextureIndex,
    /// Texture of the ends, if they can be seen.
    pub(crate) cap: Option<TextureIndex>,
    /// How much of the pipe one copy of the texture covers, in metres; all of it if `None`.
    pub(crate) tile_m: Option<f32>,
}

impl Pipe {
    /// Two directions across the pipe; the texture's seam lies at the first, away from the viewer where that can be.
    pub(crate) fn across(along: Vec3) -> (Vec3, Vec3) {
        let seam = if along.z.abs() > 0.9 { Vec3::Y } else { Vec3::NEG_Z };
        let first = seam.reject_from_normalized(along).normalize();
        (first, along.cross(first))
    }

    /// The outward direction at a part (0 to 1) of the way around.
    pub(crate) fn outward(along: Vec3, part: f32) -> Vec3 {
        let (first, second) = Self::across(along);
        first * (part * TAU).cos() + second * (part * TAU).sin()
    }

    /// Its faces, all of one smooth body.
    pub(crate) fn faces(&self, body: u32) -> Vec<Face> {
        let length_m = (self.to_m - self.from_m).length();
        let along = (self.to_m - self.from_m) / length_m;
        let repeats = self.tile_m.map_or(1.0, |tile_m| length_m / tile_m);
        let sides = self.sides as f32;
        let corner = |index: usize| Self::outward(along, index as f32 / sides) * self.radius_m;
        let mut faces: Vec<Face> = (0..self.sides)
            .map(|index| {
                let (here, next) = (corner(index), corner(index + 1));
                let right_m = (next - here) * sides;
                let (left, right) = (index as f32 / sides, (index + 1) as f32 / sides);
                Face {
                    origin_m: self.to_m + here - right_m * left,
                    right_m,
                    down_m: (self.from_m - self.to_m) / repeats,
                    outline: vec![
                        vec2(left, 0.0),
                        vec2(right, 0.0),
                        vec2(right, repeats),
                        vec2(left, repeats),
                    ],
                    texture: self.texture,
                    body,
                }
            })
            .collect();
        if let Some(cap) = self.cap {
            faces.push(disc(self.to_m, along, self.radius_m, self.sides, cap));
            faces.push(disc(self.from_m, -along, self.radius_m, self.sides, cap));
        }
        faces
    }
}

/// A flat regular polygon that faces `normal`; the texture's square is drawn around it.
pub(crate) fn disc(centre_m: Vec3, normal: Vec3, radius_m: f32, corners: usize, texture: TextureIndex) -> Face {
    let up = if normal.y.abs() > 0.9 { Vec3::NEG_Z } else { Vec3::Y };
    let down = -up.reject_from_normalized(normal).normalize();
    let right = normal.cross(down).normalize();
    let outline = (0..corners).map(|index| {
        let turn = Vec2::from_angle((index as f32 + 0.5) / corners as f32 * TAU);
        Vec2::splat(0.5) + turn / 2.0
    });
    Face {
        origin_m: centre_m - (right + down) * radius_m,
        right_m: right * radius_m * 2.0,
        down_m: down * radius_m * 2.0,
        outline: outline.collect(),
        texture,
        body: 0,
    }
}
