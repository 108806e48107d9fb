//! One version of a key, and its name.

use bytes::Bytes;
use rkyv::{Archive, Deserialize, Serialize};

use super::size::stored_size_bytes;
use crate::command::KeyValue;
use crate::id::{LeaseId, Revision};

/// Names a version, of any key: versions are written in ascending order of these.
#[derive(
    Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord,
)]
pub struct VersionId {
    /// The transaction that wrote it.
    pub main: Revision,
    /// Which write of that transaction, from 0.
    pub sub: u32,
}

impl VersionId {
    /// The first version that a main revision can have.
    pub(super) fn first_of(main: Revision) -> Self {
        Self { main, sub: 0 }
    }

    /// The last version that a main revision can have.
    pub(super) fn last_of(main: Revision) -> Self {
        Self {
            main,
            sub: u32::MAX,
        }
    }
}

/// One version of a key. A tombstone has its id and nothing else.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// When it was written; `id.main` is the mod revision.
    pub id: VersionId,
    /// The main revision at which its generation began; 0 in a tombstone.
    pub create_revision: Revision,
    /// Its place in its generation, from 1; 0 says that this is a tombstone.
    pub version: i64,
    /// The lease it is attached to, 0 for none.
    pub lease: LeaseId,
    /// The value; empty in a tombstone.
    pub value: Bytes,
}

impl Version {
    /// The end of a generation.
    pub(super) fn tombstone(id: VersionId) -> Self {
        Self {
            id,
            ..Self::default()
        }
    }

    /// Whether this version says that the key is deleted.
    pub fn is_tombstone(&self) -> bool {
        self.version == 0
    }

    /// About how many bytes the version takes.
    pub(super) fn size_bytes(&self, key: &Bytes) -> u64 {
        stored_size_bytes(key.len(), self.value.len())
    }

    /// As a client sees it. Key and value are handles to the stored bytes, not copies.
    pub(super) fn to_key_value(&self, key: &Bytes) -> KeyValue {
        KeyValue {
            key: key.clone(),
            create_revision: self.create_revision,
            mod_revision: self.id.main,
            version: self.version,
            value: self.value.clone(),
            lease: self.lease,
        }
    }
}
