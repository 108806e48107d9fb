//! Random histories under random watches, each response held against a list of all changes.
//!
//! Checked are etcd's six guarantees: ordered, unique and reliable (what a watch has heard is
//! always a prefix of what it should hear, and all of it in the end), atomic (a response ends
//! where a revision ends), resumable (a watch from any revision hears the rest) and bookmarkable
//! (nothing at or below a revision that was told comes later).

use std::collections::BTreeMap;

use bytes::Bytes;
use quorate_core::command::{KeyValue, WatchCreate, WatchEvent, WatchEventKind, WatchResponse};
use quorate_core::id::{Revision, WatchId, WatchStreamId};
use quorate_core::mvcc::{Store, Watches};
use quorate_core::prng::Prng;

use super::checkpoint::reload;
use super::script::apply;

const SEEDS: u64 = 60;
const STEPS: u64 = 150;
/// Of this stream all is taken at once, so that its watches never fall behind.
const SWIFT: WatchStreamId = WatchStreamId(0);
const KEYS: [&str; 5] = ["a", "b", "c", "d", "e"];

/// All that was ever changed, in order.
#[derive(Default)]
struct Model {
    live: BTreeMap<String, KeyValue>,
    /// With the version one revision earlier.
    changes: Vec<(WatchEvent, Option<KeyValue>)>,
}

struct Watched {
    create: WatchCreate,
    start: Revision,
    heard: usize,
    /// All up to here has been told.
    told: Revision,
    ended: bool,
}

struct Run {
    at: String,
    prng: Prng,
    store: Store,
    watches: Watches,
    model: Model,
    watched: BTreeMap<(WatchStreamId, WatchId), Watched>,
    untaken: BTreeMap<WatchStreamId, u32>,
    /// Watches may be ended by a compaction in this step, even swift ones.
    replaced: bool,
    ended_by_compaction: u32,
    ticks: u64,
}

#[test]
fn any_watch_hears_the_list_of_changes() {
    let mut ended_by_compaction = 0;
    for seed in 0..SEEDS {
        let store = Store::new();
        let mut run = Run {
            at: String::new(),
            prng: Prng::new(seed),
            watches: Watches::new(&store, 5),
            store,
            model: Model::default(),
            watched: BTreeMap::new(),
            untaken: BTreeMap::new(),
            replaced: false,
            ended_by_compaction: 0,
            ticks: 0,
        };
        for step in 0..STEPS {
            run.at = format!("seed {seed} step {step}");
            run.step();
        }
        run.finish();
        ended_by_compaction += run.ended_by_compaction;
    }
    assert!(ended_by_compaction > 5, "the slow were never overtaken");
}

impl Run {
    fn step(&mut self) {
        self.replaced = false;
        match self.prng.below(20) {
            0..=2 => self.create(),
            3 => self.cancel(),
            4 => {
                let stream = WatchStreamId(self.prng.below(3));
                self.watches.ask_progress(stream);
            }
            5..=6 => {
                let stream = WatchStreamId(1 + self.prng.below(2));
                let count = self.prng.below(30) as u32;
                self.take(stream, count);
            }
            7 => {
                self.ticks += 3;
                self.watches.tick(self.ticks);
            }
            8 if self.prng.chance(300) => self.replace(),
            // A batch of entries, applied before the watches are told.
            _ => {
                for _ in 0..=self.prng.below(12) {
                    self.write();
                }
            }
        }
        self.settle();
        self.store.compact_step(self.prng.below(20) as usize);
    }

    fn settle(&mut self) {
        loop {
            self.watches.advance(&self.store);
            self.watches.catch_up(&self.store);
            self.watches.answer_progress();
            let heard = self.watches.take_responses();
            if heard.is_empty() {
                return;
            }
            for response in heard {
                *self.untaken.entry(response.stream).or_default() += 1;
                self.hear(&response);
            }
            self.take(SWIFT, u32::MAX);
        }
    }

    fn take(&mut self, stream: WatchStreamId, count: u32) {
        let untaken = self.untaken.entry(stream).or_default();
        let count = count.min(*untaken);
        *untaken -= count;
        self.watches.taken(stream, count);
    }

