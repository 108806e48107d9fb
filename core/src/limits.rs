//! Every bound of the core, with the relations between them checked at compile time.

/// Ticks in one heartbeat interval: Raft's tick *is* the heartbeat interval, as in etcd.
pub const HEARTBEAT_TICKS: u32 = 1;
/// Fewest ticks of an election timeout; etcd demands election ≥ 5 × heartbeat.
pub const ELECTION_TICKS_MIN: u32 = 5;
/// Most ticks of an election timeout: 50 s of the shortest tick.
pub const ELECTION_TICKS_MAX: u32 = 50_000;
/// Ticks that etcd leaves of the first election timeout when it skips the rest.
pub const ELECTION_TICKS_LEFT_AFTER_ADVANCE: u32 = 2;
/// Most that clocks may go wrong where reads are answered by a lease, in per cent.
pub const CLOCK_DRIFT_PERCENT_MAX: u32 = 50;
/// How long a request waits before election timeouts are added, in milliseconds (etcd's 5 s).
pub const REQUEST_TIMEOUT_BASE_MS: u32 = 5_000;

/// A log segment is cut when it has grown to this; 64 MB as in etcd.
pub const SEGMENT_SIZE_BYTES: u64 = 64 * 1_000 * 1_000;
/// Largest single WAL record that is believed when read, in bytes.
pub const RECORD_SIZE_BYTES_MAX: u32 = 512 * 1_024 * 1_024;

/// Largest frame between members, in bytes, header included.
pub const FRAME_SIZE_BYTES_MAX: u32 = 64 * 1_024 * 1_024;
/// Most bytes of entries in one append message (raft's `max_size_per_msg`).
pub const APPEND_SIZE_BYTES_MAX: u64 = 1_024 * 1_024;
/// Most append messages under way to one follower.
pub const APPENDS_IN_FLIGHT_MAX: usize = 256;
/// Most bytes of entries that a leader holds uncommitted before it refuses proposals.
pub const UNCOMMITTED_SIZE_BYTES_MAX: u64 = 256 * 1_024 * 1_024;
/// Most bytes of committed entries handed to the store in one go.
pub const COMMITTED_SIZE_BYTES_MAX: u64 = 16 * 1_024 * 1_024;
/// A chunk of a snapshot is closed when it has grown to this, in bytes.
pub const SNAPSHOT_CHUNK_SIZE_BYTES: usize = 1_024 * 1_024;
/// Chunks of a snapshot under way to one follower, unacknowledged.
pub const SNAPSHOT_CHUNKS_IN_FLIGHT_MAX: u32 = 8;
/// Clients that save one member's store at a time: each holds on to what compaction would let go.
pub const SAVES_MAX: usize = 64;
/// Entries kept in the log behind a snapshot, so that a follower a little behind needs none.
pub const SNAPSHOT_CATCH_UP_ENTRIES: u64 = 5_000;
/// A store that had more bytes than this in its last snapshot is written to another only once as
/// many bytes of log have been applied: else a large store would be written again and again, each
/// time for a few entries.
pub const SNAPSHOT_STORE_SIZE_BYTES: u64 = 4 << 20;
/// `--snapshot-count`: a snapshot is taken behind more entries than this, unless told otherwise.
pub const SNAPSHOT_COUNT_DEFAULT: u64 = 10_000;

