//! The flags of every load that writes keys.

use bytes::Bytes;
use clap::Args;
use quorate_core::prng::Prng;

use super::keys::{KeySpace, SEED, random};
use super::load::Amount;
use crate::ctl::failure::Failure;

/// What is written, how often, how fast.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Writes {
    /// Key size of a put
    #[arg(long, default_value_t = 8)]
    pub(super) key_size: usize,
    /// Value size of a put
    #[arg(long, default_value_t = 8)]
    val_size: usize,
    /// Maximum requests per second (0 is no limit)
    #[arg(long, default_value_t = 0)]
    rate: u64,
    /// Total number of requests
    #[arg(long, default_value_t = 10_000)]
    total: u64,
    /// Maximum possible keys
    #[arg(long, default_value_t = 1)]
    pub(super) key_space_size: u64,
}

impl Writes {
    /// How many requests, and how fast.
    pub(super) fn amount(self) -> Amount {
        Amount {
            total: self.total,
            rate: self.rate,
        }
    }

    /// The keys, one after the other or as good as random.
    ///
    /// # Errors
    /// No such keys can be.
    pub(super) fn keys(self, is_sequential: bool) -> Result<KeySpace, Failure> {
        KeySpace::new(self.key_space_size, self.key_size, is_sequential)
    }

    /// The value of every put.
    pub(super) fn value(self) -> Bytes {
        random(&mut Prng::new(SEED), self.val_size)
    }
}
