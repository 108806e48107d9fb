//! Flags of features, and the `experimental-` names that etcd 3.5 and 3.6 had for them.

use super::definition::{Flag, Group, Kind};

/// The group.
pub(super) const GROUP: Group = Group {
    title: "Features",
    flags: &[
        Flag::unsigned(
            "snapshot-catchup-entries",
            "5000",
            "Entries kept behind a snapshot for a slow follower to catch up with.",
        ),
        Flag::duration(
            "corrupt-check-time",
            "0s",
            "Pause between two comparisons of the members' stores by the leader; 0 for none.",
        ),
        Flag::duration(
            "compact-hash-check-time",
            "1m",
            "Pause between two checks of compaction hashes.",
        ),
        Flag::unsigned(
            "compaction-batch-limit",
            "1000",
            "Revisions deleted in one batch of a compaction.",
        )
        .without_effect(COMPACTION),
        Flag::duration(
            "compaction-sleep-interval",
            "10ms",
            "Pause between two batches of a compaction.",
        )
        .without_effect(COMPACTION),
        Flag::duration(
            "watch-progress-notify-interval",
            "10m",
            "How long a watch that asks for it hears nothing before it is told so; from 100ms on.",
        ),
        Flag::duration(
            "warning-apply-duration",
            "100ms",
            "Warn of requests that take the store longer.",
        ),
        Flag::unsigned(
            "bootstrap-defrag-threshold-megabytes",
            "0",
            "Defragment at start above this.",
        )
        .without_effect("a member starts with a store that is defragmented"),
        Flag::unsigned("max-learners", "1", "Most learners in the cluster."),
        Flag::duration(
            "downgrade-check-time",
            "5s",
            "Pause between two checks of a downgrade.",
        )
        .without_effect("a downgrade is over as soon as the last member's version says so"),
        Flag::gate("experimental-initial-corrupt-check", "InitialCorruptCheck"),
        Flag::gate(
            "experimental-compact-hash-check-enabled",
            "CompactHashCheck",
        ),
        Flag::gate("experimental-enable-lease-checkpoint", "LeaseCheckpoint"),
        Flag::gate(
            "experimental-enable-lease-checkpoint-persist",
            "LeaseCheckpointPersist",
        ),
        Flag::gate(
            "experimental-txn-mode-write-with-shared-buffer",
            "TxnModeWriteWithSharedBuffer",
        ),
        Flag::gate(
            "experimental-stop-grpc-service-on-defrag",
            "StopGRPCServiceOnDefrag",
        ),
        Flag::renamed(
            "experimental-corrupt-check-time",
            Kind::Duration,
            "corrupt-check-time",
        ),
        Flag::renamed(
            "experimental-compact-hash-check-time",
            Kind::Duration,
            "compact-hash-check-time",
        ),
        Flag::renamed(
            "experimental-compaction-sleep-interval",
            Kind::Duration,
            "compaction-sleep-interval",
        ),
        Flag::renamed(
            "experimental-watch-progress-notify-interval",
            Kind::Duration,
            "watch-progress-notify-interval",
        ),
        Flag::renamed(
            "experimental-warning-apply-duration",
            Kind::Duration,
            "warning-apply-duration",
        ),
        Flag::renamed(
            "experimental-warning-unary-request-duration",
            Kind::Duration,
            "warning-unary-request-duration",
        ),
        Flag::renamed(
            "experimental-downgrade-check-time",
            Kind::Duration,
            "downgrade-check-time",
        ),
        Flag::renamed(
            "experimental-compaction-batch-limit",
            Kind::Unsigned,
            "compaction-batch-limit",
        ),
        Flag::renamed(
            "experimental-bootstrap-defrag-threshold-megabytes",
            Kind::Unsigned,
            "bootstrap-defrag-threshold-megabytes",
        ),
        Flag::renamed(
            "experimental-snapshot-catchup-entries",
            Kind::Unsigned,
            "snapshot-catchup-entries",
        ),
        Flag::renamed(
            "experimental-distributed-tracing-sampling-rate",
            Kind::Unsigned,
            "distributed-tracing-sampling-rate",
        ),
        Flag::renamed("experimental-memory-mlock", Kind::Bool, "memory-mlock"),
        Flag::renamed(
            "experimental-peer-skip-client-san-verification",
            Kind::Bool,
            "peer-skip-client-san-verification",
        ),
        Flag::renamed(
            "experimental-enable-distributed-tracing",
            Kind::Bool,
            "enable-distributed-tracing",
        ),
        Flag::renamed(
            "experimental-distributed-tracing-address",
            Kind::Text,
            "distributed-tracing-address",
        ),
        Flag::renamed(
            "experimental-distributed-tracing-service-name",
            Kind::Text,
            "distributed-tracing-service-name",
        ),
        Flag::renamed(
            "experimental-distributed-tracing-instance-id",
            Kind::Text,
            "distributed-tracing-instance-id",
        ),
        Flag::renamed("experimental-max-learners", Kind::Unsigned, "max-learners"),
        Flag::duration(
            "experimental-wait-cluster-ready-timeout",
            "5s",
            "How long etcd 3.5 waits for a leader before it serves.",
        )
        .without_effect("clients are served once the cluster has a leader"),
    ],
};

/// Why batches of a compaction mean nothing here.
const COMPACTION: &str = "a compaction gives its space back in small steps between requests";
