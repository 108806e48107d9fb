//! `Cluster.MemberPromote`: give a learner its vote.

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, Reply};
use quorate_core::id::MemberId;
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::MemberPromoteRequest,
) -> Result<pb::MemberPromoteResponse, Status> {
    let command = Command::MemberPromote(MemberId(request.id));
    let answer = api.ask(command).await;
    let counted = answer.as_ref().map(drop).map_err(Status::message);
    api.metrics.member.promoted(counted);
    match answer? {
        (header, Reply::MemberPromote(members)) => Ok(pb::MemberPromoteResponse {
            header: convert::header_of_cluster(header),
            members: members.into_iter().map(convert::member).collect(),
        }),
        _ => Err(wrong_reply()),
    }
}
