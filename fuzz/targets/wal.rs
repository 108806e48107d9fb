//! The segments of a log: they are read or refused, and what is read can be written on.
//!
//! Each piece is a segment; its first two bytes are the numbers in its file's name.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use quorate_core::disk::DiskImage;
use quorate_core::offline;
use quorate_core::wal::{WalOptions, recover};
use quorate_fuzz::Pieces;

fuzz_target!(|input: &[u8]| {
    let mut image = DiskImage::default();
    for piece in Pieces::new(input).take(4) {
        let [sequence, index, bytes @ ..] = piece else {
            continue;
        };
        let path = format!("member/wal/{sequence:016x}-{index:016x}.wal");
        image.files.insert(path, Bytes::copy_from_slice(bytes));
    }
    let _ = offline::log_lines(&image);
    let _ = offline::owner(&image);
    let _ = offline::tidy(&image);
    let Ok(recovered) = recover(&image, None, WalOptions::default()) else {
        return;
    };
    let last = recovered.last_index();
    assert!(last >= recovered.base);
    assert!(recovered.entries_after(recovered.base).is_ok());
    let _ = recovered.is_blank();
});
