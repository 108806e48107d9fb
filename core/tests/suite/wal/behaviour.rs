//! What the log does, one behaviour a test.

use bytes::Bytes;
use quorate_core::disk::{DiskImage, DiskOperation};
use quorate_core::id::{ClusterId, Index, MemberId, Term};
use quorate_core::wal::{
    HardState, LogEntry, Metadata, Recovered, Wal, WalError, WalOptions, recover,
};

use super::disk_model::Disk;
use super::log_model::METADATA;

const SMALL: WalOptions = WalOptions {
    segment_size_bytes: 400,
};

fn entries(term: u64, indexes: std::ops::RangeInclusive<u64>) -> Vec<LogEntry> {
    let entry = |index| LogEntry {
        term: Term(term),
        index: Index(index),
        data: Bytes::from(format!("{index} of {term}")),
        ..LogEntry::default()
    };
    indexes.map(entry).collect()
}

fn hard_state(term: u64, vote: u64, commit: u64) -> HardState {
    HardState {
        term: Term(term),
        vote: MemberId(vote),
        commit: Index(commit),
    }
}

struct Log {
    disk: Disk,
    wal: Wal,
}

impl Log {
    fn new() -> Self {
        let mut disk = Disk::default();
        let (mut wal, operations) = Wal::create(METADATA, SMALL);
        disk.run(&operations);
        wal.batch_done();
        Self { disk, wal }
    }

    fn write(&mut self) -> Option<String> {
        let batch = self.wal.take_batch().unwrap();
        self.disk.run(&batch.operations);
        self.wal.batch_done();
        batch.cut
    }

    /// Entries one by one, each in its own batch.
    fn fill(&mut self, indexes: std::ops::RangeInclusive<u64>) {
        for entry in entries(1, indexes) {
            self.wal.append(&[entry], None);
            self.write();
        }
    }

    fn recover(&self) -> Result<Recovered, WalError> {
        recover(&self.disk.image(), Some(METADATA), SMALL)
    }
}

#[test]
fn the_last_write_of_an_index_wins() {
    let mut log = Log::new();
    log.wal
        .append(&entries(1, 1..=5), Some(hard_state(1, 1, 2)));
    log.wal
        .append(&entries(2, 3..=4), Some(hard_state(2, 2, 3)));
    log.write();
    let read = log.recover().unwrap();
    assert_eq!(
        read.entries,
        [entries(1, 1..=2), entries(2, 3..=4)].concat()
    );
    assert_eq!(read.hard_state, hard_state(2, 2, 3));
    assert_eq!(read.last_index(), Index(4));
    assert_eq!(read.repair, None);
    assert_eq!(read.entries_after(Index(3)).unwrap(), entries(2, 4..=4));
    assert!(read.entries_after(Index(9)).unwrap().is_empty());
}

#[test]
fn one_batch_is_out_at_a_time_and_the_next_takes_all() {
    let mut log = Log::new();
    log.wal.append(&entries(1, 1..=1), None);
    let first = log.wal.take_batch().unwrap();
    log.wal.append(&entries(1, 2..=2), None);
    log.wal.append(&entries(1, 3..=3), None);
    assert_eq!(log.wal.take_batch(), None);
    log.disk.run(&first.operations);
    log.wal.batch_done();
    let second = log.wal.take_batch().unwrap();
    let syncs = |operation: &&DiskOperation| matches!(operation, DiskOperation::Sync { .. });
    assert_eq!(second.operations.iter().filter(syncs).count(), 1);
    log.disk.run(&second.operations);
    assert_eq!(log.recover().unwrap().entries, entries(1, 1..=3));
}

#[test]
fn a_commit_alone_needs_no_sync_and_a_vote_does() {
    let mut log = Log::new();
    log.wal
        .append(&entries(1, 1..=2), Some(hard_state(1, 1, 0)));
    log.write();
    log.wal.append(&[], Some(hard_state(1, 1, 2)));
    let operations = log.wal.take_batch().unwrap().operations;
    assert!(matches!(operations[..], [DiskOperation::Append { .. }]));
    log.disk.run(&operations);
    log.wal.batch_done();
    log.wal.append(&[], Some(hard_state(1, 1, 2)));
    assert_eq!(log.wal.take_batch(), None, "nothing changed");
    log.wal.append(&[], Some(hard_state(2, 3, 2)));
    let operations = log.wal.take_batch().unwrap().operations;
    assert!(matches!(
        operations.last(),
        Some(DiskOperation::Sync { .. })
    ));
    log.disk.run(&operations);
    assert_eq!(log.recover().unwrap().hard_state, hard_state(2, 3, 2));
}

#[test]
fn a_segment_is_named_by_the_entry_that_comes_next() {
    let mut log = Log::new();
    assert_eq!(
        log.wal.segment_names(),
        ["0000000000000000-0000000000000000.wal"]
    );
    log.fill(1..=3);
    let mut cut = None;
    for index in 4..100 {
        log.wal.append(&entries(1, index..=index), None);
        cut = log.write();
        if let Some(name) = &cut {
            assert_eq!(name, &format!("0000000000000001-{index:016x}.wal"));
            break;
        }
    }
    assert!(cut.is_some());
}

