//! What the log ought to hold, kept the plainest way, beside the real writer and a disk.

use std::collections::BTreeMap;

use bytes::Bytes;
use quorate_core::disk::DiskOperation;
use quorate_core::id::{ClusterId, Index, MemberId, Term};
use quorate_core::prng::Prng;
use quorate_core::wal::{
    EntryKind, HardState, LogEntry, Metadata, Recovered, SnapshotMarker, Wal, WalOptions, recover,
};

use super::disk_model::Disk;

pub(crate) const METADATA: Metadata = Metadata {
    member: MemberId(0x8211_f1d0_f64f_3269),
    cluster: ClusterId(0xef37_ad9d_c622_a7c4),
};

/// The log at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moment {
    base: u64,
    entries: BTreeMap<u64, LogEntry>,
    hard_state: HardState,
    marker: Option<SnapshotMarker>,
}

impl Moment {
    pub(crate) fn last(&self) -> u64 {
        self.entries
            .keys()
            .next_back()
            .copied()
            .unwrap_or(self.base)
    }

    /// Whether a recovered log is this one, but for what was released behind a snapshot.
    pub(crate) fn is(&self, log: &Recovered) -> bool {
        let kept = self.entries.range(log.base.0 + 1..);
        log.hard_state == self.hard_state
            && log.last_index().0 == self.last()
            && log.markers.last().copied() == self.marker
            && log.base.0 >= self.base
            && kept.map(|(_, entry)| entry).eq(&log.entries)
    }
}

/// A writer, its disk, and every moment that the log went through.
pub(crate) struct World {
    pub(crate) prng: Prng,
    pub(crate) disk: Disk,
    pub(crate) wal: Wal,
    pub(crate) options: WalOptions,
    /// The log after each record that was appended.
    pub(crate) moments: Vec<Moment>,
    /// The newest of them that must survive.
    pub(crate) durable: usize,
    /// The newest of them that the disk may have heard of.
    pub(crate) handed_out: usize,
    pub(crate) released: Index,
}

impl World {
    /// A log that was just created.
    pub(crate) fn new(seed: u64) -> Self {
        let mut prng = Prng::new(seed);
        let options = WalOptions {
            segment_size_bytes: *prng.choose(&[300, 2_000, 10_000]).unwrap(),
        };
        let (mut wal, operations) = Wal::create(METADATA, options);
        let mut disk = Disk::default();
        disk.run(&operations);
        wal.batch_done();
        World {
            prng,
            disk,
            wal,
            options,
            moments: vec![Moment::default()],
            durable: 0,
            handed_out: 0,
            released: Index(0),
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.moments.last().unwrap().clone()
    }

    /// Appends something.
    pub(crate) fn append_something(&mut self) {
        let mut now = self.now();
        match self.prng.below(10) {
            0 => {
                let index = self.prng.between(now.base.max(1), now.last().max(1));
                let Some(entry) = now.entries.get(&index).cloned() else {
                    return;
                };
                self.wal.mark_snapshot(entry.index, entry.term);
                mark(&mut now, entry.index, entry.term, false);
            }
            1 if self.prng.chance(200) => {
                let index = Index(now.last() + self.prng.below(20));
                let term = now.hard_state.term;
                self.wal.install_snapshot(index, term);
                now.entries.clear();
                now.base = index.0;
                mark(&mut now, index, term, true);
            }
            2 => {
                now.hard_state.commit = Index(self.prng.between(now.base, now.last()));
                self.wal.append(&[], Some(now.hard_state));
            }
            _ => self.append_entries(&mut now),
        }
        self.moments.push(now);
    }

    fn append_entries(&mut self, now: &mut Moment) {
        let first = match self.prng.chance(250) {
            true => self.prng.between(now.base + 1, now.last() + 1),
            false => now.last() + 1,
        };
        now.hard_state.term.0 += self.prng.below(2);
        now.hard_state.vote = MemberId(self.prng.below(3));
        let size_bytes = *self.prng.choose(&[0, 20, 200, 1500]).unwrap();
        let entries: Vec<LogEntry> = (first..first + self.prng.below(4))
            .map(|index| self.entry(index, now.hard_state.term, size_bytes))
            .collect();
        if !entries.is_empty() {
            now.entries.split_off(&first);
        }
        for entry in &entries {
            now.entries.insert(entry.index.0, entry.clone());
        }
        now.hard_state.commit = now.hard_state.commit.min(Index(now.last()));
        let hard_state = Some(now.hard_state);
        self.wal.append(&entries, hard_state);
    }

    fn entry(&mut self, index: u64, term: Term, size_bytes: u64) -> LogEntry {
        let mut some = |bound: u64| -> Bytes {
            let length = self.prng.below(bound + 1);
            (0..length).map(|_| self.prng.bits() as u8).collect()
        };
        LogEntry {
            term,
            index: Index(index),
            data: some(size_bytes),
            kind: match index % 5 {
                0 => EntryKind::ConfChange,
                _ => EntryKind::Normal,
            },
        }
    }

    /// Hands all that is buffered to the disk, which does all of it.
    pub(crate) fn write(&mut self) {
        if let Some(operations) = self.take() {
            self.disk.run(&operations);
            self.done(&operations);
        }
    }

    pub(crate) fn take(&mut self) -> Option<Vec<DiskOperation>> {
        let batch = self.wal.take_batch()?;
        self.handed_out = self.moments.len() - 1;
        Some(batch.operations)
    }

    pub(crate) fn done(&mut self, operations: &[DiskOperation]) {
        self.wal.batch_done();
        if matches!(operations.last(), Some(DiskOperation::Sync { .. })) {
            self.durable = self.handed_out;
        }
    }

    /// Lets old segments go.
    pub(crate) fn release(&mut self) -> Vec<DiskOperation> {
        let index = Index(self.prng.below(self.now().last() + 1));
        let keep_files = self.prng.between(1, 3) as usize;
        self.released = self.released.max(index);
        self.wal.release_before(index, keep_files).operations
    }

    /// Starts again from what the disk holds; which moment that is, it says, or what is wrong.
    pub(crate) fn restart(&mut self) -> Result<usize, String> {
        let log = recover(&self.disk.image(), Some(METADATA), self.options)
            .map_err(|error| error.to_string())?;
        let moment = (self.durable..=self.handed_out)
            .rev()
            .find(|moment| self.moments[*moment].is(&log))
            .ok_or_else(|| format!("no moment of the log has {log:?}"))?;
        if log.base.0 > self.released.0.max(self.moments[moment].base) {
            return Err(format!("the log begins at {} without a release", log.base));
        }
        self.moments.truncate(moment + 1);
        self.wal = log.wal;
        self.disk.run(&log.operations);
        self.wal.batch_done();
        self.durable = moment;
        self.handed_out = moment;
        Ok(moment)
    }
}

fn mark(now: &mut Moment, index: Index, term: Term, replaces_log: bool) {
    now.hard_state.commit = now.hard_state.commit.max(index);
    now.marker = Some(SnapshotMarker {
        index,
        term,
        replaces_log,
    });
}
