//! What a world is made of.

/// The settings that, with the actions taken, determine everything that happens in a world.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorldConfig {
    /// The seed of all chance in it.
    pub seed: u64,
    /// How many members: 1 to 7. They are called `n1`, `n2`, …
    pub members: u32,
    /// A tick (heartbeat interval) of every member's clock, in virtual microseconds.
    pub tick_us: u64,
    /// Ticks of an election timeout.
    pub election_ticks: u32,
    /// Least time a message is under way, in virtual microseconds.
    pub latency_min_us: u64,
    /// Most time a message is under way.
    pub latency_max_us: u64,
    /// Messages lost by chance, in a thousand.
    pub loss_per_mille: u32,
    /// Time the disk takes to write a batch's bytes, in virtual microseconds.
    pub disk_write_us: u64,
    /// Time the disk takes to sync, in virtual microseconds.
    pub disk_sync_us: u64,
    /// Entries between two snapshots.
    pub snapshot_count: u64,
    /// Entries kept behind a snapshot.
    pub snapshot_catch_up_entries: u64,
    /// Size at which a log segment is cut, in bytes.
    pub segment_size_bytes: u64,
    /// Whether members ask before they raise the term.
    pub pre_vote: bool,
    /// Whether a leader that hears no majority steps down.
    pub check_quorum: bool,
}

impl Default for WorldConfig {
    fn default() -> Self {
        Self {
            seed: 42,
            members: 3,
            tick_us: 100_000,
            election_ticks: 10,
            latency_min_us: 8_000,
            latency_max_us: 24_000,
            loss_per_mille: 0,
            disk_write_us: 2_000,
            disk_sync_us: 6_000,
            snapshot_count: 20,
            snapshot_catch_up_entries: 5,
            segment_size_bytes: 4_096,
            pre_vote: true,
            check_quorum: true,
        }
    }
}
