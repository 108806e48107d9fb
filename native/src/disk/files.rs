//! One disk operation after the other, with the files kept open.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use quorate_core::disk::{DiskError, DiskOperation};
use quorate_core::id::MemberId;
use rustix::fs::{FallocateFlags, fallocate};
use serde_json::json;

use super::DiskSettings;
use crate::go::GoDuration;
use crate::log::{self, Logger};
use crate::metrics::{Facts, LaneMetrics, Metrics};
use crate::threads::threads;

/// Files kept open; a lane writes to one or two at a time.
const OPEN_FILES_MAX: usize = 4;
/// Nobody but the owner reads a member's files, as with etcd.
const FILE_MODE: u32 = 0o600;
/// A disk that takes longer to sync is told of, as in etcd.
const SYNC_EXPECTED: Duration = Duration::from_secs(1);

/// A lane's open files, under one directory.
pub(super) struct Files {
    root: PathBuf,
    /// Opened to append; the least recently opened first.
    open: VecDeque<(String, File)>,
    is_unsafe: bool,
    /// Room that a file is given on the disk when it is opened.
    reserve_bytes: u64,
    metrics: LaneMetrics,
    logger: Logger,
}

impl Files {
    /// `reserve_bytes` is how much room a file will need, 0 where nobody knows. It is taken as a
    /// whole, so that a sync need not find room for what was written since the last: the slowest
    /// syncs are several times as quick. The file's length, and what is read, stay the same.
    pub(super) fn new(
        settings: &DiskSettings<'_>,
        metrics: LaneMetrics,
        reserve_bytes: u64,
    ) -> Self {
        Self {
            root: settings.root.to_owned(),
            open: VecDeque::new(),
            is_unsafe: settings.is_unsafe,
            reserve_bytes,
            metrics,
            logger: settings.logger.clone(),
        }
    }

    /// Files that nobody counts.
    pub(super) fn of_tool(root: &Path) -> Self {
        let metrics = Metrics::new(&Facts {
            member: MemberId::NONE,
            server_version: String::new(),
            features: Vec::new(),
            is_extensive: false,
            quota_backend_bytes: 0,
        });
        let settings = DiskSettings {
            root,
            is_unsafe: false,
            metrics: &metrics,
            logger: &log::to_stderr(),
            threads: &threads().0,
        };
        Self::new(&settings, metrics.log_lane(), 0)
    }

