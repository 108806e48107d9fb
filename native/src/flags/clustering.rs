//! Flags that say which cluster this member belongs to.

use super::definition::{Flag, Group};

/// The group.
pub(super) const GROUP: Group = Group {
    title: "Clustering",
    flags: &[
        Flag::urls(
            "initial-advertise-peer-urls",
            "http://localhost:2380",
            "List of this member's peer URLs to advertise to the rest of the cluster.",
        ),
        Flag::text(
            "initial-cluster",
            "default=http://localhost:2380",
            "Initial cluster configuration for bootstrapping.",
        ),
        Flag::one_of(
            "initial-cluster-state",
            &["new", "existing"],
            "new",
            "Initial cluster state: 'new' to bootstrap; 'existing' to join a cluster that runs and \
             to which this member was added.",
        ),
        Flag::text(
            "initial-cluster-token",
            "etcd-cluster",
            "Initial cluster token during bootstrap; part of the members' ids.",
        ),
        Flag::urls(
            "advertise-client-urls",
            "http://localhost:2379",
            "List of this member's client URLs to advertise to the public.",
        ),
        Flag::text("discovery", "", "Discovery URL (etcd 3.5).").not_yet(),
        Flag::text("discovery-proxy", "", "Discovery proxy (etcd 3.5).").not_yet(),
        Flag::text("discovery-token", "", "V3 discovery: the cluster's token.").not_yet(),
        Flag::text("discovery-endpoints", "", "V3 discovery: endpoints.").not_yet(),
        Flag::duration("discovery-dial-timeout", "2s", "V3 discovery: dialling.").not_yet(),
        Flag::duration("discovery-request-timeout", "5s", "V3 discovery: asking.").not_yet(),
        Flag::duration("discovery-keepalive-time", "2s", "V3 discovery: pings.").not_yet(),
        Flag::duration("discovery-keepalive-timeout", "6s", "V3 discovery: pings.").not_yet(),
        Flag::boolean(
            "discovery-insecure-transport",
            "true",
            "V3 discovery: no TLS.",
        )
        .not_yet(),
        Flag::boolean(
            "discovery-insecure-skip-tls-verify",
            "false",
            "V3 discovery: believe any certificate.",
        )
        .not_yet(),
        Flag::text("discovery-cert", "", "V3 discovery: certificate.").not_yet(),
        Flag::text("discovery-key", "", "V3 discovery: key.").not_yet(),
        Flag::text("discovery-cacert", "", "V3 discovery: authority.").not_yet(),
        Flag::text("discovery-user", "", "V3 discovery: user.").not_yet(),
        Flag::text("discovery-password", "", "V3 discovery: password.").not_yet(),
        Flag::one_of(
            "discovery-fallback",
            &["exit", "proxy"],
            "exit",
            "What to do when discovery fails.",
        )
        .not_yet(),
        Flag::text("discovery-srv", "", "DNS domain used to bootstrap.").not_yet(),
        Flag::text("discovery-srv-name", "", "Suffix to the DNS name.").not_yet(),
        Flag::boolean(
            "strict-reconfig-check",
            "true",
            "Refuse changes of membership that would lose the quorum.",
        ),
        Flag::boolean(
            "pre-vote",
            "true",
            "Ask whether an election could be won before it disturbs the cluster.",
        ),
        Flag::text(
            "auto-compaction-retention",
            "0",
            "How much history the leader keeps when it compacts by itself: a duration, or a \
             number of hours or of revisions; 0 to leave it all.",
        ),
        Flag::text(
            "auto-compaction-mode",
            "periodic",
            "What auto-compaction-retention counts: 'periodic' or 'revision'.",
        ),
        Flag::one_of(
            "v2-deprecation",
            &[
                "write-only",
                "write-only-skip-check",
                "write-only-drop-data",
                "gone",
            ],
            "write-only",
            "Phase of v2's removal.",
        )
        .without_effect("there is no v2 store here"),
    ],
};
