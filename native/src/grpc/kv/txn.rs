//! `KV.Txn`: compare, then one of two lists of operations.

use quorate_core::command::{Command, Reply};
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(api: &Api, request: &pb::TxnRequest) -> Result<pb::TxnResponse, Status> {
    let command = Command::Txn(convert::txn(request)?);
    match api.ask(command).await? {
        (header, Reply::Txn(reply)) => Ok(convert::txn_response(reply, convert::header(header))),
        _ => Err(wrong_reply()),
    }
}
