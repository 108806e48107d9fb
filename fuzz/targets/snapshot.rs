//! A snapshot's file, as it lies on a disk or comes from a peer, and one that a client saved.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use quorate_core::offline;
use quorate_core::snapshot::{SnapshotHeader, read, read_saved};

fuzz_target!(|bytes: &[u8]| {
    let _ = SnapshotHeader::decode(bytes);
    let bytes = Bytes::copy_from_slice(bytes);
    let _ = read_saved(&bytes, false);
    for file in [read(&bytes).ok(), read_saved(&bytes, true).ok()] {
        let Some(file) = file else { continue };
        let _ = offline::summarize(&file);
        let _ = offline::key_lines(&file).take(10_000).count();
        let _ = offline::store_of(file);
    }
});
