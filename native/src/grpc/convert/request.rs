//! What clients ask.

use quorate_core::command::{
    Compare, CompareOutcome, CompareTarget, DeleteRange, Put, Range, RequestOp, SortOrder,
    SortTarget, Txn,
};
use quorate_core::error::Error;
use quorate_core::id::{LeaseId, Revision};
use quorate_core::limits;
use tonic::Status;

use super::copied;
use crate::grpc::status::status;
use pb::compare::{CompareResult as PbResult, CompareTarget as PbTarget, TargetUnion as PbValue};
use pb::range_request::{SortOrder as PbOrder, SortTarget as PbSortTarget};
use pb::request_op::Request as PbOperation;
use quorate_api::etcdserverpb as pb;

/// A range.
pub(in crate::grpc) fn range(request: &pb::RangeRequest) -> Result<Range, Status> {
    let invalid = |_| status(&Error::InvalidSortOption);
    let sort_order = match PbOrder::try_from(request.sort_order).map_err(invalid)? {
        PbOrder::None => SortOrder::None,
        PbOrder::Ascend => SortOrder::Ascend,
        PbOrder::Descend => SortOrder::Descend,
    };
    let sort_target = match PbSortTarget::try_from(request.sort_target).map_err(invalid)? {
        PbSortTarget::Key => SortTarget::Key,
        PbSortTarget::Version => SortTarget::Version,
        PbSortTarget::Create => SortTarget::Create,
        PbSortTarget::Mod => SortTarget::Mod,
        PbSortTarget::Value => SortTarget::Value,
    };
    Ok(Range {
        key: copied(&request.key),
        range_end: copied(&request.range_end),
        limit: request.limit,
        revision: Revision(request.revision),
        sort_order,
        sort_target,
        serializable: request.serializable,
        keys_only: request.keys_only,
        count_only: request.count_only,
        min_mod_revision: Revision(request.min_mod_revision),
        max_mod_revision: Revision(request.max_mod_revision),
        min_create_revision: Revision(request.min_create_revision),
        max_create_revision: Revision(request.max_create_revision),
    })
}

/// A put.
pub(in crate::grpc) fn put(request: &pb::PutRequest) -> Put {
    Put {
        key: copied(&request.key),
        value: copied(&request.value),
        lease: LeaseId(request.lease),
        previous: request.prev_kv,
        ignore_value: request.ignore_value,
        ignore_lease: request.ignore_lease,
    }
}

/// A deletion.
pub(in crate::grpc) fn delete_range(request: &pb::DeleteRangeRequest) -> DeleteRange {
    DeleteRange {
        key: copied(&request.key),
        range_end: copied(&request.range_end),
        previous: request.prev_kv,
    }
}

/// A transaction with all within.
pub(in crate::grpc) fn txn(request: &pb::TxnRequest) -> Result<Txn, Status> {
    txn_at(request, 1)
}

