//! The member's side of its write-ahead log: what is out for writing, and what its being durable
//! releases.

use raft::eraftpb::{Entry, EntryType};

use crate::consensus::{Work, from_raft};
use crate::disk::{DiskBatch, DiskOperation, Lane};
use crate::id::{BatchId, Index, MemberId, Term};
use crate::wal::{EntryKind, HardState, LogEntry, Wal};

/// The log's writer, with the numbers of the Readies in it.
///
/// One batch is out at a time; all that comes meanwhile goes out together in the next one.
pub(super) struct Log {
    wal: Wal,
    next_batch: BatchId,
    /// What is out: its id, and what is durable once it is done.
    out: Option<Out>,
    /// The newest Ready whose writes are buffered, or that waits for those before it.
    waiting: Option<u64>,
    handed: Index,
    /// The term and vote that are on the disk.
    durable_vote: (Term, MemberId),
    /// A commit index that is not worth a batch of its own: it goes with the next.
    commit: Index,
    marker_waiting: bool,
    /// The log's very first entries are not durable yet. Raft takes them for durable from the
    /// start, which does no harm: they are the same whenever this member starts anew.
    first_waiting: bool,
    /// Whether the log is made, or mended, and its very first entries are durable.
    is_begun: bool,
}

struct Out {
    batch: BatchId,
    number: Option<u64>,
    marker: bool,
    vote: (Term, MemberId),
}

/// What a finished batch made durable.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Durable {
    /// Readies up to this number.
    pub(super) number: Option<u64>,
    /// A snapshot's marker.
    pub(super) marker: bool,
}

/// A batch to be handed to the host, and the segment that it begins, if any.
pub(super) struct ToWrite {
    pub(super) batch: DiskBatch,
    pub(super) cut: Option<String>,
}

impl Log {
    /// A log whose first operations (its creation, or its repair) are still to be carried out.
    pub(super) fn new(wal: Wal, operations: Vec<DiskOperation>) -> (Self, DiskBatch) {
        let handed = wal.last_index();
        let state = wal.hard_state();
        let vote = (state.term, state.vote);
        let batch = DiskBatch {
            id: BatchId(1),
            lane: Lane::Log,
            operations,
        };
        let log = Self {
            wal,
            next_batch: BatchId(2),
            out: Some(Out {
                batch: BatchId(1),
                number: None,
                marker: false,
                vote,
            }),
            waiting: None,
            handed,
            durable_vote: vote,
            commit: state.commit,
            marker_waiting: false,
            first_waiting: false,
            is_begun: false,
        };
        (log, batch)
    }

    /// Buffers what raft wants written.
    pub(super) fn write(&mut self, work: &Work) {
        self.waiting = Some(work.number);
        if let Some(hard_state) = &work.hard_state {
            self.commit = Index(hard_state.commit);
        }
        if let Some((index, term)) = work.snapshot {
            self.wal.install_snapshot(index, term);
        }
        if !work.must_sync {
            return;
        }
        let entries: Vec<LogEntry> = work.entries.iter().map(log_entry).collect();
        let hard_state = match &work.hard_state {
            Some(state) => HardState {
                term: Term(state.term),
                vote: MemberId(state.vote),
                commit: self.commit,
            },
            None => HardState {
                commit: self.commit,
                ..self.wal.hard_state()
            },
        };
        self.wal.append(&entries, Some(hard_state));
    }

    /// Writes down the log's first entries; they are durable with the next batch.
    pub(super) fn write_first(&mut self, entries: &[Entry], hard_state: HardState) {
        let entries: Vec<LogEntry> = entries.iter().map(log_entry).collect();
        self.commit = hard_state.commit;
        self.first_waiting = true;
        self.wal.append(&entries, Some(hard_state));
    }

    /// Notes that an own snapshot is durable.
    pub(super) fn mark_snapshot(&mut self, index: Index, term: Term) {
        self.wal.mark_snapshot(index, term);
        self.marker_waiting = true;
    }

    /// The next batch holds the marker of a snapshot from the leader.
    pub(super) fn marker_follows(&mut self) {
        self.marker_waiting = true;
    }

    /// All that is buffered, if nothing is out.
    pub(super) fn take_batch(&mut self) -> Option<ToWrite> {
        let log_batch = self.wal.take_batch()?;
        let id = self.next_batch;
        self.next_batch = BatchId(id.0 + 1);
        let marker = std::mem::take(&mut self.marker_waiting);
        let state = self.wal.hard_state();
        self.out = Some(Out {
            batch: id,
            number: self.waiting.take(),
            marker,
            vote: (state.term, state.vote),
        });
        self.handed = self.wal.last_index();
        let batch = DiskBatch {
            id,
            lane: Lane::Log,
            operations: log_batch.operations,
        };
        Some(ToWrite {
            batch,
            cut: log_batch.cut,
        })
    }

    /// The newest Ready that waits for nothing: all before it is durable, and it had nothing to
    /// write itself.
    pub(super) fn take_idle_number(&mut self) -> Option<u64> {
        if self.out.is_some() {
            return None;
        }
        self.waiting.take()
    }

    /// The number of the Ready that is out for writing.
    #[cfg(feature = "modified-raft")]
    pub(super) fn out_number(&self) -> Option<u64> {
        self.out.as_ref().and_then(|out| out.number)
    }

    /// The host has carried out a batch. `None` when it is not the one that is out.
    pub(super) fn done(&mut self, batch: BatchId) -> Option<Durable> {
        let out = self.out.take_if(|out| out.batch == batch)?;
        self.wal.batch_done();
        // The first batch makes the log, the second has its first entries.
        self.first_waiting &= batch == BatchId(1);
        self.is_begun = !self.first_waiting;
        self.durable_vote = out.vote;
        Some(Durable {
            number: out.number,
            marker: out.marker,
        })
    }

    /// The writer, to let segments go.
    pub(super) fn wal(&mut self) -> &mut Wal {
        &mut self.wal
    }

    /// Whether the log that a snapshot would belong to is durable. Before that no snapshot may
    /// be on the disk: one without a log is taken for the remains of a log that was lost.
    pub(super) fn is_begun(&self) -> bool {
        self.is_begun
    }

    /// Up to here the log has been handed to the host.
    pub(super) fn handed(&self) -> Index {
        self.handed
    }

    /// How much of what raft takes for durable is so.
    pub(super) fn synced(&self, by_raft: Index) -> Index {
        if self.first_waiting {
            return Index(0);
        }
        by_raft
    }

    /// The term and vote that are on the disk; raft may be beyond them.
    pub(super) fn durable_vote(&self) -> (Term, MemberId) {
        self.durable_vote
    }

    /// The batch that is out.
    pub(super) fn batch(&self) -> Option<BatchId> {
        self.out.as_ref().map(|out| out.batch)
    }
}

/// Raft's entry as the log keeps it.
fn log_entry(entry: &Entry) -> LogEntry {
    LogEntry {
        term: Term(entry.term),
        index: Index(entry.index),
        kind: match entry.get_entry_type() {
            EntryType::EntryNormal => EntryKind::Normal,
            EntryType::EntryConfChange | EntryType::EntryConfChangeV2 => EntryKind::ConfChange,
        },
        data: from_raft(entry.data.clone()),
    }
}
