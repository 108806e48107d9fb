//! The server's command line, a line an argument: URLs, lists, durations and all that they must be
//! to one another.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let arguments: Vec<String> = text.lines().map(str::to_owned).collect();
    quorate::fuzzing::flags(&arguments);
});
