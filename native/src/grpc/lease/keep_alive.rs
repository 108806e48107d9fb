//! `Lease.LeaseKeepAlive`: begin leases' times anew, for as long as the client asks.

use futures_util::{Stream, StreamExt};
use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, Reply};
use quorate_core::id::LeaseId;
use tonic::{Status, Streaming};

use crate::grpc::{Api, convert, status, wrong_reply};

/// Keep-alives of one stream that are under way together; a client has one stream for all its
/// leases, and each takes a round with a majority.
const TOGETHER_MAX: usize = 1_024;

/// Asks the member for each, and answers in the order of the questions.
pub(super) fn answers(
    api: Api,
    calls: Streaming<pb::LeaseKeepAliveRequest>,
) -> impl Stream<Item = Result<pb::LeaseKeepAliveResponse, Status>> + Unpin {
    let answers = calls.map(move |call| {
        let api = api.clone();
        async move {
            let call = call.map_err(status::received)?;
            keep_alive(&api, LeaseId(call.id)).await
        }
    });
    Box::pin(answers.buffered(TOGETHER_MAX))
}

/// That there is no such lease is an answer, not an error: no time is left of it.
async fn keep_alive(api: &Api, id: LeaseId) -> Result<pb::LeaseKeepAliveResponse, Status> {
    match api.ask(Command::LeaseKeepAlive(id)).await? {
        (header, Reply::LeaseKeepAlive(reply)) => Ok(pb::LeaseKeepAliveResponse {
            header: convert::header(header),
            id: reply.id.0,
            ttl: reply.ttl_seconds,
        }),
        _ => Err(wrong_reply()),
    }
}
