//! A store at its last revision refuses writes, and a revision beyond it is not loaded.

use quorate_core::command::{Command, DeleteRange, LeaseGrant, Put, Range, RequestOp, Txn};
use quorate_core::error::Error;
use quorate_core::id::{LeaseId, Revision};
use quorate_core::limits::REVISION_MAX;
use quorate_core::mvcc::{Loader, Store};

use super::checkpoint::chunks;

fn put(key: &'static str, lease: i64) -> Put {
    Put {
        key: key.into(),
        value: "v".into(),
        lease: LeaseId(lease),
        ..Put::default()
    }
}

/// A store with one key, moved on to a revision.
fn moved_on(revision: i64) -> Result<Store, String> {
    let mut store = Store::new();
    store
        .apply(&Command::Put(put("a", 0)))
        .expect("an empty store");
    let pin = store.pin();
    let mut loader = Loader::new();
    for chunk in chunks(&store, &pin, 1_024) {
        loader.add(chunk).expect("its own chunks");
    }
    loader
        .finish(Revision(revision), Revision(revision))
        .map_err(|error| error.to_string())
}

#[test]
fn a_store_writes_up_to_its_last_revision() {
    let mut store = moved_on(REVISION_MAX - 1).expect("below the limit");
    let grant = LeaseGrant {
        id: LeaseId(7),
        ttl_seconds: 10,
    };
    store.apply(&Command::LeaseGrant(grant)).expect("a lease");
    store
        .apply(&Command::Put(put("b", 7)))
        .expect("the last revision");
    assert_eq!(store.revision(), Revision(REVISION_MAX));
    let delete = DeleteRange {
        key: "a".into(),
        ..DeleteRange::default()
    };
    let txn = Txn {
        success: vec![RequestOp::Put(put("c", 0))],
        ..Txn::default()
    };
    for write in [
        Command::Put(put("a", 0)),
        Command::DeleteRange(delete.clone()),
        Command::Txn(txn),
    ] {
        assert_eq!(
            store.apply(&write),
            Err(Error::RevisionsExhausted),
            "{write:?}"
        );
    }
    assert_eq!(store.revoke(LeaseId(7)), Err(Error::RevisionsExhausted));
    // Nothing of it is left behind, and what writes nothing is answered.
    assert_eq!(store.revision(), Revision(REVISION_MAX));
    let nothing = DeleteRange {
        key: "z".into(),
        ..delete
    };
    store
        .apply(&Command::DeleteRange(nothing))
        .expect("it writes nothing");
    let all = Range {
        key: "a".into(),
        range_end: "z".into(),
        ..Range::default()
    };
    let found = store.range(&all).expect("a range").key_values;
    let keys: Vec<_> = found.iter().map(|kv| kv.key.clone()).collect();
    assert_eq!(keys, ["a", "b"]);
    assert_eq!(found[1].lease, LeaseId(7));
}

#[test]
fn a_revision_beyond_the_last_is_not_loaded() {
    for revision in [REVISION_MAX + 1, i64::MAX] {
        let refused = moved_on(revision).expect_err("no such revision");
        assert!(refused.contains("above the limit"), "{refused}");
    }
}
