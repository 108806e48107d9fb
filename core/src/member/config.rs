//! What a member is told when it starts.

use crate::auto_compaction::AutoCompaction;
use crate::command::MemberInfo;
use crate::id::{ClusterId, Incarnation, MemberId};
use crate::known_bug::{KnownBug, KnownBugs};
use crate::limits;
use crate::mvcc::WatchLimits;
use crate::quota::Quota;
use crate::rules::{Rule, Rules};
use crate::version::ServerVersion;

/// Reads that a leader answers by its lease, without asking a majority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadLeaseSettings {
    /// By how much a member's clock may go wrong at most, in per cent, either way. Clocks that are
    /// worse make reads old.
    pub clock_drift_percent: u32,
}

/// A member's settings. They do not change while it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberConfig {
    /// Who it is, see [`crate::membership::member_id`].
    pub id: MemberId,
    /// Which cluster it belongs to.
    pub cluster: ClusterId,
    /// Its name, published to the others once there is a leader.
    pub name: String,
    /// Where clients reach it, published with the name.
    pub client_urls: Vec<String>,
    /// The cluster's first members, this one among them. Read only when the disk is empty.
    pub bootstrap: Vec<MemberInfo>,
    /// Whether it joins a cluster that exists (`--initial-cluster-state existing`): with an empty
    /// disk it begins with nothing, and learns from the leader who is in the cluster.
    pub joins: bool,
    /// Which start of this member this is; never twice the same.
    pub incarnation: Incarnation,
    /// What the election timeouts are drawn from, together with the member's id.
    pub seed: u64,
    /// Ticks without a leader after which an election may start; the timeout of each election is
    /// drawn from this number to twice of it.
    pub election_ticks: u32,
    /// How long a tick is on the host's clock, in milliseconds. Only timeouts that etcd gives in
    /// seconds are computed from it.
    pub tick_ms: u32,
    /// A snapshot is taken when more entries than this have been applied since the last: with 0,
    /// behind each.
    pub snapshot_count: u64,
    /// A store that had more bytes than this in its last snapshot waits with the next until as
    /// many bytes of log have been applied: so what is written for snapshots grows with what is
    /// written for the log. Entries in memory are let go all the same.
    pub snapshot_store_size_bytes: u64,
    /// Entries kept in the log behind a snapshot.
    pub snapshot_catch_up_entries: u64,
    /// Size at which a log segment is cut, in bytes.
    pub segment_size_bytes: u64,
    /// Whether to skip most of the first election timeout once peers are connected.
    pub initial_election_tick_advance: bool,
    /// Whether to ask before raising the term (thesis §9.6).
    pub pre_vote: bool,
    /// Whether a leader answers reads by its lease; the same on all members. Nothing, as in etcd:
    /// it asks a majority each time. A host whose process may stand still has to say so, see
    /// [`crate::Input::Missed`].
    pub read_lease: Option<ReadLeaseSettings>,
    /// The protocol's rules, all of which hold unless a build for the simulator says otherwise.
    pub rules: Rules,
    /// The known bug that is put back; none but in a build for the simulator.
    pub bugs: KnownBugs,
    /// Whether changes of the members that could cost the majority are refused
    /// (`--strict-reconfig-check`).
    pub strict_reconfig_check: bool,
    /// Most members without a vote (`--max-learners`).
    pub learners_max: usize,
    /// Most operations in a transaction.
    pub txn_operations_max: usize,
    /// Largest request, in bytes.
    pub request_size_bytes_max: usize,
    /// How long a watch that asks for it hears nothing before it is told so, in milliseconds
    /// (`--watch-progress-notify-interval`); not less than 100.
    pub watch_progress_notify_interval_ms: u32,
    /// How large the store may grow, in bytes: 0 for etcd's 2 GiB, less for no quota
    /// (`--quota-backend-bytes`).
    pub quota_backend_bytes: i64,
    /// When the leader compacts by itself.
    pub auto_compaction: AutoCompaction,
    /// Whether to compare the store with the peers' before taking part in anything.
    pub initial_corrupt_check: bool,
    /// Time between two comparisons of the members' stores, in milliseconds; 0 for none
    /// (`--corrupt-check-time`).
    pub corrupt_check_interval_ms: u64,
    /// Time between two comparisons of the hashes of compactions, in milliseconds; 0 for none
    /// (`--compact-hash-check-time` with the feature `CompactHashCheck`).
    pub compact_hash_check_interval_ms: u64,
    /// The version it says it is. The cluster runs at the lowest of all members'.
    pub server_version: ServerVersion,
    /// How much watches may take.
    pub watch_limits: WatchLimits,
}

impl MemberConfig {
    /// etcd's defaults for one member of a cluster that starts anew.
    pub fn new(id: MemberId, cluster: ClusterId, bootstrap: Vec<MemberInfo>) -> Self {
        Self {
            id,
            cluster,
            name: String::new(),
            client_urls: Vec::new(),
            bootstrap,
            joins: false,
            incarnation: Incarnation(1),
            seed: id.0,
            election_ticks: 10,
            tick_ms: 100,
            snapshot_count: limits::SNAPSHOT_COUNT_DEFAULT,
            snapshot_store_size_bytes: limits::SNAPSHOT_STORE_SIZE_BYTES,
            snapshot_catch_up_entries: limits::SNAPSHOT_CATCH_UP_ENTRIES,
            segment_size_bytes: limits::SEGMENT_SIZE_BYTES,
            initial_election_tick_advance: true,
            pre_vote: true,
            read_lease: None,
            rules: Rules::default(),
            bugs: KnownBugs::default(),
            strict_reconfig_check: true,
            learners_max: limits::LEARNERS_MAX,
            txn_operations_max: limits::TXN_OPERATIONS_MAX,
            request_size_bytes_max: limits::REQUEST_SIZE_BYTES_MAX,
            watch_progress_notify_interval_ms: limits::WATCH_PROGRESS_NOTIFY_INTERVAL_MS,
            quota_backend_bytes: 0,
            auto_compaction: AutoCompaction::Off,
            initial_corrupt_check: false,
            corrupt_check_interval_ms: 0,
            compact_hash_check_interval_ms: 0,
            server_version: ServerVersion::CLAIMED,
            watch_limits: WatchLimits::default(),
        }
    }

    /// Whether a rule of the protocol holds. Where nobody reads by a lease there is none to look
    /// at, and that rule is not broken.
    #[inline]
    pub(crate) fn holds(&self, rule: Rule) -> bool {
        self.rules.hold(rule) || (rule == Rule::LeaderLease && self.read_lease.is_none())
    }

    /// Whether a known bug is put back.
    #[inline]
    pub(crate) fn has_bug(&self, bug: KnownBug) -> bool {
        self.bugs.has(bug)
    }

    /// How large the store may grow.
    pub fn quota(&self) -> Quota {
        Quota::new(self.quota_backend_bytes)
    }

    /// After how many ticks a request has timed out: etcd's 5 s and two election timeouts.
    pub fn request_timeout_ticks(&self) -> u32 {
        let base = limits::REQUEST_TIMEOUT_BASE_MS.div_ceil(self.tick_ms.max(1));
        base.saturating_add(self.election_ticks.saturating_mul(2))
    }

    /// After how many idle ticks a watch is told that nothing happened.
    pub fn watch_progress_ticks(&self) -> u64 {
        let interval_ms = self
            .watch_progress_notify_interval_ms
            .max(limits::WATCH_PROGRESS_NOTIFY_INTERVAL_MS_MIN);
        u64::from(interval_ms.div_ceil(self.tick_ms.max(1)))
    }
}
