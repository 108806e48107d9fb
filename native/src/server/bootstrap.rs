//! From flags to a member's configuration: ids, founders, peers.

use std::time::{SystemTime, UNIX_EPOCH};

use quorate_core::command::MemberInfo;
use quorate_core::id::Incarnation;
use quorate_core::member::MemberConfig;
use quorate_core::membership::{cluster_id, member_id};

use crate::flags::{Endpoint, Gate};
use crate::peer::{Identity, Peer};
use crate::settings::{InitialMember, Settings};

/// What a server begins with.
pub(super) struct Bootstrap {
    /// Who it is.
    pub(super) identity: Identity,
    /// The member's configuration.
    pub(super) config: MemberConfig,
    /// The other members.
    pub(super) peers: Vec<Peer>,
}

impl Bootstrap {
    /// Computes all of it from the flags; the settings have been verified.
    pub(super) fn new(settings: &Settings) -> Self {
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
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos() as u64;
        let config = MemberConfig {
            name: settings.name.clone(),
            client_urls: urls(&settings.advertise_client),
            incarnation: Incarnation(now),
            // Members must not draw the same timeouts, nor the same ones at each start.
            seed: now ^ own.0,
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
            txn_operations_max: settings.txn_operations_max,
            request_size_bytes_max: settings.request_size_bytes_max,
            ..MemberConfig::new(own, identity.cluster, first)
        };
        #[cfg(feature = "torture")]
        let config = crate::torture::adjusted(config);
        Self {
            identity,
            config,
            peers,
        }
    }
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
        let bootstrap = Bootstrap::new(&settings);
        assert_eq!(bootstrap.identity.id.to_string(), "47a42fb96a975854");
        assert_eq!(bootstrap.identity.cluster.to_string(), "1355fcfe840232f5");
        let mut peers: Vec<String> = bootstrap.peers.iter().map(|p| p.id.to_string()).collect();
        peers.sort();
        assert_eq!(peers, ["470f778210a711ed", "72ab37cc61e2023b"]);
    }
}
