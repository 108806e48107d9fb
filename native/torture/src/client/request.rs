//! The core's commands, as the wire has them.

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{
    Compact, Compare, CompareOutcome, CompareTarget, DeleteRange, Put, Range, RequestOp, SortOrder,
    SortTarget, Txn,
};

use pb::compare::{CompareResult, CompareTarget as PbTarget, TargetUnion};
use pb::range_request::{SortOrder as PbOrder, SortTarget as PbSortTarget};
use pb::request_op::Request;

pub(super) fn range(range: &Range) -> pb::RangeRequest {
    let sort_order = match range.sort_order {
        SortOrder::None => PbOrder::None,
        SortOrder::Ascend => PbOrder::Ascend,
        SortOrder::Descend => PbOrder::Descend,
    };
    let sort_target = match range.sort_target {
        SortTarget::Key => PbSortTarget::Key,
        SortTarget::Version => PbSortTarget::Version,
        SortTarget::Create => PbSortTarget::Create,
        SortTarget::Mod => PbSortTarget::Mod,
        SortTarget::Value => PbSortTarget::Value,
    };
    pb::RangeRequest {
        key: range.key.clone(),
        range_end: range.range_end.clone(),
        limit: range.limit,
        revision: range.revision.0,
        sort_order: sort_order.into(),
        sort_target: sort_target.into(),
        serializable: range.serializable,
        keys_only: range.keys_only,
        count_only: range.count_only,
        min_mod_revision: range.min_mod_revision.0,
        max_mod_revision: range.max_mod_revision.0,
        min_create_revision: range.min_create_revision.0,
        max_create_revision: range.max_create_revision.0,
    }
}

pub(super) fn put(put: &Put) -> pb::PutRequest {
    pb::PutRequest {
        key: put.key.clone(),
        value: put.value.clone(),
        lease: put.lease.0,
        prev_kv: put.previous,
        ignore_value: put.ignore_value,
        ignore_lease: put.ignore_lease,
    }
}

pub(super) fn delete_range(delete: &DeleteRange) -> pb::DeleteRangeRequest {
    pb::DeleteRangeRequest {
        key: delete.key.clone(),
        range_end: delete.range_end.clone(),
        prev_kv: delete.previous,
    }
}

pub(super) fn compact(compact: &Compact) -> pb::CompactionRequest {
    pb::CompactionRequest {
        revision: compact.revision.0,
        physical: compact.physical,
    }
}

pub(super) fn txn(txn: &Txn) -> pb::TxnRequest {
    let operations = |list: &[RequestOp]| list.iter().map(operation).collect();
    pb::TxnRequest {
        compare: txn.compare.iter().map(compare).collect(),
        success: operations(&txn.success),
        failure: operations(&txn.failure),
    }
}

fn operation(operation: &RequestOp) -> pb::RequestOp {
    let request = match operation {
        RequestOp::Range(inner) => Request::RequestRange(range(inner)),
        RequestOp::Put(inner) => Request::RequestPut(put(inner)),
        RequestOp::DeleteRange(inner) => Request::RequestDeleteRange(delete_range(inner)),
        RequestOp::Txn(inner) => Request::RequestTxn(txn(inner)),
    };
    pb::RequestOp {
        request: Some(request),
    }
}

fn compare(compare: &Compare) -> pb::Compare {
    let result = match compare.outcome {
        CompareOutcome::Equal => CompareResult::Equal,
        CompareOutcome::Greater => CompareResult::Greater,
        CompareOutcome::Less => CompareResult::Less,
        CompareOutcome::NotEqual => CompareResult::NotEqual,
    };
    let (target, value) = match &compare.target {
        CompareTarget::Version(version) => (PbTarget::Version, TargetUnion::Version(*version)),
        CompareTarget::Create(revision) => {
            (PbTarget::Create, TargetUnion::CreateRevision(revision.0))
        }
        CompareTarget::Mod(revision) => (PbTarget::Mod, TargetUnion::ModRevision(revision.0)),
        CompareTarget::Value(value) => (PbTarget::Value, TargetUnion::Value(value.clone())),
        CompareTarget::Lease(lease) => (PbTarget::Lease, TargetUnion::Lease(lease.0)),
    };
    pb::Compare {
        result: result.into(),
        target: target.into(),
        key: compare.key.clone(),
        range_end: compare.range_end.clone(),
        target_union: Some(value),
    }
}
