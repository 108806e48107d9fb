//! At which version the cluster runs, asked before joining it (etcd's `isCompatibleWithCluster`).
//!
//! A member that does not know the cluster's version would take part, meet an entry that it cannot
//! carry out, and stop; until then the others count on it. It is told before.

use quorate_core::id::MemberId;
use quorate_core::version::ServerVersion;
use serde_json::json;
use tokio::task::JoinSet;

use super::BootstrapError;
use crate::log::Logger;
use crate::peer::{Peer, fetch_cluster_version};
use crate::settings::Settings;

/// The lowest that a cluster may run at, as in etcd.
const LOWEST: ServerVersion = ServerVersion {
    major: 3,
    minor: 0,
    patch: 0,
};

/// Asks all members at once.
///
/// # Errors
/// One of them says a version that this server cannot run at. Who does not answer, or does not
/// know yet, says nothing against it.
pub(super) async fn check(
    settings: &Settings,
    peers: &[Peer],
    logger: &Logger,
) -> Result<(), BootstrapError> {
    let mut asked = JoinSet::new();
    for peer in peers.iter().cloned() {
        let (limit, local) = (settings.request_timeout(), settings.local_address());
        let logger = logger.clone();
        asked.spawn(async move {
            for url in &peer.urls {
                match fetch_cluster_version(url, local, limit).await {
                    Ok(version) => return (peer.id, version),
                    Err(error) => logger.warn(
                        "failed to reach the peer URL",
                        &[
                            ("address", json!(format!("{}/version", url.url))),
                            ("remote-member-id", json!(peer.id.to_string())),
                            ("error", json!(error.to_string())),
                        ],
                    ),
                }
            }
            (peer.id, None)
        });
    }
    while let Some(answer) = asked.join_next().await {
        if let Ok((member, Some(version))) = answer {
            compare(settings.etcd_version, member, version, logger)?;
        }
    }
    Ok(())
}

fn compare(
    own: ServerVersion,
    member: MemberId,
    cluster: ServerVersion,
    logger: &Logger,
) -> Result<(), BootstrapError> {
    let (what, name, bound) = if cluster < LOWEST {
        ("too low", "minimum-cluster-version-supported", LOWEST)
    } else if cluster > own {
        ("too high", "maximum-cluster-version-supported", own)
    } else {
        return Ok(());
    };
    logger.warn(
        &format!("cluster version of remote member is not compatible; {what}"),
        &[
            ("remote-member-id", json!(member.to_string())),
            ("remote-member-cluster-version", json!(cluster.to_string())),
            (name, json!(bound.to_string())),
        ],
    );
    Err(BootstrapError::Incompatible { cluster, own })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_joined_at_the_own_version_and_below() {
        let version = |text| ServerVersion::parse(text).expect(text);
        let own = version("3.6.14");
        let logger = Logger::silent();
        for good in ["3.0.0", "3.5.0", "3.6.0", "3.6.14"] {
            let compared = compare(own, MemberId(1), version(good), &logger);
            assert!(compared.is_ok(), "{good}");
        }
        for bad in ["2.3.0", "3.7.0", "4.0.0"] {
            let error = compare(own, MemberId(1), version(bad), &logger).expect_err(bad);
            let text = error.to_string();
            let told = "incompatible with current running cluster: it runs at ";
            assert!(text.starts_with(told), "{text}");
        }
    }
}
