//! Watches on a store: each case of etcd's contract, and a test for each bug that etcd had here.

use bytes::Bytes;
use quorate_core::command::{WatchCreate, WatchEventKind, WatchResponse};
use quorate_core::id::{Revision, WatchId, WatchStreamId};
use quorate_core::limits;
use quorate_core::mvcc::{Store, Watches};

use super::checkpoint::reload;
use super::script::apply;

const ONE: WatchStreamId = WatchStreamId(1);
const TWO: WatchStreamId = WatchStreamId(2);
const INTERVAL_TICKS: u64 = 10;

/// A store with its watches, told after each write as a member tells them.
struct Bench {
    store: Store,
    watches: Watches,
}

impl Bench {
    fn new() -> Self {
        let store = Store::new();
        Self {
            watches: Watches::new(&store, INTERVAL_TICKS),
            store,
        }
    }

    /// Carries lines out and then tells the watches, as of one batch of entries.
    fn run(&mut self, lines: &[&str]) -> Vec<WatchResponse> {
        for line in lines {
            apply(&mut self.store, line).unwrap();
        }
        self.settle()
    }

    fn settle(&mut self) -> Vec<WatchResponse> {
        self.watches.advance(&self.store);
        self.watches.catch_up(&self.store);
        self.watches.answer_progress();
        while self.store.compact_step(100) {}
        self.watches.take_responses()
    }

    fn create(&mut self, create: WatchCreate) -> Vec<WatchResponse> {
        self.watches.create(&create, &self.store);
        self.settle()
    }

    fn puts(&mut self, count: usize) -> Vec<WatchResponse> {
        let mut heard = Vec::new();
        for _ in 0..count {
            heard.extend(self.run(&["put a x"]));
        }
        heard
    }

    fn take_all(&mut self) -> Vec<WatchResponse> {
        let mut all = Vec::new();
        loop {
            self.watches.taken(ONE, u32::MAX);
            let heard = self.settle();
            if heard.is_empty() {
                return all;
            }
            all.extend(heard);
        }
    }
}

fn watch(key: &str, start_revision: i64) -> WatchCreate {
    let (key, range_end) = match key.split_once("..") {
        None => (key, Bytes::new()),
        Some((key, "")) => (key, Bytes::from_static(b"\0")),
        Some((key, end)) => (key, Bytes::copy_from_slice(end.as_bytes())),
    };
    WatchCreate {
        stream: ONE,
        key: Bytes::copy_from_slice(key.as_bytes()),
        range_end,
        start_revision: Revision(start_revision),
        ..WatchCreate::default()
    }
}

/// `put a@2` and the like, `<` before the value of the version before.
fn events(heard: &[WatchResponse]) -> Vec<String> {
    let event = |event: &quorate_core::command::WatchEvent| {
        let kind = match event.kind {
            WatchEventKind::Put => "put",
            WatchEventKind::Delete => "del",
        };
        let key = String::from_utf8_lossy(&event.key_value.key);
        let previous = event.previous.as_ref().map_or(String::new(), |kv| {
            format!("<{}", String::from_utf8_lossy(&kv.value))
        });
        format!("{kind} {key}@{}{previous}", event.key_value.mod_revision)
    };
    let all = heard.iter().flat_map(|response| &response.events);
    all.map(event).collect()
}

#[test]
fn ids_are_counted_from_zero_without_those_in_use() {
    let mut bench = Bench::new();
    let mut id = |asked: i64| {
        let create = WatchCreate {
            watch: WatchId(asked),
            ..watch("a", 0)
        };
        let heard = bench.create(create);
        assert!(heard[0].created);
        (heard[0].watch.0, heard[0].cancel_reason.clone())
    };
    assert_eq!(id(0), (0, String::new()));
    assert_eq!(id(1), (1, String::new()));
    assert_eq!(id(0), (2, String::new()));
    let reason = "mvcc: duplicate watch ID provided on the WatchStream";
    assert_eq!(id(1), (-1, reason.to_owned()));
    assert_eq!(id(0), (3, String::new()));
}

