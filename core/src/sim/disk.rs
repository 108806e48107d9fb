//! A member's disk: what it holds, what of that is durable, and what a crash leaves.
//!
//! Two lanes carry batches out, each in order and on its own. A batch waits, then its bytes are
//! *written* (they can be read back, but live in a cache), then it is *synced*. What a crash may
//! take is exactly what `crate::disk` says it may:
//!
//! - Of a file, everything since its last `Sync`: an arbitrary end of it is gone, and the last
//!   sector of what is left may be garbage or zeros ([`file`]).
//! - Of a directory, each creation, renaming and removal since its last `SyncDirectory`, each by
//!   itself ([`directory`]).
//! - Of a batch under way, the operations after an arbitrary one have not been started: what the
//!   batch's author put behind a `Sync` has not happened unless the sync has.

mod directory;
mod file;
mod lane;

use bytes::Bytes;

use self::directory::{Directory, FileId};
use self::file::File;
use self::lane::LaneQueue;
use super::fault::DiskCall;
use super::frame::FileFrame;
use crate::collections::BTreeMap;
use crate::collections::InOrder;
use crate::disk::{DiskBatch, DiskError, DiskImage, DiskOperation, Lane};
use crate::id::BatchId;
use crate::prng::Prng;

/// One member's disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    files: BTreeMap<FileId, File>,
    directories: BTreeMap<String, Directory>,
    lanes: BTreeMap<Lane, LaneQueue>,
    file_count: u64,
    /// What fails next, whatever it is.
    pub(super) fails_next: Option<DiskCall>,
    /// Whether appends fail half way.
    pub(super) is_full: bool,
    /// The failures that were brought about. One that stands still hears of the first when it goes
    /// on, whatever failed since.
    failures: Vec<DiskError>,
    /// A disk that lies: two of three times it says that it has synced a file, and has not. To
    /// see the checkers bite.
    #[cfg(test)]
    pub(super) lies: bool,
    #[cfg(test)]
    sync_count: u64,
}

impl Disk {
    /// Queues a batch; true when its lane was idle, so that it is written next.
    pub(super) fn submit(&mut self, batch: DiskBatch) -> bool {
        self.lanes.entry(batch.lane).or_default().push(batch)
    }

    /// Writes a lane's first batch: all operations up to its first sync. Answers the batch's end
    /// when it ends here: when nothing in it is to be synced, or an operation failed.
    pub(super) fn write(&mut self, lane: Lane) -> Option<(BatchId, Result<(), DiskError>)> {
        let operations = self.lanes.get_mut(&lane)?.take_writes();
        let result = self.carry_out(&operations);
        let queue = self.lanes.get_mut(&lane)?;
        if result.is_err() || !queue.has_rest() {
            return queue.pop().map(|batch| (batch, result));
        }
        None
    }

    /// Syncs a lane's first batch: carries out the rest of it.
    pub(super) fn sync(&mut self, lane: Lane) -> Option<(BatchId, Result<(), DiskError>)> {
        let operations = self.lanes.get_mut(&lane)?.take_rest();
        let result = self.carry_out(&operations);
        let batch = self.lanes.get_mut(&lane)?.pop()?;
        Some((batch, result))
    }

    /// Whether a lane has a batch to carry out.
    pub(super) fn is_busy(&self, lane: Lane) -> bool {
        self.lanes.get(&lane).is_some_and(LaneQueue::is_busy)
    }

    /// Whether the bytes of this batch of the log's lane are in the files.
    pub(super) fn is_written(&self, batch: BatchId) -> bool {
        self.lanes
            .get(&Lane::Log)
            .is_some_and(|queue| queue.is_written(batch))
    }

    /// The process has ended, the machine has not: what was not begun is not done, what was
    /// written stays.
    pub(super) fn abandon(&mut self) {
        self.lanes.clear();
    }

    /// The machine has ended: keeps what is durable and, of the rest, what chance leaves.
    pub(super) fn crash(&mut self, prng: &mut Prng) {
        for queue in std::mem::take(&mut self.lanes).into_values() {
            let operations = queue.into_started();
            let count = prng.below(operations.len() as u64 + 1) as usize;
            // An operation that fails ends its batch; the member that would hear it is gone.
            let _ = self.carry_out(&operations[..count]);
        }
        for directory in self.directories.values_mut() {
            directory.crash(prng);
        }
        let held: Vec<FileId> = self.directories.values().flat_map(Directory::ids).collect();
        self.files.retain(|id, _| held.contains(id));
        for file in self.files.values_mut() {
            file.crash(prng);
        }
    }

