//! The exact bytes of small files. When one of these fails, the format has changed: give it a
//! new version, keep reading the old one, keep this file as it is and put a new one beside it.

use bytes::Bytes;
use quorate_core::command::{Alarm, AlarmMember};
use quorate_core::disk::DiskImage;
use quorate_core::id::{Index, LeaseId, MemberId, Term};
use quorate_core::lease::LeaseRecord;
use quorate_core::snapshot::{self, SnapshotHeader};
use quorate_core::version::ServerVersion;
use quorate_core::versions::VersionRecord;
use quorate_core::wal::{EntryKind, HardState, LogEntry, Wal, WalOptions, recover};

use super::disk_model::Disk;
use super::log_model::METADATA;
use super::snapshot_file::{header, operations};

const SEGMENT: &str = include_str!("../../golden/wal_segment_1.hex");
/// Of format 1, which had no leases.
const SNAPSHOT_1: &str = include_str!("../../golden/snapshot_1.hex");
const SNAPSHOT_2: &str = include_str!("../../golden/snapshot_2.hex");
/// Of format 3, which had neither alarms nor versions.
const SNAPSHOT_3: &str = include_str!("../../golden/snapshot_3.hex");
const SNAPSHOT_4: &str = include_str!("../../golden/snapshot_4.hex");

fn entries() -> Vec<LogEntry> {
    vec![
        LogEntry {
            term: Term(1),
            index: Index(1),
            kind: EntryKind::ConfChange,
            data: Bytes::from_static(b"add a member"),
        },
        LogEntry {
            term: Term(2),
            index: Index(2),
            kind: EntryKind::Normal,
            data: Bytes::from_static(b"put foo bar"),
        },
    ]
}

fn hard_state(commit: u64) -> HardState {
    HardState {
        term: Term(2),
        vote: MemberId(0x8211_f1d0_f64f_3269),
        commit: Index(commit),
    }
}

#[test]
fn a_segment_is_written_as_ever_and_read_as_ever() {
    let mut disk = Disk::default();
    let (mut wal, operations) = Wal::create(METADATA, WalOptions::default());
    disk.run(&operations);
    wal.batch_done();
    wal.append(&entries(), Some(hard_state(0)));
    disk.run(&wal.take_batch().unwrap().operations);
    wal.batch_done();
    wal.append(&[], Some(hard_state(2)));
    wal.mark_snapshot(Index(2), Term(2));
    disk.run(&wal.take_batch().unwrap().operations);
    let image = disk.image();
    let (path, bytes) = image.files.iter().next().unwrap();
    update("wal_segment_1.hex", bytes);
    assert_eq!(to_hex(bytes), SEGMENT, "\n{}", to_hex(bytes));

    let old = DiskImage {
        files: [(path.clone(), from_hex(SEGMENT))].into(),
    };
    let log = recover(&old, Some(METADATA), WalOptions::default()).unwrap();
    assert_eq!(log.entries, entries());
    assert_eq!(log.hard_state, hard_state(2));
    assert_eq!(log.markers.len(), 1);
    assert_eq!(log.repair, None);
}

#[test]
fn a_snapshot_is_written_as_ever_and_read_as_ever() {
    let mut disk = Disk::default();
    let header = SnapshotHeader {
        alarms: vec![AlarmMember {
            member: MemberId(0x8211_f1d0_f64f_3269),
            alarm: Alarm::NoSpace,
        }],
        versions: VersionRecord {
            members: vec![
                (MemberId(1), ServerVersion::CLAIMED),
                (MemberId(2), ServerVersion::CLAIMED),
            ],
            cluster: Some(ServerVersion::CLAIMED.without_patch()),
            downgrade: None,
        },
        ..with_removed()
    };
    disk.run(&operations(&header, &[b"a chunk", b"another"]));
    let image = disk.image();
    let bytes = image.files.values().next().unwrap();
    update("snapshot_4.hex", bytes);
    assert_eq!(to_hex(bytes), SNAPSHOT_4, "\n{}", to_hex(bytes));

    let file = snapshot::read(&from_hex(SNAPSHOT_4)).unwrap();
    assert_eq!(file.header, header);
    assert_eq!(file.chunks, [&b"a chunk"[..], b"another"]);
}

#[test]
fn a_snapshot_of_format_3_is_read_and_has_no_alarms() {
    let file = snapshot::read(&from_hex(SNAPSHOT_3)).unwrap();
    assert_eq!(file.header, with_removed());
    assert_eq!(file.chunks, [&b"a chunk"[..], b"another"]);
}

fn with_removed() -> SnapshotHeader {
    SnapshotHeader {
        leases: leases(),
        removed: vec![MemberId(5), MemberId(0xffff_ffff_ffff_ffff)],
        ..header(2, 9)
    }
}

#[test]
fn a_snapshot_of_format_2_is_read_and_knows_of_no_removal() {
    let file = snapshot::read(&from_hex(SNAPSHOT_2)).unwrap();
    let header = SnapshotHeader {
        leases: leases(),
        ..header(2, 9)
    };
    assert_eq!(file.header, header);
    assert_eq!(file.chunks, [&b"a chunk"[..], b"another"]);
}

#[test]
fn a_snapshot_of_format_1_is_read_and_has_no_leases() {
    let file = snapshot::read(&from_hex(SNAPSHOT_1)).unwrap();
    assert_eq!(file.header, header(2, 9));
    assert_eq!(file.chunks, [&b"a chunk"[..], b"another"]);
}

fn leases() -> Vec<LeaseRecord> {
    vec![
        LeaseRecord {
            id: LeaseId(0x1234),
            granted_ttl_seconds: 600,
            remaining_ttl_seconds: 250,
        },
        LeaseRecord {
            id: LeaseId(0x7fff_ffff_ffff_ffff),
            granted_ttl_seconds: 2,
            remaining_ttl_seconds: 0,
        },
    ]
}

/// Eight bytes a group, two groups a line: as frames are aligned.
fn to_hex(bytes: &[u8]) -> String {
    let group = |group: &[u8]| -> String { group.iter().map(|b| format!("{b:02x}")).collect() };
    let line = |line: &[u8]| line.chunks(8).map(group).collect::<Vec<_>>().join(" ") + "\n";
    bytes.chunks(16).map(line).collect()
}

fn from_hex(text: &str) -> Bytes {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_hexdigit).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect()
}

/// Writes a golden anew when told to. The test still compares with what it was built with: a
/// format that changed shows twice.
fn update(name: &str, bytes: &[u8]) {
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        std::fs::write(golden.join(name), to_hex(bytes)).expect("a golden to write");
    }
}
