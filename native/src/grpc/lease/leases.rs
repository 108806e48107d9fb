//! `Lease.LeaseLeases`: all leases.

use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, Reply};
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};

/// Asks the member.
pub(super) async fn answer(api: &Api) -> Result<pb::LeaseLeasesResponse, Status> {
    match api.ask(Command::LeaseList).await? {
        (header, Reply::LeaseList(ids)) => Ok(pb::LeaseLeasesResponse {
            header: convert::header(header),
            leases: ids
                .into_iter()
                .map(|id| pb::LeaseStatus { id: id.0 })
                .collect(),
        }),
        _ => Err(wrong_reply()),
    }
}
