//! Which versions this program says it is.

use std::time::Duration;

use quorate_core::command::{Command, Reply};
use quorate_core::version::ServerVersion;
use tokio::time::timeout;

use crate::member_thread::MemberHandle;

/// The etcd version whose behaviour on the wire is claimed. A server says another one when
/// `--etcd-version` does.
pub(crate) const SERVER: &str = "3.6.14";
/// The version of the data that the tools write.
pub(crate) const STORAGE: &str = "3.6.0";
/// Quorate's own version.
pub(crate) const QUORATE: &str = env!("CARGO_PKG_VERSION");
/// What it was compiled with.
pub(crate) const RUST: &str = env!("QUORATE_RUSTC_VERSION");
/// The commit it was built from, when the builder said so.
pub(crate) const GIT_SHA: &str = match option_env!("QUORATE_GIT_SHA") {
    Some(sha) => sha,
    None => "Not provided",
};

/// What `/version` answers: the server's version, and what its cluster runs at, if the member
/// knows that already.
pub(crate) async fn json(server: ServerVersion, member: &MemberHandle) -> String {
    let status = timeout(MEMBER_TIMEOUT, member.ask(Command::Status)).await;
    let cluster = match status {
        Ok((_, Ok(Reply::Status(status)))) => status.cluster_version,
        _ => None,
    };
    let (cluster, storage) = match cluster.map(|version| version.to_string()) {
        Some(version) => (version.clone(), version),
        None => ("not_decided".to_owned(), "unknown".to_owned()),
    };
    format!(
        "{{\"etcdserver\":\"{server}\",\"etcdcluster\":\"{cluster}\",\"storage\":\"{storage}\"}}"
    )
}

/// A member that does not answer sooner knows nothing.
const MEMBER_TIMEOUT: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claim_is_the_cores() {
        assert_eq!(ServerVersion::CLAIMED.to_string(), SERVER);
        let stored = ServerVersion::CLAIMED.without_patch();
        assert_eq!(stored.to_string(), STORAGE);
    }
}
