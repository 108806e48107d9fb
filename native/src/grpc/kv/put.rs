//! `KV.Put`: write one key.

use quorate_core::command::{Command, Reply};
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(api: &Api, request: &pb::PutRequest) -> Result<pb::PutResponse, Status> {
    let command = Command::Put(convert::put(request));
    match api.ask(command).await? {
        (header, Reply::Put(reply)) => Ok(convert::put_response(reply, convert::header(header))),
        _ => Err(wrong_reply()),
    }
}