#[test]
fn ranges_that_cannot_be_are_refused_and_no_key_means_all() {
    let mut bench = Bench::new();
    for range in ["b..a", "b..b"] {
        let heard = bench.create(watch(range, 0));
        assert!(heard[0].created && heard[0].canceled);
        assert_eq!(heard[0].watch, WatchId(-1));
        assert_eq!(heard[0].cancel_reason, "mvcc: watcher range is empty");
    }
    bench.create(watch("..", 0));
    assert_eq!(events(&bench.run(&["put zz 1"])), ["put zz@2"]);
    let heard = bench.create(watch("a", -3));
    assert!(heard[0].created && heard[0].canceled && heard[0].watch == WatchId(-1));
    assert!(heard[0].cancel_reason.ends_with("has been compacted"));
}

#[test]
fn a_transaction_comes_in_one_response_with_what_was_before() {
    let mut bench = Bench::new();
    bench.run(&["put a old", "put b old", "put c old"]);
    let create = WatchCreate {
        previous: true,
        ..watch("a..", 0)
    };
    assert_eq!(bench.create(create)[0].header.revision, Revision(4));
    let heard = bench.run(&["txn [ ] [ del a.. ; put a new ; put d new ] [ ]"]);
    assert_eq!(heard.len(), 1, "a revision is never split");
    let told = [
        "del a@5<old",
        "del b@5<old",
        "del c@5<old",
        "put a@5",
        "put d@5",
    ];
    assert_eq!(events(&heard), told);
    let deleted = &heard[0].events[0].key_value;
    assert_eq!((deleted.version, deleted.create_revision.0), (0, 0));
}

#[test]
fn the_version_before_is_absent_where_it_is_compacted() {
    let mut bench = Bench::new();
    bench.run(&["put a 1", "put a 2", "put a 3", "compact 3"]);
    let create = WatchCreate {
        previous: true,
        ..watch("a", 3)
    };
    let heard = bench.create(create);
    assert_eq!(events(&heard), ["put a@3", "put a@4<2"]);
}

#[test]
fn filters_leave_out_events_and_bookmarks_go_on() {
    let mut bench = Bench::new();
    let no_put = WatchCreate {
        no_put: true,
        ..watch("a", 0)
    };
    let no_delete = WatchCreate {
        stream: TWO,
        no_delete: true,
        ..watch("a", 0)
    };
    bench.create(no_put);
    bench.create(no_delete);
    assert_eq!(events(&bench.run(&["put a 1"])), ["put a@2"]);
    assert_eq!(events(&bench.run(&["del a"])), ["del a@3"]);
    bench.run(&["put a 2"]);
    bench.watches.ask_progress(ONE);
    let heard = bench.settle();
    assert_eq!(heard[0].watch, WatchId(-1));
    assert_eq!(heard[0].header.revision, Revision(4));
}

#[test]
fn a_cancel_is_answered_once_and_ends_the_events() {
    let mut bench = Bench::new();
    bench.create(watch("a", 0));
    bench.watches.cancel(ONE, WatchId(0));
    bench.watches.cancel(ONE, WatchId(0));
    bench.watches.cancel(TWO, WatchId(9));
    let heard = bench.settle();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].canceled && heard[0].cancel_reason.is_empty());
    assert_eq!(bench.puts(1), []);
}

#[test]
fn a_start_below_the_compaction_is_created_and_then_ended() {
    let mut bench = Bench::new();
    bench.run(&["put a 1", "put a 2", "put a 3", "compact 4"]);
    let heard = bench.create(watch("a", 3));
    assert!(heard[0].created && !heard[0].canceled);
    assert!(heard[1].canceled && heard[1].compact_revision == Revision(4));
    assert!(heard[1].cancel_reason.ends_with("has been compacted"));
    assert_eq!(events(&bench.create(watch("a", 4))), ["put a@4"]);
}

#[test]
fn a_watch_that_hears_at_once_is_not_ended_by_a_compaction_of_the_same_batch() {
    let mut bench = Bench::new();
    bench.create(watch("a", 0));
    let heard = bench.run(&["put a 1", "put a 2", "del a", "put b 1", "compact 5"]);
    assert_eq!(events(&heard), ["put a@2", "put a@3", "del a@4"]);
}

