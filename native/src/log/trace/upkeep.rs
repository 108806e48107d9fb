//! What members do to their stores by themselves, and what they say of the cluster's state.

use std::time::Duration;

use quorate_core::auto_compaction::AutoCompaction;
use quorate_core::command::AlarmMember;
use quorate_core::id::Revision;
use quorate_core::trace::{CorruptionCheck, TraceKind};
use serde_json::{Value, json};

use super::{Line, hex};
use crate::go::GoDuration;
use crate::go::humanized_bytes;

/// The events that etcd logs as a message with fields.
pub(super) fn with_fields(kind: &TraceKind, own: Value) -> Option<Line> {
    Some(match kind {
        TraceKind::AutoCompactionStarted { revision, mode } => {
            let messages = [
                "starting auto periodic compaction",
                "starting auto revision compaction",
            ];
            auto_compaction(messages, *mode, *revision)
        }
        TraceKind::AutoCompactionFinished { revision, mode } => {
            let messages = [
                "completed auto periodic compaction",
                "completed auto revision compaction",
            ];
            auto_compaction(messages, *mode, *revision)
        }
        TraceKind::AutoCompactionFailed {
            revision,
            mode,
            reason,
        } => {
            let messages = [
                "failed auto periodic compaction",
                "failed auto revision compaction",
            ];
            let mut line = auto_compaction(messages, *mode, *revision);
            line.2.push(("error", json!(reason)));
            line
        }
        TraceKind::QuotaExceeded {
            size_bytes,
            quota_bytes,
        } => (
            "member/quota",
            "message exceeded backend quota; raising alarm",
            vec![
                ("quota-size-bytes", json!(quota_bytes)),
                ("quota-size", json!(humanized_bytes(*quota_bytes))),
                ("current-size-bytes", json!(size_bytes)),
                ("error", json!("etcdserver: no space")),
            ],
        ),
        TraceKind::AlarmRaised { alarm } => ("member/alarms", "alarm raised", alarm_fields(alarm)),
        TraceKind::AlarmLowered { alarm } => {
            ("member/alarms", "alarm disarmed", alarm_fields(alarm))
        }
        kind => return check_fields(kind, own).or_else(|| state_fields(kind)),
    })
}

/// By period, and by revision.
fn auto_compaction(
    [periodic, by_revision]: [&'static str; 2],
    mode: AutoCompaction,
    revision: Revision,
) -> Line {
    let mut fields = vec![("revision", json!(revision.0))];
    let message = match mode {
        AutoCompaction::Revisions(kept) => {
            fields.push(("revision-compaction-retention", json!(kept)));
            by_revision
        }
        AutoCompaction::PeriodMs(period_ms) => {
            let period = GoDuration(Duration::from_millis(period_ms));
            fields.push(("compact-period", json!(period.to_string())));
            periodic
        }
        AutoCompaction::Off => periodic,
    };
    ("member/compactor", message, fields)
}

fn alarm_fields(alarm: &AlarmMember) -> Vec<(&'static str, Value)> {
    vec![
        ("alarm", json!(alarm.alarm.name())),
        ("from", hex(alarm.member)),
    ]
}

fn check_fields(kind: &TraceKind, own: Value) -> Option<Line> {
    let at = "member/corruption";
    Some(match kind {
        TraceKind::CorruptionCheckStarted { check } => {
            let message = match check {
                CorruptionCheck::Initial => "starting initial corruption check",
                CorruptionCheck::Periodic => "starting peer corruption check",
                CorruptionCheck::Compaction => "starting compact hash check",
            };
            (at, message, vec![("local-member-id", own)])
        }
        TraceKind::CorruptionCheckFinished { check, checked } => match check {
            CorruptionCheck::Initial => (
                at,
                "initial corruption checking passed; no corruption",
                vec![("local-member-id", own)],
            ),
            CorruptionCheck::Periodic => (
                at,
                "finished peer corruption check",
                vec![("number-of-peers-checked", json!(checked))],
            ),
            CorruptionCheck::Compaction => (
                at,
                "finished compaction hash check",
                vec![("number-of-hashes-checked", json!(checked))],
            ),
        },
        _ => return None,
    })
}

fn state_fields(kind: &TraceKind) -> Option<Line> {
    Some(match kind {
        TraceKind::DefragmentStarted {
            size_bytes,
            size_in_use_bytes,
        } => (
            "member/defragment",
            "defragmenting",
            sizes(*size_bytes, *size_in_use_bytes),
        ),
        TraceKind::DefragmentFinished {
            before_bytes,
            size_bytes,
            size_in_use_bytes,
        } => {
            let gained = json!(i128::from(*size_bytes) - i128::from(*before_bytes));
            let mut fields = vec![("current-db-size-bytes-diff", gained)];
            fields.extend(sizes(*size_bytes, *size_in_use_bytes));
            (
                "member/defragment",
                "finished defragmenting directory",
                fields,
            )
        }
        TraceKind::ClusterVersionSet { from, to } => {
            let to = json!(to.cluster_text());
            match from {
                None => (
                    "membership/cluster",
                    "set initial cluster version",
                    vec![("cluster-version", to)],
                ),
                Some(from) => (
                    "membership/cluster",
                    "updated cluster version",
                    vec![("from", json!(from.cluster_text())), ("to", to)],
                ),
            }
        }
        TraceKind::CapabilitiesEnabled { version } => (
            "api/capability",
            "enabled capabilities for version",
            vec![("cluster-version", json!(version.cluster_text()))],
        ),
        _ => return None,
    })
}

fn sizes(size_bytes: u64, size_in_use_bytes: u64) -> Vec<(&'static str, Value)> {
    vec![
        ("current-db-size-bytes", json!(size_bytes)),
        ("current-db-size", json!(humanized_bytes(size_bytes))),
        ("current-db-size-in-use-bytes", json!(size_in_use_bytes)),
        (
            "current-db-size-in-use",
            json!(humanized_bytes(size_in_use_bytes)),
        ),
    ]
}
