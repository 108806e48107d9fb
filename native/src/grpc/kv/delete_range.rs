//! `KV.DeleteRange`: delete keys.

use quorate_core::command::{Command, Reply};
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::DeleteRangeRequest,
) -> Result<pb::DeleteRangeResponse, Status> {
    let command = Command::DeleteRange(convert::delete_range(request));
    match api.ask(command).await? {
        (header, Reply::DeleteRange(reply)) => Ok(convert::delete_range_response(
            reply,
            convert::header(header),
        )),
        _ => Err(wrong_reply()),
    }
}
