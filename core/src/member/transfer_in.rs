//! Receiving a snapshot from the leader.
//!
//! Parts are taken in order and believed in nothing: each is decoded and checked as it comes, and
//! goes to the disk at the same time. When the last one has come and the file is whole on the
//! disk, and not before, raft hears of the snapshot.

use super::restore::{Restored, restore_parts};
use crate::consensus::wire::{SnapshotChunk, SnapshotProgress, SnapshotProgressState};
use crate::disk::DiskOperation;
use crate::id::{Index, MemberId, Term};
use crate::mvcc::{CheckpointChunk, Loader};
use crate::snapshot::{SnapshotHeader, SnapshotWriter};

/// A snapshot on its way in.
pub(super) struct TransferIn {
    from: MemberId,
    term: Term,
    transfer: u64,
    header: SnapshotHeader,
    next: u32,
    loader: Loader,
    /// Taken when the file has been finished.
    writer: Option<SnapshotWriter>,
    /// Operations handed out and not carried out yet.
    batches_out: u32,
}

/// Removes a leader's snapshot that nobody wants.
pub(super) fn remove_received(header: &SnapshotHeader) -> DiskOperation {
    DiskOperation::Remove {
        path: header.received_path(),
    }
}

/// A snapshot that is on this member's disk.
pub(super) struct Received {
    pub(super) from: MemberId,
    /// The leader's term.
    pub(super) term: Term,
    pub(super) restored: Restored,
}

impl TransferIn {
    /// Begins with part 0.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn begin(
        from: MemberId,
        chunk: &SnapshotChunk,
    ) -> Result<(Self, Vec<DiskOperation>), String> {
        if chunk.number != 0 || chunk.last {
            return Err("a snapshot that does not begin with its header".to_owned());
        }
        let header = SnapshotHeader::decode(&chunk.bytes).map_err(|error| error.to_string())?;
        if (header.index, header.term) != (Index(chunk.index), Term(chunk.log_term)) {
            return Err("a snapshot whose header is another's".to_owned());
        }
        let (writer, operations) = SnapshotWriter::begin_received(&header);
        let transfer = Self {
            from,
            term: Term(chunk.term),
            transfer: chunk.transfer,
            header,
            next: 1,
            loader: Loader::new(),
            writer: Some(writer),
            batches_out: 0,
        };
        Ok((transfer, operations))
    }

    /// Whether a part belongs to this one.
    pub(super) fn is_of(&self, from: MemberId, chunk: &SnapshotChunk) -> bool {
        self.from == from && self.transfer == chunk.transfer && self.header.index.0 == chunk.index
    }

    /// Whether the log has come as far without it. One that is finished is not asked: it ends by
    /// itself when its file is on the disk.
    pub(super) fn is_overtaken(&self, commit: Index) -> bool {
        self.writer.is_some() && self.header.index <= commit
    }

    /// Who sends it.
    pub(super) fn from(&self) -> MemberId {
        self.from
    }

    /// Takes a part; one that is not next is passed over. Answers what is to be written.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn take(&mut self, chunk: &SnapshotChunk) -> Result<Vec<DiskOperation>, String> {
        if chunk.number != self.next {
            return Ok(Vec::new());
        }
        let Some(mut writer) = self.writer.take() else {
            return Ok(Vec::new());
        };
        let part = CheckpointChunk::decode(&chunk.bytes).map_err(|error| error.to_string())?;
        if part.is_last != chunk.last {
            return Err("a part that ends at another place than its snapshot".to_owned());
        }
        self.loader.add(part).map_err(|error| error.to_string())?;
        self.next += 1;
        let mut operations = vec![writer.chunk(&chunk.bytes)];
        if chunk.last {
            operations.extend(writer.finish());
        } else {
            self.writer = Some(writer);
        }
        Ok(operations)
    }

    /// What is to be told to the leader.
    pub(super) fn progress(&self, term: Term) -> SnapshotProgress {
        SnapshotProgress {
            term: term.0,
            index: self.header.index.0,
            transfer: self.transfer,
            next: self.next,
            state: SnapshotProgressState::Receiving,
        }
    }

    /// Operations have been handed out.
    pub(super) fn batch_out(&mut self) {
        self.batches_out += 1;
    }

    /// Operations have been carried out. True when that was all, and the file is whole.
    pub(super) fn batch_done(&mut self) -> bool {
        self.batches_out = self.batches_out.saturating_sub(1);
        self.batches_out == 0 && self.writer.is_none()
    }

    /// The snapshot, now that it is on the disk.
    ///
    /// # Errors
    ///
    /// Why it is no good after all.
    pub(super) fn finish(self) -> Result<Received, String> {
        let (from, term) = (self.from, self.term);
        let restored = restore_parts(self.header, self.loader)?;
        Ok(Received {
            from,
            term,
            restored,
        })
    }

    /// Gives it up.
    pub(super) fn abandon(self) -> Vec<DiskOperation> {
        match self.writer {
            Some(writer) => writer.abandon(),
            None => vec![remove_received(&self.header)],
        }
    }

    /// What it says about itself.
    pub(super) fn header(&self) -> &SnapshotHeader {
        &self.header
    }
}
