//! `Maintenance.Defragment`: gives back what is free in this member's store.

use quorate_core::command::{Command, Reply};
use tonic::Status;

use crate::grpc::{Api, wrong_reply};
use quorate_api::etcdserverpb as pb;

/// Asks the member. As in etcd the answer has no header.
pub(super) async fn answer(api: &Api) -> Result<pb::DefragmentResponse, Status> {
    match api.ask(Command::Defragment).await? {
        (_, Reply::Defragment) => Ok(pb::DefragmentResponse { header: None }),
        _ => Err(wrong_reply()),
    }
}
