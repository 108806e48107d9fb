//! `Cluster.MemberAdd`: let a voter or a learner in, which joins when it is started.

use std::time::{SystemTime, UNIX_EPOCH};

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, MemberAdd, Reply};
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};

/// Asks the member. The time is a part of the new member's id.
pub(super) async fn answer(
    api: &Api,
    request: &pb::MemberAddRequest,
) -> Result<pb::MemberAddResponse, Status> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let command = Command::MemberAdd(MemberAdd {
        peer_urls: request.peer_ur_ls.clone(),
        is_learner: request.is_learner,
        added_at_seconds: now.unwrap_or_default().as_secs(),
    });
    match api.ask(command).await? {
        (header, Reply::MemberAdd(reply)) => Ok(pb::MemberAddResponse {
            header: convert::header_of_cluster(header),
            member: Some(convert::member(reply.member)),
            members: reply.members.into_iter().map(convert::member).collect(),
        }),
        _ => Err(wrong_reply()),
    }
}
