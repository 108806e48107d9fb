//! Requests with the ids of leases as one server knows them.

use quorate_api::etcdserverpb as pb;

use super::answer::Names;
use pb::compare::TargetUnion;
use pb::request_op::Request;

/// A put.
pub(super) fn put(mut request: pb::PutRequest, names: &Names) -> pb::PutRequest {
    request.lease = names.id(request.lease);
    request
}

/// A transaction, with all within.
pub(super) fn txn(mut request: pb::TxnRequest, names: &Names) -> pb::TxnRequest {
    for compare in &mut request.compare {
        if let Some(TargetUnion::Lease(lease)) = &mut compare.target_union {
            *lease = names.id(*lease);
        }
    }
    for operation in request.success.iter_mut().chain(&mut request.failure) {
        operation.request = operation.request.take().map(|request| match request {
            Request::RequestPut(request) => Request::RequestPut(put(request, names)),
            Request::RequestTxn(request) => Request::RequestTxn(txn(request, names)),
            other => other,
        });
    }
    request
}
