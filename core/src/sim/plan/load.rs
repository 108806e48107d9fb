//! Draws of what clients ask.

use super::Planner;
use crate::sim::action::Action;

impl Planner {
    pub(super) fn work(&mut self, until_event: u64) {
        while self.event < until_event {
            self.ask();
            self.wait();
        }
    }

    pub(super) fn ask(&mut self) {
        let Some(node) = self.draw_running() else {
            return;
        };
        let key = format!("k{}", self.prng.between(1, 5));
        let action = match self.prng.below(100) {
            0..=54 => {
                self.write_count += 1;
                let value = format!("v{}", self.write_count);
                Action::Put { node, key, value }
            }
            55..=89 => Action::Get { node, key },
            90..=95 => Action::Delete { node, key },
            _ => {
                let revision = self.prng.between(1, self.write_count + 1);
                let revision = i64::try_from(revision).unwrap_or(i64::MAX);
                Action::Compact { node, revision }
            }
        };
        self.plan(action);
    }
}
