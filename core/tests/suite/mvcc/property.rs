//! Random histories, each answer held against the model's.

use bytes::Bytes;
use quorate_core::command::{
    Command, Compact, Compare, CompareOutcome, CompareTarget, DeleteRange, Put, Range, RangeReply,
    Reply, RequestOp, SortOrder, SortTarget, Txn,
};
use quorate_core::error::Error;
use quorate_core::id::{LeaseId, Revision};
use quorate_core::mvcc::{
    CheckpointChunk, Cursor, Defragmentation, Limits, Pin, Store, Task, validate,
};
use quorate_core::prng::Prng;

use super::checkpoint::{load, reload};
use super::model::Model;

const SEEDS: u64 = 150;
const COMMANDS: u64 = 90;

/// A checkpoint under way, and what the store was when it began.
struct Reader {
    pin: Pin,
    model: Model,
    hash: u32,
    in_use_bytes: u64,
    chunks: Vec<CheckpointChunk>,
    cursor: Option<Cursor>,
}

#[test]
fn any_history_reads_as_the_list_of_its_writes() {
    for seed in 0..SEEDS {
        let mut prng = Prng::new(seed);
        let mut store = Store::new();
        let mut model = Model::new();
        let mut readers: Vec<Reader> = Vec::new();
        for step in 0..COMMANDS {
            let at = format!("seed {seed} step {step}");
            let command = random_command(&mut prng, &model);
            let sizes = (store.size_bytes(), store.size_in_use_bytes());
            let reply = if prng.chance(500) {
                store.apply(&command)
            } else {
                apply_in_steps(&mut store, &command, &mut prng)
            };
            assert_eq!(reply, model.apply(&command), "{at}: {command:?}");
            if reply.is_err() {
                assert_eq!(
                    sizes,
                    (store.size_bytes(), store.size_in_use_bytes()),
                    "{at}"
                );
            }
            if let Command::Txn(txn) = &command
                && txn.is_read_only()
            {
                let task = Task::read(&command, &store).expect("it reads");
                assert_eq!(finish_task(&mut store, task, &mut prng), reply, "{at}");
            }
            assert_eq!(store.revision(), Revision(model.revision), "{at}");
            assert_eq!(
                store.compact_revision(),
                Revision(model.compact_revision),
                "{at}"
            );
            let size = store.size_bytes();
            assert!(size >= sizes.0, "{at}: it shrank by itself");
            store.compact_step(prng.below(6) as usize);
            assert_eq!(store.key_count(), count_keys(&store), "{at}");
            assert_eq!(store.size_bytes(), size, "{at}: it shrank by itself");
            assert!(store.size_in_use_bytes() <= store.size_bytes(), "{at}");
            if prng.chance(60) {
                readers.push(begin(&mut store, &model));
            }
            if !readers.is_empty() && prng.chance(500) {
                let index = prng.below(readers.len() as u64) as usize;
                if read_on(&store, &mut readers[index], &mut prng) {
                    finish(&mut store, readers.remove(index), &at);
                }
            }
            if prng.chance(20) {
                let pin = store.pin();
                let again = reload(&store, &pin, prng.below(300) as usize);
                store.unpin(pin);
                // Open readers end with the store they read, as a member's would.
                if readers.is_empty() {
                    store = again;
                }
            }
        }
        for reader in readers {
            store.unpin(reader.pin);
        }
        compare_whole(&store, &model, &format!("seed {seed} at the end"));
        settle(&mut store, &model, &format!("seed {seed} settled"));
    }
}

/// As [`Store::apply`]; what may be long goes a few keys at a time, and until it is done nobody
/// sees any of it.
fn apply_in_steps(store: &mut Store, command: &Command, prng: &mut Prng) -> Result<Reply, Error> {
    let before = seen(store);
    let Some(mut task) = Task::write(command, store) else {
        return store.apply(command);
    };
    loop {
        let mut budget = prng.below(4) as usize;
        if let Some(result) = store.step(&mut task, &mut budget) {
            return result;
        }
        assert_eq!(budget, 0, "it stopped before its time: {command:?}");
        assert_eq!(seen(store), before, "seen half done: {command:?}");
    }
}

fn finish_task(store: &mut Store, mut task: Task, prng: &mut Prng) -> Result<Reply, Error> {
    loop {
        let mut budget = prng.below(4) as usize;
        if let Some(result) = store.step(&mut task, &mut budget) {
            return result;
        }
    }
}

/// What others see of a store: the newest state, its hash, and what a comparison says.
fn seen(store: &mut Store) -> (Revision, RangeReply, u32, Vec<Result<Reply, Error>>) {
    let all = Range {
        key: Bytes::from_static(b"\0"),
        range_end: Bytes::from_static(b"\0"),
        ..Range::default()
    };
    let hash = store.hash_kv(Revision(0)).expect("a hash").hash;
    let asked = ["a", "b", "ba", "c"].map(|key| {
        let compare = Compare {
            outcome: CompareOutcome::Greater,
            target: CompareTarget::Version(0),
            key: Bytes::from_static(key.as_bytes()),
            range_end: Bytes::new(),
        };
        let txn = Command::Txn(Txn {
            compare: vec![compare],
            ..Txn::default()
        });
        let mut task = Task::read(&txn, store).expect("it reads");
        store.step(&mut task, &mut 10).expect("one key")
    });
    let revision = store.revision();
    let found = store.range(&all).expect("the newest revision");
    (revision, found, hash, asked.into())
}

