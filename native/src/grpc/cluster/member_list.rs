//! `Cluster.MemberList`: who is in the cluster.

use quorate_core::command::{Command, Reply};
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::MemberListRequest,
) -> Result<pb::MemberListResponse, Status> {
    match api.ask(Command::MemberList(request.linearizable)).await? {
        (header, Reply::MemberList(reply)) => Ok(pb::MemberListResponse {
            header: convert::header_of_cluster(header),
            members: reply.members.into_iter().map(convert::member).collect(),
        }),
        _ => Err(wrong_reply()),
    }
}
