//! `Election.Resign`: lead no more.

use quorate_api::v3electionpb as pb;
use quorate_core::command::{DeleteRange, RequestOp, Txn};
use quorate_core::id::Revision;
use tonic::Status;

use super::NO_LEADER_KEY;
use crate::grpc::turn::created_at;
use crate::grpc::{Api, convert};

/// Deletes the leader's key. As in etcd, who does not lead resigns as well.
pub(super) async fn answer(
    api: &Api,
    request: &pb::ResignRequest,
) -> Result<pb::ResignResponse, Status> {
    let Some(leader) = &request.leader else {
        return Err(Status::unknown(NO_LEADER_KEY));
    };
    let key = convert::copied(&leader.key);
    let done = api
        .txn(Txn {
            compare: vec![created_at(&key, Revision(leader.rev))],
            success: vec![RequestOp::DeleteRange(DeleteRange {
                key,
                ..DeleteRange::default()
            })],
            failure: Vec::new(),
        })
        .await?;
    Ok(pb::ResignResponse {
        header: convert::header(done.header),
    })
}
