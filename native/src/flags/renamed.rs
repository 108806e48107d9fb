//! Flags that etcd 3.6 has new names for, or will do without.

use super::definition::Support;
use super::gates::FeatureGates;
use super::values::Values;
use super::{GatherError, find};
use crate::log::Notice;

/// Puts older names' values under the newer names, and tells of them as etcd does.
///
/// # Errors
/// Both names are given.
pub(super) fn apply(mut values: Values, notices: &mut Vec<Notice>) -> Result<Values, GatherError> {
    let given: Vec<&'static str> = values.names().collect();
    for name in &given {
        let Some(flag) = find(name) else { continue };
        match flag.support {
            Support::Renamed(now) if values.is_set(now) => {
                return Err(GatherError::Verify(both(name, now)));
            }
            Support::Renamed(now) => {
                let value = values.take(name).unwrap_or_default();
                values.set(now, value);
            }
            Support::Gate(gate) => open_gate(&mut values, name, gate)?,
            _ => {}
        }
    }
    notices.extend(given.iter().filter_map(|name| deprecation(name)));
    Ok(values)
}

fn both(old: &str, now: &str) -> String {
    if old == UNARY {
        return format!("both --{old} and --{now} flags are set. Use only --{now}");
    }
    format!("cannot set --{old} and --{now} at the same time, please use --{now} only")
}

fn open_gate(
    values: &mut Values,
    name: &'static str,
    gate: &'static str,
) -> Result<(), GatherError> {
    let value = values.take(name).unwrap_or_default();
    let set = values.text(GATES).to_owned();
    let is_on = super::definition::boolean(&value).unwrap_or(false);
    if FeatureGates::parse(&set).is_ok_and(|gates| gates.is_set(gate)) {
        return Err(GatherError::Verify(format!(
            "cannot specify both flags: --{name}={is_on} and --{GATES}={set} at the same time, \
             please just use --{GATES}={gate}={is_on}"
        )));
    }
    let separator = if set.is_empty() { "" } else { "," };
    values.set(GATES, format!("{set}{separator}{gate}={is_on}"));
    Ok(())
}

/// etcd's warning of a flag that will go.
fn deprecation(name: &str) -> Option<Notice> {
    if name == UNARY {
        return Some(Notice::warn(format!(
            "--{name} is deprecated, and will be decommissioned in v3.7. Use \
             --warning-unary-request-duration instead."
        )));
    }
    if let Some((_, text)) = LEAVING.iter().find(|(flag, _)| *flag == name) {
        return Some(Notice::warn(*text));
    }
    let (_, v, instead) = DEPRECATED.iter().find(|(flag, ..)| *flag == name)?;
    Some(Notice::warn(format!(
        "--{name} is deprecated in {v}3.6 and will be decommissioned in {v}3.7. Use {instead} \
         instead."
    )))
}

const GATES: &str = "feature-gates";
const UNARY: &str = "experimental-warning-unary-request-duration";

/// Flags that will have no successor.
const LEAVING: [(&str, &str); 2] = [
    (
        "max-snapshots",
        "--max-snapshots is deprecated in 3.6 and will be decommissioned in 3.8.",
    ),
    (
        "v2-deprecation",
        "--v2-deprecation is deprecated and scheduled for removal in v3.8. The default value is \
         enforced, ignoring user input.",
    ),
];

/// Older names that etcd warns of: how it writes the versions, and what to use.
const DEPRECATED: [(&str, &str, &str); 17] = [
    (
        "experimental-compact-hash-check-enabled",
        "",
        "'--feature-gates=CompactHashCheck=true'",
    ),
    (
        "experimental-compact-hash-check-time",
        "",
        "'--compact-hash-check-time'",
    ),
    (
        "experimental-txn-mode-write-with-shared-buffer",
        "v",
        "'--feature-gates=TxnModeWriteWithSharedBuffer=true'",
    ),
    (
        "experimental-corrupt-check-time",
        "v",
        "'--corrupt-check-time'",
    ),
    (
        "experimental-compaction-batch-limit",
        "v",
        "'--compaction-batch-limit'",
    ),
    (
        "experimental-watch-progress-notify-interval",
        "v",
        "'--watch-progress-notify-interval'",
    ),
    (
        "experimental-warning-apply-duration",
        "v",
        "'--warning-apply-duration'",
    ),
    (
        "experimental-bootstrap-defrag-threshold-megabytes",
        "v",
        "'--bootstrap-defrag-threshold-megabytes'",
    ),
    ("experimental-memory-mlock", "v", "'--memory-mlock'"),
    (
        "experimental-snapshot-catchup-entries",
        "v",
        "'--snapshot-catchup-entries'",
    ),
    (
        "experimental-compaction-sleep-interval",
        "v",
        "'compaction-sleep-interval'",
    ),
    (
        "experimental-downgrade-check-time",
        "v",
        "'--downgrade-check-time'",
    ),
    (
        "experimental-enable-distributed-tracing",
        "",
        "--enable-distributed-tracing",
    ),
    (
        "experimental-distributed-tracing-address",
        "",
        "--distributed-tracing-address",
    ),
    (
        "experimental-distributed-tracing-service-name",
        "",
        "--distributed-tracing-service-name",
    ),
    (
        "experimental-distributed-tracing-instance-id",
        "",
        "--distributed-tracing-instance-id",
    ),
    (
        "experimental-distributed-tracing-sampling-rate",
        "",
        "--distributed-tracing-sampling-rate",
    ),
];
