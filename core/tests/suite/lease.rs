//! Leases, from the grant to the end, over several members.

pub(crate) mod cluster;
mod leaders;
mod property;

use bytes::Bytes;
use quorate_core::Input;
use quorate_core::command::{
    Command, DeleteRange, LeaseExpire, LeaseGrant, Put, Reply, RequestOp, Txn,
};
use quorate_core::error::Error;
use quorate_core::id::{LeaseId, Term};
use quorate_core::limits::LEASE_TTL_SECONDS_MAX;

use self::cluster::{Cluster, put};

fn three() -> Cluster {
    let mut cluster = Cluster::new(3, |_| {});
    cluster.elect(None);
    cluster
}

#[test]
fn a_lease_lives_and_ends_with_its_keys() {
    let mut cluster = three();
    let (leader, follower) = (cluster.leader().unwrap(), cluster.follower());
    assert_eq!(cluster.grant(follower, 7, 60), (7, 60));
    for key in ["b", "a", "c"] {
        cluster.put(leader, key, 7).unwrap();
    }
    for at in [leader, follower] {
        assert_eq!(cluster.keep_alive(at, 7), 60);
        let reply = cluster.time_to_live(at, 7);
        assert_eq!((reply.ttl_seconds, reply.granted_ttl_seconds), (60, 60));
        assert_eq!(reply.keys, ["a", "b", "c"]);
        let listed = cluster.call(at, Command::LeaseList);
        assert_eq!(listed, Ok(Reply::LeaseList(vec![LeaseId(7)])));
    }
    cluster.check_agreement();
    let revision = cluster.member(follower).view().revision;
    let revoked = cluster.call(follower, Command::LeaseRevoke(LeaseId(7)));
    assert_eq!(revoked, Ok(Reply::LeaseRevoke));
    assert_eq!(cluster.keys(follower), []);
    // All three at one revision.
    assert_eq!(cluster.member(follower).view().revision.0, revision.0 + 1);
    cluster.check_agreement();
    for at in [leader, follower] {
        assert_eq!(cluster.keep_alive(at, 7), 0);
        let reply = cluster.time_to_live(at, 7);
        assert_eq!((reply.ttl_seconds, reply.granted_ttl_seconds), (-1, 0));
        let revoked = cluster.call(at, Command::LeaseRevoke(LeaseId(7)));
        assert_eq!(revoked, Err(Error::LeaseNotFound));
        assert_eq!(cluster.put(at, "k", 7), Err(Error::LeaseNotFound));
    }
}

/// A process that stood still: its timers go on as if nothing had been, a client's seconds do not.
#[test]
fn time_that_the_host_has_missed_has_passed_for_leases() {
    let mut cluster = three();
    let leader = cluster.leader().unwrap();
    cluster.grant(leader, 7, 10);
    cluster.grant(leader, 8, 60);
    cluster.put(leader, "k", 7).unwrap();
    cluster.step(leader, Input::Missed { ticks: 95 });
    assert_eq!(cluster.time_to_live(leader, 7).ttl_seconds, 0);
    assert_eq!(cluster.time_to_live(leader, 8).ttl_seconds, 50);
    cluster.seconds(1);
    assert!(!cluster.has_lease(leader, 7), "95 ticks and 10 are 10.5 s");
    assert_eq!(cluster.keys(leader), []);
    // What is kept alive lives.
    assert_eq!(cluster.keep_alive(leader, 8), 60);
    assert_eq!(cluster.time_to_live(leader, 8).ttl_seconds, 60);
    // However long it was.
    cluster.step(leader, Input::Missed { ticks: u32::MAX });
    cluster.seconds(1);
    assert!(!cluster.has_lease(leader, 8));
    assert_eq!(cluster.leader(), Some(leader));
    cluster.check_agreement();
}

#[test]
fn what_is_asked_of_a_grant_is_what_etcd_asks() {
    let mut cluster = three();
    let at = cluster.follower();
    // An election timeout is 1 s, so nothing shorter than 1.5 s, in whole seconds.
    assert_eq!(cluster.grant(at, 1, 1), (1, 2));
    assert_eq!(cluster.grant(at, 2, 0), (2, 2));
    assert_eq!(cluster.grant(at, 3, -5), (3, 2));
    assert_eq!(cluster.grant(at, -4, 9), (-4, 9));
    assert_eq!(
        cluster.grant(at, 5, LEASE_TTL_SECONDS_MAX),
        (5, LEASE_TTL_SECONDS_MAX)
    );
    let mut grant = |id: i64, ttl_seconds: i64| {
        let id = LeaseId(id);
        cluster.call(at, Command::LeaseGrant(LeaseGrant { id, ttl_seconds }))
    };
    let too_long = LEASE_TTL_SECONDS_MAX + 1;
    assert_eq!(grant(6, too_long), Err(Error::LeaseTtlTooLarge));
    assert_eq!(grant(5, 10), Err(Error::LeaseExists));
    let mut chosen = std::collections::BTreeSet::new();
    for at in [1, 2, 3, 1, 2, 3] {
        let (id, _) = cluster.grant(at, 0, 100);
        assert!(id > 0 && chosen.insert(id), "{id}");
    }
    cluster.restart(1);
    cluster.elect(None);
    let (id, _) = cluster.grant(1, 0, 100);
    assert!(id > 0 && chosen.insert(id), "{id}");
    // What members tell one another is not for clients.
    let expire = LeaseExpire {
        ids: vec![LeaseId(5)],
        term: Term(2),
    };
    for command in [
        Command::LeaseExpire(expire),
        Command::LeaseCheckpoint(Vec::new()),
    ] {
        let refused = cluster.call(at, command);
        assert!(matches!(refused, Err(Error::NotSupported(_))));
    }
}

