//! One member's machine: a process that may run or not, and a disk that outlives it.

use std::cell::RefCell;
use std::sync::Arc;

use super::action::Node;
use super::condition::Condition;
use super::config::WorldConfig;
use super::disk::Disk;
use super::frame::MemberFrame;
use super::host::Process;
use crate::command::{MemberAdd, MemberInfo};
use crate::id::{ClusterId, Incarnation, MemberId};
use crate::member::MemberConfig;
use crate::membership::{cluster_id, member_id};
use crate::mvcc::WatchLimits;

/// A machine of a world.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) node: Node,
    pub(super) id: MemberId,
    /// The running process, if it runs.
    pub(super) process: Option<Process>,
    pub(super) disk: Disk,
    /// How often it has been started.
    pub(super) starts: u64,
    /// Why the process ended, if it was by itself.
    pub(super) failure: Option<String>,
    /// What is unusual about it.
    pub(super) condition: Condition,
    /// What the cluster is asked to add it as; nothing for one of the first members.
    pub(super) added: Option<MemberAdd>,
    /// The picture of it as it is now, once somebody asked for it. Whoever changes the machine
    /// throws it away, see [`Machine::change`].
    pub(super) picture: RefCell<Option<Arc<MemberFrame>>>,
    settings: MemberConfig,
}

impl Machine {
    /// The machine, to be changed: its picture is no longer true.
    pub(super) fn change(&mut self) -> &mut Self {
        *self.picture.get_mut() = None;
        self
    }

    /// An event begins, in which it may take no part.
    pub(super) fn begin_event(&mut self) {
        if let Some(process) = &mut self.process
            && process.begin_event()
        {
            *self.picture.get_mut() = None;
        }
    }

    /// Starts the process from what is on the disk.
    pub(super) fn start(&mut self) {
        self.starts += 1;
        self.failure = None;
        let mut settings = self.settings.clone();
        settings.incarnation = Incarnation(self.starts);
        match Process::start(settings, &self.disk.image()) {
            Ok(process) => self.process = Some(process),
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// Its election timeouts are drawn otherwise from the next term on, and when it starts again.
    pub(super) fn reseed(&mut self, seed: u64) {
        self.settings.seed = seed;
        if let Some(process) = &mut self.process {
            process.reseed_later_terms(seed);
        }
    }

    pub(super) fn is_running(&self) -> bool {
        self.process.is_some()
    }

    /// A machine that comes to a world, off, with an empty disk. Its member is to be added to the
    /// cluster, and joins it when it is started.
    pub(super) fn joining(
        config: &WorldConfig,
        node: Node,
        cluster: ClusterId,
        now_us: u64,
    ) -> Self {
        let added = MemberAdd {
            peer_urls: vec![peer_url(node)],
            is_learner: false,
            added_at_seconds: now_us / 1_000_000,
        };
        let id = member_id(&added.peer_urls, "", Some(added.added_at_seconds));
        let settings = MemberConfig {
            joins: true,
            ..settings(config, node, id, cluster, Vec::new())
        };
        Self::off(node, settings, Some(added))
    }

    fn off(node: Node, settings: MemberConfig, added: Option<MemberAdd>) -> Self {
        Self {
            node,
            id: settings.id,
            process: None,
            disk: Disk::default(),
            starts: 0,
            failure: None,
            condition: Condition::default(),
            added,
            picture: RefCell::default(),
            settings,
        }
    }

    /// Which cluster it belongs to.
    pub(super) fn cluster(&self) -> ClusterId {
        self.settings.cluster
    }
}

/// The machines of a new world, all off. Their members have the ids of etcd members that listen
/// on ports 2380, 2480, … of one host with the token `etcd-cluster-my`.
pub(super) fn machines(config: &WorldConfig) -> Vec<Machine> {
    let members: Vec<MemberInfo> = (0..config.members)
        .map(|at| {
            let peer_urls = vec![peer_url(Node(at + 1))];
            MemberInfo {
                id: member_id(&peer_urls, TOKEN, None),
                name: Node(at + 1).to_string(),
                peer_urls,
                client_urls: Vec::new(),
                is_learner: false,
            }
        })
        .collect();
    let ids: Vec<MemberId> = members.iter().map(|member| member.id).collect();
    let cluster = cluster_id(&ids);
    (1..)
        .map(Node)
        .zip(ids)
        .map(|(node, id)| {
            let settings = settings(config, node, id, cluster, members.clone());
            Machine::off(node, settings, None)
        })
        .collect()
}

fn peer_url(node: Node) -> String {
    format!("http://127.0.0.1:{}", 2280 + 100 * node.0)
}

fn settings(
    config: &WorldConfig,
    node: Node,
    id: MemberId,
    cluster: ClusterId,
    members: Vec<MemberInfo>,
) -> MemberConfig {
    MemberConfig {
        name: node.to_string(),
        client_urls: vec![format!("http://127.0.0.1:{}", 2279 + 100 * node.0)],
        seed: config.seed,
        election_ticks: config.election_ticks,
        tick_ms: u32::try_from(config.tick_us / 1_000).unwrap_or(u32::MAX),
        snapshot_count: config.snapshot_count,
        snapshot_store_size_bytes: config.snapshot_store_size_bytes,
        snapshot_catch_up_entries: config.snapshot_catch_up_entries,
        segment_size_bytes: config.segment_size_bytes,
        quota_backend_bytes: i64::from(config.quota_bytes),
        pre_vote: config.pre_vote,
        read_lease: config.read_lease(),
        strict_reconfig_check: config.strict_reconfig_check,
        watch_limits: WatchLimits {
            responses_in_flight: config.watch_room,
            chunk_versions: config.watch_chunk as usize,
            ..WatchLimits::default()
        },
        rules: config.rules(),
        bugs: config.bugs(),
        ..MemberConfig::new(id, cluster, members)
    }
}

const TOKEN: &str = "etcd-cluster-my";