    fn create(&mut self) {
        let newest = self.store.revision().0;
        let (key, range_end) = match self.prng.below(3) {
            0 => (self.key(), Bytes::new()),
            1 => (Bytes::from_static(b"b"), Bytes::from_static(b"d")),
            _ => (Bytes::new(), Bytes::from_static(b"\0")),
        };
        let start_revision = match self.prng.below(4) {
            0 => 0,
            1 => newest + self.prng.below(9) as i64,
            _ => 1 + self.prng.below(newest as u64) as i64,
        };
        let create = WatchCreate {
            stream: WatchStreamId(self.prng.below(3)),
            key,
            range_end,
            start_revision: Revision(start_revision),
            previous: self.prng.chance(500),
            no_put: self.prng.chance(150),
            no_delete: self.prng.chance(150),
            progress_notify: self.prng.chance(500),
            ..WatchCreate::default()
        };
        self.watches.create(&create, &self.store);
        let mut heard = self.watches.take_responses().into_iter();
        let created = heard.next().unwrap();
        assert!(created.created && !created.canceled, "{}", self.at);
        let start = match start_revision {
            0 => Revision(created.header.revision.0 + 1),
            _ => Revision(start_revision),
        };
        let watched = Watched {
            create,
            start,
            heard: 0,
            told: Revision(start.0 - 1),
            ended: false,
        };
        *self.untaken.entry(created.stream).or_default() += 1;
        self.watched
            .insert((created.stream, created.watch), watched);
        for response in heard {
            *self.untaken.entry(response.stream).or_default() += 1;
            assert!(start < response.compact_revision, "{}", self.at);
            self.hear_end(&response);
        }
    }

    fn cancel(&mut self) {
        let stream = WatchStreamId(self.prng.below(3));
        let watch = WatchId(self.prng.below(12) as i64);
        self.watches.cancel(stream, watch);
        for response in self.watches.take_responses() {
            *self.untaken.entry(response.stream).or_default() += 1;
            assert!(response.canceled && response.compact_revision == Revision(0));
            let watched = self.watched.get_mut(&(stream, watch)).unwrap();
            assert!(!watched.ended, "{}", self.at);
            watched.ended = true;
        }
    }

    /// A newer store takes the old one's place.
    fn replace(&mut self) {
        self.watches.advance(&self.store);
        for _ in 0..self.prng.below(30) {
            self.write();
        }
        let pin = self.store.pin();
        self.store = reload(&self.store, &pin, 50);
        self.watches.read_again();
        self.replaced = true;
    }

    fn write(&mut self) {
        let main = Revision(self.store.revision().0 + 1);
        let mut operations = Vec::new();
        let before = self.model.live.clone();
        let keys = KEYS.map(|key| (key, self.prng.below(8)));
        let value = self.prng.below(100).to_string();
        let is_many = self.prng.chance(300);
        let one = self.prng.below(5) as usize;
        for (at, (key, dice)) in keys.into_iter().enumerate() {
            match dice {
                _ if !is_many && at != one => {}
                0..=1 => {}
                2..=3 => {
                    operations.push(format!("del {key}"));
                    self.model.delete(key, main);
                }
                _ => {
                    operations.push(format!("put {key} {value}"));
                    self.model.put(key, &value, main);
                }
            }
        }
        if !operations.is_empty() {
            let line = format!("txn [ ] [ {} ] [ ]", operations.join(" ; "));
            apply(&mut self.store, &line).unwrap();
        }
        self.model.note_before(&before, main);
        if self.prng.chance(40) {
            let newest = self.store.revision().0 as u64;
            let revision = newest - self.prng.below(newest.min(12));
            // It may be below the last one: then nothing happens.
            let _ = apply(&mut self.store, &format!("compact {revision}"));
        }
    }

    fn hear(&mut self, response: &WatchResponse) {
        let revision = response.header.revision;
        if response.canceled {
            return self.hear_end(response);
        }
        if response.watch == WatchId(-1) {
            for ((stream, _), watched) in &mut self.watched {
                if *stream == response.stream && !watched.ended {
                    let due = self.model.due(watched, revision);
                    assert_eq!(watched.heard, due, "{}: a bookmark ahead", self.at);
                    assert!(watched.start.0 <= revision.0 + 1, "{}", self.at);
                    watched.told = watched.told.max(revision);
                }
            }
            return;
        }
        let name = (response.stream, response.watch);
        let watched = self.watched.get_mut(&name).unwrap();
        assert!(!watched.ended, "{}: heard after the end", self.at);
        let all = self.model.wanted(watched, self.store.compact_revision());
        let upto = watched.heard + response.events.len();
        assert_eq!(
            all.get(watched.heard..upto),
            Some(&response.events[..]),
            "{}",
            self.at
        );
        let is_above = |event: &WatchEvent| event.key_value.mod_revision > watched.told;
        assert!(response.events.iter().all(is_above), "{}", self.at);
        watched.heard = upto;
        watched.told = revision;
        // Whole revisions, and all up to the one that the header says.
        assert_eq!(self.model.due(watched, revision), upto, "{}", self.at);
    }

