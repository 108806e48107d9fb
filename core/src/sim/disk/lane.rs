//! One lane's batches.

use std::collections::VecDeque;

use crate::disk::{DiskBatch, DiskOperation};
use crate::id::BatchId;

/// Batches in the order in which they are carried out; the first is under way.
#[derive(Clone, Debug, Default)]
pub(super) struct LaneQueue {
    batches: VecDeque<DiskBatch>,
    /// Whether the first batch's bytes are written.
    is_first_written: bool,
}

impl LaneQueue {
    /// Queues a batch; true when nothing was queued.
    pub(super) fn push(&mut self, batch: DiskBatch) -> bool {
        self.batches.push_back(batch);
        self.batches.len() == 1
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.batches.is_empty()
    }

    pub(super) fn is_written(&self, batch: BatchId) -> bool {
        self.is_first_written && self.batches.front().is_some_and(|first| first.id == batch)
    }

    /// The first batch's operations before its first sync.
    pub(super) fn take_writes(&mut self) -> Vec<DiskOperation> {
        let Some(first) = self.batches.front_mut() else {
            return Vec::new();
        };
        self.is_first_written = true;
        let count = writes(&first.operations);
        first.operations.drain(..count).collect()
    }

    /// Whether the first batch has operations left.
    pub(super) fn has_rest(&self) -> bool {
        self.batches
            .front()
            .is_some_and(|first| !first.operations.is_empty())
    }

    /// The first batch's operations from its first sync on.
    pub(super) fn take_rest(&mut self) -> Vec<DiskOperation> {
        self.batches
            .front_mut()
            .map(|first| std::mem::take(&mut first.operations))
            .unwrap_or_default()
    }

    /// The first batch is done.
    pub(super) fn pop(&mut self) -> Option<BatchId> {
        self.is_first_written = false;
        self.batches.pop_front().map(|batch| batch.id)
    }

    /// The operations that were under way: of a batch that is being written its writes, of one
    /// that is being synced the rest.
    pub(super) fn into_started(mut self) -> Vec<DiskOperation> {
        if self.is_first_written {
            self.take_rest()
        } else {
            self.take_writes()
        }
    }
}

/// Whether an operation makes something durable.
pub(super) fn is_sync(operation: &DiskOperation) -> bool {
    matches!(
        operation,
        DiskOperation::Sync { .. } | DiskOperation::SyncDirectory { .. }
    )
}

fn writes(operations: &[DiskOperation]) -> usize {
    operations
        .iter()
        .take_while(|operation| !is_sync(operation))
        .count()
}
