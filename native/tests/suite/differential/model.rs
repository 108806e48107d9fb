//! What is known of both servers while they agree: what operations are drawn from.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use quorate_api::{etcdserverpb as pb, v3electionpb};

/// The state of both servers, as far as it matters for what is asked next.
#[derive(Default)]
pub(super) struct Model {
    pub(super) revision: i64,
    pub(super) compacted: i64,
    /// Leases that were made and not ended.
    pub(super) leases: BTreeSet<i64>,
    /// Watch streams that are open, and the watches of each that are.
    pub(super) streams: BTreeMap<usize, BTreeMap<i64, Watched>>,
    /// Locks that were taken.
    pub(super) locks: Vec<Bytes>,
    /// Elections that were won.
    pub(super) leaders: Vec<v3electionpb::LeaderKey>,
    pub(super) has_alarm: bool,
    /// Watch streams that there ever were.
    pub(super) begun: usize,
    /// Events of the whole store that have been compared.
    pub(super) compared: usize,
}

/// A watch: what it listens to.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    pub(super) key: Bytes,
    pub(super) range_end: Bytes,
    pub(super) from: i64,
    pub(super) no_put: bool,
    pub(super) no_delete: bool,
    /// Whether what it asked for had been compacted away.
    pub(super) is_compacted: bool,
    /// Whether it surely listens to what is new: it began with that, or has heard of what it asked
    /// for of the past. etcd looks into the past a while later.
    pub(super) is_synced: bool,
    /// Events of all keys that it has been compared over.
    pub(super) compared: usize,
}

impl Watched {
    /// Of a request, made when both servers were in this state.
    pub(super) fn new(create: &pb::WatchCreateRequest, model: &Model) -> Self {
        use pb::watch_create_request::FilterType;
        let has = |filter: FilterType| create.filters.contains(&(filter as i32));
        let start = create.start_revision;
        Self {
            key: match create.key.as_ref() {
                b"" => Bytes::from_static(b"\0"),
                _ => create.key.clone(),
            },
            range_end: create.range_end.clone(),
            from: if start == 0 {
                model.revision + 1
            } else {
                start
            },
            no_put: has(FilterType::Noput),
            no_delete: has(FilterType::Nodelete),
            is_compacted: start != 0 && start < model.compacted,
            is_synced: start == 0 || start > model.revision,
            compared: 0,
        }
    }

    /// Whether it is to hear of an event.
    pub(super) fn hears(&self, event: &quorate_api::mvccpb::Event) -> bool {
        let kv = event.kv.as_ref().expect("an event is of a key");
        let filtered = if event.r#type == 0 {
            self.no_put
        } else {
            self.no_delete
        };
        let is_in_range = match self.range_end.as_ref() {
            b"" => kv.key == self.key,
            b"\0" => kv.key >= self.key,
            end => kv.key >= self.key && kv.key.as_ref() < end,
        };
        is_in_range && !filtered && kv.mod_revision >= self.from && !self.is_compacted
    }
}
