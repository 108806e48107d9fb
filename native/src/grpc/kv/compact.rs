//! `KV.Compact`: forget history.

use quorate_core::command::{Command, Compact, Reply};
use quorate_core::id::Revision;
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::CompactionRequest,
) -> Result<pb::CompactionResponse, Status> {
    let command = Command::Compact(Compact {
        revision: Revision(request.revision),
        physical: request.physical,
    });
    match api.ask(command).await? {
        (header, Reply::Compact) => Ok(pb::CompactionResponse {
            header: convert::header(header),
        }),
        _ => Err(wrong_reply()),
    }
}
