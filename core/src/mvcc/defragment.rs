//! Defragmentation: what is free is given back, in bounded steps.
//!
//! Versions that compaction forgets are removed one by one, and the room of a key that was once
//! busy stays reserved for it. A defragmentation goes through all keys and gives that back. Like
//! a compaction it changes no answer, so each member does it by itself, and in steps: nobody
//! waits for it (etcd stops the whole member meanwhile).

use std::ops::Bound;

use super::Store;
use super::key::Key;

/// How far a defragmentation has come.
#[derive(Clone, Debug, Default)]
pub struct Defragmentation {
    after: Option<Key>,
}

impl Store {
    /// Goes through at most `budget` keys. True when there is more to do; false when all is given
    /// back, and the store as small as it can be.
    pub fn defragment_step(&mut self, at: &mut Defragmentation, budget: usize) -> bool {
        if budget == 0 {
            return true;
        }
        let first = match at.after.take() {
            Some(key) => Bound::Excluded(key),
            None => Bound::Unbounded,
        };
        let mut last = None;
        let ahead = self.keys.range_mut((first, Bound::Unbounded));
        for (key, history) in ahead.take(budget) {
            history.shrink();
            last = Some(key);
        }
        if let Some(key) = last {
            at.after = Some(key.clone());
            return true;
        }
        self.sizes.defragment();
        false
    }
}
