//! Flags of profiling and monitoring.

use super::definition::{Flag, Group};

/// The group.
pub(super) const GROUP: Group = Group {
    title: "Profiling and Monitoring",
    flags: &[
        Flag::boolean(
            "enable-pprof",
            "false",
            "Accepted for etcd's sake: there are no profiles of Go here, /debug/pprof/ says so.",
        ),
        Flag::one_of(
            "metrics",
            &["basic", "extensive"],
            "basic",
            "Detail of metrics.",
        )
        .not_yet(),
        Flag::text("listen-metrics-urls", "", "URLs for /metrics and /health.").not_yet(),
    ],
};