    fn hear_end(&mut self, response: &WatchResponse) {
        let name = (response.stream, response.watch);
        let watched = self.watched.get_mut(&name).unwrap();
        assert!(!watched.ended, "{}", self.at);
        watched.ended = true;
        assert_eq!(response.compact_revision, self.store.compact_revision());
        assert!(watched.told.0 + 1 < response.compact_revision.0);
        let was_told = watched.start < response.compact_revision && watched.heard > 0;
        if response.stream == SWIFT && was_told {
            assert!(self.replaced, "{}: ended without need", self.at);
        }
        self.ended_by_compaction += u32::from(was_told);
    }

    /// Everybody takes what there is, and has heard everything then.
    fn finish(&mut self) {
        for _ in 0..200 {
            for stream in 0..3 {
                self.take(WatchStreamId(stream), u32::MAX);
            }
            self.settle();
        }
        let newest = self.store.revision();
        for (name, watched) in &self.watched {
            let due = self.model.due(watched, newest);
            let is_whole = watched.ended || watched.heard == due;
            assert!(is_whole, "{}: {name:?} {} of {due}", self.at, watched.heard);
        }
        assert!(self.watches.view().iter().all(|view| view.unsynced == 0));
    }

    fn key(&mut self) -> Bytes {
        Bytes::from_static(KEYS[self.prng.below(5) as usize].as_bytes())
    }
}

impl Model {
    fn put(&mut self, key: &str, value: &str, main: Revision) {
        let before = self.live.get(key);
        let key_value = KeyValue {
            key: Bytes::copy_from_slice(key.as_bytes()),
            create_revision: before.map_or(main, |kv| kv.create_revision),
            mod_revision: main,
            version: before.map_or(1, |kv| kv.version + 1),
            value: Bytes::copy_from_slice(value.as_bytes()),
            ..KeyValue::default()
        };
        self.live.insert(key.to_owned(), key_value.clone());
        self.add(WatchEventKind::Put, key_value);
    }

    fn delete(&mut self, key: &str, main: Revision) {
        if self.live.remove(key).is_some() {
            let key_value = KeyValue {
                key: Bytes::copy_from_slice(key.as_bytes()),
                mod_revision: main,
                ..KeyValue::default()
            };
            self.add(WatchEventKind::Delete, key_value);
        }
    }

    fn add(&mut self, kind: WatchEventKind, key_value: KeyValue) {
        let event = WatchEvent {
            kind,
            key_value,
            previous: None,
        };
        self.changes.push((event, None));
    }

    fn note_before(&mut self, before: &BTreeMap<String, KeyValue>, main: Revision) {
        for (event, previous) in self.changes.iter_mut().rev() {
            if event.key_value.mod_revision < main {
                return;
            }
            let key = String::from_utf8_lossy(&event.key_value.key).into_owned();
            *previous = before.get(&key).cloned();
        }
    }

    /// All that a watch is ever to hear.
    fn wanted(&self, watched: &Watched, compact_revision: Revision) -> Vec<WatchEvent> {
        let create = &watched.create;
        let covers = |key: &Bytes| match create.range_end.as_ref() {
            [] => *key == create.key,
            [0] => *key >= create.key,
            end => *key >= create.key && key.as_ref() < end,
        };
        let mut wanted = Vec::new();
        for (event, previous) in &self.changes {
            let main = event.key_value.mod_revision;
            let is_left_out = match event.kind {
                WatchEventKind::Put => create.no_put,
                WatchEventKind::Delete => create.no_delete,
            };
            if main < watched.start || is_left_out || !covers(&event.key_value.key) {
                continue;
            }
            let is_readable = create.previous && main.0 > compact_revision.0;
            wanted.push(WatchEvent {
                previous: previous.clone().filter(|_| is_readable),
                ..event.clone()
            });
        }
        wanted
    }

    /// How many events a watch is to have heard when all up to a revision are told.
    fn due(&self, watched: &Watched, revision: Revision) -> usize {
        let wanted = self.wanted(watched, revision);
        let is_due = |event: &&WatchEvent| event.key_value.mod_revision <= revision;
        wanted.iter().filter(is_due).count()
    }
}
