//! Snapshots: taking them, letting go what is behind them, sending them. Receiving them is next
//! door, in `receiving`.

use super::checkpoint::{Checkpoint, Next};
use super::restore::{Agreed, Restored, header};
use super::transfer_in::TransferIn;
use super::transfer_out::{Outcome, TransferOut};
use super::{ByPeer, Member};
use crate::Output;
use crate::collections::BTreeMap;
use crate::consensus::wire::{SnapshotChunk, SnapshotProgress, WireBody, WireFrame};
use crate::disk::{DiskBatch, DiskOperation, Lane, SNAPSHOT_DIRECTORY};
use crate::id::{BatchId, Incarnation, Index, MemberId, Term};
use crate::known_bug::KnownBug;
use crate::snapshot::SnapshotHeader;
use crate::trace::TraceKind;

/// What goes on with snapshots.
pub(super) struct Snapshots {
    next_batch: BatchId,
    purposes: BTreeMap<BatchId, Purpose>,
    pub(super) checkpoint: Option<Checkpoint>,
    /// How large the store was when the newest own snapshot was begun, or a leader's came.
    pub(super) saved_size_bytes: u64,
    /// Bytes of the entries applied since then.
    pub(super) unsaved_size_bytes: u64,
    /// Paths of this member's snapshots, oldest first.
    files: Vec<String>,
    pub(super) out: ByPeer<TransferOut>,
    pub(super) incoming: Option<TransferIn>,
    /// How many have come in: names the batches of the newest one. What the senders call their
    /// transfers does not, two of them may use the same number.
    pub(super) incoming_count: u64,
    /// A snapshot that is on the disk, while raft takes it over.
    pub(super) received: Option<Restored>,
    /// Leaders' snapshots whose files get their names when their markers are durable.
    pub(super) unnamed: Vec<(Index, Term)>,
    /// A transfer's number is never used twice, not by an earlier life either.
    incarnation: Incarnation,
    transfers: u64,
}

/// What a batch of the snapshot lane is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// An own snapshot: of which index.
    Checkpoint(Index),
    /// One that comes in: which, by this member's count.
    Incoming(u64),
    /// Removing files: nothing waits for it.
    Cleanup,
}

impl Snapshots {
    pub(super) fn new(
        incarnation: Incarnation,
        files: Vec<String>,
        unnamed: Vec<(Index, Term)>,
    ) -> Self {
        Self {
            next_batch: BatchId(1),
            purposes: BTreeMap::new(),
            checkpoint: None,
            saved_size_bytes: 0,
            unsaved_size_bytes: 0,
            files,
            out: BTreeMap::new(),
            incoming: None,
            incoming_count: 0,
            received: None,
            unnamed,
            incarnation,
            transfers: 0,
        }
    }
}

/// Taking snapshots, and letting go what is behind them.
impl Member {
    /// Hands operations to the host on the snapshot lane.
    pub(super) fn write_snapshot_lane(
        &mut self,
        purpose: Purpose,
        mut operations: Vec<DiskOperation>,
    ) {
        if self.config.has_bug(KnownBug::SnapshotPublishedBeforeSync) {
            operations.retain(|operation| !matches!(operation, DiskOperation::Sync { .. }));
        }
        let id = self.snapshots.next_batch;
        self.snapshots.next_batch = BatchId(id.0 + 1);
        self.snapshots.purposes.insert(id, purpose);
        self.outputs.push(Output::Disk(DiskBatch {
            id,
            lane: Lane::Snapshot,
            operations,
        }));
    }

    pub(super) fn snapshot_lane_done(&mut self, batch: BatchId) {
        match self.snapshots.purposes.remove(&batch) {
            Some(Purpose::Checkpoint(index)) => self.go_on_with_checkpoint(index),
            Some(Purpose::Incoming(number)) => self.incoming_written(number),
            Some(Purpose::Cleanup) | None => {}
        }
    }

    /// Begins a snapshot when more entries than the count have been applied since the last: etcd's
    /// `triggerSnapshot` returns at `appliedi - snapi <= SnapshotCount`.
    pub(super) fn begin_checkpoint(&mut self) {
        let since = self.snapshot.map_or(Index(0), |(index, _)| index);
        let due = self.applied.0 - since.0 > self.config.snapshot_count;
        let is_possible = self.snapshots.checkpoint.is_none() && self.log.is_begun();
        if !due || !is_possible || self.is_stopping() || self.applying.is_under_way() {
            return;
        }
        if !self.is_worth_a_checkpoint() {
            return self.forget_applied();
        }
        self.note_saved();
        let header = self.snapshot_header();
        let (index, term) = (header.index, header.term);
        self.tell(TraceKind::SnapshotStarted { index, term });
        let (checkpoint, operations) = Checkpoint::begin(header, &mut self.store);
        self.snapshots.checkpoint = Some(checkpoint);
        self.write_snapshot_lane(Purpose::Checkpoint(index), operations);
        if self.config.has_bug(KnownBug::LogReleasedBeforeSnapshot) {
            self.snapshot = Some((index, term));
            self.log.mark_snapshot(index, term);
        }
    }

