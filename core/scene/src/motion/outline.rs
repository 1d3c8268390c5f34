//! Where a mark lies and what counts as near it.

use glam::DVec2;

/// No mark is taken to be smaller than this, or there would be nothing under it to recognise.
const SMALLEST_RADIUS_PX: f64 = 20.0;
/// More points than this say nothing more about where a mark is.
const MOST_POINTS: usize = 64;

/// A mark's shape in pixels of one picture.
#[derive(Debug, Clone)]
pub(super) struct Outline {
    points: Vec<DVec2>,
    /// Ends where it begins, as a circle around a thing does; then what is inside is meant.
    is_closed: bool,
    low: DVec2,
    high: DVec2,
    pub(super) centre: DVec2,
    /// Half the diagonal of the mark.
    pub(super) radius_px: f64,
}

impl Outline {
    /// `None` for no points, or points that are no numbers.
    pub(super) fn new(points: impl Iterator<Item = DVec2>) -> Option<Self> {
        let mut points: Vec<DVec2> = points.collect();
        if points.is_empty() || points.iter().any(|point| !point.is_finite()) {
            return None;
        }
        while points.len() > MOST_POINTS {
            let last = points.last().copied();
            let mut index = 0;
            points.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            points.extend(last);
        }
        let low = points.iter().copied().reduce(DVec2::min)?;
        let high = points.iter().copied().reduce(DVec2::max)?;
        let radius_px = (low.distance(high) / 2.0).max(SMALLEST_RADIUS_PX);
        let ends_apart = points.first()?.distance(*points.last()?);
        Some(Self {
            is_closed: points.len() > 3 && ends_apart < 0.5 * radius_px,
            centre: (low + high) / 2.0,
            radius_px,
            points,
            low,
            high,
        })
    }

    pub(super) fn points(&self) -> &[DVec2] {
        &self.points
    }

    /// Its middle if it is closed, and points of it, at most `limit` of them.
    pub(super) fn spread_out(&self, limit: usize) -> impl Iterator<Item = DVec2> {
        let middle = self.is_closed.then_some(self.centre);
        let step = self.points.len().div_ceil(limit.max(1)).max(1);
        // Two points of a straight line say nothing of what is between them.
        let half_way = self
            .points
            .iter()
            .zip(self.points.iter().skip(1))
            .map(|(from, to)| (*from + *to) / 2.0);
        let ends = self.points.last().copied().into_iter();
        let along = self
            .points
            .iter()
            .copied()
            .zip(half_way)
            .flat_map(|(at, half_way)| [at, half_way]);
        middle.into_iter().chain(ends).chain(along.step_by(step))
    }

    /// The mark's bounding box, widened to what must be recognisable.
    pub(super) fn bounds(&self) -> (DVec2, DVec2) {
        let half = ((self.high - self.low) / 2.0 + 8.0).max(DVec2::splat(SMALLEST_RADIUS_PX));
        (self.centre - half, self.centre + half)
    }

    /// The corners of the area in which features are looked for.
    pub(super) fn neighbourhood(&self) -> (DVec2, DVec2) {
        let around = (1.2 * self.radius_px).clamp(48.0, 96.0);
        (self.low - around, self.high + around)
    }

    /// 1 on the mark or inside a closed one, falling with the distance from it.
    pub(super) fn nearness(&self, at: DVec2) -> f64 {
        let ends = self.points.iter().zip(self.points.iter().skip(1));
        let first = self
            .points
            .first()
            .map_or(f64::INFINITY, |first| first.distance_squared(at));
        let nearest = ends.fold(first, |nearest, (from, to)| {
            nearest.min(distance_squared(at, *from, *to))
        });
        if nearest == 0.0 || (self.is_closed && self.contains(at)) {
            return 1.0;
        }
        let reach = (0.5 * self.radius_px).clamp(16.0, 48.0);
        1.0 / (1.0 + nearest / (reach * reach))
    }

    fn contains(&self, at: DVec2) -> bool {
        let next = self.points.iter().cycle().skip(1);
        let crossings = self.points.iter().zip(next).filter(|(from, to)| {
            (from.y > at.y) != (to.y > at.y) && at.x < (to.x - from.x) * (at.y - from.y) / (to.y - from.y) + from.x
        });
        crossings.count() % 2 == 1
    }
}

fn distance_squared(at: DVec2, from: DVec2, to: DVec2) -> f64 {
    let along = to - from;
    let part = ((at - from).dot(along) / along.length_squared().max(1e-12)).clamp(0.0, 1.0);
    (from + along * part).distance_squared(at)
}
