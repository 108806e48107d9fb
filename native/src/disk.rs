//! Carries out what a member asks of its disk.
//!
//! Two threads, one for each [`Lane`], so that writing a large snapshot never delays a commit.
//! Each carries its batches out in order and tells the member. A failure is told and never tried
//! again: after a failed `fsync` nobody knows what is on the disk.

mod dedicated_log;
mod directory;
#[cfg(feature = "torture")]
mod faults;
mod files;
mod image;
mod offline;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::Instant;

use quorate_core::Input;
use quorate_core::disk::{DiskBatch, DiskError, DiskOperation, Lane};
use quorate_core::limits::SEGMENT_SIZE_BYTES;

pub(crate) use directory::{DataDirectory, DirectoryError};
pub(crate) use image::load_image;
pub(crate) use offline::carry_out;

use crate::log::Logger;
use crate::member_thread::MemberHandle;
use crate::metrics::{LaneMetrics, Metrics};
use crate::threads::Threads;
#[cfg(feature = "torture")]
use faults::FaultyFiles as LaneFiles;
#[cfg(not(feature = "torture"))]
use files::Files as LaneFiles;

/// The disk's threads.
pub(crate) struct Disk {
    threads: Vec<JoinHandle<()>>,
}

/// Hands batches to the disk's threads, and never blocks: a member has few of them under way.
pub(crate) struct DiskSender {
    log: Sender<DiskBatch>,
    snapshot: Sender<DiskBatch>,
}

/// What the threads are to do with what they are told.
pub(crate) struct DiskSettings<'a> {
    /// The data directory.
    pub(crate) root: &'a Path,
    /// Nothing is waited for until it is on the disk (`--unsafe-no-fsync`).
    pub(crate) is_unsafe: bool,
    /// What is counted.
    pub(crate) metrics: &'a Metrics,
    /// Whom slowness is told.
    pub(crate) logger: &'a Logger,
    /// What starts them.
    pub(crate) threads: &'a Threads,
}

impl Disk {
    /// Starts the threads; they end when the sender is dropped.
    pub(crate) fn start(
        settings: &DiskSettings<'_>,
        member: &MemberHandle,
    ) -> io::Result<(Disk, DiskSender)> {
        let mut threads = Vec::new();
        let mut lane = |name: &str, metrics: LaneMetrics, reserve_bytes: u64| {
            let (sender, batches) = mpsc::channel();
            let mut files = LaneFiles::new(settings, metrics.clone(), reserve_bytes);
            let member = member.clone();
            threads.push(settings.threads.spawn(name, move || {
                let carry_out = |operation: &DiskOperation| files.carry_out(operation);
                run(carry_out, &metrics, &batches, &member);
            })?);
            io::Result::Ok(sender)
        };
        let sender = DiskSender {
            log: lane("disk-log", settings.metrics.log_lane(), SEGMENT_SIZE_BYTES)?,
            snapshot: lane("disk-snapshot", settings.metrics.snapshot_lane(), 0)?,
        };
        Ok((Disk { threads }, sender))
    }

    /// Waits until all that was asked for is done; the sender must be gone.
    pub(crate) fn finish(self) {
        for thread in self.threads {
            // A thread that panicked has said so; what it left undone is as after a crash.
            let _ = thread.join();
        }
    }
}

impl DiskSender {
    /// Hands over a batch.
    pub(crate) fn send(&self, batch: DiskBatch) {
        let lane = match batch.lane {
            Lane::Log => &self.log,
            Lane::Snapshot => &self.snapshot,
        };
        // Fails only when the thread is gone; then the batch stays undone, and unanswered.
        let _ = lane.send(batch);
    }
}

fn run(
    mut carry_out: impl FnMut(&DiskOperation) -> Result<(), DiskError>,
    metrics: &LaneMetrics,
    batches: &Receiver<DiskBatch>,
    member: &MemberHandle,
) {
    let mut broken: Option<DiskError> = None;
    while let Ok(DiskBatch {
        id,
        lane,
        operations,
    }) = batches.recv()
    {
        let begun = Instant::now();
        let result = match &broken {
            Some(error) => Err(error.clone()),
            None => operations
                .iter()
                .try_for_each(|operation| without_panic(&mut carry_out, operation)),
        };
        metrics.carried_out(begun.elapsed());
        broken = result.as_ref().err().cloned();
        let done = Input::DiskDone {
            lane,
            batch: id,
            result,
        };
        if !member.blocking_send(done) {
            return;
        }
    }
}

/// Carries out one operation. Whoever panics half way has failed: the member must hear of it, for
/// it waits for nothing else.
fn without_panic(
    carry_out: &mut impl FnMut(&DiskOperation) -> Result<(), DiskError>,
    operation: &DiskOperation,
) -> Result<(), DiskError> {
    // Nothing is carried out after a failure, so nobody sees what was left half way.
    let done = catch_unwind(AssertUnwindSafe(|| carry_out(operation)));
    done.unwrap_or_else(|_| {
        Err(DiskError {
            operation: "carry out".to_owned(),
            path: path_of(operation).to_owned(),
            reason: "the disk's thread panicked".to_owned(),
        })
    })
}

fn path_of(operation: &DiskOperation) -> &str {
    match operation {
        DiskOperation::Append { path, .. }
        | DiskOperation::Truncate { path, .. }
        | DiskOperation::Sync { path }
        | DiskOperation::SyncDirectory { path }
        | DiskOperation::Remove { path } => path,
        DiskOperation::Rename { from, .. } => from,
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::id::{BatchId, MemberId};

    use super::*;
    use crate::member_thread;
    use crate::metrics::Facts;

    #[tokio::test]
    async fn a_lane_that_panics_has_failed_and_carries_nothing_out_any_more() {
        let (member, mut inbox) = member_thread::channel();
        let metrics = Metrics::new(&Facts::of_test(MemberId(1)));
        let (sender, batches) = mpsc::channel();
        for id in [1, 2] {
            let operations = vec![DiskOperation::Sync {
                path: format!("file{id}"),
            }];
            let batch = DiskBatch {
                id: BatchId(id),
                lane: Lane::Log,
                operations,
            };
            sender.send(batch).expect("open");
        }
        drop(sender);
        let lane = metrics.log_lane();
        let thread = std::thread::spawn(move || {
            let mut count = 0;
            let carry_out = |_: &DiskOperation| {
                count += 1;
                assert!(count > 1, "on purpose");
                Ok(())
            };
            run(carry_out, &lane, &batches, &member);
        });
        thread.join().expect("caught");
        for id in [1, 2] {
            let Some(Input::DiskDone { batch, result, .. }) = inbox.next_input().await else {
                panic!("no answer to batch {id}");
            };
            assert_eq!(batch, BatchId(id));
            let failure = result.expect_err("it panicked");
            assert_eq!(failure.path, "file1");
            assert_eq!(failure.reason, "the disk's thread panicked");
        }
    }
}
