//! A disk that fails when it is told to: for the torture test, in no other build.
//!
//! Orders stand in a file that the runner writes, a word or two: `ok`, `slow 30` (milliseconds a
//! write or sync), `fail write`, `fail sync`. What has failed is said in a file beside it
//! (`.failed`), which the runner removes before the next start.
//!
//! A process that is killed loses nothing that it has written: the kernel still has it. To lose
//! what was not synced, as a machine that loses power does, bytes are kept here until their file
//! is synced.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use quorate_core::disk::{DiskError, DiskOperation};

use super::DiskSettings;
use super::files::Files;
use crate::metrics::LaneMetrics;
use crate::torture;

/// A lane's files, on a disk that fails.
pub(super) struct FaultyFiles {
    files: Files,
    orders: Option<PathBuf>,
    /// What was written and not synced; nothing when a kill loses nothing.
    unsynced: Option<BTreeMap<String, BytesMut>>,
}

/// What the runner wants of the next operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Ok,
    Slow(Duration),
    FailWrite,
    FailSync,
}

impl FaultyFiles {
    pub(super) fn new(
        settings: &DiskSettings<'_>,
        metrics: LaneMetrics,
        reserve_bytes: u64,
    ) -> Self {
        let files = Files::new(settings, metrics, reserve_bytes);
        Self::with(files, torture::disk_orders(), torture::loses_unsynced())
    }

    fn with(files: Files, orders: Option<PathBuf>, loses_unsynced: bool) -> Self {
        Self {
            files,
            orders,
            unsynced: loses_unsynced.then(BTreeMap::new),
        }
    }

    /// Carries out one operation, or fails it.
    pub(super) fn carry_out(&mut self, operation: &DiskOperation) -> Result<(), DiskError> {
        match (self.order(), operation) {
            (Order::Slow(pause), DiskOperation::Append { .. } | DiskOperation::Sync { .. }) => {
                thread::sleep(pause);
            }
            (Order::FailWrite, DiskOperation::Append { path, bytes }) => {
                // The disk is full in the middle of a write.
                let half = bytes.slice(..bytes.len() / 2);
                self.do_it(&append(path, half))?;
                return Err(self.failed("append", path, "No space left on device (os error 28)"));
            }
            (Order::FailSync, DiskOperation::Sync { path }) => {
                // What a kernel does with pages that it could not write: it forgets them.
                if let Some(unsynced) = &mut self.unsynced {
                    unsynced.remove(path);
                }
                return Err(self.failed("sync", path, "Input/output error (os error 5)"));
            }
            _ => {}
        }
        self.do_it(operation)
    }

    fn do_it(&mut self, operation: &DiskOperation) -> Result<(), DiskError> {
        let Some(unsynced) = &mut self.unsynced else {
            return self.files.carry_out(operation);
        };
        match operation {
            DiskOperation::Append { path, bytes } => {
                unsynced
                    .entry(path.clone())
                    .or_default()
                    .extend_from_slice(bytes);
                // The file is there, and empty.
                return self.files.carry_out(&append(path, Bytes::new()));
            }
            DiskOperation::Sync { path } | DiskOperation::Truncate { path, .. } => {
                if let Some(bytes) = unsynced.remove(path) {
                    self.files.carry_out(&append(path, bytes.freeze()))?;
                }
            }
            DiskOperation::Rename { from, to } => {
                unsynced.remove(to);
                if let Some(bytes) = unsynced.remove(from) {
                    unsynced.insert(to.clone(), bytes);
                }
            }
            DiskOperation::Remove { path } => {
                unsynced.remove(path);
            }
            DiskOperation::SyncDirectory { .. } => {}
        }
        self.files.carry_out(operation)
    }

    fn order(&self) -> Order {
        // Without a file, or half way through its being written, nothing is to go wrong.
        let text = self.orders.as_deref().map(fs::read_to_string);
        text.and_then(Result::ok)
            .and_then(|text| parse(&text))
            .unwrap_or(Order::Ok)
    }

    fn failed(&self, operation: &str, path: &str, reason: &str) -> DiskError {
        if let Some(orders) = &self.orders {
            let said = fs::write(orders.with_extension("failed"), operation);
            assert!(said.is_ok(), "the runner must hear that the disk failed");
        }
        DiskError {
            operation: operation.to_owned(),
            path: path.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

fn parse(text: &str) -> Option<Order> {
    let mut words = text.split_whitespace();
    Some(match (words.next()?, words.next()) {
        ("slow", Some(milliseconds)) => {
            Order::Slow(Duration::from_millis(milliseconds.parse().ok()?))
        }
        ("fail", Some("write")) => Order::FailWrite,
        ("fail", Some("sync")) => Order::FailSync,
        _ => Order::Ok,
    })
}

fn append(path: &str, bytes: Bytes) -> DiskOperation {
    DiskOperation::Append {
        path: path.to_owned(),
        bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sync(path: &str) -> DiskOperation {
        DiskOperation::Sync {
            path: path.to_owned(),
        }
    }

    #[test]
    fn what_was_not_synced_is_lost() {
        let root = tempfile::tempdir().expect("a directory");
        let mut files = FaultyFiles::with(Files::of_tool(root.path()), None, true);
        let read = |name: &str| fs::read(root.path().join(name)).expect("there");
        for operation in [
            append("a", Bytes::from_static(b"kept")),
            sync("a"),
            append("a", Bytes::from_static(b", lost")),
            append("b", Bytes::from_static(b"moved")),
            DiskOperation::Rename {
                from: "b".to_owned(),
                to: "c".to_owned(),
            },
        ] {
            files.carry_out(&operation).expect("a good disk");
        }
        assert_eq!(read("a"), b"kept");
        assert_eq!(read("c"), b"");
        files.carry_out(&sync("c")).expect("a good disk");
        assert_eq!(read("c"), b"moved");
    }

    #[test]
    fn a_write_or_a_sync_fails_when_the_file_says_so() {
        let root = tempfile::tempdir().expect("a directory");
        let orders = root.path().join("disk");
        let mut files = FaultyFiles::with(Files::of_tool(root.path()), Some(orders.clone()), false);
        let write = append("a", Bytes::from_static(b"1234"));
        files.carry_out(&write).expect("no orders yet");
        fs::write(&orders, "fail sync").expect("written");
        files.carry_out(&write).expect("only a sync fails");
        let error = files.carry_out(&sync("a")).expect_err("as ordered");
        assert_eq!(error.operation, "sync");
        fs::write(&orders, "fail write").expect("written");
        files.carry_out(&write).expect_err("as ordered");
        assert_eq!(
            fs::read(root.path().join("a")).expect("there"),
            b"1234123412"
        );
        let said = fs::read(orders.with_extension("failed")).expect("said");
        assert_eq!(said, b"append");
    }
}