#[test]
fn a_slow_watch_is_ended_when_its_history_is_compacted_away() {
    let mut bench = Bench::new();
    bench.create(watch("a", 0));
    let told = events(&bench.puts(300)).len();
    assert_eq!(told as u32 + 1, limits::WATCH_RESPONSES_IN_FLIGHT_MAX);
    let heard = bench.run(&["compact 250"]);
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].compact_revision, Revision(250));
    assert_eq!(bench.take_all(), [], "nothing follows the end");
}

#[test]
fn an_idle_watch_is_told_that_nothing_happened() {
    let mut bench = Bench::new();
    let create = WatchCreate {
        progress_notify: true,
        ..watch("a", 0)
    };
    bench.create(create);
    let mut told_at = Vec::new();
    for tick in 1..=45 {
        bench.watches.tick(tick);
        for response in bench.settle() {
            assert!(response.events.is_empty() && response.watch == WatchId(0));
            assert_eq!(response.header.revision, bench.store.revision());
            told_at.push(tick);
        }
        if tick == 17 {
            bench.puts(1);
        }
    }
    assert_eq!(told_at, [10, 27, 37], "an event puts it off");
}

#[test]
fn large_batches_are_cut_between_revisions() {
    let mut bench = Bench::new();
    let value = "v".repeat(300_000);
    for round in 0..9 {
        let put = format!("txn [ ] [ put a{round} {value} ; put b{round} {value} ] [ ]");
        bench.run(&[&put]);
    }
    let heard = bench.create(watch("a..", 1));
    let mut heard: Vec<_> = heard.into_iter().filter(|r| !r.created).collect();
    heard.extend(bench.take_all());
    assert!(heard.len() > 3, "{} responses", heard.len());
    assert_eq!(events(&heard).len(), 18);
    for pair in heard.windows(2) {
        let last = pair[0].events.last().unwrap().key_value.mod_revision;
        assert!(last < pair[1].events[0].key_value.mod_revision);
        assert!(pair[0].header.revision >= last);
        assert!(pair[0].header.revision < pair[1].events[0].key_value.mod_revision);
    }
}

#[test]
fn etcd_15220_a_bookmark_is_never_ahead_of_events_to_come() {
    let mut bench = Bench::new();
    bench.puts(12_000);
    for create in [watch("a", 2), watch("b", 0)] {
        bench.watches.create(&create, &bench.store);
    }
    bench.watches.ask_progress(ONE);
    let mut last = Revision(0);
    let mut bookmarks = 0;
    for response in bench.settle().into_iter().chain(bench.take_all()) {
        for event in &response.events {
            assert_eq!(bookmarks, 0);
            last = event.key_value.mod_revision;
        }
        if response.watch == WatchId(-1) {
            bookmarks += 1;
            assert_eq!(response.header.revision, last);
        }
    }
    assert_eq!((last, bookmarks), (bench.store.revision(), 1));
}

#[test]
fn etcd_15220_a_stuck_stream_gets_its_bookmark_after_its_events() {
    let mut bench = Bench::new();
    bench.create(watch("a", 0));
    bench.puts(500);
    bench.watches.ask_progress(ONE);
    assert_eq!(bench.settle(), []);
    let heard = bench.take_all();
    let (bookmark, told) = heard.split_last().unwrap();
    assert_eq!(bookmark.watch, WatchId(-1));
    assert_eq!(bookmark.header.revision, Revision(501));
    assert_eq!(events(told).last().unwrap(), "put a@501");
}

#[test]
fn etcd_20221_a_watch_of_the_future_hears_nothing_of_the_past() {
    let mut bench = Bench::new();
    bench.puts(4);
    let create = WatchCreate {
        progress_notify: true,
        ..watch("a", 20)
    };
    bench.create(create);
    bench.watches.ask_progress(ONE);
    assert_eq!(bench.puts(13), []);
    bench.watches.tick(INTERVAL_TICKS);
    assert_eq!(
        bench.settle(),
        [],
        "a bookmark before the start would be a lie"
    );
    let heard = bench.puts(2);
    assert_eq!(heard.len(), 2);
    assert_eq!(
        heard[0].header.revision,
        Revision(19),
        "the bookmark asked for"
    );
    assert_eq!(events(&heard), ["put a@20"]);
}

