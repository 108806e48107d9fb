//! Checkpoints: what comes out goes in again, and nothing else does.

use bytes::Bytes;
use quorate_core::command::{Command, Compact, DeleteRange, Put};
use quorate_core::id::Revision;
use quorate_core::mvcc::{CheckpointChunk, Cursor, Defragmentation, Loader, Pin, Store};
use quorate_core::prng::Prng;

/// Reads all chunks of a pinned view, through their bytes.
pub(super) fn chunks(store: &Store, pin: &Pin, size_bytes: usize) -> Vec<CheckpointChunk> {
    let mut chunks = Vec::new();
    let mut cursor: Option<Cursor> = None;
    loop {
        let (chunk, next) = store
            .read_chunk(pin, cursor.as_ref(), size_bytes)
            .expect("a pin of this store");
        let bytes = chunk.encode().expect("a small chunk");
        assert_eq!(CheckpointChunk::decode(&bytes).as_ref(), Ok(&chunk));
        chunks.push(chunk);
        match next {
            Some(next) => cursor = Some(next),
            None => return chunks,
        }
    }
}

/// Makes a store of chunks.
pub(super) fn load(chunks: Vec<CheckpointChunk>, pin: &Pin) -> Result<Store, String> {
    let mut loader = Loader::new();
    for chunk in chunks {
        loader.add(chunk).map_err(|error| error.to_string())?;
    }
    loader
        .finish(pin.revision(), pin.compact_revision())
        .map_err(|error| error.to_string())
}

/// A store that has gone out and in again.
pub(super) fn reload(store: &Store, pin: &Pin, size_bytes: usize) -> Store {
    load(chunks(store, pin, size_bytes), pin).expect("its own chunks")
}

fn put(key: &str, value: &str) -> Command {
    Command::Put(Put {
        key: Bytes::copy_from_slice(key.as_bytes()),
        value: Bytes::copy_from_slice(value.as_bytes()),
        ..Put::default()
    })
}

/// Two generations of a, three versions of b, compacted in between.
fn small_store() -> Store {
    let mut store = Store::new();
    let delete = Command::DeleteRange(DeleteRange {
        key: Bytes::from_static(b"a"),
        ..DeleteRange::default()
    });
    let compact = Command::Compact(Compact {
        revision: Revision(4),
        physical: false,
    });
    for command in [
        put("a", "1"),
        put("b", "1"),
        put("b", "2"),
        delete,
        put("a", "2"),
        put("b", "3"),
        compact,
    ] {
        store.apply(&command).expect("a good command");
    }
    store
}

#[test]
fn an_empty_store_is_one_empty_chunk() {
    let mut store = Store::new();
    let pin = store.pin();
    assert_eq!(chunks(&store, &pin, 0).len(), 1);
    assert_eq!(reload(&store, &pin, 0).revision(), Revision(1));
}

#[test]
fn a_chunk_holds_at_least_one_version() {
    let mut store = small_store();
    let pin = store.pin();
    let all = chunks(&store, &pin, 0);
    assert_eq!(all.len(), 5);
    assert!(all.iter().all(|chunk| chunk.keys.len() == 1));
}

#[test]
fn a_pin_of_another_store_reads_nothing() {
    let mut store = small_store();
    let pin = store.pin();
    assert!(Store::new().read_chunk(&pin, None, 0).is_none());
}

#[test]
fn missing_doubled_and_swapped_chunks_are_refused() {
    let mut store = small_store();
    let pin = store.pin();
    let all = chunks(&store, &pin, 0);
    for index in 0..all.len() {
        let mut missing = all.clone();
        missing.remove(index);
        assert!(load(missing, &pin).is_err());
        let mut doubled = all.clone();
        doubled.insert(index, all[index].clone());
        assert!(load(doubled, &pin).is_err());
        let mut swapped = all.clone();
        swapped.swap(index, (index + 1) % all.len());
        assert!(load(swapped, &pin).is_err());
    }
}

#[test]
fn a_failed_loader_stays_failed() {
    let mut store = small_store();
    let pin = store.pin();
    let all = chunks(&store, &pin, 0);
    let mut loader = Loader::new();
    let error = loader
        .add(all[1].clone())
        .expect_err("the second chunk first");
    assert_eq!(loader.add(all[0].clone()), Err(error));
    assert!(
        loader
            .finish(pin.revision(), pin.compact_revision())
            .is_err()
    );
}

#[test]
fn revisions_that_do_not_go_with_the_chunks_are_refused() {
    let mut store = small_store();
    let pin = store.pin();
    let finish = |revision: i64, compact_revision: i64| {
        let mut loader = Loader::new();
        for chunk in chunks(&store, &pin, 100) {
            loader.add(chunk).expect("its own chunks");
        }
        loader.finish(Revision(revision), Revision(compact_revision))
    };
    assert!(finish(7, 4).is_ok());
    assert!(finish(6, 4).is_err());
    assert!(finish(8, 4).is_err());
    assert!(finish(7, 8).is_err());
    assert!(finish(7, -2).is_err());
    // At 7 the older versions would be forgotten, and they are there.
    assert!(finish(7, 7).is_err());
}

#[test]
fn whatever_a_chunk_holds_loading_ends_in_a_store_or_an_error() {
    let mut store = small_store();
    let pin = store.pin();
    let good = chunks(&store, &pin, 1000);
    assert_eq!(good.len(), 1);
    let bytes = good[0].encode().expect("a small chunk").to_vec();
    let mut prng = Prng::new(1);
    let mut loaded = 0;
    for _ in 0..20_000 {
        let mut damaged = bytes.clone();
        for _ in 0..prng.between(1, 3) {
            let at = prng.below(damaged.len() as u64) as usize;
            damaged[at] ^= 1 << prng.below(8);
        }
        damaged.truncate(damaged.len() - (prng.below(40) / 38) as usize);
        let Ok(chunk) = CheckpointChunk::decode(&damaged) else {
            continue;
        };
        if let Ok(mut store) = load(vec![chunk], &pin) {
            loaded += 1;
            exercise(&mut store);
        }
    }
    assert!(loaded > 100, "damage in a value leaves a store: {loaded}");
}

/// Whatever was loaded, the store keeps working.
fn exercise(store: &mut Store) {
    store.hash_kv(Revision(0)).expect("a hash");
    for command in [put("a", "x"), put("c", "y")] {
        store.apply(&command).expect("a put");
    }
    let revision = store.revision();
    let compact = Compact {
        revision,
        physical: true,
    };
    store
        .apply(&Command::Compact(compact))
        .expect("a compaction");
    while store.compact_step(2) {}
    let mut defragmentation = Defragmentation::default();
    while store.defragment_step(&mut defragmentation, 2) {}
    assert_eq!(store.size_bytes(), store.size_in_use_bytes());
    let pin = store.pin();
    let again = reload(store, &pin, 10);
    assert_eq!(again.hash_kv(Revision(0)), store.hash_kv(Revision(0)));
}
