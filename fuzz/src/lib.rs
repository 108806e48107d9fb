//! What the targets share: pieces of an input, and a member on a bench.
//!
//! Under `cfg(fuzzing)`, which cargo-fuzz sets, the core takes every checksum to be zero: a fuzzer
//! would not get past them otherwise, and what stands behind them must not rest on them.

mod bench;
mod pieces;

pub use bench::{Bench, CLUSTER, ME};
pub use pieces::{Pieces, piece};