#[test]
fn etcd_20221_a_watch_of_the_future_stays_so_when_the_store_is_replaced() {
    let mut bench = Bench::new();
    bench.puts(4);
    bench.create(watch("a", 20));
    let mut ahead = bench.store.clone();
    for _ in 0..7 {
        apply(&mut ahead, "put a y").unwrap();
    }
    let pin = ahead.pin();
    bench.watches.advance(&bench.store);
    bench.store = reload(&ahead, &pin, 100);
    bench.watches.read_again();
    assert_eq!(bench.settle(), []);
    assert_eq!(events(&bench.puts(9)), ["put a@20", "put a@21"]);
}

#[test]
fn etcd_15271_a_replaced_store_neither_repeats_nor_loses_events() {
    let mut bench = Bench::new();
    bench.create(watch("a..", 0));
    let mut heard = bench.run(&["put a 1", "put b 1"]);
    let mut ahead = bench.store.clone();
    for line in ["put a 2", "del b", "put c 1"] {
        apply(&mut ahead, line).unwrap();
    }
    let pin = ahead.pin();
    // Applied in the same go as the snapshot, and not told yet: the old store tells it.
    apply(&mut bench.store, "put a 2").unwrap();
    bench.watches.advance(&bench.store);
    bench.store = reload(&ahead, &pin, 100);
    bench.watches.read_again();
    heard.extend(bench.settle());
    heard.extend(bench.run(&["put b 2"]));
    let told = [
        "put a@2", "put b@3", "put a@4", "del b@5", "put c@6", "put b@7",
    ];
    assert_eq!(events(&heard), told);
}

#[test]
fn a_replaced_store_without_the_history_ends_the_watch() {
    let mut bench = Bench::new();
    bench.create(watch("a", 0));
    bench.puts(1);
    let mut ahead = bench.store.clone();
    for line in ["put a 2", "put a 3", "compact 4"] {
        apply(&mut ahead, line).unwrap();
    }
    let pin = ahead.pin();
    bench.watches.advance(&bench.store);
    bench.store = reload(&ahead, &pin, 100);
    bench.watches.read_again();
    let heard = bench.settle();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].compact_revision, Revision(4));
}

#[test]
fn etcd_17247_and_17529_a_slow_watch_hears_all_once() {
    let mut bench = Bench::new();
    for _ in 0..3 {
        bench.create(watch("a", 0));
    }
    let mut heard = Vec::new();
    for round in 0..400 {
        heard.extend(bench.puts(7));
        // Now and then it takes a few, so that it passes between the groups in all states.
        if round % 3 == 0 {
            bench.watches.taken(ONE, 1 + round % 40);
            heard.extend(bench.settle());
        }
    }
    heard.extend(bench.take_all());
    for id in 0..3 {
        let mut own = heard.clone();
        own.retain(|response| response.watch == WatchId(id));
        let wanted: Vec<String> = (2..=2801).map(|main| format!("put a@{main}")).collect();
        assert_eq!(events(&own), wanted);
    }
    assert_eq!(bench.watches.view()[0].synced, 3);
}

#[test]
fn etcd_18089_and_19179_a_deletion_at_the_compaction_is_told() {
    let mut bench = Bench::new();
    bench.run(&["put a 1", "put b 1", "del a", "put b 2", "compact 4"]);
    assert_eq!(
        events(&bench.create(watch("a..", 4))),
        ["del a@4", "put b@5"]
    );
    assert_eq!(events(&bench.create(watch("a", 4))), ["del a@4"]);
    // Again in a store that was made of a checkpoint.
    let pin = bench.store.pin();
    bench.store = reload(&bench.store, &pin, 10);
    bench.watches.read_again();
    assert_eq!(
        events(&bench.create(watch("a..", 4))),
        ["del a@4", "put b@5"]
    );
}

const STREAMS: u64 = 100;
const STUCK: WatchStreamId = WatchStreamId(0);

/// A hundred watches on each of a hundred streams; every fourth hears nothing of key `a`.
fn ten_thousand(bench: &mut Bench) {
    for stream in 0..STREAMS {
        for number in 0..100 {
            let key = match number % 4 {
                0 => "a".to_owned(),
                1 => "a..b".to_owned(),
                2 => "..".to_owned(),
                _ => format!("a{number}"),
            };
            let create = WatchCreate {
                stream: WatchStreamId(stream),
                ..watch(&key, 0)
            };
            bench.watches.create(&create, &bench.store);
        }
    }
    bench.settle();
}

