//! JSON of the gateway: what is read as a message is written and read again as the same.
//!
//! The first byte says as which message.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Some((kind, text)) = input.split_first() {
        quorate::fuzzing::gateway(*kind, text);
    }
});
