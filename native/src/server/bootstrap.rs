//! From flags, disk and peers to a member's configuration: ids, founders, peers.
//!
//! 1. A disk on which a member has lived says who that is, and of which cluster: whatever the
//!    flags say of the cluster is not looked at any more, as in etcd.
//! 2. Otherwise `--initial-cluster-state new` founds a cluster. A member that the others know to
//!    have lived before must not: they count on promises that only its old disk holds.
//! 3. `existing` joins: the others say which cluster it is and which id this member has there.

mod join;

use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use quorate_core::command::MemberInfo;
use quorate_core::disk::DiskImage;
use quorate_core::id::{ClusterId, Incarnation, MemberId};
use quorate_core::member::MemberConfig;
use quorate_core::membership::{cluster_id, member_id};
use quorate_core::offline::life;
use quorate_core::version::ServerVersion;
use serde_json::json;
use thiserror::Error;
use tokio::task::JoinSet;

use crate::flags::{Endpoint, Gate};
use crate::log::Logger;
use crate::peer::{Identity, Peer, bootstrapped, fetch_cluster};
use crate::settings::{InitialMember, Settings, check_bootstrap, check_joining};

/// How long a founder waits for one of the others to say that it is not new to it, as in etcd.
const FOUNDER_KNOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// Why a member cannot begin.
#[derive(Debug, Error)]
pub(crate) enum BootstrapError {
    /// The flags of the cluster cannot be.
    #[error("{0}")]
    Settings(String),
    /// The log cannot be read.
    #[error("cannot start the member: write-ahead log: {0}")]
    Log(#[from] quorate_core::wal::WalError),
    /// It has lived before, and its disk is gone.
    #[error("{}", bootstrapped(*.0))]
    Bootstrapped(MemberId),
    /// Nobody says which cluster it is.
    #[error(
        "cannot fetch cluster info from peer urls: could not retrieve cluster information from \
         the given URLs: {0}"
    )]
    NoAnswer(String),
    /// The cluster is not the one that the flags tell of.
    #[error("error validating peerURLs {cluster}: {reason}")]
    AnotherCluster {
        /// The cluster, as etcd prints one.
        cluster: String,
        /// What does not fit.
        reason: String,
    },
    /// The cluster runs at a version that this server does not know.
    #[error(
        "incompatible with current running cluster: it runs at {cluster}, and this server is etcd \
         {own}"
    )]
    Incompatible {
        /// Where the cluster is.
        cluster: ServerVersion,
        /// How far this server goes.
        own: ServerVersion,
    },
}

/// What a server begins with.
pub(super) struct Bootstrap {
    /// Who it is.
    pub(super) identity: Identity,
    /// The member's configuration.
    pub(super) config: MemberConfig,
    /// The other members, as far as the member's own disk does not know them.
    pub(super) peers: Vec<Peer>,
    /// Members that are known to have been started, beside those that the member itself knows.
    pub(super) started: Vec<MemberId>,
}

impl Bootstrap {
    /// Finds out all of it.
    pub(super) async fn of(
        settings: &Settings,
        image: &DiskImage,
        logger: &Logger,
    ) -> Result<Self, BootstrapError> {
        if let Some(life) = life(image)? {
            let identity = Identity {
                id: life.owner.member,
                cluster: life.owner.cluster,
                version: settings.etcd_version,
            };
            tell("restarting local member", identity, logger);
            // What it needs to know of the others stands on its disk.
            let mut bootstrap = Self::with(settings, identity, Vec::new(), Vec::new());
            bootstrap.started = life.started;
            return Ok(bootstrap);
        }
        let bootstrap = if settings.is_new_cluster {
            let checked = check_bootstrap(settings, logger).await;
            checked.map_err(BootstrapError::Settings)?;
            let founded = Self::found(settings);
            if is_known(&founded, settings.local_address()).await {
                return Err(BootstrapError::Bootstrapped(founded.identity.id));
            }
            founded
        } else {
            check_joining(settings).map_err(BootstrapError::Settings)?;
            join::join(settings, logger).await?
        };
        tell("starting local member", bootstrap.identity, logger);
        Ok(bootstrap)
    }

    /// One of a cluster's first members; the settings have been verified.
    fn found(settings: &Settings) -> Self {
        let founders: Vec<(MemberInfo, &InitialMember)> = settings
            .initial_cluster
            .members
            .iter()
            .map(|member| (founder(member, &settings.token), member))
            .collect();
        let ids: Vec<_> = founders.iter().map(|(info, _)| info.id).collect();
        // As in etcd by the URLs that the founders know, should this member have others of its own
        // that lead to the same place.
        let own_urls = settings
            .initial_cluster
            .member(&settings.name)
            .map_or(&settings.advertise_peer, |own| &own.peer_urls);
        let own = member_id(&urls(own_urls), &settings.token, None);
        let identity = Identity {
            id: own,
            cluster: cluster_id(&ids),
            version: settings.etcd_version,
        };
        let peers = founders
            .iter()
            .filter(|(info, _)| info.id != own)
            .map(|(info, member)| Peer {
                id: info.id,
                urls: member.peer_urls.clone(),
            })
            .collect();
        let first = founders.into_iter().map(|(info, _)| info).collect();
        Self::with(settings, identity, first, peers)
    }