    /// Carries out one operation.
    pub(super) fn carry_out(&mut self, operation: &DiskOperation) -> Result<(), DiskError> {
        let (name, path, result) = match operation {
            DiskOperation::Append { path, bytes } => ("append", path, self.append(path, bytes)),
            DiskOperation::Truncate { path, length_bytes } => {
                ("truncate", path, self.truncate(path, *length_bytes))
            }
            DiskOperation::Sync { path } => ("sync", path, self.sync(path)),
            DiskOperation::SyncDirectory { path } => {
                ("sync directory", path, self.sync_directory(path))
            }
            DiskOperation::Rename { from, to } => ("rename", from, self.rename(from, to)),
            DiskOperation::Remove { path } => ("remove", path, self.remove(path)),
        };
        result.map_err(|error| DiskError {
            operation: name.to_owned(),
            path: path.clone(),
            reason: error.to_string(),
        })
    }

    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let begun = Instant::now();
        self.file(path)?.write_all(bytes)?;
        self.metrics.written(bytes.len(), begun.elapsed());
        Ok(())
    }

    fn truncate(&mut self, path: &str, length_bytes: u64) -> io::Result<()> {
        let file = self.file(path)?;
        if file.metadata()?.len() > length_bytes {
            file.set_len(length_bytes)?;
        }
        Ok(())
    }

    fn sync(&mut self, path: &str) -> io::Result<()> {
        let is_unsafe = self.is_unsafe;
        let file = self.file(path)?;
        if is_unsafe {
            return Ok(());
        }
        let begun = Instant::now();
        file.sync_data()?;
        let took = begun.elapsed();
        self.metrics.synced(took);
        if took > SYNC_EXPECTED {
            let fields = [
                ("took", json!(GoDuration(took).to_string())),
                (
                    "expected-duration",
                    json!(GoDuration(SYNC_EXPECTED).to_string()),
                ),
                ("path", json!(path)),
            ];
            self.logger.warn("slow fdatasync", &fields);
        }
        Ok(())
    }

    fn sync_directory(&mut self, path: &str) -> io::Result<()> {
        if self.is_unsafe {
            return Ok(());
        }
        File::open(self.root.join(path))?.sync_all()
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.forget(from);
        self.forget(to);
        fs::rename(self.root.join(from), self.root.join(to))
    }

    fn remove(&mut self, path: &str) -> io::Result<()> {
        self.forget(path);
        match fs::remove_file(self.root.join(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn forget(&mut self, path: &str) {
        self.open.retain(|(open, _)| open != path);
    }

    fn reserve(&self, file: &File) {
        if self.reserve_bytes > 0 {
            // Where the file system cannot, or has no room left, writing goes on without.
            let _ = fallocate(file, FallocateFlags::KEEP_SIZE, 0, self.reserve_bytes);
        }
    }

    /// The file, opened to append, created when it is not there.
    fn file(&mut self, path: &str) -> io::Result<&mut File> {
        let position = match self.open.iter().position(|(open, _)| open == path) {
            Some(position) => position,
            None => {
                let file = OpenOptions::new()
                    .create(true)
                    .append(true)
                    .mode(FILE_MODE)
                    .open(self.root.join(path))?;
                self.reserve(&file);
                if self.open.len() == OPEN_FILES_MAX {
                    self.open.pop_front();
                }
                self.open.push_back((path.to_owned(), file));
                self.open.len() - 1
            }
        };
        Ok(&mut self.open[position].1)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn append(path: &str, bytes: &'static [u8]) -> DiskOperation {
        DiskOperation::Append {
            path: path.to_owned(),
            bytes: Bytes::from_static(bytes),
        }
    }

    #[test]
    fn room_that_is_reserved_is_not_read() {
        let root = tempfile::tempdir().expect("a directory");
        let mut files = Files::of_tool(root.path());
        files.reserve_bytes = 1 << 20;
        for bytes in [b"hello ", b"world."] {
            files.carry_out(&append("a", bytes)).expect("it is written");
        }
        let read = fs::read(root.path().join("a")).expect("the file");
        assert_eq!(read, b"hello world.");
    }

    #[test]
    fn operations_do_what_they_say() {
        let root = tempfile::tempdir().expect("a directory");
        let mut files = Files::of_tool(root.path());
        let read = |name: &str| fs::read_to_string(root.path().join(name)).ok();
        let to = |path: &str| path.to_owned();
        for operation in [
            append("a", b"hello "),
            append("a", b"world"),
            DiskOperation::Sync { path: to("a") },
            DiskOperation::Rename {
                from: to("a"),
                to: to("b"),
            },
            append("a", b"new"),
            DiskOperation::Truncate {
                path: to("b"),
                length_bytes: 5,
            },
            DiskOperation::Truncate {
                path: to("b"),
                length_bytes: 50,
            },
            append("b", b"!"),
            DiskOperation::SyncDirectory { path: to(".") },
            DiskOperation::Remove { path: to("c") },
        ] {
            assert_eq!(files.carry_out(&operation), Ok(()), "{operation:?}");
        }
        assert_eq!(read("a").as_deref(), Some("new"));
        assert_eq!(read("b").as_deref(), Some("hello!"));
        let remove = DiskOperation::Remove { path: to("a") };
        assert_eq!(files.carry_out(&remove), Ok(()));
        assert_eq!(read("a"), None);
    }

    #[test]
    fn more_files_than_are_kept_open_can_be_written() {
        let root = tempfile::tempdir().expect("a directory");
        let mut files = Files::of_tool(root.path());
        for _ in 0..2 {
            for number in 0..OPEN_FILES_MAX * 2 {
                let path = format!("f{number}");
                files.carry_out(&append(&path, b"x")).expect("written");
            }
        }
        assert_eq!(files.open.len(), OPEN_FILES_MAX);
        assert_eq!(fs::read(root.path().join("f0")).expect("there"), b"xx");
    }

    #[test]
    fn a_failure_says_what_was_tried_on_which_file() {
        let root = tempfile::tempdir().expect("a directory");
        let mut files = Files::of_tool(root.path());
        let error = files
            .carry_out(&append("no/such/directory", b"x"))
            .expect_err("cannot be");
        assert_eq!(error.operation, "append");
        assert_eq!(error.path, "no/such/directory");
        assert!(!error.reason.is_empty());
    }
}
