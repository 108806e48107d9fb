//! Flags that are unsafe, that older versions had, or that only name the ones above.

use super::definition::{Flag, Group};

/// The group.
pub(super) const GROUP: Group = Group {
    title: "Other",
    flags: &[
        Flag::text(
            "config-file",
            "",
            "Path to a configuration file; with one, other flags and the environment are ignored.",
        ),
        Flag::boolean(
            "force-new-cluster",
            "false",
            "Make this member the only one of its cluster: for when the others are gone for good.",
        ),
        Flag::boolean(
            "unsafe-no-fsync",
            "false",
            "Do not wait for the disk: a crash of the machine loses data.",
        ),
        Flag::boolean("enable-v2", "false", "Serve the v2 API (etcd 3.5).").not_yet(),
        Flag::text("enable-v2v3", "", "Serve the v2 API from v3 (etcd 3.5).").not_yet(),
        Flag::one_of("proxy", &["off", "readonly", "on"], "off", "v2 proxy.").not_yet(),
        Flag::unsigned("proxy-failure-wait", "5000", "v2 proxy.").ignored(),
        Flag::unsigned("proxy-refresh-interval", "30000", "v2 proxy.").ignored(),
        Flag::unsigned("proxy-dial-timeout", "1000", "v2 proxy.").ignored(),
        Flag::unsigned("proxy-write-timeout", "5000", "v2 proxy.").ignored(),
        Flag::unsigned("proxy-read-timeout", "0", "v2 proxy.").ignored(),
        Flag::text("cluster-active-size", "", "Without effect in etcd as well.").ignored(),
        Flag::text(
            "cluster-remove-delay",
            "",
            "Without effect in etcd as well.",
        )
        .ignored(),
        Flag::text(
            "cluster-sync-interval",
            "",
            "Without effect in etcd as well.",
        )
        .ignored(),
        Flag::text("config", "", "Without effect in etcd as well.").ignored(),
        Flag::text("max-result-buffer", "", "Without effect in etcd as well.").ignored(),
        Flag::text("max-retry-attempts", "", "Without effect in etcd as well.").ignored(),
        Flag::text(
            "peer-heartbeat-interval",
            "",
            "Without effect in etcd as well.",
        )
        .ignored(),
        Flag::text(
            "peer-election-timeout",
            "",
            "Without effect in etcd as well.",
        )
        .ignored(),
        Flag::text("retry-interval", "", "Without effect in etcd as well.").ignored(),
        Flag::boolean("force", "false", "Without effect in etcd as well.").ignored(),
        Flag::boolean("snapshot", "false", "Without effect in etcd as well.").ignored(),
        Flag::boolean("v", "false", "Without effect in etcd as well.").ignored(),
        Flag::boolean("vv", "false", "Without effect in etcd as well.").ignored(),
    ],
};
