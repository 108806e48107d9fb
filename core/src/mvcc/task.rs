//! What is asked of the store, carried out a step at a time.
//!
//! A range may cover every key there is, and so may a deletion, or a comparison of a transaction.
//! A member that did such a thing in one go would let nobody hear from it meanwhile: its
//! followers would elect another leader. So whatever may be long is a [`Task`], which is given a
//! budget of keys to look at, as often as it takes.
//!
//! As in etcd a transaction goes in three passes. The first decides all comparisons on the state
//! *before* the transaction ([`Planning`]). The second checks the chosen operations for what could
//! fail. Only the third writes, and reads what it wrote.
//!
//! # What others see meanwhile
//!
//! Nothing. What a task writes stands above the store's revision until the task is done, and
//! whoever reads, reads at a revision. A reading task of more than one step needs a [`Pin`], as
//! any long reader. While a writing one is under way nothing else may be applied, and nothing be
//! removed ([`Store::compact_step`]): a failure takes back what was written.

use std::vec;

use bytes::Bytes;

use super::plan::{Planning, Step};
use super::reading::{Reading, View};
use super::version::VersionId;
use super::write::{Deleting, Writing};
use super::{Pin, Store};
use crate::command::{Command, Reply, ResponseOp, Txn, TxnReply};
use crate::error::Error;
use crate::id::LeaseId;

/// A command under way. See the page above.
#[derive(Debug)]
pub struct Task {
    view: View,
    stage: Stage,
    /// What has been answered so far: of the command itself first, and then of the transactions
    /// that have been begun, innermost last.
    answers: Vec<TxnReply>,
    /// Nothing for one that only reads.
    writing: Option<Writing>,
    revoking: Option<Revoking>,
}

#[derive(Debug)]
enum Stage {
    Planning(Planning),
    Carrying {
        steps: vec::IntoIter<Step>,
        current: Current,
    },
    /// What was written is hung on leases: how far that has come.
    Hanging(VersionId),
    TakingBack(Error),
    Done,
}

/// A step that takes more than one.
#[derive(Debug)]
enum Current {
    None,
    Range(Box<Reading>),
    Delete(Deleting),
}

/// The end of a lease.
#[derive(Debug)]
struct Revoking {
    lease: LeaseId,
    /// The keys of it that are still there.
    keys: vec::IntoIter<Bytes>,
    deleted: usize,
}

impl Task {
    /// One that only reads, at the store's revision; nothing for other commands.
    pub fn read(command: &Command, store: &Store) -> Option<Self> {
        match command {
            Command::Range(range) => Some(Self::one(Step::Range(range.clone()), store)),
            Command::Txn(txn) => Some(Self::txn(txn, store)),
            _ => None,
        }
    }

    /// One that may write; nothing for commands that are never long.
    pub fn write(command: &Command, store: &mut Store) -> Option<Self> {
        let mut task = match command {
            Command::Txn(txn) => Self::txn(txn, store),
            Command::DeleteRange(delete) => Self::one(Step::DeleteRange(delete.clone()), store),
            Command::LeaseRevoke(lease) => return Some(Self::revoke(*lease, store)),
            _ => return None,
        };
        task.writing = Some(store.begin());
        Some(task)
    }

    /// Ends a lease: all its keys are deleted at one revision, in ascending order. One without
    /// keys writes nothing.
    pub fn revoke(lease: LeaseId, store: &mut Store) -> Self {
        let steps = Vec::new().into_iter();
        let current = Current::None;
        let mut task = Self::at(Stage::Carrying { steps, current }, store);
        task.writing = Some(store.begin());
        match store.begin_revoke(lease) {
            Ok(keys) => {
                task.revoking = Some(Revoking {
                    lease,
                    deleted: keys.len(),
                    keys: keys.into_iter(),
                });
            }
            Err(error) => task.stage = Stage::TakingBack(error),
        }
        task
    }

    /// How many keys went with a lease.
    pub(crate) fn revoked_keys(&self) -> usize {
        self.revoking.as_ref().map_or(0, |lease| lease.deleted)
    }

    fn one(step: Step, store: &Store) -> Self {
        let current = Current::None;
        let steps = vec![step].into_iter();
        Self::at(Stage::Carrying { steps, current }, store)
    }

    fn txn(txn: &Txn, store: &Store) -> Self {
        Self::at(Stage::Planning(Planning::begin(txn)), store)
    }

    fn at(stage: Stage, store: &Store) -> Self {
        Self {
            view: store.view(),
            stage,
            answers: vec![TxnReply::default()],
            writing: None,
            revoking: None,
        }
    }

    fn answer(&mut self, answer: ResponseOp) {
        if let Some(innermost) = self.answers.last_mut() {
            innermost.responses.push(answer);
        }
    }

    fn reply(&mut self) -> Reply {
        let answers = self.answers.pop().unwrap_or_default().responses;
        match answers.into_iter().next() {
            Some(ResponseOp::Range(range)) => Reply::Range(range),
            Some(ResponseOp::Put(put)) => Reply::Put(put),
            Some(ResponseOp::DeleteRange(delete)) => Reply::DeleteRange(delete),
            Some(ResponseOp::Txn(txn)) => Reply::Txn(txn),
            None => Reply::LeaseRevoke,
        }
    }
}

