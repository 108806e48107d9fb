//! How time passes in a run: one event after the other.

use super::Run;
use crate::collections::BTreeSet;
use crate::sim::frame::EventCause;
use crate::sim::halt::Halt;
use crate::sim::scenario::Scenario;
use crate::sim::scenario::condition::Condition;

impl Run<'_> {
    /// Up to when time has passed.
    pub(super) fn now_us(&self) -> u64 {
        self.due_us.max(self.world.now_us())
    }

    /// Lets events happen until all members are connected: rafttest's members are from the first
    /// on, and what they send would be lost here.
    pub(super) fn connect(&mut self) -> Result<(), String> {
        let members = self.world.nodes().len();
        let mut connected = BTreeSet::new();
        while connected.len() < members * (members - 1) / 2 {
            self.next_event()?;
            if let EventCause::Connected(one, two) = self.world.last_event().cause {
                connected.insert((one, two));
            }
        }
        self.due_us = self.world.now_us();
        Ok(())
    }

    /// Lets happen all that is due up to a time.
    pub(super) fn pass(&mut self, end_us: u64) -> Result<(), String> {
        while self
            .world
            .next_event_at_us()
            .is_some_and(|at_us| at_us <= end_us)
        {
            self.next_event()?;
        }
        self.due_us = end_us;
        Ok(())
    }

    /// Lets events happen until there have been so many, or nothing happens any more by itself.
    pub(super) fn wait_for_event(&mut self, event: u64) -> Result<(), String> {
        while self.world.event_count() < event && self.world.next_event_at_us().is_some() {
            self.next_event()?;
        }
        self.due_us = self.world.now_us();
        Ok(())
    }

    /// Lets events happen until a condition holds.
    pub(super) fn wait(&mut self, condition: &Condition) -> Result<(), String> {
        let mut found = self.holds(condition, self.lines.len());
        let patience_events = match condition {
            // That has an end of its own.
            Condition::Event(event) => event.saturating_sub(self.world.event_count()) + 1,
            _ => PATIENCE_EVENTS,
        };
        for _ in 0..patience_events {
            let Err(unlike) = found else {
                self.due_us = self.world.now_us();
                return Ok(());
            };
            match self.world.next_event_at_us() {
                Some(_) => self.next_event()?,
                None => return Err(format!("{}: {unlike}", Halt::Idle)),
            }
            if matches!(condition, Condition::Violation(_)) {
                self.audit();
            }
            found = self.holds(condition, self.event_began);
        }
        let unlike = found.err().unwrap_or_default();
        Err(format!("not within {patience_events} events: {unlike}"))
    }

    fn next_event(&mut self) -> Result<(), String> {
        if self.world.event_count() >= Scenario::EVENTS_MAX {
            self.is_exhausted = true;
            return Err(format!(
                "{} events have happened, and no run has more: this step is not carried out to \
                 its end, and no later one",
                Scenario::EVENTS_MAX
            ));
        }
        if self.let_others_act()? {
            return Ok(());
        }
        let result = self
            .world
            .step()
            .map(|_| ())
            .map_err(|halt| halt.to_string());
        self.told();
        result
    }
}

/// Most events of one step that waits for something.
const PATIENCE_EVENTS: u64 = 20_000;
