//! `Cluster.MemberAdd`: let a learner in; a voter once members can join a running cluster.

use std::time::{SystemTime, UNIX_EPOCH};

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, MemberAdd, Reply};
use tonic::Status;

use crate::grpc::{Api, convert, not_yet, wrong_reply};

/// Asks the member. The time is a part of the new member's id.
pub(super) async fn answer(
    api: &Api,
    request: &pb::MemberAddRequest,
) -> Result<pb::MemberAddResponse, Status> {
    // It would count for the majority, and `--initial-cluster-state existing` is not there yet: a
    // cluster of one would have lost its majority for good.
    if !request.is_learner {
        return Err(not_yet("adding a voter, which could not join,"));
    }
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
