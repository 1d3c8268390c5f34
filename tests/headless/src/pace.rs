//! Fewer frames, evenly.

/// Frames may come this much before they are due, in µs: cameras are not clocks.
const TOLERANCE_US: u64 = 4_000;

/// Chooses from a camera's frames so that as many remain as wanted, as evenly as they came.
pub(crate) struct Pace {
    interval_us: u64,
    due_us: Option<u64>,
}

impl Pace {
    /// A pace of `rate` frames/s.
    pub(crate) fn new(rate: u32) -> Self {
        Self {
            interval_us: 1_000_000 / u64::from(rate.max(1)),
            due_us: None,
        }
    }

    /// Another rate, counted from the last frame taken.
    pub(crate) fn set_rate(&mut self, rate: u32) {
        let changed = Self::new(rate).interval_us;
        self.due_us = self
            .due_us
            .map(|due_us| (due_us + changed).saturating_sub(self.interval_us));
        self.interval_us = changed;
    }

    /// Whether a frame of this time is one of those that remain.
    pub(crate) fn wants(&self, time_us: u64) -> bool {
        self.due_us.is_none_or(|due_us| time_us + TOLERANCE_US >= due_us)
    }

    /// Counts a frame that was taken.
    pub(crate) fn taken(&mut self, time_us: u64) {
        let due_us = self.due_us.unwrap_or(time_us) + self.interval_us;
        // After a gap, or an extra frame, the grid starts again from here.
        let near = time_us.saturating_sub(self.interval_us)..=time_us + self.interval_us;
        self.due_us = Some(if near.contains(&due_us) {
            due_us
        } else {
            time_us + self.interval_us
        });
    }
}
