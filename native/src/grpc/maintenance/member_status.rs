//! `Maintenance.Status`: how this member is.

use quorate_core::command::{Command, Reply};
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};
use crate::version;
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(api: &Api) -> Result<pb::StatusResponse, Status> {
    match api.ask(Command::Status).await? {
        (header, Reply::Status(reply)) => Ok(pb::StatusResponse {
            header: convert::header(header),
            version: version::SERVER.to_owned(),
            db_size: reply.store_size_bytes,
            leader: reply.leader.0,
            raft_index: reply.committed.0,
            raft_term: reply.term.0,
            raft_applied_index: reply.applied.0,
            errors: reply.errors,
            db_size_in_use: reply.store_size_in_use_bytes,
            is_learner: reply.is_learner,
            storage_version: version::STORAGE.to_owned(),
            // No quota is enforced yet, and 0 says so.
            db_size_quota: 0,
            downgrade_info: Some(pb::DowngradeInfo::default()),
        }),
        _ => Err(wrong_reply()),
    }
}
