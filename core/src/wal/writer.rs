//! The writer: buffers records and hands them out as disk operations, one batch at a time.

use bytes::BytesMut;
use rkyv::util::AlignedVec;

use crate::disk::{DiskOperation, WAL_DIRECTORY};
use crate::id::{Index, Term};
use crate::known_bug::{KnownBug, KnownBugs};
use crate::limits::SEGMENT_SIZE_BYTES;

use super::frame::{self, Place};
use super::record::{
    Batch, FORMAT_VERSION, KIND_BATCH, KIND_HEAD, KIND_MARKER, LogState, SegmentHead,
};
use super::segment_name::SegmentName;
use super::{HardState, LogEntry, Metadata, SnapshotMarker};
use crate::archive;

/// How the log is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalOptions {
    /// A segment that has grown to this is followed by a new one.
    pub segment_size_bytes: u64,
}

impl Default for WalOptions {
    fn default() -> Self {
        Self {
            segment_size_bytes: SEGMENT_SIZE_BYTES,
        }
    }
}

/// The end of a log, where records are added.
///
/// One batch is out at a time: after [`Wal::create`], [`super::recover`] and each
/// [`Wal::take_batch`] the operations are carried out and [`Wal::batch_done`] is called; what is
/// appended meanwhile goes out together in the next batch. That is group commit by queue: the
/// slower the disk, the more shares one sync. It is also what makes the synced mark in each
/// frame true, see the page of [`crate::wal`].
#[derive(Clone, Debug)]
pub struct Wal {
    metadata: Metadata,
    options: WalOptions,
    /// Oldest first; the last one is written to. Never empty.
    segments: Vec<SegmentName>,
    /// The checksum of the last frame handed out.
    chain: u32,
    /// Length of the last segment, of what has been handed out.
    written_bytes: u64,
    /// How much of that is known to be durable.
    synced_bytes: u64,
    /// The log as of what has been handed out.
    written: LogState,
    /// The log with what is pending.
    state: LogState,
    pending: Vec<Pending>,
    /// Whether anything pending has to be durable before others hear of it.
    pending_needs_sync: bool,
    outstanding: Option<Outstanding>,
    /// The newest marker known to be durable.
    durable_marker: Option<SnapshotMarker>,
    /// The known bug that is put back; nothing in a server.
    bugs: KnownBugs,
}

/// A record that waits for the next batch.
#[derive(Clone, Debug)]
struct Pending {
    kind: u8,
    body: AlignedVec,
}

/// What becomes true when the batch that is out is done.
#[derive(Clone, Copy, Debug)]
struct Outstanding {
    synced_bytes: u64,
    marker: Option<SnapshotMarker>,
}

/// One batch of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogBatch {
    /// What the disk is to do, in this order.
    pub operations: Vec<DiskOperation>,
    /// The file name of the segment that was begun with it, if one was.
    pub cut: Option<String>,
}

/// Segments let go behind a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// Their file names, oldest first.
    pub files: Vec<String>,
    /// What removes them; empty when there are none.
    pub operations: Vec<DiskOperation>,
}

/// Where a recovered writer goes on.
pub(crate) struct Position {
    pub(crate) segments: Vec<SegmentName>,
    pub(crate) chain: u32,
    pub(crate) written_bytes: u64,
    pub(crate) state: LogState,
}

impl Wal {
    /// Begins a log where there is none: the first segment, `0-0`, whose operations are the
    /// batch that is out. A torn first segment, which a crash during an earlier `create` may
    /// have left, is replaced.
    pub fn create(metadata: Metadata, options: WalOptions) -> (Wal, Vec<DiskOperation>) {
        let position = Position {
            segments: vec![SegmentName::FIRST],
            chain: 0,
            written_bytes: 0,
            state: LogState::default(),
        };
        let mut wal = Self::continue_at(metadata, options, position);
        let path = SegmentName::FIRST.path();
        let mut operations = vec![DiskOperation::Remove { path }];
        wal.begin_segment(&mut operations);
        (wal, operations)
    }

    /// A writer behind what was read, with the operations that recovery asks for out.
    pub(crate) fn continue_at(metadata: Metadata, options: WalOptions, position: Position) -> Wal {
        Wal {
            metadata,
            options,
            segments: position.segments,
            chain: position.chain,
            written_bytes: position.written_bytes,
            synced_bytes: 0,
            written: position.state,
            state: position.state,
            pending: Vec::new(),
            pending_needs_sync: false,
            outstanding: Some(Outstanding {
                synced_bytes: position.written_bytes,
                marker: position.state.marker,
            }),
            durable_marker: None,
            bugs: KnownBugs::default(),
        }
    }

