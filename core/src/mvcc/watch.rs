//! Watches: who is told of which change of the store, and when.
//!
//! # Two groups
//!
//! A watch is **synced** when it has heard of everything up to the newest revision. When the store
//! has moved on, [`Watches::advance`] goes once through what was written and finds the synced
//! watches of each key. A watch is **unsynced** when it began in the past, or when its client did
//! not keep up. It reads history by itself, a bounded chunk at a time ([`Watches::catch_up`]),
//! and is synced when it has read the newest revision.
//!
//! Both read the same history in the same order, and the number `next` of a watch says what it
//! has not read: passing from one group into the other can neither lose an event nor repeat one.
//! (etcd's watchers carry buffered events across, and issues 17247, 17529 and 15271 were about
//! that.) `advance` runs before a compaction removes anything, so that a synced watch is never
//! too late; an unsynced one whose `next` is compacted away is ended with the reason.
//!
//! # Slow clients
//!
//! A stream may have so many responses on their way ([`limits::WATCH_RESPONSES_IN_FLIGHT_MAX`]),
//! and so many bytes ([`limits::WATCH_SIZE_IN_FLIGHT_BYTES_MAX`]). When it has, its watches become unsynced as their next event comes, and nothing is kept for
//! them but `next`. So the memory that watches take depends on how many there are, not on how
//! much is written, and one that is stuck costs the others nothing.
//!
//! # What is promised
//!
//! etcd's guarantees (`learning/api_guarantees.md`): events are ordered and unique, none is left
//! out, those of one revision come in one response; a watch can be taken up again after any
//! event, and after any revision that a response without events gives (a bookmark).
//!
//! Nothing of this is in a snapshot. When one replaces the store, all watches become unsynced and
//! go on in the new store's history ([`Watches::read_again`]).

mod changes;
mod figures;
mod interest;
mod progress;
mod ranges;
mod stream;
mod synced;
mod tell;
mod view;

pub use self::figures::WatchFigures;
use self::interest::Interest;
use self::stream::{Stream, Watch};
use self::synced::Synced;
pub use self::view::WatchView;
use super::Store;
use crate::collections::{BTreeMap, BTreeSet};
use crate::command::{ReplyHeader, WatchCreate, WatchResponse};
use crate::error::Error;
use crate::id::{Revision, WatchId, WatchStreamId};
use crate::known_bug::{KnownBug, KnownBugs};
use crate::limits;

/// A watch among all of a member.
type WatchName = (WatchStreamId, WatchId);

/// All watches of a member. See the page above.
#[derive(Debug)]
pub struct Watches {
    streams: BTreeMap<WatchStreamId, Stream>,
    synced: Synced,
    /// Streams with unsynced watches and room for a response.
    ready: BTreeSet<WatchStreamId>,
    /// Whose turn to read history it was last.
    turn: WatchStreamId,
    /// Streams that wait to hear how far their watches are.
    asking: BTreeSet<WatchStreamId>,
    /// When to look whether a watch has heard something.
    due: BTreeSet<(u64, WatchName)>,
    /// Synced watches have heard of everything up to here.
    told: Revision,
    /// The compaction that was last looked at.
    compacted: Revision,
    progress_ticks: u64,
    limits: WatchLimits,
    now_ticks: u64,
    responses: Vec<WatchResponse>,
    bugs: KnownBugs,
}

/// How much watches may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchLimits {
    /// Responses of a stream that the client has not taken in.
    pub responses_in_flight: u32,
    /// Versions that an unsynced watch reads in one go.
    pub chunk_versions: usize,
    /// Versions that all unsynced watches read between two rounds of inputs.
    pub step_versions: usize,
}

impl Default for WatchLimits {
    fn default() -> Self {
        Self {
            responses_in_flight: limits::WATCH_RESPONSES_IN_FLIGHT_MAX,
            chunk_versions: limits::WATCH_CHUNK_VERSIONS,
            step_versions: limits::WATCH_STEP_VERSIONS,
        }
    }
}

/// How a stream's watches are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WatchStreamView {
    /// Which stream.
    pub stream: WatchStreamId,
    /// Watches that have heard of everything.
    pub synced: usize,
    /// Watches that read history.
    pub unsynced: usize,
    /// Responses that the client has not taken in.
    pub in_flight: u32,
}

