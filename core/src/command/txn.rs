//! Transactions: compare, then one of two lists of operations, all at one revision.

use bytes::Bytes;
use rkyv::{Archive, Deserialize, Serialize};

use super::kv::{DeleteRange, DeleteRangeReply, Put, PutReply, Range, RangeReply};
use crate::id::{LeaseId, Revision};

/// How the stored side must stand to the given side.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CompareOutcome {
    /// Stored equals given.
    #[default]
    Equal,
    /// Stored is greater.
    Greater,
    /// Stored is less.
    Less,
    /// Stored differs.
    NotEqual,
}

/// Which side of a key is compared, with the given value. A key that is absent has 0 everywhere
/// and no value at all: comparing its value is false, whatever the outcome asked for.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum CompareTarget {
    /// How many times put since creation.
    Version(i64),
    /// Revision of creation.
    Create(Revision),
    /// Revision of the newest version.
    Mod(Revision),
    /// The value.
    Value(Bytes),
    /// The lease.
    Lease(LeaseId),
}

/// One condition. With a `range_end` every key in the range must meet it.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Compare {
    /// The outcome wanted.
    pub outcome: CompareOutcome,
    /// What is compared.
    pub target: CompareTarget,
    /// First key.
    pub key: Bytes,
    /// End of the range, as in [`Range`].
    pub range_end: Bytes,
}

/// All of `compare` hold → `success`, else `failure`. No conditions at all hold.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[rkyv(serialize_bounds(
    __S: rkyv::ser::Writer + rkyv::ser::Allocator,
    __S::Error: rkyv::rancor::Source,
))]
#[rkyv(deserialize_bounds(__D::Error: rkyv::rancor::Source))]
#[rkyv(bytecheck(bounds(
    __C: rkyv::validation::ArchiveContext,
    __C::Error: rkyv::rancor::Source,
)))]
pub struct Txn {
    /// The conditions.
    pub compare: Vec<Compare>,
    /// Carried out when they hold.
    #[rkyv(omit_bounds)]
    pub success: Vec<RequestOp>,
    /// Carried out when they do not.
    #[rkyv(omit_bounds)]
    pub failure: Vec<RequestOp>,
}

impl Txn {
    /// Whether neither list writes, however deep.
    pub fn is_read_only(&self) -> bool {
        self.operations().all(|op| match op {
            RequestOp::Range(_) => true,
            RequestOp::Put(_) | RequestOp::DeleteRange(_) => false,
            RequestOp::Txn(txn) => txn.is_read_only(),
        })
    }

    /// Whether every read in it, however deep, is serializable.
    pub fn is_serializable(&self) -> bool {
        self.operations().all(|op| match op {
            RequestOp::Range(range) => range.serializable,
            RequestOp::Put(_) | RequestOp::DeleteRange(_) => false,
            RequestOp::Txn(txn) => txn.is_serializable(),
        })
    }

    /// The operations of both lists, not those of transactions within.
    pub fn operations(&self) -> impl Iterator<Item = &RequestOp> {
        self.success.iter().chain(&self.failure)
    }

    /// The list that is carried out when the comparisons hold, or when they do not.
    pub fn branch(&self, succeeded: bool) -> &[RequestOp] {
        if succeeded {
            &self.success
        } else {
            &self.failure
        }
    }
}

/// One operation of a transaction.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum RequestOp {
    /// Read.
    Range(Range),
    /// Write.
    Put(Put),
    /// Delete.
    DeleteRange(DeleteRange),
    /// A transaction within.
    Txn(Txn),
}

/// To [`Txn`].
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[rkyv(serialize_bounds(
    __S: rkyv::ser::Writer + rkyv::ser::Allocator,
    __S::Error: rkyv::rancor::Source,
))]
#[rkyv(deserialize_bounds(__D::Error: rkyv::rancor::Source))]
#[rkyv(bytecheck(bounds(
    __C: rkyv::validation::ArchiveContext,
    __C::Error: rkyv::rancor::Source,
)))]
pub struct TxnReply {
    /// Whether the conditions held.
    pub succeeded: bool,
    /// The answers to the operations carried out, in order.
    #[rkyv(omit_bounds)]
    pub responses: Vec<ResponseOp>,
}

/// The answer to one [`RequestOp`].
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum ResponseOp {
    /// To a range.
    Range(RangeReply),
    /// To a put.
    Put(PutReply),
    /// To a deletion.
    DeleteRange(DeleteRangeReply),
    /// To a transaction within.
    Txn(TxnReply),
}
