//! Flags of the member itself.

use super::definition::{Flag, Group};

/// The group.
pub(super) const GROUP: Group = Group {
    title: "Member",
    flags: &[
        Flag::text("name", "default", "Human-readable name for this member."),
        Flag::text(
            "data-dir",
            "",
            "Path to the data directory; '${name}.etcd' when not given.",
        ),
        Flag::text("wal-dir", "", "Path to a directory of its own for the log."),
        Flag::unsigned(
            "snapshot-count",
            "10000",
            "Number of committed transactions to trigger a snapshot to disk.",
        ),
        Flag::unsigned(
            "heartbeat-interval",
            "100",
            "Time (in milliseconds) of a heartbeat interval.",
        ),
        Flag::unsigned(
            "election-timeout",
            "1000",
            "Time (in milliseconds) for an election to timeout.",
        ),
        Flag::boolean(
            "initial-election-tick-advance",
            "true",
            "Whether to fast-forward initial election ticks on boot for faster election.",
        ),
        Flag::urls(
            "listen-peer-urls",
            "http://localhost:2380",
            "List of URLs to listen on for peer traffic.",
        ),
        Flag::urls(
            "listen-client-urls",
            "http://localhost:2379",
            "List of URLs to listen on for client gRPC and HTTP traffic.",
        ),
        Flag::urls(
            "listen-client-http-urls",
            "",
            "List of URLs to listen on for HTTP-only client traffic. With it, --listen-client-urls \
             serves gRPC alone.",
        ),
        Flag::unsigned("max-snapshots", "5", "Number of snapshot files to retain.")
            .without_effect(FILES),
        Flag::unsigned("max-wals", "5", "Number of log files to retain.").without_effect(FILES),
        Flag::boolean("memory-mlock", "false", "Keep all memory in RAM."),
        Flag::signed(
            "quota-backend-bytes",
            "0",
            "Raise the space alarm when the store has grown to this; 0 means 2 GiB, less means \
             never.",
        ),
        Flag::text("backend-bbolt-freelist-type", "map", "bbolt's freelist.")
            .without_effect(BACKEND),
        Flag::duration("backend-batch-interval", "0s", "Time between two commits.")
            .without_effect(BACKEND),
        Flag::signed("backend-batch-limit", "0", "Operations in a commit.").without_effect(BACKEND),
        Flag::unsigned(
            "max-txn-ops",
            "128",
            "Maximum number of operations permitted in a transaction.",
        ),
        Flag::unsigned(
            "max-request-bytes",
            "1572864",
            "Maximum client request size in bytes the server will accept.",
        ),
        Flag::unsigned(
            "max-concurrent-streams",
            "4294967295",
            "Maximum concurrent streams that each client can open at a time.",
        ),
        Flag::duration(
            "grpc-keepalive-min-time",
            "5s",
            "Shortest pause between a client's pings.",
        )
        .without_effect("clients may ping as often as they like"),
        Flag::duration(
            "grpc-keepalive-interval",
            "2h",
            "Pause between the server's pings; 0 for none.",
        ),
        Flag::duration(
            "grpc-keepalive-timeout",
            "20s",
            "How long a ping may stay unanswered.",
        ),
        Flag::boolean(
            "socket-reuse-port",
            "false",
            "Let others listen on the same ports.",
        ),
        Flag::boolean(
            "socket-reuse-address",
            "false",
            "Set SO_REUSEADDR, which is always set.",
        ),
        Flag::boolean(
            "enable-grpc-gateway",
            "true",
            "Serve gRPC as JSON below /v3/.",
        ),
        Flag::duration("raft-read-timeout", "5s", "Read timeout of peer streams.")
            .without_effect(STREAMS),
        Flag::duration("raft-write-timeout", "5s", "Write timeout of peer streams.")
            .without_effect(STREAMS),
        Flag::feature_gates(
            "feature-gates",
            "",
            "Features to switch on or off: 'InitialCorruptCheck=true', with commas between them.",
        ),
    ],
};

/// Why old files are not counted.
const FILES: &str = "files of the log and snapshots go as soon as nothing needs them";
/// Why bbolt's settings mean nothing here.
const BACKEND: &str = "there is no bbolt here";
/// Why the timeouts of peers' streams cannot be set.
const STREAMS: &str = "streams between members have timeouts of 5s";
