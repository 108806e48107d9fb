//! What a world writes down for the audit of its clients' history: when somebody heard something,
//! how each clock went, since when all has been whole.

use super::action::{Action, Node};
use super::config::WorldConfig;
use super::fault::Fault;
use crate::audit::{Clocks, LeaseTiming};
use crate::collections::BTreeMap;
use crate::command::Command;
use crate::id::Revision;

/// The records of one world.
#[derive(Debug)]
pub(super) struct Records {
    /// At which event clients heard something, and when: the last event of each microsecond.
    heard: Vec<Moment>,
    /// How many of these the last audit knew.
    audited: usize,
    /// When each member's clock ticked, `n1` first.
    ticks: Vec<Vec<u64>>,
    ticks_per_second: u64,
    /// Since when nothing has been broken and there was one leader.
    whole_since_us: Option<u64>,
    /// Which command wrote each revision, as the first member that did says.
    writers: BTreeMap<Revision, Command>,
}

/// An event and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at_us: u64,
    pub(super) event: u64,
}

impl Records {
    pub(super) fn new(config: &WorldConfig) -> Self {
        Self {
            heard: Vec::new(),
            audited: 0,
            ticks: vec![Vec::new(); config.members as usize],
            ticks_per_second: US_PER_SECOND / config.tick_us.max(1),
            whole_since_us: None,
            writers: BTreeMap::new(),
        }
    }

    /// A client heard something.
    pub(super) fn heard(&mut self, moment: Moment) {
        match self.heard.last_mut() {
            Some(last) if last.at_us == moment.at_us => {
                last.event = moment.event;
                self.audited = self.audited.min(self.heard.len() - 1);
            }
            _ => self.heard.push(moment),
        }
    }

    /// A member's clock ticked.
    pub(super) fn ticked(&mut self, node: Node, now_us: u64) {
        let at = node.0.saturating_sub(1) as usize;
        if self.ticks.len() <= at {
            self.ticks.resize(at + 1, Vec::new());
        }
        if let Some(ticks) = self.ticks.get_mut(at) {
            ticks.push(now_us);
        }
    }

    /// Something was done.
    pub(super) fn acted(&mut self, action: &Action, now_us: u64) {
        match action {
            Action::Put { .. }
            | Action::Get { .. }
            | Action::Delete { .. }
            | Action::Compact { .. }
            | Action::Operation { .. }
            | Action::Fault(Fault::DemandLiveness { .. } | Fault::Wait { .. }) => {}
            Action::Fault(Fault::EndFaults) => self.whole_since_us = Some(now_us),
            // What comes back takes its time to be there again.
            Action::Restart { .. } | Action::Heal => {
                self.whole_since_us = self.whole_since_us.map(|_| now_us);
            }
            _ => self.whole_since_us = None,
        }
    }

    /// Somebody began to lead, or goes on with what an alarm had forbidden.
    pub(super) fn began_anew(&mut self, now_us: u64) {
        self.whole_since_us = self.whole_since_us.map(|_| now_us);
    }

    /// A member wrote revisions, each by a command.
    pub(super) fn wrote(&mut self, writers: Vec<(Revision, Command)>) {
        for (revision, command) in writers {
            self.writers.entry(revision).or_insert(command);
        }
    }

    /// Which command wrote a revision, as far as that was seen.
    pub(super) fn writer(&self, revision: Revision) -> Option<&Command> {
        self.writers.get(&revision)
    }

    /// A member's process ended.
    pub(super) fn ended(&mut self) {
        self.whole_since_us = None;
    }

    /// The moments at which clients heard something; none when the last audit knew all of them.
    pub(super) fn begin_audit(&mut self) -> Vec<Moment> {
        let is_new = self.audited < self.heard.len();
        self.audited = self.heard.len();
        if is_new {
            self.heard.clone()
        } else {
            Vec::new()
        }
    }

    /// At how many moments clients heard something.
    pub(super) fn heard_count(&self) -> usize {
        self.heard.len()
    }

    /// How clocks and the cluster stood.
    pub(super) fn lease_timing(&self) -> LeaseTiming {
        LeaseTiming {
            units_per_second: US_PER_SECOND,
            clocks: Clocks::Ticked {
                per_second: self.ticks_per_second,
                members: self.ticks.clone(),
            },
            whole_since: self.whole_since_us,
            slack: EXPIRY_SLACK_US,
        }
    }
}

const US_PER_SECOND: u64 = 1_000_000;
/// A lease that has ended is gone this much later: a new leader gives an election timeout on top,
/// and a proposal that is lost is sent again with the next heartbeat.
const EXPIRY_SLACK_US: u64 = 5 * US_PER_SECOND;
