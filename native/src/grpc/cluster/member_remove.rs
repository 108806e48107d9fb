//! `Cluster.MemberRemove`: let a member go.

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, Reply};
use quorate_core::id::MemberId;
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::MemberRemoveRequest,
) -> Result<pb::MemberRemoveResponse, Status> {
    let command = Command::MemberRemove(MemberId(request.id));
    match api.ask(command).await? {
        (header, Reply::MemberRemove(members)) => Ok(pb::MemberRemoveResponse {
            header: convert::header_of_cluster(header),
            members: members.into_iter().map(convert::member).collect(),
        }),
        _ => Err(wrong_reply()),
    }
}