    /// The store as it is now is in a snapshot, or about to be.
    pub(super) fn note_saved(&mut self) {
        self.snapshots.saved_size_bytes = self.store.size_in_use_bytes();
        self.snapshots.unsaved_size_bytes = 0;
    }

    /// Whether the log has grown enough for the whole store to be written once more.
    fn is_worth_a_checkpoint(&self) -> bool {
        let saved_size_bytes = self.snapshots.saved_size_bytes;
        saved_size_bytes <= self.config.snapshot_store_size_bytes
            || saved_size_bytes <= self.snapshots.unsaved_size_bytes
    }

    /// Lets entries go that are applied and durable in the log, though no snapshot holds them yet:
    /// a follower that needs them gets the store as it is.
    fn forget_applied(&mut self) {
        let last = self.log.synced(self.consensus.synced()).min(self.applied);
        let kept = self.config.snapshot_catch_up_entries;
        let held = last.0.saturating_sub(self.consensus.offset().0);
        if held <= self.config.snapshot_count + kept {
            return;
        }
        let index = Index(last.0 - kept);
        if self.consensus.compact_log(index) {
            self.tell(TraceKind::LogCompacted { index });
        }
    }

    pub(super) fn snapshot_header(&self) -> SnapshotHeader {
        let metadata = self.consensus.applied_position().get_metadata();
        let position = (Index(metadata.index), Term(metadata.term));
        let state = self.consensus.configuration();
        #[cfg(feature = "known-bugs")]
        let first = self.first_configuration();
        #[cfg(feature = "known-bugs")]
        let state = first.as_ref().unwrap_or(state);
        header(
            self.config.cluster,
            position,
            state,
            &Agreed {
                membership: &self.membership,
                alarms: &self.alarms,
                versions: &self.versions,
            },
            &self.store,
        )
    }

    /// A batch of the checkpoint of an index is done; it may have been given up meanwhile.
    fn go_on_with_checkpoint(&mut self, index: Index) {
        let running = &mut self.snapshots.checkpoint;
        let Some(mut checkpoint) = running.take_if(|running| running.position().0 == index) else {
            return;
        };
        match checkpoint.go_on(&self.store) {
            Next::Write(operations) => {
                self.snapshots.checkpoint = Some(checkpoint);
                self.write_snapshot_lane(Purpose::Checkpoint(index), operations);
            }
            Next::Done => {
                let (index, term) = checkpoint.position();
                checkpoint.end(&mut self.store);
                self.tell(TraceKind::SnapshotSaved { index, term });
                // One from the leader may have overtaken it.
                if self.snapshot.is_none_or(|(newest, _)| newest < index) {
                    self.snapshot = Some((index, term));
                    self.log.mark_snapshot(index, term);
                }
            }
            Next::Abandoned(operations) => {
                checkpoint.end(&mut self.store);
                self.write_snapshot_lane(Purpose::Cleanup, operations);
            }
        }
    }

    /// The log has got further on the disk: leaders' snapshots whose markers are durable by that
    /// get their names. Not before, or a crash would leave a snapshot beyond the log's end, which
    /// is evidence of a log that has lost entries.
    pub(super) fn name_received(&mut self) {
        let Some(marked) = self.log.wal().durable_marker() else {
            return;
        };
        let unnamed = std::mem::take(&mut self.snapshots.unnamed);
        let (named, waiting) = unnamed
            .into_iter()
            .partition::<Vec<_>, _>(|(index, _)| *index <= marked);
        self.snapshots.unnamed = waiting;
        if named.is_empty() {
            return;
        }
        let mut operations = Vec::new();
        for (index, term) in named {
            let header = SnapshotHeader::at(index, term);
            operations.push(DiskOperation::Rename {
                from: header.received_path(),
                to: header.path(),
            });
            self.snapshots.files.push(header.path());
        }
        operations.push(DiskOperation::SyncDirectory {
            path: SNAPSHOT_DIRECTORY.to_owned(),
        });
        self.write_snapshot_lane(Purpose::Cleanup, operations);
    }

