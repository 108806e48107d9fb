//! Transactions as a client of a world asks for them: the parts of etcdctl's that can be typed.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::command::{
    Compare, CompareOutcome, CompareTarget, DeleteRange, Put, Range, RequestOp, Txn,
};
use crate::id::{LeaseId, Revision};

/// How the stored side must stand to the given one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TxnRelation {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `>`
    Greater,
}

/// What of a key is compared, and with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TxnSide {
    /// The value.
    Value(String),
    /// How many times it was put since it was created.
    Version(i64),
    /// The revision of its creation.
    Create(i64),
    /// The revision of its last change.
    Mod(i64),
    /// The lease it hangs on.
    Lease(i64),
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TxnCompare {
    /// Of which key.
    pub key: String,
    /// How the stored side must stand to the given one.
    pub relation: TxnRelation,
    /// What is compared, and with what.
    pub side: TxnSide,
}

/// One operation of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum TxnStep {
    /// Puts a key.
    Put {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// Gets a range.
    Get {
        /// First key.
        key: String,
        /// End of the range; empty for the one key.
        #[serde(default)]
        end: String,
    },
    /// Deletes a range.
    Delete {
        /// First key.
        key: String,
        /// End of the range; empty for the one key.
        #[serde(default)]
        end: String,
    },
}

impl TxnRelation {
    /// All of them with their signs.
    pub(in crate::sim) const SIGNS: [(&'static str, TxnRelation); 4] = [
        ("=", TxnRelation::Equal),
        ("!=", TxnRelation::NotEqual),
        ("<", TxnRelation::Less),
        (">", TxnRelation::Greater),
    ];

    /// Its sign.
    pub fn sign(self) -> &'static str {
        match self {
            TxnRelation::Equal => "=",
            TxnRelation::NotEqual => "!=",
            TxnRelation::Less => "<",
            TxnRelation::Greater => ">",
        }
    }
}

/// The transaction that a member is asked for.
pub(super) fn transaction(compare: &[TxnCompare], success: &[TxnStep], failure: &[TxnStep]) -> Txn {
    Txn {
        compare: compare.iter().map(condition).collect(),
        success: success.iter().map(request).collect(),
        failure: failure.iter().map(request).collect(),
    }
}

fn condition(compare: &TxnCompare) -> Compare {
    Compare {
        outcome: match compare.relation {
            TxnRelation::Equal => CompareOutcome::Equal,
            TxnRelation::NotEqual => CompareOutcome::NotEqual,
            TxnRelation::Less => CompareOutcome::Less,
            TxnRelation::Greater => CompareOutcome::Greater,
        },
        target: match &compare.side {
            TxnSide::Value(value) => CompareTarget::Value(Bytes::from(value.clone())),
            TxnSide::Version(version) => CompareTarget::Version(*version),
            TxnSide::Create(revision) => CompareTarget::Create(Revision(*revision)),
            TxnSide::Mod(revision) => CompareTarget::Mod(Revision(*revision)),
            TxnSide::Lease(lease) => CompareTarget::Lease(LeaseId(*lease)),
        },
        key: Bytes::from(compare.key.clone()),
        range_end: Bytes::new(),
    }
}

fn request(step: &TxnStep) -> RequestOp {
    match step {
        TxnStep::Put { key, value } => RequestOp::Put(Put {
            key: Bytes::from(key.clone()),
            value: Bytes::from(value.clone()),
            ..Put::default()
        }),
        TxnStep::Get { key, end } => RequestOp::Range(Range {
            key: Bytes::from(key.clone()),
            range_end: Bytes::from(end.clone()),
            ..Range::default()
        }),
        TxnStep::Delete { key, end } => RequestOp::DeleteRange(DeleteRange {
            key: Bytes::from(key.clone()),
            range_end: Bytes::from(end.clone()),
            ..DeleteRange::default()
        }),
    }
}
