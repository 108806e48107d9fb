//! The keys of a store as a picture: for drawing, nothing to act on.

use bytes::Bytes;

use super::Store;
use super::version::Version;

/// A key with its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    /// The key.
    pub key: Bytes,
    /// What is stored of it, oldest first: puts, and the tombstones that end its generations.
    pub versions: Vec<Version>,
}

impl Store {
    /// The first keys, as many as are asked for, with all that is stored of each.
    pub fn key_views(&self, keys_max: usize) -> Vec<KeyView> {
        let keys = self.keys.iter().take(keys_max);
        keys.map(|(key, history)| KeyView {
            key: key.bytes().clone(),
            versions: history.versions().cloned().collect(),
        })
        .collect()
    }
}