/// A read in steps sees the store as it was when it began, whatever comes between them.
#[test]
fn a_read_in_steps_sees_one_state() {
    for seed in 0..SEEDS {
        let mut prng = Prng::new(seed);
        let mut store = Store::new();
        let mut model = Model::new();
        for step in 0..COMMANDS {
            let read = random_command(&mut prng, &model);
            let Some(mut task) = Task::read(&read, &store).filter(|_| is_read(&read)) else {
                let _ = (store.apply(&read), model.apply(&read));
                continue;
            };
            let expected = model.clone().apply(&read);
            let pin = store.pin();
            let result = loop {
                if let Some(result) = store.step(&mut task, &mut (prng.below(3) as usize)) {
                    break result;
                }
                let command = random_command(&mut prng, &model);
                let _ = (store.apply(&command), model.apply(&command));
                while store.compact_step(3) {}
            };
            store.unpin(pin);
            assert_eq!(result, expected, "seed {seed} step {step}: {read:?}");
        }
    }
}

fn is_read(command: &Command) -> bool {
    match command {
        Command::Range(_) => true,
        Command::Txn(txn) => txn.is_read_only(),
        _ => false,
    }
}

fn begin(store: &mut Store, model: &Model) -> Reader {
    Reader {
        pin: store.pin(),
        model: model.clone(),
        hash: store.hash_kv(Revision(0)).expect("a hash").hash,
        in_use_bytes: store.size_in_use_bytes(),
        chunks: Vec::new(),
        cursor: None,
    }
}

/// Reads the next chunk; true when it was the last.
fn read_on(store: &Store, reader: &mut Reader, prng: &mut Prng) -> bool {
    let (chunk, cursor) = store
        .read_chunk(
            &reader.pin,
            reader.cursor.as_ref(),
            prng.below(400) as usize,
        )
        .expect("a pin of this store");
    reader.chunks.push(chunk);
    reader.cursor = cursor;
    reader.cursor.is_none()
}

/// What was read while the store went on is the store as it was.
fn finish(store: &mut Store, reader: Reader, at: &str) {
    let mut loaded = load(reader.chunks, &reader.pin).expect("its own chunks");
    store.unpin(reader.pin);
    assert_eq!(
        loaded.hash_kv(Revision(0)).expect("a hash").hash,
        reader.hash,
        "{at}"
    );
    assert_eq!(loaded.size_in_use_bytes(), reader.in_use_bytes, "{at}");
    assert_eq!(loaded.size_bytes(), reader.in_use_bytes, "{at}");
    compare_whole(&loaded, &reader.model, at);
    settle(&mut loaded, &reader.model, at);
}

/// Every range at every revision.
fn compare_whole(store: &Store, model: &Model, at: &str) {
    let spans = [
        ("\0", "\0"),
        ("b", ""),
        ("ba", ""),
        ("a", "c"),
        ("bb", "\0"),
        ("d", "b"),
    ];
    for revision in -1..=model.revision + 1 {
        for (key, range_end) in spans {
            let range = Range {
                key: Bytes::from_static(key.as_bytes()),
                range_end: Bytes::from_static(range_end.as_bytes()),
                revision: Revision(revision),
                ..Range::default()
            };
            assert_eq!(store.range(&range), model.range(&range), "{at}: {range:?}");
        }
    }
}

fn count_keys(store: &Store) -> u64 {
    let all = Range {
        key: Bytes::from_static(b"\0"),
        range_end: Bytes::from_static(b"\0"),
        count_only: true,
        ..Range::default()
    };
    store.range(&all).expect("the newest revision").count as u64
}

/// Compaction, done to the end, changes nothing that can be read, and leaves nothing behind: the
/// store is then what its own checkpoint makes.
fn settle(store: &mut Store, model: &Model, at: &str) {
    let hashes = |store: &Store| -> Vec<_> {
        (0..=model.revision)
            .map(|revision| store.hash_kv(Revision(revision)))
            .collect()
    };
    let before = hashes(store);
    while store.compact_step(3) {}
    assert!(!store.is_compacting(), "{at}");
    let mut defragmentation = Defragmentation::default();
    while store.defragment_step(&mut defragmentation, 3) {}
    assert_eq!(store.size_bytes(), store.size_in_use_bytes(), "{at}");
    let pin = store.pin();
    let loaded = reload(store, &pin, 200);
    store.unpin(pin);
    assert_eq!(loaded.version_count(), store.version_count(), "{at}");
    assert_eq!(loaded.key_count(), count_keys(store), "{at}");
    assert_eq!(loaded.size_bytes(), store.size_bytes(), "{at}");
    assert_eq!(hashes(store), before, "{at}");
    assert_eq!(hashes(&loaded), before, "{at}");
    compare_whole(store, model, at);
}