    /// One that joins a cluster which runs.
    fn joining(settings: &Settings, own: MemberId, cluster: ClusterId, peers: Vec<Peer>) -> Self {
        let identity = Identity {
            id: own,
            cluster,
            version: settings.etcd_version,
        };
        let mut bootstrap = Self::with(settings, identity, Vec::new(), peers);
        bootstrap.config.joins = true;
        bootstrap
    }

    fn with(
        settings: &Settings,
        identity: Identity,
        first: Vec<MemberInfo>,
        peers: Vec<Peer>,
    ) -> Self {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos() as u64;
        let config = MemberConfig {
            name: settings.name.clone(),
            client_urls: urls(&settings.advertise_client),
            incarnation: Incarnation(now),
            // Members must not draw the same timeouts, nor the same ones at each start.
            seed: now ^ identity.id.0,
            election_ticks: settings.election_ticks(),
            tick_ms: settings.heartbeat_ms,
            snapshot_count: settings.snapshot_count,
            snapshot_catch_up_entries: settings.snapshot_catch_up_entries,
            initial_election_tick_advance: settings.initial_election_tick_advance,
            pre_vote: settings.pre_vote,
            strict_reconfig_check: settings.strict_reconfig_check,
            learners_max: settings.learners_max,
            watch_progress_notify_interval_ms: settings.watch_progress_notify_interval_ms(),
            server_version: settings.etcd_version,
            initial_corrupt_check: settings.feature_gates.is_enabled(Gate::InitialCorruptCheck),
            compact_hash_check_interval_ms: settings.compact_hash_check_interval_ms(),
            corrupt_check_interval_ms: settings.upkeep.corrupt_check_interval_ms(),
            quota_backend_bytes: settings.upkeep.quota_backend_bytes,
            auto_compaction: settings.upkeep.auto_compaction,
            txn_operations_max: settings.txn_operations_max,
            request_size_bytes_max: settings.request_size_bytes_max,
            ..MemberConfig::new(identity.id, identity.cluster, first)
        };
        #[cfg(feature = "torture")]
        let config = crate::torture::adjusted(config);
        Self {
            identity,
            config,
            peers,
            started: Vec::new(),
        }
    }
}

fn tell(what: &str, identity: Identity, logger: &Logger) {
    logger.info(
        what,
        &[
            ("local-member-id", json!(identity.id.to_string())),
            ("cluster-id", json!(identity.cluster.to_string())),
        ],
    );
}

/// Whether one of the others knows a founder as somebody who has told where clients reach it. One
/// that is down says nothing now; it will when this member dials it.
async fn is_known(founded: &Bootstrap, local: Option<IpAddr>) -> bool {
    let own = founded.identity.id;
    let mut asked = JoinSet::new();
    for peer in &founded.peers {
        for url in peer.urls.clone() {
            asked.spawn(async move { fetch_cluster(&url, local, FOUNDER_KNOWN_TIMEOUT).await });
        }
    }
    while let Some(answer) = asked.join_next().await {
        let Ok(Ok(cluster)) = answer else { continue };
        let itself = cluster.members.iter().find(|member| member.id == own);
        if itself.is_some_and(|member| !member.client_urls.is_empty()) {
            return true;
        }
    }
    false
}

fn founder(member: &InitialMember, token: &str) -> MemberInfo {
    let peer_urls = urls(&member.peer_urls);
    MemberInfo {
        id: member_id(&peer_urls, token, None),
        // Published by the member itself once it has started.
        name: String::new(),
        peer_urls,
        client_urls: Vec::new(),
        is_learner: false,
    }
}

fn urls(endpoints: &[Endpoint]) -> Vec<String> {
    endpoints
        .iter()
        .map(|endpoint| endpoint.url.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flags::{Request, parse};

    #[test]
    fn the_notes_flags_give_the_notes_ids() {
        let line = "--name etcd-1 --initial-advertise-peer-urls http://127.0.0.1:2380 \
                    --initial-cluster etcd-1=http://127.0.0.1:2380,etcd-2=http://127.0.0.1:2480,\
                    etcd-3=http://127.0.0.1:2580 --initial-cluster-token etcd-cluster-my";
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let Ok(Request::Serve(values)) = parse(&arguments) else {
            panic!("good flags");
        };
        let settings = Settings::new(&values).expect("good flags");
        let bootstrap = Bootstrap::found(&settings);
        assert_eq!(bootstrap.identity.id.to_string(), "47a42fb96a975854");
        assert_eq!(bootstrap.identity.cluster.to_string(), "1355fcfe840232f5");
        let mut peers: Vec<String> = bootstrap.peers.iter().map(|p| p.id.to_string()).collect();
        peers.sort();
        assert_eq!(peers, ["470f778210a711ed", "72ab37cc61e2023b"]);
    }
}
