//! `Lease.LeaseGrant`: make a lease.

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, LeaseGrant, Reply};
use quorate_core::id::LeaseId;
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::LeaseGrantRequest,
) -> Result<pb::LeaseGrantResponse, Status> {
    let command = Command::LeaseGrant(LeaseGrant {
        id: LeaseId(request.id),
        ttl_seconds: request.ttl,
    });
    match api.ask(command).await? {
        (header, Reply::LeaseGrant(reply)) => Ok(pb::LeaseGrantResponse {
            header: convert::header(header),
            id: reply.id.0,
            ttl: reply.ttl_seconds,
            error: String::new(),
        }),
        _ => Err(wrong_reply()),
    }
}
