//! The space quota: how large a store may grow before nothing is added to it.
//!
//! What a request may add is estimated before it is proposed, as etcd estimates it
//! (`server/storage/quota.go`). The estimate is generous, so that a store that is nearly full is
//! full; it is held against [`crate::mvcc::Store::size_bytes`].

use crate::command::{Command, Put, RequestOp, Txn};
use crate::limits::QUOTA_BYTES_DEFAULT;

/// How large this member's store may grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    bytes: Option<u64>,
}

impl Quota {
    /// As `--quota-backend-bytes` says it: 0 for [`QUOTA_BYTES_DEFAULT`], less for none at all.
    pub fn new(backend_bytes: i64) -> Self {
        Self {
            bytes: match backend_bytes {
                0 => Some(QUOTA_BYTES_DEFAULT),
                bytes => u64::try_from(bytes).ok(),
            },
        }
    }

    /// Whether a store of a size can take what a command may add.
    pub fn allows(self, size_bytes: u64, command: &Command) -> bool {
        let Some(quota_bytes) = self.bytes else {
            return true;
        };
        let cost_bytes = cost_bytes(command);
        cost_bytes == 0 || size_bytes.saturating_add(cost_bytes) < quota_bytes
    }

    /// The largest size; nothing without a quota.
    pub fn bytes(self) -> Option<u64> {
        self.bytes
    }
}

/// What a command may add to the store, in bytes, by etcd's estimate; 0 for one that adds nothing.
pub fn cost_bytes(command: &Command) -> u64 {
    match command {
        Command::Put(put) => cost_of_put(put),
        Command::Txn(txn) => cost_of_txn(txn),
        Command::LeaseGrant(_) => LEASE_OVERHEAD_BYTES,
        _ => 0,
    }
}

fn cost_of_put(put: &Put) -> u64 {
    KEY_OVERHEAD_BYTES + put.key.len() as u64 + put.value.len() as u64
}

/// Either branch may be taken: the dearer one counts.
fn cost_of_txn(txn: &Txn) -> u64 {
    let cost = |operations: &[RequestOp]| -> u64 {
        let each = operations.iter().map(|operation| match operation {
            RequestOp::Put(put) => cost_of_put(put),
            RequestOp::Txn(txn) => cost_of_txn(txn),
            RequestOp::Range(_) | RequestOp::DeleteRange(_) => 0,
        });
        each.sum()
    };
    cost(&txn.success).max(cost(&txn.failure))
}

/// etcd's estimate of what a key costs beside its key and value.
const KEY_OVERHEAD_BYTES: u64 = 256;
/// etcd's estimate of what a lease costs.
const LEASE_OVERHEAD_BYTES: u64 = 64;

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn put(value_bytes: usize) -> Put {
        Put {
            key: Bytes::from_static(b"key"),
            value: Bytes::from(vec![0; value_bytes]),
            ..Put::default()
        }
    }

    #[test]
    fn costs_are_etcds() {
        assert_eq!(cost_bytes(&Command::Put(put(10))), 269);
        assert_eq!(cost_bytes(&Command::LeaseGrant(Default::default())), 64);
        assert_eq!(cost_bytes(&Command::DeleteRange(Default::default())), 0);
        let txn = Txn {
            success: vec![RequestOp::Put(put(1)), RequestOp::Put(put(2))],
            failure: vec![RequestOp::Txn(Txn {
                failure: vec![RequestOp::Put(put(1_000))],
                ..Txn::default()
            })],
            ..Txn::default()
        };
        assert_eq!(cost_bytes(&Command::Txn(txn)), 256 + 3 + 1_000);
    }

    #[test]
    fn a_quota_is_reached_when_nothing_more_fits() {
        let quota = Quota::new(1_000);
        assert!(quota.allows(1_000 - 270, &Command::Put(put(10))));
        assert!(!quota.allows(1_000 - 269, &Command::Put(put(10))));
        assert!(quota.allows(5_000, &Command::DeleteRange(Default::default())));
        assert!(Quota::new(-1).allows(u64::MAX, &Command::Put(put(10))));
        assert_eq!(Quota::new(0).bytes(), Some(2 * 1_024 * 1_024 * 1_024));
        assert!(!Quota::new(0).allows(u64::MAX, &Command::Put(put(10))));
    }
}
