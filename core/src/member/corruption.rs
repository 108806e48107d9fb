//! Checks whether the members' stores agree: when a member does what.
//!
//! * **At the start** (`InitialCorruptCheck`): before it takes part in anything, a member compares
//!   what its disk gave it with its peers. One that differs does not start.
//! * **From time to time** (`--corrupt-check-time`): the leader hashes its store, asks the others
//!   for the same revision, confirms that it still leads, and hashes again.
//! * **At compactions** (`CompactHashCheck`): the leader asks the others for the hashes of
//!   compactions that it has not compared yet, newest first.
//!
//! All of it is off unless asked for, as in etcd. A member that does not answer is passed over.

mod round;

use std::collections::VecDeque;

use self::round::Round;
use super::Member;
use super::hashes::HashAsker;
use super::requests::{Read, Reader};
use super::view::Role;
use crate::command::{Alarm, AlarmMember, HashKvReply};
use crate::corruption::{
    Comparison, HashAt, Mismatch, compare_at_start, compare_compactions, compare_now_and_then,
};
use crate::id::Revision;
use crate::trace::{CorruptionCheck, TraceKind};

/// The check that is under way, and when the next ones are due.
#[derive(Default)]
pub(super) struct CorruptionChecks {
    running: Option<Check>,
    next_number: u64,
    periodic_at_ticks: Option<u64>,
    compaction_at_ticks: Option<u64>,
    /// Compactions up to this have been compared with all members.
    compared_until: Revision,
}

struct Check {
    kind: CorruptionCheck,
    stage: Stage,
    /// At compactions: the hashes that are still to be compared, newest first.
    hashes: VecDeque<HashKvReply>,
    /// How many have been.
    compared: usize,
}

enum Stage {
    /// Waits for this member's own hash, or for nothing.
    Begun,
    /// Waits for the others'.
    Answers(Round),
    /// Waits until it is confirmed that this member leads.
    Confirmation(Round),
    /// Waits for this member's own hash again.
    SecondHash(Round),
}

impl CorruptionChecks {
    /// Whether this member still compares its store before it takes part in anything.
    pub(super) fn is_initial(&self) -> bool {
        let kind = self.running.as_ref().map(|check| check.kind);
        kind == Some(CorruptionCheck::Initial)
    }
}

/// When.
impl Member {
    /// The first thing a member does, if it is to.
    pub(super) fn begin_initial_check(&mut self) {
        if self.config.initial_corrupt_check {
            self.begin_check(CorruptionCheck::Initial, VecDeque::new());
        }
    }

    /// A tick: begins what is due, and ends what has waited too long.
    pub(super) fn tick_checks(&mut self) {
        let now_ticks = self.now_ticks;
        let tick_ms = u64::from(self.config.tick_ms.max(1));
        let periodic_ticks = self.config.corrupt_check_interval_ms.div_ceil(tick_ms);
        let compaction_ticks = self.config.compact_hash_check_interval_ms.div_ceil(tick_ms);
        let checks = &mut self.checks;
        let periodic = due_since(&mut checks.periodic_at_ticks, periodic_ticks, now_ticks);
        let compaction = due_since(&mut checks.compaction_at_ticks, compaction_ticks, now_ticks);
        let leads = self.consensus.role() == Role::Leader;
        if !leads && !checks.is_initial() {
            checks.running = None;
            // Another looks after it.
            periodic.inspect(|_| checks.periodic_at_ticks = None);
            compaction.inspect(|_| checks.compaction_at_ticks = None);
        } else if checks.running.is_some() {
            self.go_on_with_round();
        } else if let Some(since) = periodic
            && compaction.is_none_or(|other| since <= other)
        {
            checks.periodic_at_ticks = Some(now_ticks + periodic_ticks);
            self.begin_check(CorruptionCheck::Periodic, VecDeque::new());
        } else if compaction.is_some() {
            // One that had to wait for the other is the older one next time, so that none starves.
            checks.compaction_at_ticks = Some(now_ticks + compaction_ticks);
            let until = checks.compared_until;
            let hashes = self.store.compaction_hashes().iter().rev().copied();
            let new = hashes.filter(|hash| hash.hash_revision > until).collect();
            self.begin_check(CorruptionCheck::Compaction, new);
        }
    }

    fn begin_check(&mut self, kind: CorruptionCheck, hashes: VecDeque<HashKvReply>) {
        self.tell(TraceKind::CorruptionCheckStarted { check: kind });
        self.checks.running = Some(Check {
            kind,
            stage: Stage::Begun,
            hashes,
            compared: 0,
        });
        match kind {
            CorruptionCheck::Compaction => self.compare_next_compaction(),
            CorruptionCheck::Initial | CorruptionCheck::Periodic => {
                self.ask_for_hash(HashAsker::Check, Revision(0));
            }
        }
    }
}

