//! How large a server lets its store grow, and what it does to it by itself.

use std::time::Duration;

use quorate_core::auto_compaction::AutoCompaction;

use super::SettingsError;
use crate::flags::Values;
use crate::go::GoDuration;
use crate::go::parse_duration;

/// Quota, compactions and comparisons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Upkeep {
    /// `--quota-backend-bytes`: 0 for etcd's default, less for no quota.
    pub(crate) quota_backend_bytes: i64,
    /// `--auto-compaction-mode` and `--auto-compaction-retention`.
    pub(crate) auto_compaction: AutoCompaction,
    /// The mode, also when nothing is compacted.
    pub(crate) auto_compaction_mode: String,
    /// `--corrupt-check-time`; nothing for no checks.
    pub(crate) corrupt_check: Duration,
}

impl Upkeep {
    /// Reads the flags, and checks each and what goes together.
    pub(super) fn new(values: &Values) -> Result<Self, SettingsError> {
        let mode = values.text("auto-compaction-mode");
        let auto_compaction = auto_compaction(mode, values.text("auto-compaction-retention"))
            .map_err(SettingsError::Verify)?;
        Ok(Self {
            quota_backend_bytes: values.signed("quota-backend-bytes"),
            auto_compaction,
            auto_compaction_mode: mode.to_owned(),
            corrupt_check: values.duration("corrupt-check-time"),
        })
    }

    /// The pause between two comparisons: one that is not nothing is not rounded to nothing.
    pub(crate) fn corrupt_check_interval_ms(&self) -> u64 {
        let interval_ms = self.corrupt_check.as_nanos().div_ceil(1_000_000);
        u64::try_from(interval_ms).unwrap_or(u64::MAX)
    }

    /// What is kept, as a duration, as etcd logs it: so many nanoseconds stand for so many
    /// revisions.
    pub(crate) fn retention(&self) -> Duration {
        match self.auto_compaction {
            AutoCompaction::Off => Duration::ZERO,
            AutoCompaction::Revisions(kept) => Duration::from_nanos(kept.unsigned_abs()),
            AutoCompaction::PeriodMs(period_ms) => Duration::from_millis(period_ms),
        }
    }
}

/// As etcd reads it: a bare number is of hours, or of revisions.
fn auto_compaction(mode: &str, retention: &str) -> Result<AutoCompaction, String> {
    let number = match retention {
        "" => Some(0),
        text => text.parse::<i64>().ok().filter(|number| *number >= 0),
    };
    match (mode, number) {
        ("revision" | "periodic", Some(0)) => Ok(AutoCompaction::Off),
        ("revision", Some(kept)) => Ok(AutoCompaction::Revisions(kept)),
        // etcd would take a duration for as many revisions as it has nanoseconds.
        ("revision", None) => Err(format!(
            "error parsing CompactionRetention: --auto-compaction-retention[{retention}] must be \
             a number of revisions when --auto-compaction-mode is \"revision\""
        )),
        ("periodic", Some(hours)) => {
            let hours = hours.unsigned_abs();
            let period_ms = hours.checked_mul(HOUR_MS).ok_or_else(|| {
                format!("error parsing CompactionRetention: {hours} hours are too long")
            })?;
            Ok(AutoCompaction::PeriodMs(period_ms))
        }
        ("periodic", None) => {
            let period = parse_duration(retention)
                .map_err(|error| format!("error parsing CompactionRetention: {error}"))?;
            if period.is_zero() {
                return Ok(AutoCompaction::Off);
            }
            let period_ms = u64::try_from(period.as_millis()).unwrap_or(u64::MAX);
            if period_ms == 0 {
                let text = GoDuration(period);
                return Err(format!(
                    "error parsing CompactionRetention: {text} is too short, and should be at \
                     least 1ms"
                ));
            }
            Ok(AutoCompaction::PeriodMs(period_ms))
        }
        ("", _) => Err("undefined auto-compaction-mode".to_owned()),
        (unknown, _) => Err(format!(
            "unknown auto-compaction-mode {unknown:?}, use \"periodic\" or \"revision\""
        )),
    }
}

const HOUR_MS: u64 = 60 * 60 * 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retentions_are_read_as_etcd_reads_them() {
        for (mode, retention, expected) in [
            ("periodic", "0", AutoCompaction::Off),
            ("revision", "", AutoCompaction::Off),
            ("periodic", "0s", AutoCompaction::Off),
            ("periodic", "1", AutoCompaction::PeriodMs(HOUR_MS)),
            ("periodic", "5m", AutoCompaction::PeriodMs(300_000)),
            ("periodic", "1h30m", AutoCompaction::PeriodMs(5_400_000)),
            ("revision", "1000", AutoCompaction::Revisions(1_000)),
        ] {
            assert_eq!(auto_compaction(mode, retention), Ok(expected));
        }
        for (mode, retention, message) in [
            (
                "periodic",
                "-1",
                "error parsing CompactionRetention: time: invalid duration \"-1\"",
            ),
            (
                "periodic",
                "5x",
                "error parsing CompactionRetention: time: unknown unit \"x\" in duration \"5x\"",
            ),
            (
                "revision",
                "5m",
                "error parsing CompactionRetention: --auto-compaction-retention[5m] must be a \
                 number of revisions when --auto-compaction-mode is \"revision\"",
            ),
            ("", "1", "undefined auto-compaction-mode"),
            (
                "daily",
                "1",
                "unknown auto-compaction-mode \"daily\", use \"periodic\" or \"revision\"",
            ),
        ] {
            assert_eq!(auto_compaction(mode, retention), Err(message.to_owned()));
        }
    }
}