/// `--max-request-bytes`.
pub const REQUEST_SIZE_BYTES_MAX: usize = 1_572_864;
/// `--max-txn-ops`.
pub const TXN_OPERATIONS_MAX: usize = 128;
/// How deep transactions may stand in one another: as deep as `--max-txn-ops` lets them in etcd.
pub const TXN_DEPTH_MAX: usize = 128;
/// How deep an archive's pointers may go before it is refused.
pub const ARCHIVE_DEPTH_MAX: usize = 512;
/// Terms and indexes above this are refused, long before anything could wrap.
pub const TERM_OR_INDEX_MAX: u64 = u64::MAX / 4;
/// The last revision of a store, and what it may be moved on to by hand.
pub const REVISION_MAX: i64 = i64::MAX / 4;
/// Commits may run this far ahead of what is applied before writes are refused.
pub const COMMIT_APPLY_GAP_MAX: u64 = 5_000;
/// Longest time that a lease may be granted, in seconds; etcd's `MaxLeaseTTL`.
pub const LEASE_TTL_SECONDS_MAX: i64 = 9_000_000_000;
/// Most leases at a time: all of them go into a snapshot's header, which must fit into a frame.
pub const LEASES_MAX: usize = 1_000_000;
/// Most leases whose end a leader proposes in one tick; etcd's 1000 a second.
pub const LEASES_ENDED_PER_TICK_MAX: usize = 100;
/// Most leases in one checkpoint, and one checkpoint a tick; etcd's batch.
pub const LEASE_CHECKPOINT_MAX: usize = 1_000;
/// `--max-learners`: members without a vote at a time.
pub const LEARNERS_MAX: usize = 1;
/// `--quota-backend-bytes=0`: etcd's 2 GiB.
pub const QUOTA_BYTES_DEFAULT: u64 = 2 * 1_024 * 1_024 * 1_024;
/// Most alarms at a time: all of them go into a snapshot's header.
pub const ALARMS_MAX: usize = 10_000;
/// Requests that wait for an answer in one member.
pub const PENDING_REQUESTS_MAX: usize = 100_000;
/// Responses of one watch stream that the host has not reported taken: above this the member
/// keeps nothing for the stream, and reads its history again later (etcd's channel holds 128).
pub const WATCH_RESPONSES_IN_FLIGHT_MAX: u32 = 128;
/// The same in bytes: what a client that is stuck keeps of keys and values, which compaction would
/// else let go.
pub const WATCH_SIZE_IN_FLIGHT_BYTES_MAX: usize = 8 * 1_024 * 1_024;
/// A host may keep to itself that fewer responses than this have been taken.
pub const WATCH_TAKEN_UNREPORTED_MAX: u32 = 32;
/// The same in bytes, of all of them together.
pub const WATCH_TAKEN_UNREPORTED_SIZE_BYTES_MAX: usize = 2 * 1_024 * 1_024;
/// A watch response is closed, between two revisions, when it has grown to this, in bytes.
pub const WATCH_RESPONSE_SIZE_BYTES: usize = 1_024 * 1_024;
/// Versions that one watch reads from history at a time, as in etcd; a revision is never cut.
pub const WATCH_CHUNK_VERSIONS: usize = 1_000;
/// Versions that all watches together read from history between two rounds of inputs.
pub const WATCH_STEP_VERSIONS: usize = 10_000;
/// `--watch-progress-notify-interval`, in milliseconds.
pub const WATCH_PROGRESS_NOTIFY_INTERVAL_MS: u32 = 10 * 60 * 1_000;
/// The shortest one, in milliseconds.
pub const WATCH_PROGRESS_NOTIFY_INTERVAL_MS_MIN: u32 = 100;

const _: () = {
    assert!(WATCH_STEP_VERSIONS >= WATCH_CHUNK_VERSIONS);
    assert!(WATCH_SIZE_IN_FLIGHT_BYTES_MAX > WATCH_RESPONSE_SIZE_BYTES);
    // A stream whose host has kept all that it may to itself still has room.
    assert!(WATCH_TAKEN_UNREPORTED_MAX < WATCH_RESPONSES_IN_FLIGHT_MAX);
    assert!(WATCH_TAKEN_UNREPORTED_SIZE_BYTES_MAX < WATCH_SIZE_IN_FLIGHT_BYTES_MAX);
    assert!(WATCH_PROGRESS_NOTIFY_INTERVAL_MS > WATCH_PROGRESS_NOTIFY_INTERVAL_MS_MIN);
    assert!(ELECTION_TICKS_MIN > HEARTBEAT_TICKS);
    assert!(ELECTION_TICKS_MIN > ELECTION_TICKS_LEFT_AFTER_ADVANCE);
    assert!(APPEND_SIZE_BYTES_MAX * 4 < FRAME_SIZE_BYTES_MAX as u64);
    assert!(REQUEST_SIZE_BYTES_MAX as u64 * 4 < FRAME_SIZE_BYTES_MAX as u64);
    assert!(SNAPSHOT_CHUNK_SIZE_BYTES * 4 < FRAME_SIZE_BYTES_MAX as usize);
    assert!(FRAME_SIZE_BYTES_MAX < RECORD_SIZE_BYTES_MAX);
    // 24 bytes each, see `lease::LeaseRecord`.
    assert!(LEASES_MAX * 24 * 2 < FRAME_SIZE_BYTES_MAX as usize);
    assert!(ALARMS_MAX * 9 < FRAME_SIZE_BYTES_MAX as usize / 64);
    // Every nested transaction costs a few levels of pointers in its archive.
    assert!(TXN_DEPTH_MAX * 3 <= ARCHIVE_DEPTH_MAX);
};
