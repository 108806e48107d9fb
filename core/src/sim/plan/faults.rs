//! Draws of faults.

use super::Planner;
use crate::sim::action::Action;

impl Planner {
    pub(super) fn break_things(&mut self, until_event: u64) {
        while self.event < until_event {
            match self.prng.below(100) {
                0..=9 => self.crash(),
                10..=21 => self.restart(),
                22..=24 => self.stop(),
                25..=28 => self.isolate(),
                29..=32 => self.cut(),
                33..=40 => self.heal(),
                41 => self.lights_out(),
                _ => self.ask(),
            }
            self.wait();
        }
    }

    pub(super) fn make_whole(&mut self) {
        self.plan(Action::Heal);
        while !self.down.is_empty() {
            self.restart();
        }
    }

    fn crash(&mut self) {
        // One member stays up, or nothing would happen until the next action.
        if self.down.len() + 1 >= self.nodes.len() {
            return;
        }
        if let Some(node) = self.draw_running() {
            self.plan(Action::Crash { node });
            self.down.push(node);
        }
    }

    fn stop(&mut self) {
        if self.down.len() + 1 >= self.nodes.len() {
            return;
        }
        if let Some(node) = self.draw_running() {
            self.plan(Action::Stop { node });
            self.down.push(node);
        }
    }

    fn restart(&mut self) {
        if let Some(node) = self.prng.choose(&self.down).copied() {
            self.down.retain(|other| *other != node);
            // One that was asked to stop may still be at it; one that was crashed refuses this.
            self.plan(Action::Crash { node });
            self.plan(Action::Restart { node });
        }
    }

    /// The power fails for all, and comes back for all or for some.
    fn lights_out(&mut self) {
        for node in self.nodes.clone() {
            self.plan(Action::Crash { node });
        }
        self.down = self.nodes.clone();
        let count = self.prng.between(1, self.nodes.len() as u64);
        for _ in 0..count {
            self.restart();
        }
    }

    fn isolate(&mut self) {
        if let Some(node) = self.draw() {
            self.plan(Action::Isolate { node });
            self.is_cut = true;
        }
    }

    fn cut(&mut self) {
        if let (Some(from), Some(to)) = (self.draw(), self.draw())
            && from != to
        {
            self.plan(Action::Cut { from, to });
            self.is_cut = true;
        }
    }

    fn heal(&mut self) {
        if std::mem::take(&mut self.is_cut) {
            self.plan(Action::Heal);
        }
    }
}
