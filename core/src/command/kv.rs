//! Range, Put, DeleteRange and Compact.

use bytes::Bytes;
use rkyv::{Archive, Deserialize, Serialize};

use crate::id::{LeaseId, Revision};

/// One version of a key, as etcd's `mvccpb.KeyValue`.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyValue {
    /// The key; never empty in the store.
    pub key: Bytes,
    /// The revision at which the key was created (since its last deletion).
    pub create_revision: Revision,
    /// The revision of this version.
    pub mod_revision: Revision,
    /// How many times the key was put since it was created; 1 for a new key.
    pub version: i64,
    /// The value; may be empty.
    pub value: Bytes,
    /// The lease the key is attached to, 0 for none.
    pub lease: LeaseId,
}

/// In which order a range is answered.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// As stored: by key. With another target than the key, the same as `Ascend`.
    #[default]
    None,
    /// Lowest first.
    Ascend,
    /// Highest first.
    Descend,
}

/// By what a range is sorted.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortTarget {
    /// By key.
    #[default]
    Key,
    /// By version.
    Version,
    /// By create revision.
    Create,
    /// By mod revision.
    Mod,
    /// By value.
    Value,
}

/// Reads keys. An empty `range_end` means the one key; a `range_end` of one zero byte means all
/// keys from `key` on; else `[key, range_end)`.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// First key.
    pub key: Bytes,
    /// End of the range, see above.
    pub range_end: Bytes,
    /// At most this many key-values, 0 for no limit. `count` is not limited.
    pub limit: i64,
    /// At which revision; 0 or less for the newest.
    pub revision: Revision,
    /// Sorting order.
    pub sort_order: SortOrder,
    /// What to sort by.
    pub sort_target: SortTarget,
    /// Answer from this member's store as it is, without asking a majority.
    pub serializable: bool,
    /// Leave values out.
    pub keys_only: bool,
    /// Answer the count alone.
    pub count_only: bool,
    /// Leave out key-values with a lower mod revision; 0 for no bound.
    pub min_mod_revision: Revision,
    /// Leave out key-values with a higher mod revision; 0 for no bound.
    pub max_mod_revision: Revision,
    /// Leave out key-values with a lower create revision; 0 for no bound.
    pub min_create_revision: Revision,
    /// Leave out key-values with a higher create revision; 0 for no bound.
    pub max_create_revision: Revision,
}

/// What [`Range`] found.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct RangeReply {
    /// The key-values, sorted and limited.
    pub key_values: Vec<KeyValue>,
    /// Whether the limit left some out.
    pub more: bool,
    /// How many keys the range holds at that revision, whatever the limit and the filters.
    pub count: i64,
}

/// Writes one key.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Put {
    /// The key.
    pub key: Bytes,
    /// The value.
    pub value: Bytes,
    /// The lease to attach, 0 for none.
    pub lease: LeaseId,
    /// Whether to answer the version before.
    pub previous: bool,
    /// Keep the value the key has.
    pub ignore_value: bool,
    /// Keep the lease the key has.
    pub ignore_lease: bool,
}

/// To [`Put`].
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct PutReply {
    /// The version before, if asked for and there was one.
    pub previous: Option<KeyValue>,
}

/// Deletes keys; the range as in [`Range`].
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteRange {
    /// First key.
    pub key: Bytes,
    /// End of the range.
    pub range_end: Bytes,
    /// Whether to answer the versions deleted.
    pub previous: bool,
}

/// To [`DeleteRange`]. When nothing was deleted the revision does not advance.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteRangeReply {
    /// How many keys were deleted.
    pub deleted: i64,
    /// Their last versions, if asked for.
    pub previous: Vec<KeyValue>,
}

/// Forgets all that was superseded at or before a revision.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Compact {
    /// Up to and including this revision.
    pub revision: Revision,
    /// Whether to answer only when the space has been given back.
    pub physical: bool,
}
