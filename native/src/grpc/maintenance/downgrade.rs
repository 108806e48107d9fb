//! `Maintenance.Downgrade`: whether the cluster can go down one minor version; to let it, or not.

use quorate_core::command::{Command, Reply};
use quorate_core::error::Error;
use quorate_core::version::ServerVersion;
use tonic::Status;

use crate::grpc::{Api, convert, status, wrong_reply};
use pb::downgrade_request::DowngradeAction;
use quorate_api::etcdserverpb as pb;

/// Asks the member.
pub(super) async fn answer(
    api: &Api,
    request: &pb::DowngradeRequest,
) -> Result<pb::DowngradeResponse, Status> {
    let target = || {
        ServerVersion::parse(&request.version)
            .map(ServerVersion::without_patch)
            .ok_or_else(|| status::status(&Error::WrongDowngradeVersion))
    };
    let command = match DowngradeAction::try_from(request.action) {
        Ok(DowngradeAction::Validate) => Command::DowngradeValidate(target()?),
        Ok(DowngradeAction::Enable) => Command::DowngradeEnable(target()?),
        Ok(DowngradeAction::Cancel) => Command::DowngradeCancel,
        // etcd's text for what it does not know.
        Err(_) => return Err(Status::unknown("etcdserver: unknown method")),
    };
    match api.ask(command).await? {
        (header, Reply::Downgrade(cluster)) => Ok(pb::DowngradeResponse {
            header: convert::header(header),
            version: cluster.cluster_text(),
        }),
        _ => Err(wrong_reply()),
    }
}
