//! `Maintenance.HashKV`: a hash of the store, to compare members by.

use quorate_core::command::{Command, HashKv, Reply};
use quorate_core::id::Revision;
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::HashKvRequest,
) -> Result<pb::HashKvResponse, Status> {
    let command = Command::HashKv(HashKv {
        revision: Revision(request.revision),
    });
    match api.ask(command).await? {
        (header, Reply::HashKv(reply)) => Ok(pb::HashKvResponse {
            header: convert::header(header),
            hash: reply.hash,
            compact_revision: reply.compact_revision.0,
            hash_revision: reply.hash_revision.0,
        }),
        _ => Err(wrong_reply()),
    }
}
