//! `Election.Proclaim`: say something else as the leader.

use bytes::Bytes;
use quorate_api::v3electionpb as pb;
use quorate_core::command::{ReplyHeader, Txn};
use quorate_core::id::{LeaseId, Revision};
use tonic::Status;

use super::NO_LEADER_KEY;
use crate::grpc::turn::{created_at, put};
use crate::grpc::{Api, convert};

/// What is said to who does not lead any more.
const NOT_LEADER: &str = "election: not leader";

/// Puts the leader's value, if it still leads.
pub(super) async fn answer(
    api: &Api,
    request: &pb::ProclaimRequest,
) -> Result<pb::ProclaimResponse, Status> {
    let Some(leader) = &request.leader else {
        return Err(Status::unknown(NO_LEADER_KEY));
    };
    let lease = api.session(leader.lease).await?;
    let (key, value) = (
        convert::copied(&leader.key),
        convert::copied(&request.value),
    );
    let header = put_value(api, &key, Revision(leader.rev), &value, lease).await?;
    Ok(pb::ProclaimResponse {
        header: convert::header(header),
    })
}

/// Puts a value under a key that was created at a revision.
pub(super) async fn put_value(
    api: &Api,
    key: &Bytes,
    created: Revision,
    value: &Bytes,
    lease: LeaseId,
) -> Result<ReplyHeader, Status> {
    let done = api
        .txn(Txn {
            compare: vec![created_at(key, created)],
            success: vec![put(key, value, lease)],
            failure: Vec::new(),
        })
        .await?;
    match done.reply.succeeded {
        true => Ok(done.header),
        false => Err(Status::unknown(NOT_LEADER)),
    }
}
