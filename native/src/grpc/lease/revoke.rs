//! `Lease.LeaseRevoke`: end a lease, and delete its keys.

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, Reply};
use quorate_core::id::LeaseId;
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::LeaseRevokeRequest,
) -> Result<pb::LeaseRevokeResponse, Status> {
    match api.ask(Command::LeaseRevoke(LeaseId(request.id))).await? {
        (header, Reply::LeaseRevoke) => Ok(pb::LeaseRevokeResponse {
            header: convert::header(header),
        }),
        _ => Err(wrong_reply()),
    }
}
