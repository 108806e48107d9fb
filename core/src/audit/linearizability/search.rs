//! The search for the writes that nobody was told of.
//!
//! Depth first over the revisions, each revision that has no acknowledged write with every write
//! that may stand there. When an answer does not fit, the search goes back to the newest such
//! revision where another choice could have helped (conflict-directed backjumping, Prosser 1993):
//! the others would only fail in the same way. Writes that nobody can tell apart are tried once.
//!
//! Nearly all histories are gone through without a step back. In those that are not, the search
//! begins again and from then on counts the writes that are missing, see [`Demand`].

use bytes::Bytes;

use super::choice::{Candidate, Choice, Standing};
use super::conflict::Conflict;
use super::demand::Demand;
use super::evidence::Evidence;
use super::hint::Hint;
use super::misfit::Misfit;
use super::unknown::{Extent, Kinds, Unknown, command_of};
use super::{Linearized, broken, newest};
use crate::audit::finding::Finding;
use crate::audit::history::{ClientOperation, History, revoked};
use crate::audit::model::Model;
use crate::audit::real_time::Place;
use crate::collections::BTreeMap;
use crate::command::Command;
use crate::id::{LeaseId, Revision};

/// One search.
pub(super) struct Search<'a> {
    evidence: Evidence,
    last: Revision,
    /// The acknowledged write at each revision.
    writes: BTreeMap<Revision, &'a ClientOperation>,
    /// What was answered without writing, by the revision it was answered at.
    answers: BTreeMap<Revision, Vec<&'a ClientOperation>>,
    unknown: Vec<Unknown<'a>>,
    /// Which of the unknown may stand at a revision, whatever stands before it. Found out when
    /// it is first asked: a search comes to most revisions often.
    standing: BTreeMap<Revision, Standing>,
    /// The keys that any write may hang on a lease.
    leased: Extent,
    /// Since the first failure.
    demand: Option<Demand>,
    /// What is tried first.
    hint: Option<Hint<'a>>,
    model: Model,
    choices: Vec<Choice>,
    /// The failure that came furthest.
    furthest: Option<(Revision, Misfit<'a>)>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        history: &'a History,
        floors: &[Revision],
        evidence: Evidence,
    ) -> Result<Self, Finding> {
        let mut writes: BTreeMap<Revision, &ClientOperation> = BTreeMap::new();
        let mut answers: BTreeMap<Revision, Vec<&ClientOperation>> = BTreeMap::new();
        let mut unknown = Vec::new();
        let mut kinds = Kinds::default();
        let commands = history.operations.iter().map(|one| &one.command);
        let leased = Extent::of_keys(commands.flat_map(keys_leased));
        for (operation, floor) in history.operations.iter().zip(floors) {
            match Place::of(operation) {
                Some(Place::Wrote(revision)) => {
                    if let Some(other) = writes.insert(revision, operation) {
                        return Err(broken(format!(
                            "operations {} and {} were both acknowledged at revision {revision}",
                            other.number, operation.number
                        )));
                    }
                }
                Some(Place::Saw(revision)) => answers.entry(revision).or_default().push(operation),
                None if operation.is_unknown() && writes_store(&operation.command) => {
                    unknown.push(Unknown::new(operation, *floor, &evidence, &mut kinds));
                }
                None => {}
            }
        }
        let last = newest(history).max(evidence.newest());
        let mut search = Self {
            evidence,
            last,
            writes,
            answers,
            unknown,
            standing: BTreeMap::new(),
            leased,
            demand: None,
            hint: None,
            model: Model::default(),
            choices: Vec::new(),
            furthest: None,
        };
        search.pin();
        Ok(search)
    }

    /// Tries first what a hint says.
    pub(super) fn along(mut self, hint: Option<Hint<'a>>) -> Self {
        self.hint = hint;
        self
    }

    /// Goes through all revisions.
    pub(super) fn run(mut self) -> Result<Linearized, Finding> {
        let mut verdict = self.check();
        for _ in 0..STEPS_MIN + STEPS_PER_REVISION * self.last.0.unsigned_abs() {
            verdict = match verdict {
                Ok(()) if self.model.revision() >= self.last => return Ok(self.found()),
                Ok(()) => self.advance().and_then(|()| self.check()),
                Err(_) if self.demand.is_none() => {
                    self.begin_again();
                    self.check()
                }
                Err(misfit) => match self.go_back(misfit) {
                    Some(misfit) => return Err(broken(misfit.text())),
                    None => self.check(),
                },
            };
        }
        Ok(Linearized::undecided())
    }

    /// Takes everything back, to count what is missing from now on.
    fn begin_again(&mut self) {
        self.model.undo_to(Revision(1));
        self.choices.clear();
        for one in &mut self.unknown {
            one.is_used = false;
        }
        let demand = Demand::new(&self.writes, &self.unknown, &self.evidence, self.last);
        self.demand = Some(demand);
    }

    fn found(self) -> Linearized {
        let expiries = self
            .choices
            .iter()
            .filter_map(|choice| match choice.taken()? {
                Candidate::Expiry(lease) => Some((choice.revision, lease)),
                Candidate::Unknown(_) => None,
            });
        Linearized {
            expiries: expiries.collect(),
            unacknowledged: self.choices.len() as u64,
            model: Some(self.model),
        }
    }

    /// Finds which of the unknown can be told from what they wrote.
    fn pin(&mut self) {
        let operations: Vec<&ClientOperation> =
            self.unknown.iter().map(|one| one.operation).collect();
        for revision in (2..=self.last.0).map(Revision) {
            if self.writes.contains_key(&revision) {
                continue;
            }
            if let Some(number) = self.evidence.writer(revision, &operations) {
                let of_number = |one: &&mut Unknown<'_>| one.operation.number == number;
                if let Some(one) = self.unknown.iter_mut().find(of_number) {
                    one.pinned = Some(revision);
                }
            }
        }
    }

    /// Moves on by one revision.
    fn advance(&mut self) -> Result<(), Misfit<'a>> {
        let revision = Revision(self.model.revision().0 + 1);
        let Some(operation) = self.writes.get(&revision).copied() else {
            let choice = self.choice(revision);
            self.choices.push(choice);
            return if self.try_next() {
                Ok(())
            } else {
                Err(Misfit::Nothing(revision))
            };
        };
        let reply = self.model.carry_out(&operation.command);
        let wanted = operation.done().map(|(_, reply)| reply);
        let fits = reply.as_ref() == wanted && self.model.revision() == revision;
        if fits && self.evidence.agrees(&self.model) {
            return Ok(());
        }
        self.model.undo_to(Revision(revision.0 - 1));
        Err(if fits {
            Misfit::Seen(operation, revision)
        } else {
            Misfit::Wrote(operation, revision, reply.map(Box::new))
        })
    }

    /// Compares all that was answered in the newest state of the model.
    fn check(&mut self) -> Result<(), Misfit<'a>> {
        let revision = self.model.revision();
        let Some(answers) = self.answers.get(&revision) else {
            return Ok(());
        };
        for operation in answers {
            let wanted = operation.done().map(|(_, reply)| reply);
            let reply = match &operation.command {
                command if !touches_store(command) => continue,
                Command::LeaseRevoke(lease) => {
                    if self.model.keys_of(*lease).is_empty() {
                        continue;
                    }
                    None
                }
                command => self.model.carry_out(command),
            };
            let has_written = self.model.revision() != revision;
            self.model.undo_to(revision);
            if reply.as_ref() != wanted || has_written {
                return Err(Misfit::Answered(operation, revision, reply.map(Box::new)));
            }
        }
        Ok(())
    }

    /// Finds another choice after a failure; else answers what cannot be helped.
    fn go_back(&mut self, misfit: Misfit<'a>) -> Option<Misfit<'a>> {
        // Where nothing can stand the newest choice has nothing left, and knows why.
        let operation = misfit.operation();
        let mut is_exhausted = operation.is_none();
        let mut conflict = operation.map_or_else(Conflict::default, |operation| {
            Conflict::about(Extent::of(&operation.command))
        });
        let reached = self.model.revision();
        if self.furthest.as_ref().is_none_or(|(at, _)| *at < reached) {
            self.furthest = Some((reached, misfit));
        }
        while let Some(mut choice) = self.choices.pop() {
            if !is_exhausted {
                let taken = self.release(&choice);
                if !conflict.matters_to(taken, &choice.extent) {
                    continue;
                }
                choice.conflict.add(&conflict);
                self.choices.push(choice);
                if self.try_next() {
                    return None;
                }
                let Some(exhausted) = self.choices.pop() else {
                    break;
                };
                choice = exhausted;
            }
            is_exhausted = false;
            conflict = choice.conflict;
        }
        self.furthest.take().map(|(_, misfit)| misfit)
    }

    /// Takes a choice back, and all that was built on it. Answers which of the unknown stood
    /// there.
    fn release(&mut self, choice: &Choice) -> Option<usize> {
        self.model.undo_to(Revision(choice.revision.0 - 1));
        match choice.taken()? {
            Candidate::Unknown(at) => {
                self.unknown[at].is_used = false;
                Some(at)
            }
            Candidate::Expiry(_) => None,
        }
    }

    /// Lets the newest choice be the next of its candidates that is possible.
    fn try_next(&mut self) -> bool {
        let Some(mut choice) = self.choices.pop() else {
            return false;
        };
        let mut is_found = false;
        while let (false, Some(candidate)) = (is_found, choice.candidates.get(choice.next)) {
            choice.next += 1;
            match self.try_candidate(*candidate, choice.revision) {
                Ok(()) => is_found = true,
                Err(conflict) => choice.conflict.add(&conflict),
            }
        }
        self.choices.push(choice);
        is_found
    }

    /// Lets a candidate stand at the next revision; else tells what it is due to that it cannot.
    fn try_candidate(&mut self, candidate: Candidate, revision: Revision) -> Result<(), Conflict> {
        self.carry_out(candidate);
        let extent = match candidate {
            // With other keys on it, it might have been what was seen.
            Candidate::Expiry(_) => self.leased.clone(),
            Candidate::Unknown(at) => self.unknown[at].extent.clone(),
        };
        let mut result = Err(Conflict::about(extent));
        if self.model.revision() == revision && self.evidence.agrees(&self.model) {
            self.use_up(candidate, true);
            result = self.demand.as_ref().map_or(Ok(()), |demand| {
                demand.check(&self.unknown, &self.evidence, &self.model)
            });
        }
        if result.is_err() {
            self.use_up(candidate, false);
            self.model.undo_to(Revision(revision.0 - 1));
        }
        result
    }

    fn carry_out(&mut self, candidate: Candidate) {
        match candidate {
            Candidate::Expiry(lease) => self.model.expire(lease),
            Candidate::Unknown(at) => {
                self.model.carry_out(&self.unknown[at].operation.command);
            }
        }
    }

    fn use_up(&mut self, candidate: Candidate, is_used: bool) {
        if let Candidate::Unknown(at) = candidate {
            self.unknown[at].is_used = is_used;
        }
    }

    /// What there is to choose from at a revision.
    fn choice(&mut self, revision: Revision) -> Choice {
        let standing = (self.standing.entry(revision))
            .or_insert_with(|| Standing::at(revision, &self.unknown, &self.leased, &self.evidence));
        let mut conflict = Conflict::default();
        // Of those that do the same the first stands for all: which of them stands at a revision
        // makes no difference, here or later.
        let mut is_taken = vec![false; self.unknown.len()];
        let mut unknown = Vec::new();
        let mut free = Vec::new();
        for at in &standing.unknown {
            let one = &self.unknown[*at];
            let is_double = |kind| std::mem::replace(&mut is_taken[kind], true);
            if one.is_used {
                conflict.add_used(*at);
                continue;
            }
            free.push(*at);
            if !one.kind.is_some_and(is_double) {
                unknown.push(*at);
            }
        }
        if let Some(demand) = &self.demand {
            unknown.sort_by_cached_key(|at| {
                demand.urgency(*at, &self.unknown, &self.evidence, &self.model)
            });
        }
        let mut extent = Extent::default();
        for at in &unknown {
            extent.add(&self.unknown[*at].extent);
        }
        let mut candidates: Vec<Candidate> = unknown.into_iter().map(Candidate::Unknown).collect();
        if standing.may_be_expiry {
            conflict.add_extent(&self.leased);
            for lease in self.model.leases() {
                extent.add(&Extent::of_keys(self.model.keys_of(lease)));
                candidates.push(Candidate::Expiry(lease));
            }
        }
        self.bring_forward(&mut candidates, &free, revision);
        Choice {
            revision,
            candidates,
            next: 0,
            extent,
            conflict,
        }
    }

    /// Puts the one first that the hint names, if it would write something.
    fn bring_forward(
        &mut self,
        candidates: &mut Vec<Candidate>,
        free: &[usize],
        revision: Revision,
    ) {
        let Some(command) = self.hint.and_then(|hint| hint(revision)) else {
            return;
        };
        let hinted = (self.doing(&command, free).into_iter())
            .find(|candidate| self.writes_something(*candidate));
        if let Some(hinted) = hinted {
            candidates.retain(|other| *other != hinted);
            candidates.insert(0, hinted);
        }
    }

    /// Those that do what a command does.
    fn doing(&self, command: &Command, free: &[usize]) -> Vec<Candidate> {
        match command {
            Command::LeaseRevoke(lease) => vec![Candidate::Expiry(*lease)],
            Command::LeaseExpire(expire) => {
                expire.ids.iter().copied().map(Candidate::Expiry).collect()
            }
            command => {
                let mut alike = free.iter().copied();
                let found = alike.find(|at| self.unknown[*at].operation.command == *command);
                found.map(Candidate::Unknown).into_iter().collect()
            }
        }
    }

    fn writes_something(&mut self, candidate: Candidate) -> bool {
        let before = self.model.revision();
        self.carry_out(candidate);
        let has_written = self.model.revision() > before;
        self.model.undo_to(before);
        has_written
    }
}

/// The keys that a command may hang on a lease.
fn keys_leased(command: &Command) -> Vec<Bytes> {
    match command {
        Command::Put(put) => Vec::from_iter((put.lease != LeaseId(0)).then(|| put.key.clone())),
        Command::Txn(txn) => txn
            .operations()
            .flat_map(|one| keys_leased(&command_of(one)))
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether a command may write a revision.
fn writes_store(command: &Command) -> bool {
    match command {
        Command::Put(_) | Command::DeleteRange(_) => true,
        Command::Txn(txn) => !txn.is_read_only(),
        // Of a lease that is revoked the keys end as those of any lease do.
        _ => false,
    }
}

/// Whether the model can answer a command.
fn touches_store(command: &Command) -> bool {
    matches!(
        command,
        Command::Range(_) | Command::Put(_) | Command::DeleteRange(_) | Command::Txn(_)
    ) || revoked(command).is_some()
}

/// Steps that are taken before a search is given up: far more than one that succeeds takes.
const STEPS_MIN: u64 = 100_000;
const STEPS_PER_REVISION: u64 = 200;
