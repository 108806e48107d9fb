//! HashKV against numbers from a real etcd: 3.5.1, `etcdctl endpoint hashkv -w json` after each
//! command below. (At the compact revision itself 3.5 refuses and 3.6 answers: no vector there.)

use quorate_core::error::Error;
use quorate_core::id::Revision;
use quorate_core::mvcc::Store;

use super::checkpoint::reload;
use super::script::apply;

/// What was done, and what etcd answered to hashes at revisions after it.
const STORY: &[(&str, &[(i64, u32)])] = &[
    ("get a", &[(0, 1_084_519_789)]),
    ("put foo bar", &[(0, 3_305_255_506)]),
    ("put foo baz", &[(0, 2_020_292_994)]),
    ("put key1 value1", &[(0, 1_408_274_891)]),
    ("del foo", &[(0, 1_676_865_300)]),
    (
        "txn [ ] [ put a 1 ; put b 2 ; del key1 ] [ ]",
        &[(0, 2_152_823_248)],
    ),
    ("put foo again", &[(0, 945_931_638)]),
    ("put foo again2", &[(0, 2_168_350_077)]),
    (
        "put a 3",
        &[
            (0, 4_228_355_072),
            (1, 1_084_519_789),
            (2, 3_305_255_506),
            (3, 2_020_292_994),
            (4, 1_408_274_891),
            (5, 1_676_865_300),
            (6, 2_152_823_248),
            (7, 945_931_638),
            (8, 2_168_350_077),
            (9, 4_228_355_072),
        ],
    ),
    (
        "compact 3",
        &[
            (4, 2_498_474_122),
            (5, 3_299_815_621),
            (6, 3_212_643_418),
            (9, 1_164_334_040),
        ],
    ),
    (
        "compact 5",
        &[(6, 3_947_482_884), (7, 3_471_144_243), (9, 337_692_037)],
    ),
    ("compact 7", &[(8, 239_469_169), (9, 1_902_193_632)]),
    (
        "del a..",
        &[
            (8, 239_469_169),
            (9, 1_902_193_632),
            (10, 2_724_513_353),
            (0, 2_724_513_353),
        ],
    ),
    ("compact 9", &[(10, 2_066_047_147)]),
    ("compact 10", &[]),
    ("put z z", &[(11, 3_806_421_073)]),
];

#[test]
fn hashes_are_etcds() {
    // Once with forgotten versions left in memory, once with them removed, once reloaded.
    let mut lazy = Store::new();
    let mut eager = Store::new();
    for (command, hashes) in STORY {
        apply(&mut lazy, command).expect("a good command");
        apply(&mut eager, command).expect("a good command");
        while eager.compact_step(1) {}
        let pin = lazy.pin();
        let reloaded = reload(&lazy, &pin, 50);
        lazy.unpin(pin);
        for (revision, hash) in *hashes {
            for store in [&lazy, &eager, &reloaded] {
                let reply = store.hash_kv(Revision(*revision)).expect("a hash");
                assert_eq!(reply.hash, *hash, "after {command} at {revision}");
                assert_eq!(reply.compact_revision, store.compact_revision());
            }
        }
    }
    assert!(lazy.version_count() > eager.version_count());
}

#[test]
fn a_hash_is_refused_where_a_read_is() {
    let mut store = Store::new();
    for command in ["put a 1", "put a 2", "put a 3", "compact 3"] {
        apply(&mut store, command).expect("a good command");
    }
    assert_eq!(store.hash_kv(Revision(2)), Err(Error::Compacted));
    assert!(store.hash_kv(Revision(3)).is_ok());
    assert_eq!(store.hash_kv(Revision(5)), Err(Error::FutureRevision));
}
