//! The core's trace events as lines of the log, with the fields that etcd gives them.

mod upkeep;

use quorate_core::id::MemberId;
use quorate_core::member::REMOVED;
use quorate_core::trace::{Level, TraceEvent, TraceKind};
use serde_json::{Value, json};

use super::{LogLevel, Logger};

impl Logger {
    /// Writes what happened in the core.
    pub(crate) fn trace(&self, event: &TraceEvent) {
        let level = match event.kind.level() {
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
        };
        // Most events are steps that nobody asked to see: do not even render those.
        if !self.is_on(level) {
            return;
        }
        match with_fields(event) {
            Some((caller, message, fields)) => self.write(level, caller, message, &fields),
            None => self.write(level, caller(&event.kind), &event.to_string(), &[]),
        }
    }
}

type Line = (&'static str, &'static str, Vec<(&'static str, Value)>);

/// The events that etcd logs as a message with fields; the others are raft's sentences.
fn with_fields(event: &TraceEvent) -> Option<Line> {
    let own = hex(event.member);
    Some(match &event.kind {
        TraceKind::PeerActive { peer } => (
            "peer/status",
            "peer became active",
            vec![("peer-id", hex(*peer))],
        ),
        TraceKind::PeerInactive { peer } => (
            "peer/status",
            "peer became inactive (message send to peer failed)",
            vec![("peer-id", hex(*peer))],
        ),
        TraceKind::StoreRestored { revision } => (
            "mvcc/store",
            "kvstore restored",
            vec![("current-rev", json!(revision.0))],
        ),
        TraceKind::ElectionTicksAdvanced { ticks, single } => (
            "member/election",
            if *single {
                "started as single-node; fast-forwarding election ticks"
            } else {
                "initialized peer connections; fast-forwarding election ticks"
            },
            vec![("local-member-id", own), ("forward-ticks", json!(ticks))],
        ),
        TraceKind::AttributesPublished { id, name } if *id == event.member => (
            "member/attributes",
            "published local member to cluster through raft",
            vec![
                ("local-member-id", own),
                ("local-member-attributes", json!({ "Name": name })),
            ],
        ),
        TraceKind::RemovedForGood => (
            "member/leaving",
            "server error",
            vec![("local-member-id", own), ("error", json!(REMOVED))],
        ),
        kind => {
            return transfer_with_fields(kind, own.clone())
                .or_else(|| storage_with_fields(kind, own));
        }
    })
}

fn transfer_with_fields(kind: &TraceKind, own: Value) -> Option<Line> {
    Some(match kind {
        TraceKind::TransferOnStop { to } => (
            "member/stop",
            "leadership transfer starting",
            vec![
                ("local-member-id", own.clone()),
                ("current-leader-member-id", own),
                ("transferee-member-id", hex(*to)),
            ],
        ),
        TraceKind::TransferFinished { to } => (
            "member/stop",
            "leadership transfer finished",
            vec![("local-member-id", own), ("transferee-member-id", hex(*to))],
        ),
        TraceKind::TransferFailed { to } => (
            "member/stop",
            "leadership transfer failed",
            vec![
                ("local-member-id", own),
                ("transferee-member-id", hex(*to)),
                (
                    "error",
                    json!("etcdserver: request timed out, leader transfer took too long"),
                ),
            ],
        ),
        TraceKind::TransferSkipped => (
            "member/stop",
            "skipped leadership transfer; local server is not leader",
            vec![("local-member-id", own)],
        ),
        _ => return None,
    })
}

fn storage_with_fields(kind: &TraceKind, own: Value) -> Option<Line> {
    Some(match kind {
        TraceKind::SnapshotStarted { index, .. } => (
            "member/snapshot",
            "triggering snapshot",
            vec![
                ("local-member-id", own),
                ("local-member-snapshot-index", json!(index.0)),
            ],
        ),
        TraceKind::SnapshotSaved { index, .. } => (
            "member/snapshot",
            "saved snapshot",
            vec![("snapshot-index", json!(index.0))],
        ),
        TraceKind::SnapshotSendFinished {
            to,
            index,
            succeeded: true,
        } => (
            "member/snapshot",
            "sent database snapshot",
            vec![
                ("snapshot-index", json!(index.0)),
                ("remote-peer-id", hex(*to)),
            ],
        ),
        TraceKind::SnapshotApplied { index, term, .. } => (
            "member/snapshot",
            "applied snapshot",
            vec![
                ("incoming-leader-snapshot-index", json!(index.0)),
                ("incoming-leader-snapshot-term", json!(term.0)),
            ],
        ),
        TraceKind::StoreCompacted { revision } => (
            "mvcc/compaction",
            "finished scheduled compaction",
            vec![("compact-revision", json!(revision.0))],
        ),
        TraceKind::SnapshotUnreadable {
            path,
            broken_path,
            reason,
        } => (
            "member/start",
            "failed to read a snap file",
            [("path", json!(path)), ("error", json!(reason))]
                .into_iter()
                .chain(broken_path.iter().map(|to| ("broken-path", json!(to))))
                .collect(),
        ),
        TraceKind::SegmentCut { file } => (
            "wal/segment",
            "created a new WAL segment",
            vec![("path", json!(file))],
        ),
        kind => return upkeep::with_fields(kind, own),
    })
}

/// Where a sentence comes from: raft's own, or the log's.
fn caller(kind: &TraceKind) -> &'static str {
    match kind {
        TraceKind::LeaderElected { .. }
        | TraceKind::LeaderLost { .. }
        | TraceKind::LeaderChanged { .. } => "raft/node",
        TraceKind::Synced { .. }
        | TraceKind::SegmentsReleased { .. }
        | TraceKind::WalRepaired { .. }
        | TraceKind::DiskFailed { .. } => "wal/wal",
        TraceKind::Applied { .. } => "member/apply",
        TraceKind::Refused { .. } => "member/frame",
        _ => "raft/raft",
    }
}

fn hex(id: MemberId) -> Value {
    json!(id.to_string())
}

#[cfg(test)]
mod tests {
    use quorate_core::id::Term;

    use super::*;

    fn lines(lowest: LogLevel, kinds: Vec<TraceKind>) -> Vec<Value> {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("log");
        let logger = Logger::to_file(lowest, &path);
        for kind in kinds {
            let member = MemberId(0x470f_7782_10a7_11ed);
            logger.trace(&TraceEvent { member, kind });
        }
        let text = std::fs::read_to_string(path).expect("written");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    #[test]
    fn a_snapshot_that_is_passed_over_is_told_as_etcd_tells_it() {
        let kind = |broken_path: Option<&str>| TraceKind::SnapshotUnreadable {
            path: "member/snap/1.snap".to_owned(),
            broken_path: broken_path.map(str::to_owned),
            reason: "wrong checksum".to_owned(),
        };
        let kinds = vec![kind(Some("member/snap/1.snap.broken")), kind(None)];
        let lines = lines(LogLevel::Warn, kinds);
        assert_eq!(lines[0]["level"], "warn");
        assert_eq!(lines[0]["msg"], "failed to read a snap file");
        assert_eq!(lines[0]["path"], "member/snap/1.snap");
        assert_eq!(lines[0]["error"], "wrong checksum");
        assert_eq!(lines[0]["broken-path"], "member/snap/1.snap.broken");
        assert!(lines[1].get("broken-path").is_none());
    }

    #[test]
    fn raft_speaks_in_sentences() {
        let kind = TraceKind::BecameCandidate { term: Term(6) };
        let line = &lines(LogLevel::Info, vec![kind])[0];
        assert_eq!(line["msg"], "470f778210a711ed became candidate at term 6");
        assert_eq!(line["level"], "info");
        assert!(
            line["caller"]
                .as_str()
                .is_some_and(|at| at.starts_with("raft/"))
        );
    }

    #[test]
    fn a_transfer_has_the_fields_of_the_notes() {
        let to = MemberId(0x47a4_2fb9_6a97_5854);
        let line = &lines(LogLevel::Info, vec![TraceKind::TransferOnStop { to }])[0];
        assert_eq!(line["msg"], "leadership transfer starting");
        assert_eq!(line["local-member-id"], "470f778210a711ed");
        assert_eq!(line["transferee-member-id"], "47a42fb96a975854");
    }

    #[test]
    fn what_is_below_the_level_is_left_out() {
        let step = || TraceKind::LogTruncated {
            from: quorate_core::id::Index(3),
        };
        assert_eq!(lines(LogLevel::Info, vec![step()]).len(), 0);
        assert_eq!(lines(LogLevel::Debug, vec![step()]).len(), 1);
    }
}