#[test]
fn a_key_hangs_on_the_lease_of_its_last_put() {
    let mut cluster = three();
    let at = cluster.follower();
    cluster.grant(at, 1, 60);
    cluster.grant(at, 2, 60);
    let keys = |cluster: &mut Cluster, id| cluster.time_to_live(1, id).keys;
    cluster.put(at, "a", 1).unwrap();
    cluster.put(at, "b", 1).unwrap();
    cluster.put(at, "c", 1).unwrap();
    cluster.put(at, "a", 2).unwrap();
    cluster.put(at, "b", 0).unwrap();
    assert_eq!(keys(&mut cluster, 1), ["c"]);
    assert_eq!(keys(&mut cluster, 2), ["a"]);
    let kept = Put {
        key: Bytes::from_static(b"a"),
        value: Bytes::from_static(b"new"),
        ignore_lease: true,
        ..Put::default()
    };
    cluster.call(at, Command::Put(kept)).unwrap();
    assert_eq!(keys(&mut cluster, 2), ["a"]);
    let delete = DeleteRange {
        key: Bytes::from_static(b"a"),
        ..DeleteRange::default()
    };
    cluster.call(at, Command::DeleteRange(delete)).unwrap();
    assert_eq!(keys(&mut cluster, 2), [] as [&str; 0]);
    // All of a transaction or nothing.
    let Command::Put(good) = put("d", 2) else {
        return;
    };
    let Command::Put(bad) = put("e", 3) else {
        return;
    };
    let txn = |puts: Vec<Put>| {
        Command::Txn(Txn {
            success: puts.into_iter().map(RequestOp::Put).collect(),
            ..Txn::default()
        })
    };
    let refused = cluster.call(at, txn(vec![good.clone(), bad]));
    assert_eq!(refused, Err(Error::LeaseNotFound));
    assert_eq!(keys(&mut cluster, 2), [] as [&str; 0]);
    cluster.call(at, txn(vec![good])).unwrap();
    assert_eq!(keys(&mut cluster, 2), ["d"]);
    cluster.check_agreement();
}

#[test]
fn a_lease_ends_when_its_time_is_over_and_not_before() {
    let mut cluster = three();
    let at = cluster.follower();
    cluster.grant(at, 1, 5);
    cluster.put(at, "k", 1).unwrap();
    cluster.seconds(4);
    assert_eq!(cluster.keep_alive(at, 1), 5);
    cluster.seconds(4);
    assert_eq!(cluster.time_to_live(at, 1).ttl_seconds, 1);
    assert_eq!(cluster.keep_alive(at, 1), 5);
    // The last tick is on top, see `Countdown`.
    cluster.seconds(5);
    for id in cluster.ids() {
        assert!(cluster.has_lease(id, 1));
    }
    cluster.tick(2);
    for id in cluster.ids() {
        assert!(!cluster.has_lease(id, 1));
        assert_eq!(cluster.keys(id), []);
    }
    assert_eq!(cluster.keep_alive(at, 1), 0);
    cluster.check_agreement();
}

#[test]
fn many_leases_end_some_at_a_tick() {
    let mut cluster = Cluster::new(1, |_| {});
    cluster.elect(None);
    for id in 1..=250 {
        cluster.grant(1, id, 5);
    }
    cluster.tick(51);
    assert_eq!(cluster.leases(1).len(), 150);
    cluster.tick(1);
    assert_eq!(cluster.leases(1).len(), 50);
    cluster.tick(1);
    assert_eq!(cluster.leases(1).len(), 0);
}

#[test]
fn leases_outlive_restarts_with_and_without_a_snapshot() {
    for snapshot_count in [10_000, 5] {
        let mut cluster = if snapshot_count == 5 {
            Cluster::new(1, |config| {
                config.snapshot_count = 5;
                config.snapshot_catch_up_entries = 0;
            })
        } else {
            Cluster::new(1, |_| {})
        };
        cluster.elect(None);
        cluster.grant(1, 1, 600);
        cluster.grant(1, 2, 30);
        for key in ["a", "b", "c", "d", "e", "f", "g"] {
            cluster.put(1, key, 1).unwrap();
        }
        cluster.put(1, "a", 2).unwrap();
        let before = cluster.leases(1);
        assert_eq!(
            cluster.member(1).view().snapshot.is_some(),
            snapshot_count == 5
        );
        cluster.restart(1);
        cluster.elect(None);
        let after = cluster.leases(1);
        assert_eq!(after.len(), 2);
        for (before, after) in before.iter().zip(&after) {
            assert_eq!((before.id, before.keys), (after.id, after.keys));
        }
        cluster.check_agreement();
        cluster.seconds(33);
        assert_eq!(cluster.time_to_live(1, 1).keys.len(), 6);
        assert_eq!(cluster.time_to_live(1, 2).ttl_seconds, -1);
    }
}
