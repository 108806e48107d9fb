//! Transactions, with others within.

use quorate_api::etcdserverpb as pb;

use super::Draw;
use crate::suite::differential::model::Model;
use pb::compare::TargetUnion;
use pb::request_op::Request;

/// What a server lets a transaction have.
const OPERATIONS_MAX: usize = 128;

impl Draw {
    pub(super) fn txn(&mut self, model: &Model, depth: u32) -> pb::TxnRequest {
        let compares = self.prng.below(4);
        let mut txn = pb::TxnRequest {
            compare: (0..compares).map(|_| self.compare(model)).collect(),
            success: self.operations(model, depth),
            failure: self.operations(model, depth),
        };
        // A put that keeps what a deletion before it has taken ends etcd 3.5.1. It refuses such a
        // transaction, except that it does not see which keys a deletion without an end takes.
        if deletes_without_end(&txn) {
            keep_nothing(&mut txn);
        }
        txn
    }

    fn operations(&mut self, model: &Model, depth: u32) -> Vec<pb::RequestOp> {
        let count = self.prng.below(4);
        (0..count)
            .map(|_| {
                let request = match self.prng.below(100) {
                    0..35 => Some(Request::RequestPut(self.put(model))),
                    35..65 => Some(Request::RequestRange(pb::RangeRequest {
                        // What else they could be sorted by may be the same, and then etcd's
                        // order is none.
                        sort_target: 0,
                        ..self.range(model)
                    })),
                    65..85 => Some(Request::RequestDeleteRange(self.deletion())),
                    85..99 if depth > 0 => Some(Request::RequestTxn(self.txn(model, depth - 1))),
                    85..99 => Some(Request::RequestPut(self.put(model))),
                    _ => None,
                };
                pb::RequestOp { request }
            })
            .collect()
    }

    fn compare(&mut self, model: &Model) -> pb::Compare {
        let small = self.prng.below(4) as i64;
        let revision = self.revision(model);
        let lease = match self.prng.chance(500) {
            true => self.any_lease(model),
            false => 0,
        };
        let unions = [
            TargetUnion::Version(small),
            TargetUnion::CreateRevision(revision),
            TargetUnion::ModRevision(revision),
            TargetUnion::Value(self.value()),
            TargetUnion::Lease(lease),
        ];
        let target = self.prng.below(unions.len() as u64) as usize;
        // Seldom what is not of the target's kind, or nothing at all.
        let union = match self.prng.below(100) {
            0..3 => None,
            3..6 => self.prng.choose(&unions).cloned(),
            _ => Some(unions[target].clone()),
        };
        let (key, range_end) = match self.prng.chance(750) {
            true => (self.key(), Default::default()),
            false => self.interval(),
        };
        pb::Compare {
            // Which of two leases is greater is another question where servers chose their ids.
            result: match target == pb::compare::CompareTarget::Lease as usize {
                true if self.attaches_named => self.prng.below(2) as i32 * 3,
                _ => self.prng.below(4) as i32,
            },
            target: target as i32,
            key,
            range_end,
            target_union: union,
        }
    }

    /// As many operations as may be, or one more; also in one another.
    pub(super) fn long_txn(&mut self) -> pb::TxnRequest {
        let ranges = |count: usize| {
            let range = pb::RangeRequest {
                key: "a".into(),
                ..pb::RangeRequest::default()
            };
            let request = Some(Request::RequestRange(range));
            vec![pb::RequestOp { request }; count]
        };
        let outside = self.prng.between(1, 4) as usize;
        let more = self.prng.below(3) as usize;
        let mut success = match self.prng.chance(500) {
            true => ranges(OPERATIONS_MAX - 1 + more),
            false => {
                let within = pb::TxnRequest {
                    success: ranges(OPERATIONS_MAX - outside - 1 + more),
                    ..pb::TxnRequest::default()
                };
                let request = Some(Request::RequestTxn(within));
                let mut list = ranges(outside - 1);
                list.push(pb::RequestOp { request });
                list
            }
        };
        success.rotate_right(1);
        pb::TxnRequest {
            success,
            ..pb::TxnRequest::default()
        }
    }

    /// It only reads: one server refuses it, and the other does not.
    pub(super) fn unknown_comparison(&mut self) -> pb::TxnRequest {
        let (result, target) = match self.prng.chance(500) {
            true => (9, 0),
            false => (0, 9),
        };
        pb::TxnRequest {
            compare: vec![pb::Compare {
                result,
                target,
                key: "a".into(),
                ..pb::Compare::default()
            }],
            ..pb::TxnRequest::default()
        }
    }
}

fn deletes_without_end(txn: &pb::TxnRequest) -> bool {
    let mut operations = txn.success.iter().chain(&txn.failure);
    operations.any(|operation| match &operation.request {
        Some(Request::RequestDeleteRange(deletion)) => deletion.range_end == [0][..],
        Some(Request::RequestTxn(within)) => deletes_without_end(within),
        _ => false,
    })
}

fn keep_nothing(txn: &mut pb::TxnRequest) {
    for operation in txn.success.iter_mut().chain(&mut txn.failure) {
        match &mut operation.request {
            Some(Request::RequestPut(put)) => {
                (put.ignore_value, put.ignore_lease) = (false, false);
            }
            Some(Request::RequestTxn(within)) => keep_nothing(within),
            _ => {}
        }
    }
}
