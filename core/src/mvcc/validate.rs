//! What is refused before it is proposed, as etcd's `v3rpc` layer does.

use bytes::Bytes;

use super::interval::IntervalSet;
use crate::collections::BTreeSet;
use crate::command::{Command, Put, RequestOp, Txn};
use crate::error::Error;
use crate::id::LeaseId;
use crate::limits::{TXN_DEPTH_MAX, TXN_OPERATIONS_MAX};

/// What a host lets a request be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `--max-txn-ops`: the longest of a transaction's three lists; a transaction within another
    /// gets what that leaves.
    pub txn_operations: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            txn_operations: TXN_OPERATIONS_MAX,
        }
    }
}

/// Checks what can be seen from the command alone.
///
/// # Errors
/// [`Error::EmptyKey`]; [`Error::ValueProvided`], [`Error::LeaseProvided`] together with the
/// wish to ignore it; [`Error::TooManyOperations`], also for transactions that stand too deep in
/// one another; [`Error::DuplicateKey`] when one branch of a transaction may put a key twice, or
/// put what it deletes.
pub fn validate(command: &Command, limits: Limits) -> Result<(), Error> {
    match command {
        Command::Range(range) => check_key(&range.key),
        Command::Put(put) => check_put(put),
        Command::DeleteRange(delete) => check_key(&delete.key),
        Command::Txn(txn) => {
            check_txn(txn, limits.txn_operations, TXN_DEPTH_MAX)?;
            Touched::by(&txn.success)?;
            Touched::by(&txn.failure)?;
            Ok(())
        }
        Command::Compact(_)
        | Command::HashKv(_)
        | Command::Status
        | Command::MemberList(_)
        | Command::AlarmList
        | Command::PublishAttributes(_)
        | Command::Publish(_)
        | Command::AlarmRaise(_)
        | Command::AlarmLower(_)
        | Command::DowngradeValidate(_)
        | Command::DowngradeEnable(_)
        | Command::DowngradeCancel
        | Command::Defragment
        | Command::LeaseGrant(_)
        | Command::LeaseRevoke(_)
        | Command::LeaseKeepAlive(_)
        | Command::LeaseTimeToLive(_)
        | Command::LeaseList
        | Command::LeaseCheckpoint(_)
        | Command::LeaseExpire(_)
        | Command::MemberAdd(_)
        | Command::MemberRemove(_)
        | Command::MemberUpdate(_)
        | Command::MemberPromote(_)
        | Command::MoveLeader(_) => Ok(()),
    }
}

fn check_key(key: &Bytes) -> Result<(), Error> {
    if key.is_empty() {
        return Err(Error::EmptyKey);
    }
    Ok(())
}

fn check_put(put: &Put) -> Result<(), Error> {
    check_key(&put.key)?;
    if put.ignore_value && !put.value.is_empty() {
        return Err(Error::ValueProvided);
    }
    if put.ignore_lease && put.lease != LeaseId(0) {
        return Err(Error::LeaseProvided);
    }
    Ok(())
}

fn check_txn(txn: &Txn, operations_left: usize, depth_left: usize) -> Result<(), Error> {
    let longest = txn
        .compare
        .len()
        .max(txn.success.len())
        .max(txn.failure.len());
    if longest > operations_left || depth_left == 0 {
        return Err(Error::TooManyOperations);
    }
    for compare in &txn.compare {
        check_key(&compare.key)?;
    }
    for operation in txn.operations() {
        match operation {
            RequestOp::Range(range) => check_key(&range.key)?,
            RequestOp::Put(put) => check_put(put)?,
            RequestOp::DeleteRange(delete) => check_key(&delete.key)?,
            RequestOp::Txn(nested) => {
                check_txn(nested, operations_left - longest, depth_left - 1)?;
            }
        }
    }
    Ok(())
}

/// What a list of operations may write, whichever way the transactions within it go.
#[derive(Default)]
struct Touched<'a> {
    puts: BTreeSet<&'a [u8]>,
    deletes: IntervalSet<'a>,
}

impl<'a> Touched<'a> {
    /// Adds the operations up, refusing a put of what is put or deleted beside it. As in etcd a
    /// nested transaction is held against those before it and the list's own deletions, and the
    /// list's own puts against all.
    fn by(operations: &'a [RequestOp]) -> Result<Self, Error> {
        let mut touched = Self::default();
        for operation in operations {
            if let RequestOp::DeleteRange(delete) = operation {
                touched.deletes.add(&delete.key, &delete.range_end);
            }
        }
        for operation in operations {
            if let RequestOp::Txn(txn) = operation {
                touched.add_either(Self::by(&txn.success)?, Self::by(&txn.failure)?)?;
            }
        }
        for operation in operations {
            if let RequestOp::Put(put) = operation {
                touched.check_free(&put.key)?;
                touched.puts.insert(&put.key);
            }
        }
        Ok(touched)
    }

    /// Adds two branches of which one will run: they may put the same keys.
    fn add_either(&mut self, success: Self, failure: Self) -> Result<(), Error> {
        for key in success.puts.iter().chain(&failure.puts) {
            self.check_free(key)?;
        }
        self.puts.extend(success.puts);
        self.puts.extend(failure.puts);
        self.deletes.append(success.deletes);
        self.deletes.append(failure.deletes);
        Ok(())
    }

    fn check_free(&self, key: &[u8]) -> Result<(), Error> {
        if self.puts.contains(key) || self.deletes.contains(key) {
            return Err(Error::DuplicateKey);
        }
        Ok(())
    }
}
