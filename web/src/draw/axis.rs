//! Time as a place from left to right: the lanes and the scrubber under them share it.
//!
//! It counts events, not microseconds: where much happens in a moment there is much to see, and a
//! quiet second needs no room.

use crate::engine::Engine;

/// The axis of all events that have been seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    last: u64,
}

/// The axis's length, in the units of what is drawn along it.
pub(crate) const LENGTH: f64 = 1_000.0;

impl Axis {
    /// The axis of what has been seen of a branch.
    pub(crate) fn of(engine: &Engine) -> Self {
        Self {
            last: (engine.moments().len() as u64).max(2),
        }
    }

    /// Where an event is.
    pub(crate) fn at(self, event: u64) -> f64 {
        let share = event.saturating_sub(1) as f64 / (self.last - 1) as f64;
        share.clamp(0.0, 1.0) * LENGTH
    }

    /// The last event.
    pub(crate) fn last(self) -> u64 {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_is_on_the_left_and_the_last_on_the_right() {
        let axis = Axis { last: 101 };
        assert_eq!(
            [1, 51, 101, 900].map(|event| axis.at(event)),
            [0.0, 500.0, 1_000.0, 1_000.0]
        );
    }
}