    /// The machine has ended, and the disk keeps nothing that was not durable.
    pub(super) fn lose_unsynced(&mut self) {
        self.lanes.clear();
        for directory in self.directories.values_mut() {
            directory.lose_unsynced();
        }
        let held: Vec<FileId> = self.directories.values().flat_map(Directory::ids).collect();
        self.files.retain(|id, _| held.contains(id));
        self.files.values_mut().for_each(File::lose_unsynced);
    }

    /// A copy of what is durable.
    pub(super) fn durable_copy(&self) -> Self {
        let mut copy = self.clone();
        copy.lose_unsynced();
        copy.fails_next = None;
        copy.is_full = false;
        copy.failures.clear();
        copy
    }

    /// Whether somebody brought a failure about.
    pub(super) fn has_failed_so(&self, failure: &str) -> bool {
        let mut failures = self.failures.iter();
        failures.any(|error| error.to_string() == failure)
    }

    /// Flips one bit of one file among those wanted; answers which. What was not synced is
    /// synced before: the machine has had time, its process is gone. Nothing when no such file
    /// has any bytes.
    pub(super) fn flip_bit(
        &mut self,
        is_wanted: impl Fn(&str) -> bool,
        prng: &mut Prng,
    ) -> Option<(String, u64)> {
        let files = self.flippable(is_wanted);
        let (path, id) = prng.choose(&files)?.clone();
        for directory in self.directories.values_mut() {
            directory.sync();
        }
        let at_bytes = self.files.get_mut(&id)?.flip_bit(prng);
        Some((path, at_bytes))
    }

    /// Whether there is a file of which a bit can be flipped.
    pub(super) fn has_flippable(&self, is_wanted: impl Fn(&str) -> bool) -> bool {
        !self.flippable(is_wanted).is_empty()
    }

