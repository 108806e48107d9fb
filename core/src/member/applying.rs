//! Carrying out what is committed, in order, on every member alike.
//!
//! Most entries are done at once. One that deletes, reads or compares a great many keys goes a
//! step in each round of inputs, and those behind it wait: an entry counts as applied when all of
//! it is. What it has written until then nobody sees (see [`crate::mvcc::Task`]).

use std::collections::VecDeque;

use raft::eraftpb::Entry;

use super::Member;
use super::leases::Revocation;
use crate::command::{Command, Reply};
use crate::error::Error;
use crate::id::{Index, LeaseId, Revision};
use crate::mvcc::Task;
use crate::trace::TraceKind;

/// Committed entries that are not carried out yet.
#[derive(Default)]
pub(super) struct Applying {
    /// The first of them, if it has begun.
    unfinished: Option<Unfinished>,
    waiting: VecDeque<Entry>,
    /// Keys that first steps have looked at in this round.
    looked_at: usize,
}

/// An entry that takes more than one step.
pub(super) struct Unfinished {
    pub(super) index: Index,
    pub(super) sequence: u64,
    pub(super) command: Command,
    /// The store's revision when it began.
    pub(super) before: Revision,
    /// Whether the store had room for it.
    pub(super) fits: bool,
    pub(super) work: Work,
}

/// What there is to do for an entry.
pub(super) enum Work {
    Done(Result<Reply, Error>),
    Store(Task),
    Revocation(Revocation),
    /// Leases that end, the first of them maybe begun.
    Expiry(Expiry),
}

/// The end of some leases.
pub(super) struct Expiry {
    pub(super) current: Option<Revocation>,
    pub(super) rest: std::vec::IntoIter<LeaseId>,
}

impl Applying {
    /// Whether the store holds what is not applied yet.
    pub(super) fn is_under_way(&self) -> bool {
        self.unfinished.is_some()
    }
}

impl Member {
    /// Carries entries out, behind those that are not done yet.
    pub(super) fn apply(&mut self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        self.tell_commit();
        self.applying.waiting.extend(entries);
        if !self.applying.is_under_way() {
            self.apply_waiting(None);
        }
    }

    /// A round begins: a step of the entry that is under way.
    pub(super) fn go_on_applying(&mut self) {
        self.applying.looked_at = 0;
        let Some(mut unfinished) = self.applying.unfinished.take() else {
            return;
        };
        let before = std::mem::replace(&mut self.applied, unfinished.index);
        if self.go_on_with_entry(&mut unfinished) {
            self.apply_waiting(Some(unfinished.index));
        } else {
            self.applied = before;
            self.applying.unfinished = Some(unfinished);
        }
    }

    /// Goes on behind an entry that is done.
    fn apply_waiting(&mut self, mut done: Option<Index>) {
        while let Some(entry) = self.applying.waiting.pop_front() {
            let index = Index(entry.index);
            let before = std::mem::replace(&mut self.applied, index);
            self.applying.unfinished = self.begin_entry(&entry);
            if self.applying.is_under_way() {
                self.applied = before;
                break;
            }
            done = Some(index);
        }
        let Some(index) = done else { return };
        self.consensus.applied(index);
        let revision = self.store.revision();
        self.tell(TraceKind::Applied { index, revision });
    }

    /// A step of what an entry does, with as many keys as there are for it in this round.
    pub(super) fn applying_step<T>(
        &mut self,
        is_first: bool,
        step: impl FnOnce(&mut Self, &mut usize) -> Option<T>,
    ) -> Option<T> {
        let left = ROUND_KEYS.saturating_sub(self.applying.looked_at);
        let mut budget = if self.applied <= self.replayed_until {
            // It starts: until it knows what its log says it hears nobody.
            usize::MAX
        } else if is_first {
            left.clamp(FIRST_STEP_KEYS_MIN, STEP_KEYS)
        } else {
            STEP_KEYS
        };
        let given = budget;
        let done = step(self, &mut budget);
        self.applying.looked_at += given - budget;
        done
    }
}

/// Keys looked at or written between two rounds of inputs: about a millisecond of work.
const STEP_KEYS: usize = 2_000;
/// Keys that all first steps of a round look at: a few milliseconds of work.
const ROUND_KEYS: usize = 10 * STEP_KEYS;
/// What one may look at however many came before it: most entries touch a few keys.
const FIRST_STEP_KEYS_MIN: usize = 200;
