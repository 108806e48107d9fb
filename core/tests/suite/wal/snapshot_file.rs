//! Snapshot files: whole or not there, and never believed when damaged.

use bytes::Bytes;
use quorate_core::disk::{DiskImage, DiskOperation};
use quorate_core::id::{ClusterId, Index, MemberId, Revision, Term};
use quorate_core::prng::Prng;
use quorate_core::snapshot::{
    Configuration, SnapshotError, SnapshotHeader, SnapshotWriter, newest_good, newest_good_marked,
    old_files, read, received_files, unfinished_files,
};
use quorate_core::wal::SnapshotMarker;

use super::disk_model::Disk;

pub(crate) fn header(term: u64, index: u64) -> SnapshotHeader {
    SnapshotHeader {
        cluster: ClusterId(0xef37_ad9d_c622_a7c4),
        index: Index(index),
        term: Term(term),
        configuration: Configuration {
            voters: vec![MemberId(1), MemberId(2), MemberId(3)],
            learners: vec![MemberId(4)],
            ..Configuration::default()
        },
        membership: Bytes::from_static(b"members"),
        revision: Revision(index as i64 + 1),
        compact_revision: Revision(-1),
        ..SnapshotHeader::default()
    }
}

pub(crate) fn operations(header: &SnapshotHeader, chunks: &[&[u8]]) -> Vec<DiskOperation> {
    let (mut writer, mut operations) = SnapshotWriter::begin(header);
    for chunk in chunks {
        operations.push(writer.chunk(chunk));
    }
    operations.extend(writer.finish());
    operations
}

fn image_of(snapshots: &[(u64, u64)]) -> DiskImage {
    let mut disk = Disk::default();
    for (term, index) in snapshots {
        disk.run(&operations(
            &header(*term, *index),
            &[b"one", b"", b"three"],
        ));
    }
    disk.image()
}

#[test]
fn what_is_written_is_read() {
    let image = image_of(&[(2, 0x1fff)]);
    let path = "member/snap/0000000000000002-0000000000001fff.snap";
    let file = read(&image.files[path]).unwrap();
    assert_eq!(file.header, header(2, 0x1fff));
    assert_eq!(file.chunks, [&b"one"[..], b"", b"three"]);
    assert_eq!(image.files.len(), 1);
    let bytes = header(1, 2).encode();
    assert_eq!(SnapshotHeader::decode(&bytes), Ok(header(1, 2)));
}

#[test]
fn a_crash_leaves_a_whole_snapshot_or_none() {
    let (mut whole, mut none) = (0, 0);
    let long = vec![7; 5_000];
    for seed in 0..500 {
        let mut prng = Prng::new(seed);
        let mut disk = Disk::default();
        disk.run(&operations(&header(1, 10), &[b"old"]));
        let new = operations(&header(1, 20), &[&long, b"end", &long]);
        disk.run_some(&new, &mut prng);
        disk.crash(&mut prng);
        let image = disk.image();
        let newest = newest_good(&image);
        assert!(newest.broken.is_empty(), "seed {seed}: {:?}", newest.broken);
        let file = newest.snapshot.unwrap();
        match file.header.index {
            Index(20) => {
                assert_eq!(file.chunks.len(), 3);
                whole += 1;
            }
            _ => none += 1,
        }
        // What a crash left of it can be begun again.
        for path in unfinished_files(&image) {
            disk.run(&[DiskOperation::Remove { path }]);
        }
        disk.run(&new);
        assert_eq!(
            newest_good(&disk.image()).snapshot.unwrap().header,
            header(1, 20)
        );
    }
    assert!(whole > 20 && none > 20, "{whole} whole, {none} none");
}

#[test]
fn every_flipped_bit_and_every_cut_is_noticed() {
    let image = image_of(&[(1, 5)]);
    let bytes = image.files.values().next().unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.to_vec();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(read(&Bytes::from(damaged)).is_err(), "bit {bit}");
    }
    for length_bytes in 0..bytes.len() {
        assert!(read(&bytes.slice(..length_bytes)).is_err());
    }
    let longer = [bytes, &[0; 8][..]].concat();
    assert!(read(&Bytes::from(longer)).is_err());
}

#[test]
fn any_bytes_are_refused_without_a_panic() {
    for seed in 0..3_000 {
        let mut prng = Prng::new(seed);
        let bound = *prng.choose(&[4, 32, 256]).unwrap();
        let length = prng.below(400);
        let bytes: Bytes = (0..length).map(|_| prng.below(bound) as u8).collect();
        assert!(read(&bytes).is_err());
        // No checksum stands before this one: it may find something, it may not panic.
        let _ = SnapshotHeader::decode(&bytes);
    }
    let good = header(3, 4).encode();
    for bit in 0..good.len() * 8 {
        let mut damaged = good.to_vec();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let _ = SnapshotHeader::decode(&damaged);
    }
}

