//! A step unfolded: the events that it passed over, one by one.

use std::sync::Arc;

use quorate_core::sim::Frame;

use super::State;

/// Of a long step, the last events are shown.
const MOST: u64 = 24;

impl State {
    /// How many events lie between the last stop and here: ticks and the ways of heartbeats.
    pub(crate) fn passed_over(&self) -> u64 {
        let stop = self.engine.last_before(|mark| mark.visible);
        let here = self.engine.position();
        match self.every_event {
            true => 0,
            false => here.saturating_sub(stop.unwrap_or(here) + 1),
        }
    }

    /// Looks at each event of the step that ended here; or folds it again.
    pub(super) fn unfold(&mut self) {
        if self.unfolded.take().is_some() {
            return;
        }
        let here = self.engine.position();
        let first = here - self.passed_over().min(MOST);
        let mut frames: Vec<Arc<Frame>> = Vec::new();
        for event in first..=here {
            // They have all been seen.
            if self.engine.seek(event).is_ok() {
                frames.push(self.engine.frame());
            }
        }
        self.unfolded = Some(frames);
    }
}