fn random_command(prng: &mut Prng, model: &Model) -> Command {
    match prng.below(20) {
        0..=7 => Command::Put(random_put(prng)),
        8..=10 => Command::DeleteRange(random_delete(prng)),
        11..=13 => Command::Range(random_range(prng, model)),
        14 => Command::Compact(Compact {
            revision: Revision(prng.between(0, model.revision as u64 + 2) as i64 - 1),
            physical: false,
        }),
        _ => loop {
            // What would not be proposed is not tried, but for what only looks doubled.
            let command = Command::Txn(random_txn(prng, model, 2));
            if validate(&command, Limits::default()).is_ok() {
                return command;
            }
        },
    }
}

fn random_key(prng: &mut Prng) -> Bytes {
    let keys = ["a", "b", "ba", "bb", "c", "d", "e\0", "\u{ff}"];
    Bytes::from_static(prng.choose(&keys).expect("some keys").as_bytes())
}

fn random_span(prng: &mut Prng) -> (Bytes, Bytes) {
    let key = random_key(prng);
    let range_end = match prng.below(4) {
        0 => Bytes::from_static(b"\0"),
        1 => random_key(prng),
        _ => Bytes::new(),
    };
    (key, range_end)
}

fn random_put(prng: &mut Prng) -> Put {
    let ignore_value = prng.chance(100);
    Put {
        key: random_key(prng),
        value: match prng.below(5) {
            _ if ignore_value => Bytes::new(),
            0 => Bytes::new(),
            length => Bytes::from(vec![b'0' + prng.below(10) as u8; length as usize * 4]),
        },
        lease: LeaseId(i64::from(prng.chance(20))),
        previous: prng.chance(300),
        ignore_value,
        ignore_lease: prng.chance(50),
    }
}

fn random_delete(prng: &mut Prng) -> DeleteRange {
    let (key, range_end) = random_span(prng);
    DeleteRange {
        key,
        range_end,
        previous: prng.chance(300),
    }
}

fn random_range(prng: &mut Prng, model: &Model) -> Range {
    let (key, range_end) = random_span(prng);
    let mut revision = |per_mille: u32| match prng.chance(per_mille) {
        true => Revision(prng.between(0, model.revision as u64 + 2) as i64 - 1),
        false => Revision(0),
    };
    Range {
        key,
        range_end,
        revision: revision(500),
        min_mod_revision: revision(100),
        max_mod_revision: revision(100),
        min_create_revision: revision(100),
        max_create_revision: revision(100),
        limit: prng.below(5) as i64 - 1,
        sort_order: *prng
            .choose(&[SortOrder::None, SortOrder::Ascend, SortOrder::Descend])
            .expect("some orders"),
        sort_target: *prng
            .choose(&[
                SortTarget::Key,
                SortTarget::Version,
                SortTarget::Create,
                SortTarget::Mod,
                SortTarget::Value,
            ])
            .expect("some targets"),
        serializable: false,
        keys_only: prng.chance(100),
        count_only: prng.chance(100),
    }
}

fn random_txn(prng: &mut Prng, model: &Model, depth: u64) -> Txn {
    let compare = (0..prng.below(3))
        .map(|_| random_compare(prng, model))
        .collect();
    let reads_only = prng.chance(200);
    let mut branch = || -> Vec<RequestOp> {
        (0..prng.below(4))
            .map(|_| match prng.below(if depth > 0 { 8 } else { 7 }) {
                _ if reads_only => RequestOp::Range(random_range(prng, model)),
                0..=2 => RequestOp::Put(random_put(prng)),
                3 | 4 => RequestOp::DeleteRange(random_delete(prng)),
                5 | 6 => RequestOp::Range(Range {
                    revision: Revision(0),
                    ..random_range(prng, model)
                }),
                _ => RequestOp::Txn(random_txn(prng, model, depth - 1)),
            })
            .collect()
    };
    Txn {
        compare,
        success: branch(),
        failure: branch(),
    }
}

fn random_compare(prng: &mut Prng, model: &Model) -> Compare {
    let (key, range_end) = random_span(prng);
    let revision = Revision(prng.between(0, model.revision as u64) as i64);
    Compare {
        outcome: *prng
            .choose(&[
                CompareOutcome::Equal,
                CompareOutcome::Greater,
                CompareOutcome::Less,
                CompareOutcome::NotEqual,
            ])
            .expect("some outcomes"),
        target: match prng.below(5) {
            0 => CompareTarget::Version(prng.below(3) as i64),
            1 => CompareTarget::Create(revision),
            2 => CompareTarget::Mod(revision),
            3 => CompareTarget::Value(Bytes::from_static(b"4444")),
            _ => CompareTarget::Lease(LeaseId(prng.below(2) as i64)),
        },
        key,
        range_end,
    }
}