impl Watches {
    /// Nobody watches a store. Idle watches that ask for it are told so every so many ticks.
    pub fn new(store: &Store, progress_ticks: u64) -> Self {
        Self {
            streams: BTreeMap::new(),
            synced: Synced::new(),
            ready: BTreeSet::new(),
            turn: WatchStreamId::default(),
            asking: BTreeSet::new(),
            due: BTreeSet::new(),
            told: store.revision(),
            compacted: store.compact_revision(),
            progress_ticks: progress_ticks.max(1),
            limits: WatchLimits::default(),
            now_ticks: 0,
            responses: Vec::new(),
            bugs: KnownBugs::default(),
        }
    }

    /// The same with other limits: a simulation meets them earlier.
    pub fn with_limits(self, limits: WatchLimits) -> Self {
        Self { limits, ..self }
    }

    /// Puts a known bug back.
    pub(crate) fn put_back(&mut self, bugs: KnownBugs) {
        self.bugs = bugs;
    }

    /// Begins a watch, or says why not.
    pub fn create(&mut self, create: &WatchCreate, store: &Store) {
        let (name, interest) = match self.admit(create) {
            Ok(admitted) => admitted,
            Err(reason) => return self.refuse(create.stream, &reason),
        };
        let from_now = Revision(self.told.0 + 1);
        let next = match create.start_revision.0 {
            0 => from_now,
            _ => create.start_revision,
        };
        let due_at_ticks = self.now_ticks + self.progress_ticks;
        if create.progress_notify {
            self.due.insert((due_at_ticks, name));
        }
        let stream = self.streams.entry(name.0).or_default();
        stream.latest_start = stream.latest_start.max(next);
        stream.unsynced.insert(name.1);
        let watch = Watch {
            interest,
            next,
            is_synced: false,
            progress_notify: create.progress_notify,
            heard_at_ticks: self.now_ticks,
            due_at_ticks,
        };
        stream.watches.insert(name.1, watch);
        self.announce(WatchResponse {
            created: true,
            ..self.response(name, self.told)
        });
        if next >= from_now {
            self.sync(name);
        } else if next < store.compact_revision() {
            self.end_compacted(name, store.compact_revision());
        }
        self.note_ready(name.0);
    }

    /// Ends a watch. One that is not there is not answered, as in etcd.
    pub fn cancel(&mut self, stream: WatchStreamId, watch: WatchId) {
        let name = (stream, watch);
        if self.remove(name) {
            self.announce(WatchResponse {
                canceled: true,
                ..self.response(name, self.told)
            });
            self.note_ready(stream);
        }
    }

    /// Ends a stream with all its watches.
    pub fn close(&mut self, stream: WatchStreamId) {
        for name in self.names(Some(stream)) {
            self.remove(name);
        }
        self.streams.remove(&stream);
        self.ready.remove(&stream);
        self.asking.remove(&stream);
    }

    /// Ends everything, with a reason: the member stops.
    pub fn end_all(&mut self, reason: &Error) {
        for name in self.names(None) {
            self.remove(name);
            self.announce(WatchResponse {
                canceled: true,
                cancel_reason: reason.to_string(),
                ..self.response(name, self.told)
            });
        }
        self.streams.clear();
        self.ready.clear();
        self.asking.clear();
    }

    /// A client has taken in so many responses.
    pub fn taken(&mut self, stream: WatchStreamId, responses: u32) {
        if let Some(found) = self.streams.get_mut(&stream) {
            found.take(responses);
            self.note_ready(stream);
        }
    }

    /// What is to be handed out, in order. Of the headers only the revision is filled in.
    pub fn take_responses(&mut self) -> Vec<WatchResponse> {
        std::mem::take(&mut self.responses)
    }

    /// How the streams are, in the order of their ids.
    pub fn view(&self) -> Vec<WatchStreamView> {
        let view = |(id, stream): (&WatchStreamId, &Stream)| WatchStreamView {
            stream: *id,
            synced: stream.watches.len() - stream.unsynced.len(),
            unsynced: stream.unsynced.len(),
            in_flight: stream.in_flight,
        };
        self.streams.iter().map(view).collect()
    }

    /// The name for a new watch, and what it is about; or why it cannot be.
    fn admit(&mut self, create: &WatchCreate) -> Result<(WatchName, Interest), String> {
        if create.start_revision.0 < 0 {
            return Err(Error::Compacted.to_string());
        }
        let interest = Interest::of(create).ok_or(EMPTY_RANGE)?;
        let stream = self.streams.entry(create.stream).or_default();
        let watch = match create.watch {
            WatchId(0) => stream.choose_id(),
            taken if stream.watches.contains_key(&taken) => return Err(DUPLICATE_ID.to_owned()),
            chosen => chosen,
        };
        Ok(((create.stream, watch), interest))
    }

