//! `KV.Range`: read keys.

use quorate_core::command::{Command, Reply};
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};
use crate::proto::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::RangeRequest,
) -> Result<pb::RangeResponse, Status> {
    let command = Command::Range(convert::range(request)?);
    match api.ask(command).await? {
        (header, Reply::Range(reply)) => {
            Ok(convert::range_response(reply, convert::header(header)))
        }
        _ => Err(wrong_reply()),
    }
}