/// The revision that each watch of each stream has come to.
type Reached = Vec<Vec<i64>>;

/// Counts what is heard: every event must be the next one. Answers how many there were.
fn count(reached: &mut Reached, heard: &[WatchResponse]) -> usize {
    let mut events = 0;
    for response in heard {
        let last = &mut reached[response.stream.0 as usize][response.watch.0 as usize];
        for event in &response.events {
            let main = event.key_value.mod_revision.0;
            assert_eq!(main, *last + 1, "lost or repeated");
            *last = main;
            events += 1;
        }
    }
    events
}

#[test]
fn ten_thousand_watches_on_a_hundred_streams_and_one_is_stuck() {
    const PUTS: i64 = 40;
    const ROOM: u64 = limits::WATCH_RESPONSES_IN_FLIGHT_MAX as u64;
    let mut bench = Bench::new();
    ten_thousand(&mut bench);
    let mut reached: Reached = vec![vec![1; 100]; STREAMS as usize];
    let mut rounds = 0;
    loop {
        rounds += 1;
        let heard = match rounds <= PUTS {
            true => bench.run(&["put a x"]),
            false => bench.settle(),
        };
        assert!(heard.len() as u64 <= STREAMS * ROOM, "all that is held");
        count(&mut reached, &heard);
        for stream in 1..STREAMS {
            bench.watches.taken(WatchStreamId(stream), u32::MAX);
        }
        if rounds > PUTS && heard.is_empty() {
            break;
        }
    }
    assert!(
        rounds < PUTS + 5,
        "the others do not wait for the stuck one"
    );
    let wanted = |number: usize| if number % 4 == 3 { 1 } else { PUTS + 1 };
    let view = bench.watches.view();
    assert!(u64::from(view[0].in_flight) <= ROOM);
    assert_eq!((view[0].unsynced, view[0].synced), (75, 25));
    for (stream, view) in view.iter().enumerate().skip(1) {
        assert_eq!(view.unsynced, 0);
        assert!((0..100).all(|number| reached[stream][number] == wanted(number)));
    }
    // It wakes up, and finds everything there.
    let mut events = 0;
    loop {
        bench.watches.taken(STUCK, u32::MAX);
        let heard = bench.settle();
        if heard.is_empty() {
            break;
        }
        events += count(&mut reached, &heard);
    }
    assert!(events > 2_000, "{events}");
    assert!((0..100).all(|number| reached[0][number] == wanted(number)));
}

#[test]
fn one_that_is_stuck_keeps_few_large_values() {
    const VALUE_BYTES: usize = 512 * 1_024;
    const PUTS: i64 = 100;
    let mut bench = Bench::new();
    bench.create(watch("a", 0));
    bench.create(watch("a", 0));
    let put = format!("put a {}", "x".repeat(VALUE_BYTES));
    let mut heard = Vec::new();
    for _ in 0..PUTS {
        heard.extend(bench.run(&[&put]));
    }
    let held_bytes: usize = heard.iter().map(WatchResponse::size_bytes).sum();
    let most_bytes = limits::WATCH_SIZE_IN_FLIGHT_BYTES_MAX;
    assert!((most_bytes..most_bytes + 4 * VALUE_BYTES).contains(&held_bytes));
    // It takes one after the other, and loses nothing.
    loop {
        bench.watches.taken(ONE, 1);
        let more = bench.settle();
        if more.is_empty() && bench.watches.view()[0].in_flight == 0 {
            break;
        }
        heard.extend(more);
    }
    for id in 0..2 {
        let mut own = heard.clone();
        own.retain(|response| response.watch == WatchId(id));
        let wanted: Vec<String> = (2..=PUTS + 1).map(|main| format!("put a@{main}")).collect();
        assert_eq!(events(&own), wanted);
    }
}

#[test]
fn a_put_costs_by_who_hears_of_it_not_by_who_watches() {
    let mut bench = Bench::new();
    for number in 0..10_000u64 {
        let create = WatchCreate {
            stream: WatchStreamId(number / 100),
            ..watch(&format!("k{number:05}..k{number:05}z"), 0)
        };
        bench.watches.create(&create, &bench.store);
    }
    bench.settle();
    let heard = bench.run(&["put k04242 x"]);
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].stream, WatchStreamId(42));
}
