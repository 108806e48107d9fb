//! A frame of a peer: whatever is read is written and read again as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use quorate_core::consensus::frame;
use quorate_fuzz::CLUSTER;

fuzz_target!(|bytes: &[u8]| {
    // Of no use but to be drawn, so it looks at less.
    let _ = frame::summarize(bytes);
    if let Ok(read) = frame::decode(CLUSTER, bytes) {
        let _ = frame::summary(&read.body);
        let again = frame::encode(CLUSTER, &read);
        assert_eq!(frame::decode(CLUSTER, &again), Ok(read));
    }
});
