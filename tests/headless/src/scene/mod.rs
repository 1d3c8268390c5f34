//! A rendered scene: a pump station seen by a camera that a hand moves.
//!
//! Everything is flat convex faces ([`solids`]), painted once ([`paint`], [`texture`]) and set up by [`plant`]. A picture
//! is drawn row by row: [`project`] finds the nearest face of each pixel, [`shade`] samples its texture straight into
//! luma and chroma. Pose, depth and planes come from the same faces, so they are exact for every picture.

mod canvas;
mod cast;
mod depth;
mod font;
mod hand;
pub(crate) mod noise;
mod paint;
mod plant;
mod project;
mod render;
mod shade;
mod solids;
mod texture;

use assist_scene::{Camera, Intrinsics, Plane};

pub use cast::{Surface, SurfaceHit, Surfaces};
pub use depth::DepthPicture;

use crate::picture::I420;
use hand::Hand;
use plant::Plant;
use render::Renderer;

/// The lens at the camera's full size of 1280x720 pixels: 67° wide, its axis a little beside the picture's middle.
const LENS: Intrinsics = Intrinsics {
    focal_x_px: 962.0,
    focal_y_px: 961.0,
    principal_x_px: 642.5,
    principal_y_px: 357.5,
    width_px: 1280,
    height_px: 720,
};

/// A plant and the hand that films it. Everything is a pure function of the seed and the capture time.
pub struct Scene {
    plant: Plant,
    hand: Hand,
    renderer: Renderer,
    planes: Vec<Plane>,
    seed: u64,
}

impl Scene {
    /// The scene of one seed. Paints every surface, which takes a moment.
    pub fn new(seed: u64) -> Self {
        let plant = Plant::new(seed);
        let planes = plant.planes();
        Self {
            plant,
            hand: Hand::new(seed),
            renderer: Renderer::new(seed),
            planes,
            seed,
        }
    }

    /// The camera's pose and intrinsics at a capture time, for a picture of `width_px` x `height_px` pixels.
    pub fn camera(&self, capture_time_us: u64, width_px: u32, height_px: u32) -> Camera {
        Camera {
            pose: self.hand.pose(capture_time_us),
            intrinsics: LENS.scaled_to(width_px, height_px),
        }
    }

    /// What the camera sees at a capture time.
    pub fn picture(&self, capture_time_us: u64, width_px: u32, height_px: u32) -> I420 {
        let moving = self.plant.moving_faces(capture_time_us);
        let faces = self.plant.faces.iter().chain(&moving);
        let camera = self.camera(capture_time_us, width_px, height_px);
        self.renderer
            .draw(faces, &self.plant.textures, &camera, self.seed ^ capture_time_us)
    }

    /// How far everything is that the camera sees at a capture time; exact at the centres of the given number of samples.
    pub fn depth(&self, capture_time_us: u64, width: u32, height: u32) -> DepthPicture {
        let moving = self.plant.moving_faces(capture_time_us);
        let faces = self.plant.faces.iter().chain(&moving);
        DepthPicture::new(faces, &self.camera(capture_time_us, width, height))
    }

    /// What lines of sight truly meet at a capture time.
    pub fn surfaces(&self, capture_time_us: u64) -> Surfaces {
        let moving = self.plant.moving_faces(capture_time_us);
        Surfaces::new(self.plant.faces.iter().chain(&moving))
    }

    /// The flat surfaces of the plant with their outlines, in the world; they do not move.
    pub fn planes(&self) -> &[Plane] {
        &self.planes
    }
}