    /// Puts known bugs back, in a build that has them.
    pub(crate) fn put_back(&mut self, bugs: KnownBugs) {
        self.bugs = bugs;
    }

    /// The index of the last entry, what is pending included.
    pub fn last_index(&self) -> Index {
        self.state.last
    }

    /// The hard state as last appended.
    pub fn hard_state(&self) -> HardState {
        self.state.hard_state
    }

    /// Buffers entries and the hard state that goes with them. An entry at an index that is
    /// there already takes its place and that of all behind it (paper §5.3).
    ///
    /// # Panics
    /// When the entries leave a gap, which Raft never does: a log with a gap could not be read.
    pub fn append(&mut self, entries: &[LogEntry], hard_state: Option<HardState>) {
        let mut rest = entries;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(entries_for_one_frame(rest));
            for entry in now {
                let follows = Index(1) <= entry.index && entry.index <= self.state.last.next();
                assert!(follows, "entry {} leaves a gap", entry.index);
                self.state.last = entry.index;
            }
            rest = later;
            // The hard state comes last: it may commit what stands before it.
            let hard_state = hard_state.filter(|_| rest.is_empty());
            self.push_batch(now.to_vec(), hard_state);
        }
        self.pending_needs_sync |=
            !entries.is_empty() && !self.bugs.has(KnownBug::EntriesWithoutFsync);
        let Some(hard_state) = hard_state else { return };
        let before = std::mem::replace(&mut self.state.hard_state, hard_state);
        // A commit index need not be durable, Raft finds it out anew (etcd: `MustSync`).
        let is_promise = (before.term, before.vote) != (hard_state.term, hard_state.vote);
        self.pending_needs_sync |= is_promise && !self.bugs.has(KnownBug::HardStateWithoutFsync);
        if entries.is_empty() && before != hard_state {
            self.push_batch(Vec::new(), Some(hard_state));
        }
    }

    /// Notes that this member's own snapshot up to `index` is durable: its file has been
    /// renamed and the directory synced. The log goes on as it is.
    ///
    /// # Panics
    /// When `index` is beyond the log.
    pub fn mark_snapshot(&mut self, index: Index, term: Term) {
        assert!(index <= self.state.last, "a snapshot beyond the log");
        self.push_marker(index, term, false);
    }

    /// Notes that a leader's snapshot, durable as for [`Wal::mark_snapshot`], stands for the
    /// whole log from here on; the next entry is `index + 1`.
    pub fn install_snapshot(&mut self, index: Index, term: Term) {
        self.push_marker(index, term, true);
    }

    /// All that is buffered, as operations; nothing while a batch is out or when there is
    /// nothing. They end in a sync unless all that changed is how far is committed.
    pub fn take_batch(&mut self) -> Option<LogBatch> {
        if self.outstanding.is_some() || self.pending.is_empty() {
            return None;
        }
        let mut operations = Vec::new();
        let mut synced_bytes = self.synced_bytes;
        let cut = (self.written_bytes >= self.options.segment_size_bytes)
            .then(|| self.cut(&mut operations));
        if cut.is_some() {
            // The head is synced by an earlier operation of this very batch.
            synced_bytes = self.written_bytes;
        }
        let mut bytes = BytesMut::new();
        for Pending { kind, body } in std::mem::take(&mut self.pending) {
            self.write_frame(&mut bytes, kind, synced_bytes, &body);
        }
        self.written = self.state;
        let path = self.current().path();
        operations.push(DiskOperation::Append {
            path: path.clone(),
            bytes: bytes.freeze(),
        });
        let mut marker = self.durable_marker;
        if std::mem::take(&mut self.pending_needs_sync) {
            operations.push(DiskOperation::Sync { path });
            synced_bytes = self.written_bytes;
            marker = self.state.marker;
        }
        self.outstanding = Some(Outstanding {
            synced_bytes,
            marker,
        });
        Some(LogBatch { operations, cut })
    }

    /// The batch that was out has been carried out, whole and without an error.
    pub fn batch_done(&mut self) {
        if let Some(done) = self.outstanding.take() {
            self.synced_bytes = done.synced_bytes;
            self.durable_marker = done.marker;
        }
    }

    /// How far the newest marker reaches that is durable.
    pub fn durable_marker(&self) -> Option<Index> {
        self.durable_marker.map(|marker| marker.index)
    }

    /// Whether a batch is out.
    pub fn is_batch_out(&self) -> bool {
        self.outstanding.is_some()
    }

    /// Lets segments go whose entries all lie before `index`: the one that holds `index` stays,
    /// and at least `keep_files` segments do (etcd's `--max-wals`, 5). Never goes beyond the
    /// newest marker that is durable, so that a snapshot always covers what is let go; a
    /// smaller `index` leaves entries for followers that are a little behind.
    pub fn release_before(&mut self, index: Index, keep_files: usize) -> Released {
        let Some(marker) = self.durable_marker else {
            return Released::default();
        };
        let index = index.min(marker.index);
        let behind = |name: &SegmentName| name.index <= index;
        let holder = self.segments.iter().rposition(behind).unwrap_or(0);
        let count = holder.min(self.segments.len().saturating_sub(keep_files));
        let names: Vec<SegmentName> = self.segments.drain(..count).collect();
        let remove = |name: &SegmentName| DiskOperation::Remove { path: name.path() };
        let mut operations: Vec<DiskOperation> = names.iter().map(remove).collect();
        if !operations.is_empty() {
            operations.push(sync_directory());
        }
        Released {
            files: names.iter().map(SegmentName::to_string).collect(),
            operations,
        }
    }

    /// The file names of the segments, oldest first.
    pub fn segment_names(&self) -> Vec<String> {
        self.segments.iter().map(SegmentName::to_string).collect()
    }

    fn push_batch(&mut self, entries: Vec<LogEntry>, hard_state: Option<HardState>) {
        let batch = Batch {
            entries,
            hard_state,
        };
        self.pending.push(Pending {
            kind: KIND_BATCH,
            body: archive::encode(&batch),
        });
    }

    fn push_marker(&mut self, index: Index, term: Term, replaces_log: bool) {
        let marker = SnapshotMarker {
            index,
            term,
            replaces_log,
        };
        self.state.mark(marker);
        self.pending_needs_sync = true;
        self.pending.push(Pending {
            kind: KIND_MARKER,
            body: archive::encode(&marker),
        });
    }

    /// Turns to a new segment; gives its file name.
    fn cut(&mut self, operations: &mut Vec<DiskOperation>) -> String {
        // A new segment says that the one before it is whole.
        if self.synced_bytes < self.written_bytes {
            let path = self.current().path();
            operations.push(DiskOperation::Sync { path });
        }
        let name = SegmentName {
            sequence: self.current().sequence + 1,
            index: self.written.last.next(),
        };
        self.segments.push(name);
        self.begin_segment(operations);
        name.to_string()
    }

    /// Writes the head of the current segment: its own sync, then its directory's, so that no
    /// record is ever acknowledged in a file that a crash takes away.
    fn begin_segment(&mut self, operations: &mut Vec<DiskOperation>) {
        self.written_bytes = 0;
        let head = SegmentHead {
            metadata: self.metadata,
            sequence: self.current().sequence,
            state: self.written,
        };
        let mut bytes = BytesMut::new();
        self.write_frame(&mut bytes, KIND_HEAD, 0, &archive::encode(&head));
        let path = self.current().path();
        operations.push(DiskOperation::Append {
            path: path.clone(),
            bytes: bytes.freeze(),
        });
        operations.push(DiskOperation::Sync { path });
        if !self.bugs.has(KnownBug::SegmentWithoutDirectorySync) {
            operations.push(sync_directory());
        }
        self.outstanding = Some(Outstanding {
            synced_bytes: self.written_bytes,
            marker: self.durable_marker,
        });
    }

    fn write_frame(&mut self, out: &mut BytesMut, kind: u8, synced_bytes: u64, body: &[u8]) {
        let before = out.len();
        let place = Place {
            file: self.current().sequence,
            at_bytes: self.written_bytes,
        };
        let what = (kind, FORMAT_VERSION);
        let body = [&synced_bytes.to_le_bytes(), body];
        self.chain = frame::write(out, what, place, self.chain, &body);
        self.written_bytes += (out.len() - before) as u64;
    }

    fn current(&self) -> SegmentName {
        *self.segments.last().expect("there is always a segment")
    }
}

pub(crate) fn sync_directory() -> DiskOperation {
    DiskOperation::SyncDirectory {
        path: WAL_DIRECTORY.to_owned(),
    }
}

/// How many of the entries go into the next frame: at least one, and not many megabytes, so
/// that a frame stays far below the largest that is read.
fn entries_for_one_frame(entries: &[LogEntry]) -> usize {
    let mut size_bytes = 0;
    for (position, entry) in entries.iter().enumerate() {
        size_bytes += entry.data.len();
        if size_bytes > FRAME_DATA_BYTES_MAX && position > 0 {
            return position;
        }
    }
    entries.len()
}

/// Entries of one append beyond this many bytes of data are spread over several frames.
const FRAME_DATA_BYTES_MAX: usize = 4 * 1_024 * 1_024;
