//! `KV.Range`: read keys.

use quorate_core::command::{Command, Reply};
use quorate_core::error::Error;
use tonic::Status;

use crate::grpc::{Api, convert, status, wrong_reply};
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::RangeRequest,
) -> Result<pb::RangeResponse, Status> {
    // A learner's store is behind, and it has no say in what is current.
    if !request.serializable && api.member.standing().is_learner {
        return Err(status::status(&Error::NotSupportedForLearner));
    }
    let command = Command::Range(convert::range(request)?);
    match api.ask(command).await? {
        (header, Reply::Range(reply)) => {
            Ok(convert::range_response(reply, convert::header(header)))
        }
        _ => Err(wrong_reply()),
    }
}
