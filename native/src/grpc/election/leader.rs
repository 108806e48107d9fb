//! `Election.Leader`: who leads.

use quorate_api::v3electionpb as pb;
use tonic::Status;

use crate::grpc::turn::Queue;
use crate::grpc::{Api, convert};

/// What is answered when nobody campaigns.
const NO_LEADER: &str = "election: no leader";

/// Reads the leader's key.
pub(super) async fn answer(
    api: &Api,
    request: &pb::LeaderRequest,
) -> Result<pb::LeaderResponse, Status> {
    let queue = Queue::new(api, &request.name);
    let (header, found) = api.range(queue.first()).await?;
    match found.key_values.into_iter().next() {
        Some(leader) => Ok(pb::LeaderResponse {
            header: convert::header(header),
            kv: Some(convert::key_value(leader)),
        }),
        None => Err(Status::unknown(NO_LEADER)),
    }
}
