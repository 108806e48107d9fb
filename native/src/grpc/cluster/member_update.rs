//! `Cluster.MemberUpdate`: a member is reached elsewhere.

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, MemberUpdate, Reply};
use quorate_core::error::Error;
use quorate_core::id::MemberId;
use tonic::Status;

use crate::grpc::status::status;
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
    let answer = match api.ask(command).await {
        // As in etcd who is unknown is told first, whatever its URLs are.
        Err(refused)
            if refused.message() == Error::MemberUrlsInvalid.to_string()
                && !is_known(api, MemberId(request.id)).await? =>
        {
            return Err(status(&Error::MemberNotFound));
        }
        answer => answer?,
    };
    match answer {
        (header, Reply::MemberUpdate(members)) => Ok(pb::MemberUpdateResponse {
            header: convert::header_of_cluster(header),
            members: members.into_iter().map(convert::member).collect(),
        }),
        _ => Err(wrong_reply()),
    }
}

async fn is_known(api: &Api, id: MemberId) -> Result<bool, Status> {
    match api.ask(Command::MemberList(true)).await? {
        (_, Reply::MemberList(reply)) => Ok(reply.members.iter().any(|member| member.id == id)),
        _ => Err(wrong_reply()),
    }
}
