//! Flags of distributed tracing.

use super::definition::{Flag, Group};

/// The group.
pub(super) const GROUP: Group = Group {
    title: "Distributed tracing",
    flags: &[
        Flag::boolean("enable-distributed-tracing", "false", "Send OpenTelemetry.").not_yet(),
        Flag::text(
            "distributed-tracing-address",
            "localhost:4317",
            "Collector.",
        )
        .not_yet(),
        Flag::text("distributed-tracing-service-name", "etcd", "Service.").not_yet(),
        Flag::text("distributed-tracing-instance-id", "", "Instance.").not_yet(),
        Flag::unsigned("distributed-tracing-sampling-rate", "0", "In a million.").not_yet(),
    ],
};