/// Step by step.
impl Member {
    /// This member's own hash is there; nothing when it could not be had.
    pub(super) fn own_hash_done(&mut self, own: Option<HashAt>) {
        let Some(check) = self.checks.running.take() else {
            return;
        };
        // Without it the check comes to nothing.
        let Some(own) = own else { return };
        match check.stage {
            Stage::SecondHash(round) => {
                let id = self.config.id;
                if let Some(found) = compare_now_and_then(id, round.own, own, &round.answers) {
                    self.found(check.kind, found);
                }
                let checked = round.answers.values().flatten().count();
                self.end_check(check.kind, checked);
            }
            // A store that holds nothing yet agrees with all.
            _ => self.compare(check, own, own.hash.hash_revision > Revision(1)),
        }
    }

    /// At compactions: goes on with the next older one.
    fn compare_next_compaction(&mut self) {
        let Some(mut check) = self.checks.running.take() else {
            return;
        };
        let is_alone = self.others().is_empty();
        let Some(hash) = check.hashes.pop_front().filter(|_| !is_alone) else {
            return self.end_check(check.kind, check.compared);
        };
        let revision = self.store.revision();
        self.compare(check, HashAt { hash, revision }, false);
    }

    fn compare(&mut self, mut check: Check, own: HashAt, wait_for_absent: bool) {
        let is_initial = check.kind == CorruptionCheck::Initial;
        let round = self.ask_others(own, wait_for_absent && is_initial);
        check.stage = Stage::Answers(round);
        self.checks.running = Some(check);
        self.go_on_with_round();
    }

    /// All others have answered that will.
    fn all_have_answered(&mut self) {
        let Some(mut check) = self.checks.running.take() else {
            return;
        };
        let Stage::Answers(round) = check.stage else {
            return;
        };
        match check.kind {
            CorruptionCheck::Initial => self.start_or_not(&round),
            CorruptionCheck::Periodic => {
                check.stage = Stage::Confirmation(round);
                self.checks.running = Some(check);
                self.reads.add(Read {
                    reader: Reader::Check,
                    since_ticks: self.now_ticks,
                });
            }
            CorruptionCheck::Compaction => {
                check.stage = Stage::Begun;
                check.compared += 1;
                self.judge_compaction(check, &round);
            }
        }
    }

    fn start_or_not(&mut self, round: &Round) {
        let kind = CorruptionCheck::Initial;
        let found = compare_at_start(round.own, &round.answers);
        if found.is_empty() {
            let checked = round.answers.values().flatten().count();
            return self.end_check(kind, checked);
        }
        for mismatch in found {
            self.tell_mismatch(kind, mismatch);
        }
        let id = self.config.id;
        self.doomed = Some(format!("{id} found data inconsistency with peers"));
    }

    /// It is confirmed that this member leads.
    pub(super) fn check_confirmed(&mut self) {
        let Some(mut check) = self.checks.running.take() else {
            return;
        };
        if let Stage::Confirmation(round) = check.stage {
            check.stage = Stage::SecondHash(round);
            self.ask_for_hash(HashAsker::Check, Revision(0));
        }
        self.checks.running = Some(check);
    }

    /// It could not be confirmed: the check comes to nothing.
    pub(super) fn give_check_up(&mut self) {
        self.checks.running = None;
    }

    fn judge_compaction(&mut self, check: Check, round: &Round) {
        let (kind, compared) = (check.kind, check.compared);
        let (id, own) = (self.config.id, round.own.hash);
        match compare_compactions(id, own, &round.answers) {
            Comparison::Agreed => {
                let until = &mut self.checks.compared_until;
                *until = own.hash_revision.max(*until);
                self.end_check(kind, compared);
            }
            Comparison::Incomplete => {
                self.checks.running = Some(check);
                self.compare_next_compaction();
            }
            Comparison::Differs(found) => {
                for mismatch in found {
                    self.found(kind, mismatch);
                }
                self.end_check(kind, compared);
            }
        }
    }

    fn found(&mut self, check: CorruptionCheck, mismatch: Mismatch) {
        let member = mismatch.member;
        self.tell_mismatch(check, mismatch);
        self.raise(AlarmMember {
            member,
            alarm: Alarm::Corrupt,
        });
    }

    fn tell_mismatch(&mut self, check: CorruptionCheck, mismatch: Mismatch) {
        self.tell(TraceKind::StoresDiffer {
            check,
            peer: mismatch.member,
            what: mismatch.what,
        });
    }

    fn end_check(&mut self, check: CorruptionCheck, checked: usize) {
        self.checks.running = None;
        self.tell(TraceKind::CorruptionCheckFinished { check, checked });
    }
}

/// Since when a check is due, if it is: one whose time has come stays due until it begins. None is
/// when the interval is 0.
fn due_since(at_ticks: &mut Option<u64>, interval_ticks: u64, now_ticks: u64) -> Option<u64> {
    if interval_ticks == 0 {
        return None;
    }
    let at_ticks = *at_ticks.get_or_insert(now_ticks + interval_ticks);
    (at_ticks <= now_ticks).then_some(at_ticks)
}