fn txn_at(request: &pb::TxnRequest, depth: usize) -> Result<Txn, Status> {
    // Each level is a call of this function and of many below it: no client says how many.
    if depth > limits::TXN_DEPTH_MAX {
        return Err(status(&Error::TooManyOperations));
    }
    let operations = |list: &[pb::RequestOp]| {
        list.iter()
            .map(|operation| self::operation(operation, depth))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(Txn {
        compare: request
            .compare
            .iter()
            .map(compare)
            .collect::<Result<Vec<_>, _>>()?,
        success: operations(&request.success)?,
        failure: operations(&request.failure)?,
    })
}

fn operation(operation: &pb::RequestOp, depth: usize) -> Result<RequestOp, Status> {
    Ok(match &operation.request {
        Some(PbOperation::RequestRange(request)) => RequestOp::Range(range(request)?),
        Some(PbOperation::RequestPut(request)) => RequestOp::Put(put(request)),
        Some(PbOperation::RequestDeleteRange(request)) => {
            RequestOp::DeleteRange(delete_range(request))
        }
        Some(PbOperation::RequestTxn(request)) => RequestOp::Txn(txn_at(request, depth + 1)?),
        // Odd, but what etcd answers to an operation that is none.
        None => return Err(status(&Error::KeyNotFound)),
    })
}

fn compare(compare: &pb::Compare) -> Result<Compare, Status> {
    let unknown = |what: &str, number: i32| {
        Status::invalid_argument(format!("quorate: unknown compare {what} {number}"))
    };
    let outcome =
        match PbResult::try_from(compare.result).map_err(|_| unknown("result", compare.result))? {
            PbResult::Equal => CompareOutcome::Equal,
            PbResult::Greater => CompareOutcome::Greater,
            PbResult::Less => CompareOutcome::Less,
            PbResult::NotEqual => CompareOutcome::NotEqual,
        };
    let target =
        PbTarget::try_from(compare.target).map_err(|_| unknown("target", compare.target))?;
    // A value for another target counts as not given: then it is 0, or empty.
    let target = match (target, &compare.target_union) {
        (PbTarget::Version, Some(PbValue::Version(value))) => CompareTarget::Version(*value),
        (PbTarget::Version, _) => CompareTarget::Version(0),
        (PbTarget::Create, Some(PbValue::CreateRevision(value))) => {
            CompareTarget::Create(Revision(*value))
        }
        (PbTarget::Create, _) => CompareTarget::Create(Revision(0)),
        (PbTarget::Mod, Some(PbValue::ModRevision(value))) => CompareTarget::Mod(Revision(*value)),
        (PbTarget::Mod, _) => CompareTarget::Mod(Revision(0)),
        (PbTarget::Value, Some(PbValue::Value(value))) => CompareTarget::Value(copied(value)),
        (PbTarget::Value, _) => CompareTarget::Value(bytes::Bytes::new()),
        (PbTarget::Lease, Some(PbValue::Lease(value))) => CompareTarget::Lease(LeaseId(*value)),
        (PbTarget::Lease, _) => CompareTarget::Lease(LeaseId(0)),
    };
    Ok(Compare {
        outcome,
        target,
        key: copied(&compare.key),
        range_end: copied(&compare.range_end),
    })
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn nested(depth: usize) -> pb::TxnRequest {
        let mut txn = pb::TxnRequest::default();
        for _ in 1..depth {
            txn = pb::TxnRequest {
                success: vec![pb::RequestOp {
                    request: Some(PbOperation::RequestTxn(txn)),
                }],
                ..pb::TxnRequest::default()
            };
        }
        txn
    }

    #[test]
    fn every_field_of_a_range_arrives() {
        let request = pb::RangeRequest {
            key: Bytes::from_static(b"a"),
            range_end: Bytes::from_static(b"b"),
            limit: 1,
            revision: 2,
            sort_order: 2,
            sort_target: 3,
            serializable: true,
            keys_only: true,
            count_only: true,
            min_mod_revision: 3,
            max_mod_revision: 4,
            min_create_revision: 5,
            max_create_revision: 6,
        };
        let expected = Range {
            key: Bytes::from_static(b"a"),
            range_end: Bytes::from_static(b"b"),
            limit: 1,
            revision: Revision(2),
            sort_order: SortOrder::Descend,
            sort_target: SortTarget::Mod,
            serializable: true,
            keys_only: true,
            count_only: true,
            min_mod_revision: Revision(3),
            max_mod_revision: Revision(4),
            min_create_revision: Revision(5),
            max_create_revision: Revision(6),
        };
        assert_eq!(range(&request).expect("good"), expected);
        let bad = pb::RangeRequest {
            sort_order: 9,
            ..request
        };
        let refused = range(&bad).expect_err("no such order");
        assert_eq!(refused.message(), "etcdserver: invalid sort option");
    }

    #[test]
    fn a_compare_with_a_value_of_another_kind_compares_with_nothing() {
        let request = pb::Compare {
            result: 1,
            target: PbTarget::Mod as i32,
            key: Bytes::from_static(b"k"),
            target_union: Some(PbValue::Version(7)),
            range_end: Bytes::new(),
        };
        let found = compare(&request).expect("good");
        assert_eq!(found.outcome, CompareOutcome::Greater);
        assert_eq!(found.target, CompareTarget::Mod(Revision(0)));
        let unknown = pb::Compare {
            result: 9,
            ..request
        };
        assert!(compare(&unknown).is_err());
    }

    #[test]
    fn transactions_nest_only_so_deep() {
        assert!(txn(&nested(limits::TXN_DEPTH_MAX)).is_ok());
        let refused = txn(&nested(limits::TXN_DEPTH_MAX + 1)).expect_err("too deep");
        assert_eq!(
            refused.message(),
            "etcdserver: too many operations in txn request"
        );
        let empty = pb::TxnRequest {
            success: vec![pb::RequestOp { request: None }],
            ..pb::TxnRequest::default()
        };
        assert_eq!(
            txn(&empty).expect_err("no operation").message(),
            "etcdserver: key not found"
        );
    }
}
