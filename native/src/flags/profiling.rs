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
            "Detail of metrics: 'extensive' tells how long calls take.",
        ),
        Flag::urls(
            "listen-metrics-urls",
            "",
            "List of URLs to listen on for /metrics, /health, /livez and /readyz alone.",
        ),
    ],
};
