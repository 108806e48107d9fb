//! `Election.Campaign`: wait to be the leader.

use quorate_api::v3electionpb as pb;
use quorate_core::command::{RequestOp, Txn};
use quorate_core::id::Revision;
use tonic::Status;

use super::proclaim;
use crate::grpc::turn::{Place, Queue, created_at, get, put};
use crate::grpc::{Api, convert};

/// Waits for the turn of the caller's lease.
pub(super) async fn answer(
    api: &Api,
    request: &pb::CampaignRequest,
) -> Result<pb::CampaignResponse, Status> {
    let lease = api.session(request.lease).await?;
    let queue = Queue::new(api, &request.name);
    let key = queue.key(lease);
    let value = convert::copied(&request.value);
    let done = api
        .txn(Txn {
            compare: vec![created_at(&key, Revision(0))],
            success: vec![put(&key, &value, lease)],
            // Who campaigns again with the same lease has the same place.
            failure: vec![RequestOp::Range(get(&key))],
        })
        .await?;
    let old = done.found(0).filter(|_| !done.reply.succeeded);
    let created = old.map_or(done.header.revision, |old| old.create_revision);
    let place = Place::new(api, key.clone(), created);
    if old.is_some_and(|old| old.value != value) {
        proclaim::put_value(api, &key, created, &value, lease).await?;
    }
    queue.wait_for_turn(created).await?;
    Ok(pb::CampaignResponse {
        header: convert::header(done.header),
        leader: Some(pb::LeaderKey {
            name: request.name.clone(),
            key: place.keep(),
            rev: created.0,
            lease: lease.0,
        }),
    })
}
