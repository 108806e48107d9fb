//! What opens a stream between members, and the frames on it, in pieces as they come.

#![no_main]

use libfuzzer_sys::fuzz_target;
use quorate_fuzz::Pieces;

fuzz_target!(|input: &[u8]| {
    let mut pieces = Pieces::new(input);
    let headers: Vec<&[u8]> = pieces.by_ref().take(4).collect();
    quorate::fuzzing::handshake(&headers);
    quorate::fuzzing::peer_stream(pieces);
});
