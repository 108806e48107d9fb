//! `Lock.Lock`: wait for a lock, and hold it for as long as a lease lives.

use bytes::Bytes;
use quorate_api::v3lockpb as pb;
use quorate_core::command::{RequestOp, Txn};
use quorate_core::id::Revision;
use tonic::Status;

use crate::grpc::turn::{Place, Queue, created_at, get, put};
use crate::grpc::{Api, convert};

/// What a waiter is told whose lease ended when its turn had come.
const SESSION_EXPIRED: &str = "mutex: session is expired";

/// Waits for the turn of the caller's lease.
pub(super) async fn answer(
    api: &Api,
    request: &pb::LockRequest,
) -> Result<pb::LockResponse, Status> {
    let lease = api.session(request.lease).await?;
    let queue = Queue::new(api, &request.name);
    let key = queue.key(lease);
    let owner = RequestOp::Range(queue.first());
    let done = api
        .txn(Txn {
            compare: vec![created_at(&key, Revision(0))],
            success: vec![put(&key, &Bytes::new(), lease), owner.clone()],
            // Who asks again with the same lease has the same place.
            failure: vec![RequestOp::Range(get(&key)), owner],
        })
        .await?;
    let created = match done.reply.succeeded {
        true => done.header.revision,
        false => done.found(0).map_or(Revision(0), |own| own.create_revision),
    };
    if done
        .found(1)
        .is_none_or(|owner| owner.create_revision == created)
    {
        return Ok(response(convert::header(done.header), key));
    }
    let place = Place::new(api, key.clone(), created);
    queue.wait_for_turn(created).await?;
    let (header, found) = api.range(get(&key)).await?;
    let key = place.keep();
    if found.key_values.is_empty() {
        return Err(Status::unknown(SESSION_EXPIRED));
    }
    Ok(response(convert::header(header), key))
}

fn response(
    header: Option<quorate_api::etcdserverpb::ResponseHeader>,
    key: Bytes,
) -> pb::LockResponse {
    pb::LockResponse { header, key }
}
