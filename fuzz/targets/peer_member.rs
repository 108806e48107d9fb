//! Frames from peers to a member, one behind the other: it goes on, or stops in an orderly way.
//!
//! An input's first byte says how large the cluster is; each piece is a tick when it is empty, and
//! else a byte that says which peer sends, and the body of a frame.

#![no_main]

use libfuzzer_sys::fuzz_target;
use quorate_core::Input;
use quorate_core::consensus::frame::VERSION;
use quorate_core::id::MemberId;
use quorate_fuzz::{Bench, CLUSTER, Pieces};

fuzz_target!(|input: &[u8]| {
    let Some((size, rest)) = input.split_first() else {
        return;
    };
    let mut bench = Bench::new(u64::from(size % 4) + 1);
    for piece in Pieces::new(rest).take(100) {
        let Some((from, body)) = piece.split_first() else {
            bench.step(Input::Tick);
            continue;
        };
        bench.step(Input::Message {
            from: MemberId(u64::from(*from)),
            frame: framed(body).into(),
        });
        if bench.has_stopped {
            return;
        }
    }
});

/// A frame with this body and a header that is right.
fn framed(body: &[u8]) -> Vec<u8> {
    let length = body.len() as u32;
    [
        &b"QRT1"[..],
        &[VERSION, 0, 0, 0],
        &length.to_le_bytes(),
        &[0; 4],
        &CLUSTER.0.to_le_bytes(),
        body,
    ]
    .concat()
}