#[test]
fn a_broken_snapshot_is_passed_over() {
    let mut image = image_of(&[(1, 5), (1, 9), (2, 12)]);
    let paths: Vec<String> = image.files.keys().cloned().collect();
    image.files.get_mut(&paths[2]).unwrap().truncate(40);
    let renamed = "member/snap/0000000000000003-0000000000000020.snap";
    image
        .files
        .insert(renamed.to_owned(), image.files[&paths[0]].clone());
    image
        .files
        .insert("member/snap/db".to_owned(), Bytes::new());
    let newest = newest_good(&image);
    assert_eq!(newest.snapshot.unwrap().header, header(1, 9));
    let broken: Vec<&str> = newest
        .broken
        .iter()
        .map(|(path, _)| path.as_str())
        .collect();
    assert_eq!(broken, [renamed, paths[2].as_str()]);
    assert!(matches!(newest.broken[0].1, SnapshotError::Renamed(_)));
    assert_eq!(newest_good(&DiskImage::default()).snapshot, None);
}

#[test]
fn a_snapshot_that_the_log_does_not_know_is_left_out() {
    let image = image_of(&[(1, 5), (1, 9)]);
    let marker = SnapshotMarker {
        index: Index(5),
        term: Term(1),
        replaces_log: false,
    };
    let newest = newest_good_marked(&image, &[marker]);
    assert_eq!(newest.snapshot.unwrap().header.index, Index(5));
    assert_eq!(newest_good_marked(&image, &[]).snapshot, None);
}

#[test]
fn a_leaders_snapshot_counts_when_it_is_marked() {
    let (first, second) = (header(2, 5), header(2, 9));
    let mut disk = Disk::default();
    for header in [&first, &second] {
        let (mut writer, mut operations) = SnapshotWriter::begin_received(header);
        operations.push(writer.chunk(b"one"));
        operations.extend(writer.finish());
        disk.run(&operations);
    }
    let mut image = disk.image();
    let marker = SnapshotMarker {
        index: Index(5),
        term: Term(2),
        replaces_log: true,
    };
    assert_eq!(newest_good(&image).snapshot, None);
    assert_eq!(newest_good_marked(&image, &[]).snapshot, None);
    let newest = newest_good_marked(&image, &[marker]);
    assert_eq!(newest.snapshot.unwrap().header, first);
    let files = received_files(&image, &[marker]);
    assert_eq!(files.marked, [(Index(5), Term(2))]);
    assert_eq!(files.void, [second.received_path()]);
    // Beside one that has its name it is of no use, and not read.
    let bytes = image.files[&first.received_path()].clone();
    image.files.insert(first.path(), bytes);
    let received = image.files.get_mut(&first.received_path());
    received.unwrap().truncate(10);
    let newest = newest_good_marked(&image, &[marker]);
    assert_eq!(newest.snapshot.unwrap().header, first);
    assert!(newest.broken.is_empty());
    assert!(received_files(&image, &[marker]).marked.is_empty());
}

#[test]
fn the_newest_files_are_kept() {
    let image = image_of(&[(1, 5), (1, 9), (2, 12)]);
    let paths = || image.files.keys().map(String::as_str);
    let all: Vec<&str> = paths().collect();
    assert_eq!(old_files(paths(), 2), all[..1]);
    assert_eq!(old_files(paths(), 0), all);
    assert!(old_files(paths(), 9).is_empty());
}

#[test]
fn an_abandoned_snapshot_leaves_nothing() {
    for begin in [SnapshotWriter::begin, SnapshotWriter::begin_received] {
        let mut disk = Disk::default();
        let (mut writer, begin) = begin(&header(1, 1));
        disk.run(&begin);
        disk.run(&[writer.chunk(b"some")]);
        let image = disk.image();
        assert_eq!(
            unfinished_files(&image),
            image.files.keys().cloned().collect::<Vec<_>>()
        );
        let length = image.files.values().next().unwrap().len() as u64;
        assert_eq!(writer.written_bytes(), length);
        disk.run(&writer.abandon());
        assert!(disk.image().files.is_empty());
    }
}

/// Seed 62503: a leader's snapshot was overtaken, and given up, while the member wrote its own of
/// the same entry; both had one name until they were whole.
#[test]
fn an_own_snapshot_and_a_leaders_of_the_same_entry_do_not_meet() {
    let header = header(3, 127);
    let mut disk = Disk::default();
    let (mut received, begin) = SnapshotWriter::begin_received(&header);
    disk.run(&begin);
    disk.run(&[received.chunk(b"the leader's")]);
    let (mut own, begin) = SnapshotWriter::begin(&header);
    disk.run(&begin);
    disk.run(&received.abandon());
    disk.run(&[own.chunk(b"its own")]);
    disk.run(&own.finish());
    let image = disk.image();
    assert_eq!(image.files.len(), 1);
    let file = read(&image.files[&header.path()]).expect("whole");
    assert_eq!(file.chunks, [b"its own".as_slice()]);
}
