//! The search for the writes that nobody was told of.
//!
//! Depth first over the revisions, each revision that has no acknowledged write with every write
//! that may stand there. When an answer does not fit, the search goes back to the newest such
//! revision where another choice could have changed the keys in question (conflict-directed
//! backjumping, Prosser 1993): the others would only fail in the same way.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use super::evidence::Evidence;
use super::{Linearized, broken, newest};
use crate::audit::finding::Finding;
use crate::audit::history::{ClientOperation, History, contains, revoked};
use crate::audit::model::Model;
use crate::audit::real_time::Place;
use crate::command::{Command, RequestOp};
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
    steps: u64,
    /// The failure that came furthest.
    furthest: Option<(Revision, Finding)>,
}

/// A write whose outcome nobody was told.
struct Unknown<'a> {
    operation: &'a ClientOperation,
    /// It stands above this revision, if anywhere.
    floor: Revision,
    /// It stands here, somebody saw.
    pinned: Option<Revision>,
    is_used: bool,
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

/// An answer that does not fit, and the keys it is about: nothing for all keys.
struct Conflict<'a> {
    finding: Finding,
    about: Vec<&'a Command>,
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
                    unknown.push(Unknown {
                        operation,
                        floor: *floor,
                        pinned: None,
                        is_used: false,
                    });
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
            steps: 0,
            furthest: None,
        };
        search.pin();
        Ok(search)
    }

    /// Goes through all revisions.
    pub(super) fn run(mut self) -> Result<Linearized, Finding> {
        let budget = STEPS_MIN + STEPS_PER_REVISION * self.last.0.unsigned_abs();
        let mut verdict = self.check();
        loop {
            if let Ok(()) = verdict {
                if self.model.revision() >= self.last {
                    return Ok(self.found());
                }
                verdict = self.advance().and_then(|()| self.check());
            } else if let Err(conflict) = verdict {
                verdict = match self.go_back(conflict) {
                    Some(finding) => return Err(finding),
                    None => self.check(),
                };
            }
            self.steps += 1;
            if self.steps > budget {
                return Ok(Linearized {
                    model: None,
                    unacknowledged: 0,
                    agrees_with_watches: false,
                });
            }
        }
    }

    fn found(self) -> Linearized {
        Linearized {
            unacknowledged: self.choices.len() as u64,
            model: Some(self.model),
            agrees_with_watches: true,
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
    fn advance(&mut self) -> Result<(), Conflict<'a>> {
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
                Err(Conflict {
                    finding: broken(format!(
                        "nothing that was asked can have been written at revision {revision}"
                    )),
                    about: Vec::new(),
                })
            };
        };
        let reply = self.model.carry_out(&operation.command);
        let wanted = operation.done().map(|(_, reply)| reply);
        if reply.as_ref() == wanted && self.model.revision() == revision {
            return Ok(());
        }
        self.model.undo_to(Revision(revision.0 - 1));
        Err(Conflict {
            finding: broken(format!(
                "operation {} wrote revision {revision} and was answered {wanted:?}, where a \
                 single store answers {reply:?}",
                operation.number
            )),
            about: vec![&operation.command],
        })
    }

    /// Compares all that was answered in the newest state of the model.
    fn check(&mut self) -> Result<(), Conflict<'a>> {
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
                return Err(Conflict {
                    finding: broken(format!(
                        "operation {} was answered {wanted:?} at revision {revision}, where a \
                         single store answers {reply:?}",
                        operation.number
                    )),
                    about: vec![&operation.command],
                });
            }
        }
        Ok(())
    }

    /// Finds another choice after a failure; else answers what cannot be helped.
    fn go_back(&mut self, conflict: Conflict<'a>) -> Option<Finding> {
        let reached = self.model.revision();
        if self.furthest.as_ref().is_none_or(|(at, _)| *at < reached) {
            self.furthest = Some((reached, conflict.finding));
        }
        // Nothing at all is "about everything".
        let mut about = conflict.about;
        let mut everything = about.is_empty();
        while let Some(choice) = self.choices.last() {
            let revision = choice.revision;
            self.release(revision);
            let matters = everything || self.matters(&about);
            if matters {
                if self.try_next() {
                    return None;
                }
                // That no other choice was possible may be due to any key they are about.
                everything = true;
                about.clear();
            }
            self.choices.pop();
        }
        self.furthest.take().map(|(_, finding)| finding)
    }

    /// Whether the newest choice can change what the commands see.
    fn matters(&self, about: &[&Command]) -> bool {
        let Some(choice) = self.choices.last() else {
            return false;
        };
        choice.candidates.iter().any(|candidate| match candidate {
            Candidate::Expiry(_) => true,
            Candidate::Unknown(at) => about
                .iter()
                .any(|command| overlap(command, &self.unknown[*at].operation.command)),
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
        let is_pinned = |one: &Unknown<'_>| one.pinned == Some(revision);
        if let Some(at) = self.unknown.iter().position(is_pinned) {
            let one = &self.unknown[at];
            let is_possible = !one.is_used && one.floor < revision;
            return is_possible
                .then_some(Candidate::Unknown(at))
                .into_iter()
                .collect();
        }
        let unknown = (0..self.unknown.len())
            .filter(|at| {
                let one = &self.unknown[*at];
                one.pinned.is_none() && !one.is_used && one.floor < revision
            })
            .map(Candidate::Unknown);
        let expiries = self.model.leases().into_iter().map(Candidate::Expiry);
        unknown.chain(expiries).collect()
    }
}

/// Whether a command may write a revision.
fn writes_store(command: &Command) -> bool {
    match command {
        Command::Put(_) | Command::DeleteRange(_) => true,
        Command::Txn(txn) => !txn.is_read_only(),
        // Its keys end as those of any lease do.
        Command::LeaseRevoke(_) => false,
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

/// Whether two commands may be about one key.
fn overlap(one: &Command, two: &Command) -> bool {
    let (one, two) = (spans(one), spans(two));
    one.iter().any(|(first, end)| {
        two.iter().any(|(other_first, other_end)| {
            contains(first, end, other_first) || contains(other_first, other_end, first)
        })
    })
}

fn spans(command: &Command) -> BTreeSet<(Bytes, Bytes)> {
    let mut found = BTreeSet::new();
    match command {
        Command::Range(range) => {
            found.insert((range.key.clone(), range.range_end.clone()));
        }
        Command::Put(put) => {
            found.insert((put.key.clone(), Bytes::new()));
        }
        Command::DeleteRange(delete) => {
            found.insert((delete.key.clone(), delete.range_end.clone()));
        }
        Command::Txn(txn) => {
            for compare in &txn.compare {
                found.insert((compare.key.clone(), compare.range_end.clone()));
            }
            for operation in txn.success.iter().chain(&txn.failure) {
                found.extend(spans(&command_of(operation)));
            }
        }
        // A lease may have any key.
        _ => {
            found.insert((Bytes::new(), Bytes::from_static(b"\0")));
        }
    }
    found
}

fn command_of(operation: &RequestOp) -> Command {
    match operation {
        RequestOp::Range(range) => Command::Range(range.clone()),
        RequestOp::Put(put) => Command::Put(put.clone()),
        RequestOp::DeleteRange(delete) => Command::DeleteRange(delete.clone()),
        RequestOp::Txn(txn) => Command::Txn(txn.clone()),
    }
}

/// Steps that are taken before a search is given up: far more than one that succeeds takes.
const STEPS_MIN: u64 = 100_000;
const STEPS_PER_REVISION: u64 = 20;