    /// A snapshot and its marker are durable: what it stands for may go.
    pub(super) fn release_log(&mut self) {
        let Some((index, term)) = self.snapshot else {
            return;
        };
        self.release_files(index, term);
        let keep_from = index
            .0
            .saturating_sub(self.config.snapshot_catch_up_entries);
        let index = Index(keep_from);
        if self.consensus.compact_log(index) {
            self.tell(TraceKind::LogCompacted { index });
        }
    }

    fn release_files(&mut self, index: Index, term: Term) {
        let released = self.log.wal().release_before(index, SEGMENTS_KEPT);
        let mut operations = released.operations;
        if !released.files.is_empty() {
            self.tell(TraceKind::SegmentsReleased {
                files: released.files,
            });
        }
        let path = SnapshotHeader::at(index, term).path();
        // The newest that counts stands last, also when an earlier life had left one of its name.
        self.snapshots.files.retain(|known| *known != path);
        self.snapshots.files.push(path);
        while self.snapshots.files.len() > SNAPSHOTS_KEPT {
            let path = self.snapshots.files.remove(0);
            operations.push(DiskOperation::Remove { path });
        }
        if !operations.is_empty() {
            self.write_snapshot_lane(Purpose::Cleanup, operations);
        }
    }
}

/// Sending.
impl Member {
    /// Raft wants a follower to have a snapshot.
    pub(super) fn begin_transfer(&mut self, to: MemberId) {
        let header = self.snapshot_header();
        let (index, term) = (header.index, header.term);
        self.snapshots.transfers += 1;
        // The high bits keep apart what different lives of this member send.
        let transfer = (self.snapshots.incarnation.0 << 24) | self.snapshots.transfers;
        let leader_term = self.consensus.term();
        let now = self.now_ticks;
        let mut out = TransferOut::begin(transfer, leader_term, &header, &mut self.store, now);
        self.tell(TraceKind::SnapshotSendStarted { to, index, term });
        let chunks = out.resend(&self.store);
        if let Some(before) = self.snapshots.out.insert(to, out) {
            before.end(&mut self.store);
        }
        self.send_chunks(to, chunks);
    }

    pub(super) fn receive_progress(&mut self, from: MemberId, progress: SnapshotProgress) {
        let now = self.now_ticks;
        let Some(out) = self.snapshots.out.get_mut(&from) else {
            return;
        };
        let (chunks, outcome) = out.progress(progress, &self.store, now);
        self.send_chunks(from, chunks);
        match outcome {
            Outcome::Going => {}
            Outcome::Finished => self.end_transfer(from, true),
            Outcome::Failed => self.end_transfer(from, false),
        }
    }

    /// The connection broke, or the peer is no member any more: what was under way is lost.
    pub(super) fn give_up_transfer(&mut self, peer: MemberId) {
        if self.snapshots.out.contains_key(&peer) {
            self.end_transfer(peer, false);
        }
    }

    /// Sends again what was not answered, and gives up on who does not answer at all.
    pub(super) fn time_out_transfers(&mut self) {
        let now = self.now_ticks;
        let resend_ticks = u64::from(self.config.election_ticks);
        let idle: Vec<(MemberId, u64)> = self
            .snapshots
            .out
            .iter()
            .map(|(peer, out)| (*peer, out.idle_ticks(now)))
            .filter(|(_, idle)| *idle > 0 && idle % resend_ticks == 0)
            .collect();
        for (peer, idle_ticks) in idle {
            if idle_ticks >= resend_ticks * TRANSFER_TRIES {
                self.end_transfer(peer, false);
            } else if let Some(out) = self.snapshots.out.get_mut(&peer) {
                let chunks = out.resend(&self.store);
                self.send_chunks(peer, chunks);
            }
        }
    }

    fn end_transfer(&mut self, to: MemberId, succeeded: bool) {
        let Some(out) = self.snapshots.out.remove(&to) else {
            return;
        };
        let index = out.index();
        out.end(&mut self.store);
        self.tell(TraceKind::SnapshotSendFinished {
            to,
            index,
            succeeded,
        });
        self.consensus.snapshot_sent(to, succeeded);
    }

    fn send_chunks(&mut self, to: MemberId, chunks: Vec<SnapshotChunk>) {
        let from = self.config.id.0;
        for chunk in chunks {
            self.send_wire(WireFrame {
                from,
                to: to.0,
                body: WireBody::SnapshotChunk(chunk),
            });
        }
    }
}

/// Segments kept beside those a snapshot needs.
const SEGMENTS_KEPT: usize = 1;
/// Snapshots kept: the newest, and the one before it, which helps when the newest cannot be read
/// and the log still reaches back to it.
const SNAPSHOTS_KEPT: usize = 2;
/// Election timeouts without an answer after which a transfer is given up.
const TRANSFER_TRIES: u64 = 3;
