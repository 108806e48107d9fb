//! Damage to what had been synced is refused, or harmless; it never becomes another log.

use bytes::Bytes;
use quorate_core::disk::{DiskImage, DiskOperation};
use quorate_core::prng::Prng;
use quorate_core::wal::{WalError, WalOptions, recover};

use super::log_model::{METADATA, World};

/// A log of a few small batches; the newest of its files, and how much of that was durable when
/// its last frame was made.
fn small_log(seed: u64, records: u32) -> (World, String, usize) {
    let mut world = World::new(seed);
    let mut durable = (String::new(), 0);
    let mut attested = durable.clone();
    for _ in 0..records {
        world.append_something();
        let Some(operations) = world.take() else {
            continue;
        };
        for operation in &operations {
            if let DiskOperation::Append { path, .. } = operation {
                let length = if *path == durable.0 { durable.1 } else { 0 };
                attested = (path.clone(), length);
            }
            world.disk.run(std::slice::from_ref(operation));
            if let DiskOperation::Sync { path } = operation {
                durable = (path.clone(), world.disk.image().files[path].len());
            }
        }
        world.done(&operations);
    }
    let image = world.disk.image();
    let (path, bytes) = image.files.iter().next_back().unwrap();
    if attested.0.is_empty() {
        attested = (path.clone(), bytes.len());
    }
    assert_eq!(&attested.0, path);
    (world, attested.0, attested.1)
}

#[test]
fn every_flipped_bit_is_noticed() {
    let (mut refused, mut cut) = (0, 0);
    for seed in 0..12 {
        let (world, newest, attested) = small_log(seed, 12);
        let image = world.disk.image();
        for (path, bytes) in &image.files {
            for bit in 0..bytes.len() * 8 {
                let mut damaged = bytes.to_vec();
                damaged[bit / 8] ^= 1 << (bit % 8);
                let mut image = image.clone();
                image.files.insert(path.clone(), Bytes::from(damaged));
                let at = bit / 8;
                match recover(&image, Some(METADATA), world.options) {
                    Err(WalError::Corrupt { file, .. }) => {
                        assert_eq!(&file, path, "seed {seed} bit {bit}");
                        assert!(path != &newest || at < attested, "{path} byte {at}");
                        refused += 1;
                    }
                    Err(error) => panic!("seed {seed} bit {bit} of {path}: {error}"),
                    // Of the very end alone nobody knows whether it was ever synced.
                    Ok(log) => {
                        assert!(path == &newest && at >= attested, "{path} byte {at}");
                        assert!(log.repair.is_some(), "seed {seed} {path} byte {at}");
                        assert!(world.moments.iter().any(|moment| moment.is(&log)));
                        cut += 1;
                    }
                }
            }
        }
    }
    assert!(refused > cut && cut > 0, "{refused} refused, {cut} cut off");
}

#[test]
fn a_segment_cut_short_is_a_torn_end_or_refused() {
    for seed in 0..10 {
        let (world, newest, _) = small_log(seed, 12);
        let image = world.disk.image();
        for (path, bytes) in &image.files {
            for length_bytes in 0..bytes.len() {
                let mut image = image.clone();
                image
                    .files
                    .insert(path.clone(), bytes.slice(..length_bytes));
                match recover(&image, Some(METADATA), world.options) {
                    Ok(log) => {
                        assert_eq!(path, &newest);
                        assert!(world.moments.iter().any(|moment| moment.is(&log)));
                    }
                    Err(WalError::Empty) => assert_eq!(image.files.len(), 1),
                    Err(error) => assert_ne!(path, &newest, "seed {seed}: {error}"),
                }
            }
        }
    }
}

#[test]
fn files_lost_doubled_or_mixed_up_never_become_another_log() {
    let mut refused = 0;
    for seed in 0..800 {
        let (mut world, ..) = small_log(seed % 50, 25);
        let mut prng = Prng::new(seed);
        let mut image = world.disk.image();
        let paths: Vec<String> = image.files.keys().cloned().collect();
        let (one, two) = (prng.choose(&paths).unwrap(), prng.choose(&paths).unwrap());
        let (first, second) = (image.files[one].clone(), image.files[two].clone());
        match prng.below(4) {
            0 => drop(image.files.remove(one)),
            1 => drop(image.files.insert(two.clone(), first)),
            2 => {
                image.files.insert(one.clone(), second);
                image.files.insert(two.clone(), first);
            }
            _ => {
                let at = prng.below(first.len() as u64) as usize;
                let from = prng.below(second.len() as u64) as usize;
                let spliced = [&first[..at], &second[from..]].concat();
                image.files.insert(one.clone(), Bytes::from(spliced));
            }
        }
        match recover(&image, Some(METADATA), world.options) {
            Ok(log) => {
                let known = world.moments.iter().any(|moment| moment.is(&log));
                assert!(known, "seed {seed}: {log:?}");
            }
            Err(_) => refused += 1,
        }
        world.prng.bits();
    }
    assert!(refused > 200, "only {refused} refused");
}

#[test]
fn any_bytes_are_refused_without_a_panic() {
    let name = "member/wal/0000000000000000-0000000000000000.wal";
    let next = "member/wal/0000000000000001-0000000000000001.wal";
    for seed in 0..3_000 {
        let mut prng = Prng::new(seed);
        let mut image = DiskImage::default();
        for path in [name, next] {
            let length = prng.below(600);
            // Small numbers look more like headers.
            let bound = *prng.choose(&[4, 64, 256]).unwrap();
            let bytes: Bytes = (0..length).map(|_| prng.below(bound) as u8).collect();
            image.files.insert(path.to_owned(), bytes);
        }
        let read = recover(&image, None, WalOptions::default());
        assert!(read.is_err(), "seed {seed}");
    }
}