#[test]
fn release_keeps_the_segment_of_the_index_and_as_many_files_as_asked_for() {
    let mut log = Log::new();
    log.fill(1..=60);
    let names = log.wal.segment_names();
    assert!(names.len() > 8, "{names:?}");
    assert!(
        log.wal.release_before(Index(60), 0).files.is_empty(),
        "no marker"
    );
    log.wal.mark_snapshot(Index(40), Term(1));
    assert!(
        log.wal.release_before(Index(60), 0).files.is_empty(),
        "not synced"
    );
    log.write();
    let names = log.wal.segment_names();
    let few = log.wal.release_before(Index(60), names.len() - 1);
    assert_eq!(few.files, names[..1]);
    log.disk.run(&few.operations);
    let rest = log.wal.release_before(Index(60), 5);
    log.disk.run(&rest.operations);
    assert!(rest.files.len() > 2, "{rest:?}");
    let read = log.recover().unwrap();
    assert!(read.base < Index(40), "entry 40 is kept, {}", read.base);
    assert_eq!(read.entries_after(Index(40)).unwrap(), entries(1, 41..=60));
    assert_eq!(read.markers.last().unwrap().index, Index(40));
    let base = read.base;
    assert_eq!(
        read.entries_after(Index(1)),
        Err(WalError::Gap {
            snapshot: Index(1),
            base
        })
    );
    let text = WalError::Gap {
        snapshot: Index(1),
        base,
    }
    .to_string();
    let lost = format!("wal: entries 2 to {base} are neither in a snapshot nor in the log");
    assert_eq!(text, lost);
}

#[test]
fn a_release_that_a_crash_undid_in_part_leaves_a_gap_that_does_no_harm() {
    let mut log = Log::new();
    log.fill(1..=30);
    log.wal.mark_snapshot(Index(30), Term(1));
    log.write();
    let names = log.wal.segment_names();
    let mut image = log.disk.image();
    image.files.remove(&format!("member/wal/{}", names[1]));
    let mut read = recover(&image, Some(METADATA), SMALL).unwrap();
    assert_eq!(read.base.0 + 1, read.entries[0].index.0);
    assert!(read.base > Index(0));
    // What is left over goes with the next release.
    read.wal.batch_done();
    let released = read.wal.release_before(Index(30), 1);
    assert_eq!(released.files.first(), names.first());
}

#[test]
fn a_leaders_snapshot_replaces_the_log() {
    let mut log = Log::new();
    log.fill(1..=3);
    log.wal.install_snapshot(Index(10), Term(4));
    log.wal
        .append(&entries(4, 11..=12), Some(hard_state(4, 0, 10)));
    log.write();
    let read = log.recover().unwrap();
    assert_eq!((read.base, read.last_index()), (Index(10), Index(12)));
    assert_eq!(read.entries_after(Index(10)).unwrap(), entries(4, 11..=12));
    assert!(read.entries_after(Index(3)).is_err());
}

#[test]
fn an_unfinished_new_segment_is_removed() {
    let mut log = Log::new();
    log.fill(1..=20);
    let whole = log.recover().unwrap();
    let next = whole.wal.segment_names().len();
    let name = format!("{next:016x}-0000000000000015.wal");
    for content in [&b""[..], &[0; 4096], b"garbage"] {
        let mut image = log.disk.image();
        let path = format!("member/wal/{name}");
        image.files.insert(path.clone(), Bytes::from(content));
        let read = recover(&image, Some(METADATA), SMALL).unwrap();
        assert_eq!(read.entries, whole.entries);
        assert_eq!(read.operations[0], DiskOperation::Remove { path });
        let repair = read.repair.unwrap();
        assert_eq!((repair.file, repair.at_bytes), (name.clone(), 0));
    }
    // But not one whose predecessor is missing: it cannot be that new.
    let mut image = log.disk.image();
    let path = format!("member/wal/{:016x}-0000000000000015.wal", next + 1);
    image.files.insert(path, Bytes::new());
    let read = recover(&image, Some(METADATA), SMALL);
    assert!(matches!(read, Err(WalError::Corrupt { .. })), "{read:?}");
}

#[test]
fn another_members_log_is_refused() {
    let mut log = Log::new();
    log.fill(1..=1);
    let other = Metadata {
        member: MemberId(7),
        cluster: ClusterId(8),
    };
    let error = recover(&log.disk.image(), Some(other), SMALL).unwrap_err();
    assert_eq!(
        error.to_string(),
        "wal: the log is of member 8211f1d0f64f3269 of cluster ef37ad9dc622a7c4, not of member 7 \
         of cluster 8"
    );
    assert!(recover(&log.disk.image(), None, SMALL).is_ok());
}

#[test]
fn nothing_is_an_empty_log() {
    let nothing = recover(&DiskImage::default(), None, SMALL);
    assert_eq!(nothing.unwrap_err(), WalError::Empty);
}

#[test]
fn a_large_append_is_spread_over_frames() {
    let mut log = Log::new();
    let large: Vec<LogEntry> = (1..=5)
        .map(|index| LogEntry {
            index: Index(index),
            term: Term(1),
            data: Bytes::from(vec![index as u8; 3 * 1024 * 1024]),
            ..LogEntry::default()
        })
        .collect();
    log.wal.append(&large, Some(hard_state(1, 1, 5)));
    log.write();
    let read = log.recover().unwrap();
    assert_eq!(read.entries, large);
    assert_eq!(read.hard_state, hard_state(1, 1, 5));
    // Cut in the last frame, the hard state that commits it goes with it.
    let mut image = log.disk.image();
    for bytes in image.files.values_mut() {
        bytes.truncate(bytes.len() - 100);
    }
    let read = recover(&image, Some(METADATA), SMALL).unwrap();
    assert_eq!(read.entries, large[..4]);
    assert_eq!(read.hard_state, HardState::default());
}
