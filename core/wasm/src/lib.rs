//! The core as a wasm module of its own: one function in, one number out, nothing imported.
//!
//! The module is a proof, made anew by every build: what imports nothing has no clock, no
//! entropy and no I/O; and what gives the number that the native build gives for the same seed
//! is the same engine.
#![allow(
    unsafe_code,
    reason = "an exported function must not be renamed, which is an unsafe attribute"
)]

use quorate_core::sim::fault_plan;

/// How many events a run has.
pub const EVENTS: u64 = 3_000;

/// Runs the fault plan of a seed in a world of so many members and answers the hash of the
/// trace; 0 when no such world can be made.
#[unsafe(no_mangle)]
pub extern "C" fn run(seed: u64, members: u32) -> u64 {
    fault_plan(seed, members, EVENTS)
        .replay(EVENTS)
        .map_or(0, |world| world.trace_hash().value())
}

/// What the crate `raft` draws and the core overwrites: it may be anything, so it is one thing.
fn fill(bytes: &mut [u8]) -> Result<(), getrandom::Error> {
    bytes.fill(0x51);
    Ok(())
}

getrandom::register_custom_getrandom!(fill);
