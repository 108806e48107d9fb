//! Parts of lines that are longer than a line.

use std::fmt;

use crate::auto_compaction::AutoCompaction;
use crate::command::AlarmMember;
use crate::id::{MemberId, Revision};
use crate::trace::CorruptionCheck;

/// Ids with spaces between them, as raft prints a configuration.
pub(super) struct Ids<'a>(pub(super) &'a [MemberId]);

impl fmt::Display for Ids<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, id) in self.0.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{id}")?;
        }
        Ok(())
    }
}

/// `periodic compaction [revision: 5, compact-period: 600s]`, as etcd's compactor says it.
pub(super) fn auto_compaction(mode: AutoCompaction, revision: Revision) -> String {
    match mode {
        AutoCompaction::Off => format!("compaction [revision: {revision}]"),
        AutoCompaction::Revisions(kept) => format!(
            "revision compaction [revision: {revision}, revision-compaction-retention: {kept}]"
        ),
        AutoCompaction::PeriodMs(period_ms) => {
            let (seconds, milliseconds) = (period_ms / 1_000, period_ms % 1_000);
            let fraction = match milliseconds {
                0 => String::new(),
                rest => format!(".{rest:03}"),
            };
            format!(
                "periodic compaction [revision: {revision}, compact-period: {seconds}{fraction}s]"
            )
        }
    }
}

/// That members begin to compare their stores.
pub(super) fn check_started(check: CorruptionCheck) -> &'static str {
    match check {
        CorruptionCheck::Initial => "starting initial corruption check",
        CorruptionCheck::Periodic => "starting peer corruption check",
        CorruptionCheck::Compaction => "starting compact hash check",
    }
}

/// That they have found no difference.
pub(super) fn check_finished(check: CorruptionCheck, checked: usize) -> String {
    match check {
        CorruptionCheck::Initial => "initial corruption checking passed; no corruption".to_owned(),
        CorruptionCheck::Periodic => {
            format!("finished peer corruption check [number-of-peers-checked: {checked}]")
        }
        CorruptionCheck::Compaction => {
            format!("finished compaction hash check [number-of-hashes-checked: {checked}]")
        }
    }
}

/// Which alarm, and whose.
pub(super) fn alarm_of(alarm: AlarmMember) -> String {
    format!("[alarm: {}, from: {}]", alarm.alarm.name(), alarm.member)
}
