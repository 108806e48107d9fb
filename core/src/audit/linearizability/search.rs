//! The search for the writes that nobody was told of.
//!
//! Depth first over the revisions, each revision that has no acknowledged write with every write
//! that may stand there. When an answer does not fit, the search goes back to the newest such
//! revision where another choice could have changed the keys in question (conflict-directed
//! backjumping, Prosser 1993): the others would only fail in the same way. Writes that nobody
//! can tell apart are tried once.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Evidence;
use super::misfit::Misfit;
use super::unknown::{Extent, Unknown};
use super::{Linearized, broken, newest};
use crate::audit::finding::Finding;
use crate::audit::history::{ClientOperation, History, revoked};
use crate::audit::model::Model;
use crate::audit::real_time::Place;
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
    model: Model,
    choices: Vec<Choice>,
    /// The failure that came furthest.
    furthest: Option<(Revision, Misfit<'a>)>,
}

/// What may stand at a revision.
#[derive(Clone, Copy, Debug)]
enum Candidate {
    /// One of the unknown, by place.
    Unknown(usize),
    /// A lease ended.
    Expiry(LeaseId),
}

struct Choice {
    revision: Revision,
    candidates: Vec<Candidate>,
    next: usize,
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
                    unknown.push(Unknown::new(operation, *floor, &evidence));
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
            model: Model::default(),
            choices: Vec::new(),
            furthest: None,
        };
        search.pin();
        Ok(search)
    }

    /// Goes through all revisions.
    pub(super) fn run(mut self) -> Result<Linearized, Finding> {
        let mut steps_left = STEPS_MIN + STEPS_PER_REVISION * self.last.0.unsigned_abs();
        let mut verdict = self.check();
        while steps_left > 0 {
            steps_left -= 1;
            verdict = match verdict {
                Ok(()) if self.model.revision() >= self.last => return Ok(self.found()),
                Ok(()) => self.advance().and_then(|()| self.check()),
                Err(misfit) => match self.go_back(misfit) {
                    Some(misfit) => return Err(broken(misfit.text())),
                    None => self.check(),
                },
            };
        }
        Ok(Linearized {
            model: None,
            unacknowledged: 0,
            expiries: Vec::new(),
        })
    }

    fn found(self) -> Linearized {
        let expiries = self.choices.iter().filter_map(|choice| {
            let taken = choice.next.checked_sub(1)?;
            match choice.candidates.get(taken)? {
                Candidate::Expiry(lease) => Some((choice.revision, *lease)),
                Candidate::Unknown(_) => None,
            }
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
            let candidates = self.candidates(revision);
            self.choices.push(Choice {
                revision,
                candidates,
                next: 0,
            });
            return if self.try_next() {
                Ok(())
            } else {
                self.choices.pop();
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
        // Nothing at all is about everything.
        let mut about = misfit.operation().map(|one| Extent::of(&one.command));
        let reached = self.model.revision();
        if self.furthest.as_ref().is_none_or(|(at, _)| *at < reached) {
            self.furthest = Some((reached, misfit));
        }
        while let Some(choice) = self.choices.last() {
            let revision = choice.revision;
            self.release(revision);
            if about.as_ref().is_none_or(|about| self.matters(about)) {
                if self.try_next() {
                    return None;
                }
                // That no other choice was possible may be due to any key they are about.
                about = None;
            }
            self.choices.pop();
        }
        self.furthest.take().map(|(_, misfit)| misfit)
    }

    /// Whether the newest choice can change what is seen of some keys.
    fn matters(&self, about: &Extent) -> bool {
        let Some(choice) = self.choices.last() else {
            return false;
        };
        choice.candidates.iter().any(|candidate| match candidate {
            Candidate::Expiry(_) => true,
            Candidate::Unknown(at) => about.overlaps(&self.unknown[*at].extent),
        })
    }

    /// Takes the newest choice back, and all that was built on it.
    fn release(&mut self, revision: Revision) {
        self.model.undo_to(Revision(revision.0 - 1));
        let Some(choice) = self.choices.last() else {
            return;
        };
        let tried = choice.next.checked_sub(1);
        if let Some(Candidate::Unknown(at)) = tried.and_then(|at| choice.candidates.get(at)) {
            self.unknown[*at].is_used = false;
        }
    }

    /// Lets the newest choice be the next of its candidates that is possible.
    fn try_next(&mut self) -> bool {
        while let Some(choice) = self.choices.last_mut() {
            let revision = choice.revision;
            let Some(candidate) = choice.candidates.get(choice.next).copied() else {
                return false;
            };
            choice.next += 1;
            match candidate {
                Candidate::Expiry(lease) => self.model.expire(lease),
                Candidate::Unknown(at) => {
                    let command = &self.unknown[at].operation.command;
                    self.model.carry_out(command);
                }
            }
            if self.model.revision() == revision && self.evidence.agrees(&self.model) {
                if let Candidate::Unknown(at) = candidate {
                    self.unknown[at].is_used = true;
                }
                return true;
            }
            self.model.undo_to(Revision(revision.0 - 1));
        }
        false
    }

    fn candidates(&self, revision: Revision) -> Vec<Candidate> {
        let mut kinds = BTreeSet::new();
        let fits = |one: &Unknown<'_>| one.fits(revision, &self.evidence);
        let unknown: Vec<Candidate> = (0..self.unknown.len())
            .filter(|at| {
                let one = &self.unknown[*at];
                fits(one) && !one.is_like_one_of(&mut kinds)
            })
            .map(Candidate::Unknown)
            .collect();
        let is_pinned = |one: &Unknown<'_>| one.pinned == Some(revision);
        if self.unknown.iter().any(is_pinned) {
            let of_pinned = |candidate: &Candidate| match candidate {
                Candidate::Unknown(at) => is_pinned(&self.unknown[*at]),
                Candidate::Expiry(_) => false,
            };
            return unknown.into_iter().filter(of_pinned).collect();
        }
        let expiries = self.model.leases().into_iter().map(Candidate::Expiry);
        unknown.into_iter().chain(expiries).collect()
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
const STEPS_MIN: u64 = 50_000;
const STEPS_PER_REVISION: u64 = 2_000;
