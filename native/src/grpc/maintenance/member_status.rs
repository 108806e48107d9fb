//! `Maintenance.Status`: how this member is.

use quorate_core::command::{Command, Reply};
use tonic::Status;

use crate::grpc::{Api, convert, wrong_reply};
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(api: &Api) -> Result<pb::StatusResponse, Status> {
    match api.ask(Command::Status).await? {
        (header, Reply::Status(reply)) => Ok(pb::StatusResponse {
            header: convert::header(header),
            version: api.etcd_version.to_string(),
            db_size: reply.store_size_bytes,
            leader: reply.leader.0,
            raft_index: reply.committed.0,
            raft_term: reply.term.0,
            raft_applied_index: reply.applied.0,
            errors: reply.errors,
            db_size_in_use: reply.store_size_in_use_bytes,
            is_learner: reply.is_learner,
            storage_version: reply
                .cluster_version
                .map(|version| version.to_string())
                .unwrap_or_default(),
            db_size_quota: quota(reply.quota_bytes),
            downgrade_info: Some(pb::DowngradeInfo {
                enabled: reply.downgrade.is_some(),
                target_version: reply
                    .downgrade
                    .map(|version| version.to_string())
                    .unwrap_or_default(),
            }),
        }),
        _ => Err(wrong_reply()),
    }
}

/// As etcd tells it: what was asked for, and any number below 0 asks for none.
fn quota(bytes: Option<u64>) -> i64 {
    bytes.map_or(-1, |bytes| i64::try_from(bytes).unwrap_or(i64::MAX))
}
