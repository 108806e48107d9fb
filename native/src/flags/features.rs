//! Flags of features, and the `experimental-` names that etcd 3.5 and 3.6 had for them.

use super::definition::{Flag, Group};

/// The group.
pub(super) const GROUP: Group = Group {
    title: "Features",
    flags: &[
        Flag::unsigned(
            "snapshot-catchup-entries",
            "5000",
            "Entries kept behind a snapshot for a slow follower to catch up with.",
        ),
        Flag::text(
            "corrupt-check-time",
            "0s",
            "Pause between two checks of the store.",
        )
        .not_yet(),
        Flag::text(
            "compact-hash-check-time",
            "1m",
            "Pause between two checks of compaction hashes.",
        )
        .not_yet(),
        Flag::unsigned(
            "compaction-batch-limit",
            "1000",
            "Revisions deleted in one batch of a compaction.",
        )
        .not_yet(),
        Flag::text(
            "compaction-sleep-interval",
            "10ms",
            "Pause between two batches of a compaction.",
        )
        .not_yet(),
        Flag::text(
            "watch-progress-notify-interval",
            "10m",
            "Pause between two progress notifications.",
        )
        .not_yet(),
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
        .not_yet(),
        Flag::unsigned("max-learners", "1", "Most learners in the cluster.").not_yet(),
        Flag::text(
            "downgrade-check-time",
            "5s",
            "Pause between two checks of a downgrade.",
        )
        .not_yet(),
        Flag::boolean(
            "experimental-initial-corrupt-check",
            "false",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::text(
            "experimental-corrupt-check-time",
            "0s",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::boolean(
            "experimental-compact-hash-check-enabled",
            "false",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::text(
            "experimental-compact-hash-check-time",
            "1m",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::boolean(
            "experimental-enable-lease-checkpoint",
            "false",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::boolean(
            "experimental-enable-lease-checkpoint-persist",
            "false",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::unsigned(
            "experimental-compaction-batch-limit",
            "1000",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::text(
            "experimental-compaction-sleep-interval",
            "10ms",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::text(
            "experimental-watch-progress-notify-interval",
            "10m",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::text(
            "experimental-warning-apply-duration",
            "100ms",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::text(
            "experimental-warning-unary-request-duration",
            "300ms",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::boolean(
            "experimental-memory-mlock",
            "false",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::boolean(
            "experimental-txn-mode-write-with-shared-buffer",
            "true",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::unsigned(
            "experimental-bootstrap-defrag-threshold-megabytes",
            "0",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::unsigned(
            "experimental-max-learners",
            "1",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::boolean(
            "experimental-stop-grpc-service-on-defrag",
            "false",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::boolean(
            "experimental-peer-skip-client-san-verification",
            "false",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::boolean(
            "experimental-enable-distributed-tracing",
            "false",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::text(
            "experimental-distributed-tracing-address",
            "localhost:4317",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::text(
            "experimental-distributed-tracing-service-name",
            "etcd",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::text(
            "experimental-distributed-tracing-instance-id",
            "",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::unsigned(
            "experimental-distributed-tracing-sampling-rate",
            "0",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::unsigned(
            "experimental-snapshot-catchup-entries",
            "5000",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::text(
            "experimental-downgrade-check-time",
            "5s",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
        Flag::text(
            "experimental-wait-cluster-ready-timeout",
            "5s",
            "Its name since 3.6 has no prefix.",
        )
        .not_yet(),
    ],
};