impl Store {
    /// Carries a task on; how it ended, once it has. The budget is in keys, looked at or written:
    /// what is left of it is the caller's for something else.
    ///
    /// # Errors
    /// As [`Store::apply`]; [`Error::NotSupported`] when a task writes that is to read.
    pub fn step(&mut self, task: &mut Task, budget: &mut usize) -> Option<Result<Reply, Error>> {
        loop {
            match &mut task.stage {
                Stage::Planning(planning) => {
                    let steps = planning.step(self, task.view, budget)?;
                    task.stage = match self.check_plan(&steps, task.view) {
                        Ok(()) => Stage::Carrying {
                            steps: steps.into_iter(),
                            current: Current::None,
                        },
                        Err(error) => Stage::TakingBack(error),
                    };
                }
                Stage::Carrying { .. } => match self.carry_on(task, budget) {
                    Ok(true) => task.stage = self.written(task),
                    Ok(false) => return None,
                    Err(error) => task.stage = Stage::TakingBack(error),
                },
                Stage::Hanging(next) => {
                    if !self.hang_keys_on_leases(next, budget) {
                        return None;
                    }
                    task.stage = Stage::Done;
                }
                Stage::TakingBack(error) => {
                    if let Some(writing) = &task.writing
                        && !self.take_back(writing, budget)
                    {
                        return None;
                    }
                    let error = error.clone();
                    task.stage = Stage::Done;
                    return Some(Err(error));
                }
                Stage::Done => {
                    self.commit(task);
                    return Some(Ok(task.reply()));
                }
            }
        }
    }

    /// A task in one go.
    pub(super) fn run(&mut self, mut task: Task) -> Result<Reply, Error> {
        loop {
            if let Some(result) = self.step(&mut task, &mut usize::MAX.clone()) {
                return result;
            }
        }
    }

    /// Whether a reading task goes on to see what it began to see: see [`Pin`].
    pub(crate) fn still_holds(&self, pin: &Pin) -> bool {
        self.pins.holds(pin)
    }

    /// Does what the plan says, as far as the budget goes; true when that was all.
    fn carry_on(&mut self, task: &mut Task, budget: &mut usize) -> Result<bool, Error> {
        if task.revoking.is_some() {
            return self.bury_keys_of_lease(task, budget);
        }
        loop {
            let Stage::Carrying { steps, current } = &mut task.stage else {
                return Ok(true);
            };
            match current {
                Current::Range(reading) => {
                    if !reading.step(self, budget) {
                        return Ok(false);
                    }
                    let Current::Range(reading) = std::mem::replace(current, Current::None) else {
                        continue;
                    };
                    task.answer(ResponseOp::Range(reading.reply()));
                }
                Current::Delete(deleting) => {
                    let writing = writing(&mut task.writing)?;
                    if !self.delete_step(writing, deleting, budget) {
                        return Ok(false);
                    }
                    let Current::Delete(deleting) = std::mem::replace(current, Current::None)
                    else {
                        continue;
                    };
                    task.answer(ResponseOp::DeleteRange(deleting.reply()));
                }
                Current::None => {
                    let Some(step) = steps.next() else {
                        return Ok(true);
                    };
                    self.begin_step(task, step)?;
                }
            }
        }
    }

    fn begin_step(&mut self, task: &mut Task, step: Step) -> Result<(), Error> {
        let begun = match step {
            Step::Range(range) => {
                let newest = task.writing.as_ref().map(Writing::current);
                let view = View {
                    newest: newest.unwrap_or(task.view.newest),
                    ..task.view
                };
                Current::Range(Box::new(Reading::begin(&range, view)?))
            }
            Step::Put(put) => {
                let reply = self.put(writing(&mut task.writing)?, &put)?;
                task.answer(ResponseOp::Put(reply));
                return Ok(());
            }
            Step::DeleteRange(delete) => {
                writing(&mut task.writing)?;
                Current::Delete(Deleting::begin(&delete)?)
            }
            Step::Enter { succeeded } => {
                let responses = Vec::new();
                task.answers.push(TxnReply {
                    succeeded,
                    responses,
                });
                return Ok(());
            }
            Step::Leave => {
                if let Some(answer) = task.answers.pop() {
                    task.answer(ResponseOp::Txn(answer));
                }
                return Ok(());
            }
        };
        if let Stage::Carrying { current, .. } = &mut task.stage {
            *current = begun;
        }
        Ok(())
    }

    fn bury_keys_of_lease(&mut self, task: &mut Task, budget: &mut usize) -> Result<bool, Error> {
        let writing = writing(&mut task.writing)?;
        let Some(revoking) = &mut task.revoking else {
            return Ok(true);
        };
        while *budget > 0 {
            let Some(key) = revoking.keys.next() else {
                return Ok(true);
            };
            *budget -= 1;
            self.bury(writing.take_id(), &key);
        }
        Ok(revoking.keys.len() == 0)
    }

    /// All is done: what a task has written is checked, and then hung on leases.
    fn written(&self, task: &Task) -> Stage {
        let Some(first) = task.writing.as_ref().and_then(Writing::first) else {
            return Stage::Done;
        };
        match self.check_revision() {
            Ok(()) => Stage::Hanging(first),
            Err(error) => Stage::TakingBack(error),
        }
    }

    /// From now on it is seen.
    fn commit(&mut self, task: &Task) {
        if let Some(first) = task.writing.as_ref().and_then(Writing::first) {
            self.revision = first.main;
        }
        if let Some(revoking) = &task.revoking {
            self.forget_lease(revoking.lease);
        }
    }
}

fn writing(writing: &mut Option<Writing>) -> Result<&mut Writing, Error> {
    writing
        .as_mut()
        .ok_or_else(|| Error::NotSupported("writing in a read".to_owned()))
}