    /// Answers a watch that does not begin, in the name of no watch.
    pub fn refuse(&mut self, stream: WatchStreamId, reason: &str) {
        self.streams.entry(stream).or_default();
        self.announce(WatchResponse {
            created: true,
            canceled: true,
            cancel_reason: reason.to_owned(),
            ..self.response((stream, NO_WATCH), self.told)
        });
    }

    fn end_compacted(&mut self, name: WatchName, compact_revision: Revision) {
        self.remove(name);
        self.announce(WatchResponse {
            canceled: true,
            cancel_reason: Error::Compacted.to_string(),
            compact_revision,
            ..self.response(name, self.told)
        });
        self.note_ready(name.0);
    }

    /// From now on the watch is told of changes as they happen.
    fn sync(&mut self, name: WatchName) {
        let Some((stream, watch)) = self.find_mut(name) else {
            return;
        };
        watch.is_synced = true;
        stream.remove(&name.1);
        let interest = watch.interest.clone();
        self.synced.insert(&interest, name);
    }

    /// From now on the watch reads history, beginning with a revision.
    fn unsync(&mut self, name: WatchName, next: Revision) {
        let repeats = self.bugs.has(KnownBug::WatchRepeatsEvent);
        let Some((stream, watch)) = self.find_mut(name) else {
            return;
        };
        watch.is_synced = false;
        watch.next = next.max(watch.next);
        if repeats {
            watch.next.0 -= 1;
        }
        stream.insert(name.1);
        let interest = watch.interest.clone();
        self.synced.remove(&interest, name);
    }

    fn find_mut(&mut self, name: WatchName) -> Option<(&mut BTreeSet<WatchId>, &mut Watch)> {
        let stream = self.streams.get_mut(&name.0)?;
        let watch = stream.watches.get_mut(&name.1)?;
        Some((&mut stream.unsynced, watch))
    }

    /// Forgets a watch. False when there is none.
    fn remove(&mut self, name: WatchName) -> bool {
        let Some(stream) = self.streams.get_mut(&name.0) else {
            return false;
        };
        let Some(watch) = stream.watches.remove(&name.1) else {
            return false;
        };
        stream.unsynced.remove(&name.1);
        // Only a start in the future means anything, so that ends are cheap where there is none.
        if watch.next == stream.latest_start && watch.next.0 > self.told.0 + 1 {
            stream.note_starts();
        }
        if watch.is_synced {
            self.synced.remove(&watch.interest, name);
        }
        if watch.progress_notify {
            self.due.remove(&(watch.due_at_ticks, name));
        }
        true
    }

    fn names(&self, of: Option<WatchStreamId>) -> Vec<WatchName> {
        let streams = self.streams.iter();
        streams
            .filter(|(id, _)| of.is_none_or(|of| of == **id))
            .flat_map(|(id, stream)| stream.watches.keys().map(|watch| (*id, *watch)))
            .collect()
    }

    /// Whether another response may be made for a stream.
    fn has_room(&self, stream: &Stream) -> bool {
        stream.has_room(self.limits.responses_in_flight)
    }

    /// Keeps `ready` right, after the stream has changed.
    fn note_ready(&mut self, stream: WatchStreamId) {
        let room = self.limits.responses_in_flight;
        let found = self.streams.get(&stream);
        if found.is_some_and(|found| found.is_ready(room)) {
            self.ready.insert(stream);
        } else {
            self.ready.remove(&stream);
        }
    }

    /// Hands out a response that needs no room: there are no more of them than of watches and of
    /// what the client asked.
    fn announce(&mut self, response: WatchResponse) {
        if let Some(stream) = self.streams.get_mut(&response.stream) {
            stream.in_flight = stream.in_flight.saturating_add(1);
            stream.note_handed_out(0);
        }
        self.responses.push(response);
    }

    fn response(&self, name: WatchName, revision: Revision) -> WatchResponse {
        WatchResponse {
            stream: name.0,
            watch: name.1,
            header: ReplyHeader {
                revision,
                ..ReplyHeader::default()
            },
            ..WatchResponse::default()
        }
    }
}

/// Stands for a stream as a whole, and for a watch that did not begin.
const NO_WATCH: WatchId = WatchId(-1);
/// etcd's `ErrEmptyWatchRange`.
const EMPTY_RANGE: &str = "mvcc: watcher range is empty";
/// etcd's `ErrWatcherDuplicateID`.
const DUPLICATE_ID: &str = "mvcc: duplicate watch ID provided on the WatchStream";
