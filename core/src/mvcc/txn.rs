//! Transactions.
//!
//! As in etcd a transaction goes in three passes. The first decides all comparisons, nested ones
//! too, on the state *before* the transaction, and so chooses which operations run. The second
//! checks those operations for what could fail. Only the third writes, and reads what it wrote.

use std::cmp::Ordering;

use bytes::Bytes;

use super::Store;
use super::key::Key;
use super::version::Version;
use super::write::Writing;
use crate::command::{
    Compare, CompareOutcome, CompareTarget, Put, Range, RequestOp, ResponseOp, Txn, TxnReply,
};
use crate::error::Error;
use crate::id::Revision;

/// A transaction whose comparisons are decided.
struct Decided<'a> {
    succeeded: bool,
    operations: &'a [RequestOp],
    /// Of each `RequestOp::Txn` among the operations, in order.
    nested: Vec<Decided<'a>>,
}

impl Store {
    /// Carries out a transaction that only reads.
    ///
    /// # Errors
    /// [`Error::Compacted`], [`Error::FutureRevision`]; [`Error::NotSupported`] when the
    /// operations to be carried out write after all.
    pub fn txn_read(&self, txn: &Txn) -> Result<TxnReply, Error> {
        let decided = self.decide(txn);
        self.check(&decided)?;
        self.read_decided(&decided)
    }

    pub(super) fn apply_txn(&mut self, txn: &Txn) -> Result<TxnReply, Error> {
        let decided = self.decide(txn);
        self.check(&decided)?;
        let mut writing = self.begin();
        let result = self.execute(&mut writing, &decided);
        self.end(writing, result)
    }

    fn decide<'a>(&self, txn: &'a Txn) -> Decided<'a> {
        let succeeded = txn.compare.iter().all(|compare| self.holds(compare));
        let operations = txn.branch(succeeded);
        let nested = operations
            .iter()
            .filter_map(|operation| match operation {
                RequestOp::Txn(nested) => Some(self.decide(nested)),
                RequestOp::Range(_) | RequestOp::Put(_) | RequestOp::DeleteRange(_) => None,
            })
            .collect();
        Decided {
            succeeded,
            operations,
            nested,
        }
    }

    fn holds(&self, compare: &Compare) -> bool {
        let mut live = self
            .scan(&compare.key, &compare.range_end)
            .filter_map(|(_, history)| history.live())
            .peekable();
        if live.peek().is_none() {
            // Nothing there compares as zeros, but nothing is no value, not even the empty one.
            let is_value = matches!(compare.target, CompareTarget::Value(_));
            return !is_value && meets(compare, &Version::default());
        }
        live.all(|version| meets(compare, version))
    }

    /// Whether all that will run can: as in etcd the puts first, and then the rest.
    fn check(&self, decided: &Decided<'_>) -> Result<(), Error> {
        self.check_each(decided, &|operation| match operation {
            RequestOp::Put(put) => self.check_put(put),
            _ => Ok(()),
        })?;
        self.check_each(decided, &|operation| match operation {
            RequestOp::Range(range) => self.check_range(range),
            RequestOp::DeleteRange(delete) => check_key(&delete.key),
            _ => Ok(()),
        })
    }

    fn check_each(
        &self,
        decided: &Decided<'_>,
        check: &dyn Fn(&RequestOp) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut nested = decided.nested.iter();
        for operation in decided.operations {
            match operation {
                RequestOp::Txn(_) => nested
                    .next()
                    .map_or(Ok(()), |nested| self.check_each(nested, check))?,
                other => check(other)?,
            }
        }
        Ok(())
    }

    fn check_range(&self, range: &Range) -> Result<(), Error> {
        check_key(&range.key)?;
        if range.revision > self.revision {
            Err(Error::FutureRevision)
        } else if range.revision.0 != 0 && range.revision < self.compact_revision() {
            Err(Error::Compacted)
        } else {
            Ok(())
        }
    }

    fn check_put(&self, put: &Put) -> Result<(), Error> {
        check_key(&put.key)?;
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

    fn execute(&mut self, writing: &mut Writing, decided: &Decided<'_>) -> Result<TxnReply, Error> {
        let mut nested = decided.nested.iter();
        let mut responses = Vec::with_capacity(decided.operations.len());
        for operation in decided.operations {
            responses.push(match operation {
                RequestOp::Range(range) => {
                    ResponseOp::Range(self.range_within(range, writing.current())?)
                }
                RequestOp::Put(put) => ResponseOp::Put(self.put(writing, put)?),
                RequestOp::DeleteRange(delete) => {
                    ResponseOp::DeleteRange(self.delete_range(writing, delete)?)
                }
                RequestOp::Txn(_) => match nested.next() {
                    Some(nested) => ResponseOp::Txn(self.execute(writing, nested)?),
                    None => continue,
                },
            });
        }
        Ok(TxnReply {
            succeeded: decided.succeeded,
            responses,
        })
    }

    fn read_decided(&self, decided: &Decided<'_>) -> Result<TxnReply, Error> {
        let mut nested = decided.nested.iter();
        let mut responses = Vec::with_capacity(decided.operations.len());
        for operation in decided.operations {
            responses.push(match operation {
                RequestOp::Range(range) => ResponseOp::Range(self.range(range)?),
                RequestOp::Put(_) | RequestOp::DeleteRange(_) => {
                    return Err(Error::NotSupported("writing in a read".to_owned()));
                }
                RequestOp::Txn(_) => match nested.next() {
                    Some(nested) => ResponseOp::Txn(self.read_decided(nested)?),
                    None => continue,
                },
            });
        }
        Ok(TxnReply {
            succeeded: decided.succeeded,
            responses,
        })
    }
}

fn check_key(key: &Bytes) -> Result<(), Error> {
    if key.is_empty() {
        return Err(Error::EmptyKey);
    }
    Ok(())
}

/// Whether a stored version meets a comparison.
fn meets(compare: &Compare, stored: &Version) -> bool {
    let ordering = match &compare.target {
        CompareTarget::Version(version) => stored.version.cmp(version),
        CompareTarget::Create(revision) => stored.create_revision.cmp(revision),
        CompareTarget::Mod(revision) => mod_revision(stored).cmp(revision),
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

fn mod_revision(version: &Version) -> Revision {
    version.id.main
}
