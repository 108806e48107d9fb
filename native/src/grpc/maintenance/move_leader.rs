//! `Maintenance.MoveLeader`: hand leadership to another member.

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, Reply};
use quorate_core::id::MemberId;
use tonic::Status;

use crate::grpc::{Api, wrong_reply};

/// Asks the member, which has to be the leader. As in etcd the answer has no header.
pub(super) async fn answer(
    api: &Api,
    request: &pb::MoveLeaderRequest,
) -> Result<pb::MoveLeaderResponse, Status> {
    let command = Command::MoveLeader(MemberId(request.target_id));
    match api.ask(command).await? {
        (_, Reply::MoveLeader) => Ok(pb::MoveLeaderResponse { header: None }),
        _ => Err(wrong_reply()),
    }
}
