//! Keys that a check writes: random, and as long as etcdctl's.

use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use quorate_api::etcdserverpb::PutRequest;
use quorate_core::prng::Prng;

/// Makes puts of random keys below a prefix.
pub(super) struct Keys {
    prefix: String,
    random: Prng,
    key: Vec<u8>,
    value: Bytes,
}

impl Keys {
    /// Keys and values of these sizes, in bytes; `number` tells writers apart.
    pub(super) fn new(prefix: &str, number: usize, key_bytes: usize, value_bytes: usize) -> Self {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos() as u64;
        Self {
            prefix: prefix.to_owned(),
            random: Prng::new(now ^ (number as u64).rotate_left(32)),
            key: vec![0; key_bytes],
            value: vec![0; value_bytes].into(),
        }
    }

    /// The next put.
    pub(super) fn next_put(&mut self) -> PutRequest {
        let bits = self.random.bits();
        self.key[..8].copy_from_slice(&bits.to_be_bytes());
        PutRequest {
            key: [self.prefix.as_bytes(), &self.key].concat().into(),
            value: self.value.clone(),
            ..PutRequest::default()
        }
    }
}
