//! What a transaction will do: its comparisons, decided a step at a time.
//!
//! All of them, those of transactions within too, are decided on the state *before* the
//! transaction. That chooses the operations that run.

use std::cmp::Ordering;
use std::vec;

use super::Store;
use super::key::Key;
use super::reading::View;
use super::version::Version;
use super::walk::Walk;
use crate::command::{
    Compare, CompareOutcome, CompareTarget, DeleteRange, Put, Range, RequestOp, Txn,
};
use crate::error::Error;
use crate::id::Revision;

/// What is to be done next, in order.
#[derive(Debug)]
pub(super) enum Step {
    Range(Range),
    Put(Put),
    DeleteRange(DeleteRange),
    /// A transaction begins, which chose its first or its second list.
    Enter {
        succeeded: bool,
    },
    /// It ends.
    Leave,
}

/// A plan being made.
#[derive(Debug)]
pub(super) struct Planning {
    steps: Vec<Step>,
    /// What has been begun, innermost last.
    open: Vec<Open>,
}

#[derive(Debug)]
enum Open {
    /// Is being decided.
    Deciding(Deciding),
    /// Is decided: what is left of its list.
    Decided(vec::IntoIter<RequestOp>),
}

#[derive(Debug)]
struct Deciding {
    txn: Txn,
    /// Comparisons that hold.
    held: usize,
    /// How far the one behind them has come.
    comparing: Option<Comparing>,
}

#[derive(Debug)]
struct Comparing {
    walk: Walk,
    /// Whether it has met a key that is there.
    has_met: bool,
}

impl Planning {
    /// Of a transaction.
    pub(super) fn begin(txn: &Txn) -> Self {
        Self {
            steps: Vec::new(),
            open: vec![Open::Deciding(Deciding::begin(txn.clone()))],
        }
    }

    /// Goes on; the plan when it is made. A comparison of one key takes as much as looking at one.
    pub(super) fn step(
        &mut self,
        store: &Store,
        view: View,
        budget: &mut usize,
    ) -> Option<Vec<Step>> {
        while let Some(open) = self.open.last_mut() {
            match open {
                Open::Deciding(deciding) => {
                    let succeeded = deciding.step(store, view.newest, budget)?;
                    let txn = std::mem::take(&mut deciding.txn);
                    self.steps.push(Step::Enter { succeeded });
                    let chosen = match succeeded {
                        true => txn.success,
                        false => txn.failure,
                    };
                    *open = Open::Decided(chosen.into_iter());
                }
                Open::Decided(operations) => match operations.next() {
                    Some(RequestOp::Range(range)) => self.steps.push(Step::Range(range)),
                    Some(RequestOp::Put(put)) => self.steps.push(Step::Put(put)),
                    Some(RequestOp::DeleteRange(delete)) => {
                        self.steps.push(Step::DeleteRange(delete));
                    }
                    Some(RequestOp::Txn(txn)) => {
                        self.open.push(Open::Deciding(Deciding::begin(txn)));
                    }
                    None => {
                        self.steps.push(Step::Leave);
                        self.open.pop();
                    }
                },
            }
        }
        Some(std::mem::take(&mut self.steps))
    }
}

impl Deciding {
    fn begin(txn: Txn) -> Self {
        Self {
            txn,
            held: 0,
            comparing: None,
        }
    }

    /// Whether all comparisons hold, once that is known.
    fn step(&mut self, store: &Store, revision: Revision, budget: &mut usize) -> Option<bool> {
        while let Some(compare) = self.txn.compare.get(self.held) {
            let comparing = self.comparing.get_or_insert_with(|| Comparing {
                walk: Walk::over(&compare.key, &compare.range_end),
                has_met: false,
            });
            if !comparing.step(compare, store, revision, budget)? {
                return Some(false);
            }
            self.comparing = None;
            self.held += 1;
        }
        Some(true)
    }
}

impl Comparing {
    /// Whether the comparison holds, once that is known: every key of its range must meet it.
    fn step(
        &mut self,
        compare: &Compare,
        store: &Store,
        revision: Revision,
        budget: &mut usize,
    ) -> Option<bool> {
        for (key, history) in store.ahead(&self.walk) {
            if *budget == 0 {
                self.walk.go_on_at(key.clone());
                return None;
            }
            *budget -= 1;
            if let Some(version) = history.at(revision) {
                self.has_met = true;
                if !meets(compare, version) {
                    return Some(false);
                }
            }
        }
        if self.has_met {
            return Some(true);
        }
        // Nothing there compares as zeros, but nothing is no value, not even the empty one.
        let is_value = matches!(compare.target, CompareTarget::Value(_));
        Some(!is_value && meets(compare, &Version::default()))
    }
}

impl Store {
    /// Whether all that will run can: as in etcd the puts first, and then the rest.
    pub(super) fn check_plan(&self, steps: &[Step], view: View) -> Result<(), Error> {
        for step in steps {
            if let Step::Put(put) = step {
                self.check_put(put)?;
            }
        }
        for step in steps {
            match step {
                Step::Range(range) => check_range(range, view)?,
                Step::DeleteRange(delete) if delete.key.is_empty() => return Err(Error::EmptyKey),
                _ => {}
            }
        }
        Ok(())
    }

    fn check_put(&self, put: &Put) -> Result<(), Error> {
        if put.key.is_empty() {
            return Err(Error::EmptyKey);
        }
        let is_there = || {
            self.keys
                .get(&Key::from(&put.key))
                .is_some_and(|key| key.live().is_some())
        };
        if (put.ignore_value || put.ignore_lease) && !is_there() {
            return Err(Error::KeyNotFound);
        }
        self.check_lease(put.lease)
    }
}

fn check_range(range: &Range, view: View) -> Result<(), Error> {
    if range.key.is_empty() {
        Err(Error::EmptyKey)
    } else if range.revision > view.newest {
        Err(Error::FutureRevision)
    } else if range.revision.0 != 0 && range.revision < view.compacted {
        Err(Error::Compacted)
    } else {
        Ok(())
    }
}

/// Whether a stored version meets a comparison.
fn meets(compare: &Compare, stored: &Version) -> bool {
    let ordering = match &compare.target {
        CompareTarget::Version(version) => stored.version.cmp(version),
        CompareTarget::Create(revision) => stored.create_revision.cmp(revision),
        CompareTarget::Mod(revision) => stored.id.main.cmp(revision),
        CompareTarget::Value(value) => stored.value.cmp(value),
        CompareTarget::Lease(lease) => stored.lease.cmp(lease),
    };
    match compare.outcome {
        CompareOutcome::Equal => ordering == Ordering::Equal,
        CompareOutcome::NotEqual => ordering != Ordering::Equal,
        CompareOutcome::Greater => ordering == Ordering::Greater,
        CompareOutcome::Less => ordering == Ordering::Less,
    }
}
