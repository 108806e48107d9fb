//! The server's configuration file: YAML, and all that its values must be to one another.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| quorate::fuzzing::config(bytes));
