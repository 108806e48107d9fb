//! `Lease.LeaseTimeToLive`: how long a lease lives, and which keys hang on it.

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, LeaseTimeToLive, Reply};
use quorate_core::id::LeaseId;
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};

/// Asks the member. That there is no such lease is an answer, not an error.
pub(super) async fn answer(
    api: &Api,
    request: &pb::LeaseTimeToLiveRequest,
) -> Result<pb::LeaseTimeToLiveResponse, Status> {
    let command = Command::LeaseTimeToLive(LeaseTimeToLive {
        id: LeaseId(request.id),
        keys: request.keys,
    });
    match api.ask(command).await? {
        (header, Reply::LeaseTimeToLive(reply)) => Ok(pb::LeaseTimeToLiveResponse {
            header: convert::header(header),
            id: reply.id.0,
            ttl: reply.ttl_seconds,
            granted_ttl: reply.granted_ttl_seconds,
            keys: reply.keys,
        }),
        _ => Err(wrong_reply()),
    }
}
