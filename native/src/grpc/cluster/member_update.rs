//! `Cluster.MemberUpdate`: a member is reached elsewhere.

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, MemberUpdate, Reply};
use quorate_core::id::MemberId;
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::MemberUpdateRequest,
) -> Result<pb::MemberUpdateResponse, Status> {
    let command = Command::MemberUpdate(MemberUpdate {
        id: MemberId(request.id),
        peer_urls: request.peer_ur_ls.clone(),
    });
    match api.ask(command).await? {
        (header, Reply::MemberUpdate(members)) => Ok(pb::MemberUpdateResponse {
            header: convert::header_of_cluster(header),
            members: members.into_iter().map(convert::member).collect(),
        }),
        _ => Err(wrong_reply()),
    }
}
