//! What a person types at `quoratectl txn` and `watch -i`: words, and Go's literals.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| quorate::fuzzing::words(text));
