//! What snapshots say of a log that was cut short, and what a start does with those that a crash
//! left between two names, or that were damaged.

use quorate_core::member::StartError;
use quorate_core::offline::{force_new_cluster, tidy};

use super::*;

/// A member that has received a snapshot up to index 100, whole on its disk, and marks it.
fn receiving() -> Bench {
    let mut bench = Bench::new(config(3));
    bench.receive_snapshot(2, 5, 100, 1);
    while bench.write(Lane::Snapshot) {}
    assert_eq!(snapshots(&bench.image), [received_path(5, 100)]);
    bench
}

/// A member that has taken snapshots of its own, at the indexes 5 and 10, and its disk as it was
/// when its log ended at index 4.
fn with_own_snapshots() -> (Bench, DiskImage) {
    let mut config = config(3);
    config.snapshot_count = 4;
    let mut bench = Bench::new(config);
    bench.append(5, (3, 1), 1);
    bench.write_all();
    let early = bench.image.clone();
    for index in 4..11 {
        bench.append(5, (index, 5), 1);
        bench.write_all();
    }
    let own = [snapshot_path(5, 5), snapshot_path(5, 10)];
    assert_eq!(snapshots(&bench.image), own);
    (bench, early)
}

fn again(image: &DiskImage) -> Bench {
    let again = MemberConfig {
        incarnation: Incarnation(2),
        ..config(3)
    };
    Bench::start(again, image.clone())
}

fn snapshots(image: &DiskImage) -> Vec<String> {
    let files = image.files.keys().filter(|path| path.contains("/snap/"));
    files.cloned().collect()
}

fn received_path(term: u64, index: u64) -> String {
    format!("{}.received", snapshot_path(term, index))
}

const LOG: &str = "member/wal/0000000000000000-0000000000000000.wal";

#[test]
fn a_log_that_ends_before_an_own_snapshot_has_lost_entries() {
    let (bench, early) = with_own_snapshots();
    let mut image = bench.image;
    image.files.insert(LOG.to_owned(), early.files[LOG].clone());
    let refusal = Member::start(config(3), &image).err();
    let snapshot = snapshot_path(5, 10);
    let expected = format!(
        "{snapshot} reaches index 10, but {LOG} ends at index 4: entries that were on the disk are \
         gone; remove this member and add it anew with an empty data directory \
         (docs/file-format.md)"
    );
    assert_eq!(refusal, Some(StartError::Data(expected.clone())));
    assert_eq!(
        force_new_cluster(&image),
        Err(format!("data directory: {expected}"))
    );
    // Damage to the evidence is no excuse.
    let whole = image.clone();
    image.files.get_mut(&snapshot).unwrap().truncate(50);
    assert_eq!(
        Member::start(config(3), &image).err(),
        Some(StartError::Data(expected))
    );
    // What somebody has put there is no evidence, and without any the member starts.
    image = whole;
    let copy = image.files.remove(&snapshot).unwrap();
    image.files.remove(&snapshot_path(5, 5)).unwrap();
    image.files.insert(snapshot_path(5, 0x40), copy);
    assert_eq!(again(&image).last(), 4);
}

#[test]
fn a_log_that_lost_no_more_than_a_marker_is_whole() {
    let (bench, _) = with_own_snapshots();
    let whole = bench.image.files[LOG].clone();
    let mut refused = 0;
    for length in (0..whole.len()).rev() {
        let mut image = bench.image.clone();
        image.files.insert(LOG.to_owned(), whole.slice(..length));
        match Member::start(config(3), &image) {
            Ok(member) => {
                let view = member.view();
                let last = view.log.last().map_or(view.log_offset, |entry| entry.index);
                assert!(last >= Index(10), "{length} bytes, last index {last}");
            }
            Err(_) => refused += 1,
        }
    }
    assert!((100..whole.len()).contains(&refused), "{refused} refused");
}

#[test]
fn a_crash_before_the_marker_of_a_received_snapshot_costs_the_snapshot_alone() {
    let bench = receiving();
    let mut bench = again(&bench.image);
    assert_eq!(bench.last(), 3);
    bench.write_all();
    assert!(snapshots(&bench.image).is_empty());
    bench.receive_snapshot(2, 5, 100, 1);
    bench.write_all();
    assert_eq!(snapshots(&bench.image), [snapshot_path(5, 100)]);
    assert_eq!(again(&bench.image).last(), 100);
}

#[test]
fn a_received_snapshot_gets_its_name_when_its_marker_is_durable() {
    let mut bench = receiving();
    while bench.write(Lane::Log) {}
    // Power is lost here: the log has the marker, the file has not got its name.
    let image = bench.image;
    assert_eq!(snapshots(&image), [received_path(5, 100)]);
    let mut bench = again(&image);
    assert_eq!(bench.last(), 100);
    // What was read of the log may not be durable before its first batch is.
    while bench.write(Lane::Snapshot) {}
    assert_eq!(snapshots(&bench.image), [received_path(5, 100)]);
    bench.write_all();
    assert_eq!(snapshots(&bench.image), [snapshot_path(5, 100)]);
    let mut bench = again(&bench.image);
    assert_eq!(bench.last(), 100);
    bench.write_all();
    assert_eq!(snapshots(&bench.image), [snapshot_path(5, 100)]);
    // The tools know it too.
    assert!(force_new_cluster(&image).unwrap().is_some());
    let mut tidied = image;
    for operation in tidy(&tidied).unwrap() {
        carry_out(&mut tidied, operation);
    }
    assert_eq!(snapshots(&tidied), [snapshot_path(5, 100)]);
    assert_eq!(again(&tidied).last(), 100);
}

#[test]
fn a_received_snapshot_that_nobody_wants_is_removed() {
    let mut bench = Bench::new(config(3));
    bench.receive_snapshot(2, 5, 5, 7);
    // The log overtakes it before it is on the disk.
    bench.append(5, (3, 1), 4);
    while bench.write(Lane::Log) {}
    bench.write_all();
    assert!(!bench.has_told(|kind| matches!(kind, TraceKind::SnapshotApplied { .. })));
    assert!(snapshots(&bench.image).is_empty());
}

#[test]
fn a_received_snapshot_without_any_log_is_refused() {
    let mut image = receiving().image;
    image.files.remove(LOG);
    let refusal = Member::start(config(3), &image).err();
    let path = received_path(5, 100);
    let expected = format!("{path} is a snapshot, but the log that belongs to it is missing");
    assert_eq!(refusal, Some(StartError::Data(expected)));
}

#[test]
fn a_damaged_snapshot_that_is_passed_over_is_told_and_put_aside() {
    let (bench, _) = with_own_snapshots();
    let mut image = bench.image;
    let path = snapshot_path(5, 10);
    let mut damaged = image.files[&path].to_vec();
    damaged[60] ^= 1;
    image.files.insert(path.clone(), damaged.into());
    let mut bench = again(&image);
    assert_eq!(bench.last(), 11);
    let told = TraceKind::SnapshotUnreadable {
        path: path.clone(),
        broken_path: Some(format!("{path}.broken")),
        reason: "snapshot: broken at byte 0: wrong checksum".to_owned(),
    };
    assert!(bench.has_told(|kind| *kind == told), "{:?}", bench.trace);
    bench.write_all();
    let kept = [snapshot_path(5, 5), format!("{path}.broken")];
    assert_eq!(snapshots(&bench.image), kept);
    // It is told once.
    let bench = again(&bench.image);
    let is_told = |kind: &TraceKind| matches!(kind, TraceKind::SnapshotUnreadable { .. });
    assert!(!bench.has_told(is_told));
    assert_eq!(bench.last(), 11);
}
