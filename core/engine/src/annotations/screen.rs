//! How the camera's picture fills a screen.

use assist_scene::overlay::Viewport;
use assist_scene::{PicturePoint, Rotation, View};
use glam::{Affine2, Mat2, Vec2};

/// The screen is none: no pixels, or not turned by quarters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a screen has 1 to 32,768 pixels a side and is turned by 0, 90, 180 or 270 degrees; nothing was drawn")]
pub struct NotAScreen;

/// The viewport of a screen that a picture fills to its edges, turned clockwise by `rotation_degrees`; what does not fit is
/// cut off on both sides alike.
///
/// # Errors
/// [`NotAScreen`].
pub fn filling_viewport(
    picture_px: (u32, u32),
    rotation_degrees: i32,
    width_px: f32,
    height_px: f32,
) -> Result<Viewport, NotAScreen> {
    let rotation = Rotation::from_degrees(rotation_degrees).ok_or(NotAScreen)?;
    let shown_px = (width_px.round() as u32, height_px.round() as u32);
    let view = View::filling(picture_px, rotation, shown_px).map_err(|_| NotAScreen)?;
    let shown = |x, y| {
        let point = view.to_shown(PicturePoint::new(x, y));
        Vec2::new(point.x * width_px, point.y * height_px)
    };
    let origin = shown(0.0, 0.0);
    let matrix = Mat2::from_cols(shown(1.0, 0.0) - origin, shown(0.0, 1.0) - origin);
    let viewport = Viewport {
        width_px,
        height_px,
        from_picture: Affine2::from_mat2_translation(matrix, origin),
    };
    viewport.validated().map_err(|_| NotAScreen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(viewport: &Viewport, x: f32, y: f32) -> Vec2 {
        viewport.from_picture.transform_point2(Vec2::new(x, y))
    }

    #[test]
    fn a_landscape_picture_fills_an_upright_phone() {
        let viewport = filling_viewport((1_280, 720), 90, 1_080.0, 1_920.0).unwrap();
        // Turned clockwise, the picture's left edge is at the top.
        assert!(shown(&viewport, 0.0, 0.5).distance(Vec2::new(540.0, 0.0)) < 0.5);
        assert!(shown(&viewport, 0.5, 0.5).distance(Vec2::new(540.0, 960.0)) < 0.5);
        assert!(shown(&viewport, 0.5, 1.0).distance(Vec2::new(0.0, 960.0)) < 0.5);
    }

    #[test]
    fn what_does_not_fit_is_cut_off_on_both_sides() {
        let viewport = filling_viewport((1_280, 720), 0, 720.0, 720.0).unwrap();
        assert!(shown(&viewport, 0.5, 0.5).distance(Vec2::splat(360.0)) < 0.5);
        assert!(shown(&viewport, 0.0, 0.0).distance(Vec2::new(-280.0, 0.0)) < 0.5);
    }

    #[test]
    fn what_is_no_screen_is_refused() {
        for (degrees, width_px, height_px) in [(45, 10.0, 10.0), (0, 0.0, 10.0), (0, f32::NAN, 10.0), (0, 1e9, 10.0)] {
            assert_eq!(
                filling_viewport((1_280, 720), degrees, width_px, height_px),
                Err(NotAScreen)
            );
        }
    }
}