    fn flippable(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<(String, FileId)> {
        self.entries()
            .filter(|(_, _, id)| {
                self.files
                    .get(id)
                    .is_some_and(|file| !file.bytes().is_empty())
            })
            .map(|(directory, name, id)| (join(directory, name), id))
            .filter(|(path, _)| is_wanted(path))
            .collect()
    }

    /// All that can be read back.
    pub(super) fn image(&self) -> DiskImage {
        let mut image = DiskImage::default();
        for (directory, name, id) in self.entries() {
            if let Some(file) = self.files.get(&id) {
                let bytes = Bytes::copy_from_slice(file.bytes());
                image.files.insert(join(directory, name), bytes);
            }
        }
        image
    }

    /// Every file, in the order of paths, with what of it is durable.
    pub(super) fn files(&self) -> Vec<FileFrame> {
        let mut frames: Vec<FileFrame> = self
            .entries()
            .filter_map(|(directory, name, id)| {
                let file = self.files.get(&id)?;
                // A file whose name a crash may take away has nothing durable, synced or not.
                let is_named = self.directories[directory].is_durable(name, id);
                Some(FileFrame {
                    path: join(directory, name),
                    length_bytes: file.bytes().len() as u64,
                    durable_bytes: if is_named { file.durable_bytes() } else { 0 },
                })
            })
            .collect();
        frames.order_by(|one, two| one.path.cmp(&two.path));
        frames
    }

    fn entries(&self) -> impl Iterator<Item = (&str, &str, FileId)> {
        self.directories.iter().flat_map(|(path, directory)| {
            directory
                .entries()
                .map(move |(name, id)| (path.as_str(), name, id))
        })
    }

    fn carry_out(&mut self, operations: &[DiskOperation]) -> Result<(), DiskError> {
        operations
            .iter()
            .try_for_each(|operation| self.carry_out_one(operation))
    }

    /// One operation, as a file system does it, unless it is to fail.
    fn carry_out_one(&mut self, operation: &DiskOperation) -> Result<(), DiskError> {
        #[cfg(test)]
        if matches!(operation, DiskOperation::Sync { .. }) {
            self.sync_count += 1;
            if self.lies && !self.sync_count.is_multiple_of(3) {
                return Ok(());
            }
        }
        self.fail_if_due(operation)?;
        match operation {
            DiskOperation::Append { path, bytes } => self.file_or_new(path).append(bytes),
            DiskOperation::Truncate { path, length_bytes } => {
                self.file("truncate", path)?.truncate(*length_bytes);
            }
            DiskOperation::Sync { path } => self.file("sync", path)?.sync(),
            DiskOperation::SyncDirectory { path } => {
                let path = path.trim_end_matches('/').to_owned();
                self.directories.entry(path).or_default().sync();
                self.forget_unnamed();
            }
            DiskOperation::Rename { from, to } => self.rename(from, to)?,
            DiskOperation::Remove { path } => {
                let (directory, name) = split(path);
                if let Some(directory) = self.directories.get_mut(directory) {
                    directory.remove(name);
                }
            }
        }
        Ok(())
    }

    /// Fails what is to fail. Of an append on a full disk, half is written before it fails; after
    /// a sync that failed, what it was to make durable may still be lost.
    fn fail_if_due(&mut self, operation: &DiskOperation) -> Result<(), DiskError> {
        let (call, name, path) = match operation {
            DiskOperation::Append { path, .. } => (DiskCall::Write, "append", path),
            DiskOperation::Sync { path } => (DiskCall::Sync, "sync", path),
            DiskOperation::SyncDirectory { path } => (DiskCall::Sync, "sync directory", path),
            DiskOperation::Truncate { .. }
            | DiskOperation::Rename { .. }
            | DiskOperation::Remove { .. } => return Ok(()),
        };
        let reason = match operation {
            _ if self.fails_next == Some(call) => INPUT_OUTPUT_ERROR,
            DiskOperation::Append { path, bytes } if self.is_full => {
                self.file_or_new(path)
                    .append(&bytes.slice(..bytes.len() / 2));
                NO_SPACE
            }
            _ => return Ok(()),
        };
        if reason == INPUT_OUTPUT_ERROR {
            self.fails_next = None;
        }
        let failure = error(name, path, reason);
        if !self.failures.contains(&failure) {
            self.failures.push(failure.clone());
        }
        Err(failure)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), DiskError> {
        let (directory, old_name) = split(from);
        let (other_directory, new_name) = split(to);
        if directory != other_directory {
            return Err(error(
                "rename",
                from,
                "the new name is in another directory",
            ));
        }
        let renamed = self
            .directories
            .get_mut(directory)
            .is_some_and(|directory| directory.rename(old_name, new_name));
        if renamed {
            Ok(())
        } else {
            Err(error("rename", from, NOT_FOUND))
        }
    }

    fn id(&self, path: &str) -> Option<FileId> {
        let (directory, name) = split(path);
        self.directories.get(directory)?.id(name)
    }

    fn file(&mut self, operation: &str, path: &str) -> Result<&mut File, DiskError> {
        let id = self.id(path);
        id.and_then(|id| self.files.get_mut(&id))
            .ok_or_else(|| error(operation, path, NOT_FOUND))
    }

    fn file_or_new(&mut self, path: &str) -> &mut File {
        let id = self.id(path).unwrap_or_else(|| {
            self.file_count += 1;
            let id = FileId(self.file_count);
            let (directory, name) = split(path);
            self.directories
                .entry(directory.to_owned())
                .or_default()
                .create(name, id);
            id
        });
        self.files.entry(id).or_default()
    }

    /// Lets go of files that no name leads to, durable or not.
    fn forget_unnamed(&mut self) {
        let held: Vec<FileId> = self
            .directories
            .values()
            .flat_map(Directory::reachable_ids)
            .collect();
        self.files.retain(|id, _| held.contains(id));
    }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}

fn error(operation: &str, path: &str, reason: &str) -> DiskError {
    DiskError {
        operation: operation.to_owned(),
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

const NOT_FOUND: &str = "no such file";
/// As EIO reads.
const INPUT_OUTPUT_ERROR: &str = "Input/output error";
/// As ENOSPC reads.
const NO_SPACE: &str = "No space left on device";

#[cfg(test)]
mod tests;
