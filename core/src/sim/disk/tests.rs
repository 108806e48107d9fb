use super::*;

const FILE: &str = "member/wal/0.wal";
const DIRECTORY: &str = "member/wal";

fn append(path: &str, text: &str) -> DiskOperation {
    DiskOperation::Append {
        path: path.to_owned(),
        bytes: Bytes::copy_from_slice(text.as_bytes()),
    }
}

fn sync(path: &str) -> DiskOperation {
    DiskOperation::Sync {
        path: path.to_owned(),
    }
}

fn sync_directory(path: &str) -> DiskOperation {
    DiskOperation::SyncDirectory {
        path: path.to_owned(),
    }
}

fn rename(from: &str, to: &str) -> DiskOperation {
    DiskOperation::Rename {
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

fn remove(path: &str) -> DiskOperation {
    DiskOperation::Remove {
        path: path.to_owned(),
    }
}

fn truncate(path: &str, length_bytes: u64) -> DiskOperation {
    DiskOperation::Truncate {
        path: path.to_owned(),
        length_bytes,
    }
}

fn disk(operations: &[DiskOperation]) -> Disk {
    let mut disk = Disk::default();
    disk.carry_out(operations).expect("good operations");
    disk
}

fn durable(operations: &[DiskOperation]) -> Vec<DiskOperation> {
    let mut all = vec![
        append(FILE, "durable"),
        sync(FILE),
        sync_directory(DIRECTORY),
    ];
    all.extend_from_slice(operations);
    all
}

/// The images that crashes of many seeds leave, and how often.
fn crashes(operations: &[DiskOperation]) -> BTreeMap<Vec<(String, Vec<u8>)>, u32> {
    let mut images = BTreeMap::new();
    for seed in 0..2_000 {
        let mut disk = disk(operations);
        disk.crash(&mut Prng::new(seed));
        let files = disk.image().files.into_iter();
        let image = files.map(|(path, bytes)| (path, bytes.to_vec())).collect();
        *images.entry(image).or_default() += 1;
    }
    images
}

fn is_one(images: &BTreeMap<Vec<(String, Vec<u8>)>, u32>, files: &[(&str, &str)]) -> bool {
    let image: Vec<(String, Vec<u8>)> = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
        .collect();
    images.contains_key(&image)
}

#[test]
fn what_is_synced_stays() {
    let images = crashes(&durable(&[]));
    assert_eq!(images.len(), 1);
    assert!(is_one(&images, &[(FILE, "durable")]));
}

#[test]
fn an_unsynced_name_may_go_whatever_its_file_holds() {
    let images = crashes(&[append(FILE, "synced"), sync(FILE)]);
    assert!(is_one(&images, &[]));
    assert!(is_one(&images, &[(FILE, "synced")]));
    assert_eq!(images.len(), 2);
}

#[test]
fn unsynced_appends_leave_any_beginning_and_never_hurt_what_is_durable() {
    let images = crashes(&durable(&[append(FILE, "AB"), append(FILE, "C")]));
    for left in ["durable", "durableA", "durableAB", "durableABC"] {
        assert!(is_one(&images, &[(FILE, left)]), "{left}");
    }
    assert!(
        is_one(&images, &[(FILE, "durable\0\0")]),
        "a sector of zeros"
    );
    for image in images.keys() {
        let bytes = &image.first().expect("the name is durable").1;
        assert!(bytes.starts_with(b"durable"), "{bytes:?}");
        assert!(bytes.len() <= "durableABC".len());
    }
    let garbage = images.keys().any(|image| {
        let end = &image[0].1["durable".len()..];
        !b"ABC".starts_with(end) && end.iter().any(|byte| *byte != 0)
    });
    assert!(garbage, "a sector of garbage");
}

#[test]
fn a_tear_stays_in_the_last_sector() {
    let long = "x".repeat(3 * 512 + 100);
    let written = format!("durable{long}");
    for image in crashes(&durable(&[append(FILE, &long)])).keys() {
        let bytes = &image[0].1;
        let whole = bytes.len().saturating_sub(1) / 512 * 512;
        assert_eq!(bytes[..whole], written.as_bytes()[..whole]);
    }
}

#[test]
fn an_unsynced_truncation_may_be_undone() {
    let images = crashes(&durable(&[truncate(FILE, 3)]));
    assert!(is_one(&images, &[(FILE, "durable")]));
    assert!(is_one(&images, &[(FILE, "dur")]));
    assert_eq!(images.len(), 2);
}

#[test]
fn renames_and_removals_survive_each_by_itself() {
    let other = "member/wal/1.tmp";
    let target = "member/wal/1.wal";
    let images = crashes(&durable(&[
        append(other, "new"),
        sync(other),
        sync_directory(DIRECTORY),
        rename(other, target),
        remove(FILE),
    ]));
    assert!(is_one(&images, &[(FILE, "durable"), (other, "new")]));
    assert!(is_one(&images, &[(FILE, "durable"), (target, "new")]));
    assert!(is_one(&images, &[(other, "new")]));
    assert!(is_one(&images, &[(target, "new")]));
    assert_eq!(images.len(), 4);
}

#[test]
fn a_rename_replaces_what_had_the_name() {
    let other = "member/wal/1.tmp";
    let image = disk(&durable(&[append(other, "new"), rename(other, FILE)])).image();
    let files: Vec<(&str, &[u8])> = image
        .files
        .iter()
        .map(|(path, bytes)| (path.as_str(), bytes.as_ref()))
        .collect();
    assert_eq!(files, [(FILE, b"new".as_slice())]);
}

#[test]
fn frames_tell_what_is_durable() {
    let lengths = |operations: &[DiskOperation]| {
        let files = disk(operations).files();
        (files[0].length_bytes, files[0].durable_bytes)
    };
    assert_eq!(lengths(&[append(FILE, "abc"), sync(FILE)]), (3, 0));
    assert_eq!(lengths(&durable(&[])), (7, 7));
    assert_eq!(lengths(&durable(&[append(FILE, "abc")])), (10, 7));
    assert_eq!(
        lengths(&durable(&[truncate(FILE, 3), append(FILE, "abc")])),
        (6, 3)
    );
    assert_eq!(
        lengths(&durable(&[append(FILE, "abc"), sync(FILE)])),
        (10, 10)
    );
}

#[test]
fn a_batch_is_written_then_synced() {
    let mut disk = Disk::default();
    let batch = |id, operations| DiskBatch {
        id: BatchId(id),
        lane: Lane::Log,
        operations,
    };
    assert!(disk.submit(batch(
        1,
        vec![append(FILE, "abc"), sync(FILE), sync_directory(DIRECTORY)]
    )));
    assert!(!disk.submit(batch(2, vec![append(FILE, "d")])));
    assert!(!disk.is_written(BatchId(1)));

    assert_eq!(disk.write(Lane::Log), None);
    assert!(disk.is_written(BatchId(1)));
    assert_eq!(disk.files()[0].durable_bytes, 0);

    assert_eq!(disk.sync(Lane::Log), Some((BatchId(1), Ok(()))));
    assert_eq!(disk.files()[0].durable_bytes, 3);
    assert!(disk.is_busy(Lane::Log));
    assert!(!disk.is_written(BatchId(2)));

    // Nothing in the second is to be synced, so it ends when it is written.
    assert_eq!(disk.write(Lane::Log), Some((BatchId(2), Ok(()))));
    assert!(!disk.is_busy(Lane::Log));
}

#[test]
fn nothing_behind_a_sync_happens_before_it() {
    let temporary = "member/snap/1.tmp";
    let published = "member/snap/1.snap";
    let operations = [
        append(temporary, "snapshot"),
        sync(temporary),
        rename(temporary, published),
        sync_directory("member/snap"),
    ];
    let mut is_published = 0;
    for seed in 0..500 {
        let mut disk = Disk::default();
        disk.submit(DiskBatch {
            id: BatchId(1),
            lane: Lane::Snapshot,
            operations: operations.to_vec(),
        });
        let mut prng = Prng::new(seed);
        if seed % 2 == 0 {
            disk.write(Lane::Snapshot);
        }
        disk.crash(&mut prng);
        if let Some(bytes) = disk.image().files.get(published) {
            assert_eq!(bytes.as_ref(), b"snapshot");
            is_published += 1;
        }
    }
    assert!(is_published > 0);
}

#[test]
fn what_is_not_there_fails() {
    let failed = Disk::default()
        .carry_out(&[sync(FILE)])
        .expect_err("no such file");
    assert_eq!(
        failed.to_string(),
        "disk: sync member/wal/0.wal: no such file"
    );
    assert!(
        Disk::default()
            .carry_out(&[rename(FILE, "member/wal/1.wal")])
            .is_err()
    );
    assert!(
        disk(&durable(&[]))
            .carry_out(&[rename(FILE, "member/0.wal")])
            .is_err()
    );
    assert!(Disk::default().carry_out(&[remove(FILE)]).is_ok());
}
