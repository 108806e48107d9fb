//! Leases while leaders come and go: what etcd had bugs with.

use quorate_core::command::{Command, Reply};
use quorate_core::error::Error;
use quorate_core::id::LeaseId;
use quorate_core::rules::{Rule, Rules};
use quorate_core::trace::TraceKind;

use super::cluster::Cluster;
use super::three;

/// Leaders that nobody hears go on believing that they lead: as etcd's lessor did.
fn believers() -> Cluster {
    let mut cluster = Cluster::new(3, |config| {
        config.rules = Rules::without(&[Rule::CheckQuorum])
    });
    cluster.elect(None);
    cluster
}

/// etcd issues 12528 and 15247, first half: a deposed leader revokes leases that its successor's
/// clients keep alive.
#[test]
fn what_a_deposed_leader_has_counted_ends_nothing() {
    let mut cluster = believers();
    let old = cluster.leader().unwrap();
    cluster.grant(old, 1, 5);
    cluster.put(old, "k", 1).unwrap();
    cluster.cut_off.insert(old);
    let new = cluster.elect(Some(old));
    for _ in 0..20 {
        cluster.seconds(1);
        assert_eq!(cluster.keep_alive(new, 1), 5);
    }
    // It has decided on the end, has it in its log, and believes to lead.
    let view = cluster.member(old).view();
    assert_eq!(view.role, quorate_core::member::Role::Leader);
    assert!(view.log.iter().any(|entry| entry.text == "expire 1 leases"));
    cluster.cut_off.clear();
    for _ in 0..20 {
        cluster.seconds(1);
        assert_eq!(cluster.keep_alive(old, 1), 5);
    }
    assert_eq!(cluster.keys(new).len(), 1);
    cluster.check_agreement();
}

/// The same with a stuck disk, as it was reported: the leader is heard, but what it proposes is
/// not durable; when the disk goes on it is deposed.
#[test]
fn a_leader_with_a_stuck_disk_ends_nothing_afterwards() {
    let mut cluster = believers();
    let old = cluster.leader().unwrap();
    cluster.grant(old, 1, 5);
    cluster.put(old, "k", 1).unwrap();
    cluster.stuck.insert(old);
    cluster.cut_off.insert(old);
    let new = cluster.elect(Some(old));
    for _ in 0..10 {
        cluster.seconds(1);
        assert_eq!(cluster.keep_alive(new, 1), 5);
    }
    cluster.cut_off.clear();
    cluster.tick(3);
    cluster.stuck.clear();
    for _ in 0..10 {
        cluster.seconds(1);
        assert_eq!(cluster.keep_alive(new, 1), 5);
    }
    assert_eq!(cluster.keys(old).len(), 1);
    cluster.check_agreement();
}

/// etcd issue 15247, second half: a deposed leader answers keep-alives that its successor knows
/// nothing of.
#[test]
fn a_deposed_leader_answers_no_keep_alive() {
    let mut cluster = believers();
    let old = cluster.leader().unwrap();
    cluster.grant(old, 1, 60);
    cluster.cut_off.insert(old);
    cluster.elect(Some(old));
    let request = cluster.ask(old, Command::LeaseKeepAlive(LeaseId(1)));
    cluster.seconds(6);
    assert_eq!(cluster.reply(request), None);
    cluster.seconds(2);
    assert_eq!(cluster.reply(request), Some(Err(Error::Timeout)));
    // One that is asked while it finds out is answered by the new one.
    let request = cluster.ask(old, Command::LeaseKeepAlive(LeaseId(1)));
    cluster.cut_off.clear();
    cluster.seconds(2);
    let Some(Ok(Reply::LeaseKeepAlive(reply))) = cluster.reply(request) else {
        panic!("no answer");
    };
    assert_eq!(reply.ttl_seconds, 60);
}

#[test]
fn without_a_leader_the_error_says_so() {
    let mut cluster = three();
    let leader = cluster.leader().unwrap();
    cluster.grant(leader, 1, 60);
    for id in cluster.ids() {
        cluster.cut_off.insert(id);
    }
    cluster.seconds(5);
    let requests: Vec<u64> = cluster
        .ids()
        .into_iter()
        .map(|id| cluster.ask(id, Command::LeaseKeepAlive(LeaseId(1))))
        .collect();
    cluster.seconds(8);
    for request in requests {
        assert_eq!(cluster.reply(request), Some(Err(Error::NoLeader)));
    }
}

#[test]
fn a_new_leader_gives_all_their_time_again_and_an_election_on_top() {
    let mut cluster = three();
    let old = cluster.leader().unwrap();
    cluster.grant(old, 1, 20);
    cluster.seconds(15);
    cluster.cut_off.insert(old);
    let new = cluster.elect(Some(old));
    let left = cluster.time_to_live(new, 1);
    assert_eq!((left.ttl_seconds, left.granted_ttl_seconds), (21, 20));
    cluster.seconds(20);
    assert!(cluster.has_lease(new, 1));
    cluster.seconds(2);
    assert!(!cluster.has_lease(new, 1));
    cluster.cut_off.clear();
    cluster.seconds(5);
    cluster.check_agreement();
}

#[test]
fn a_checkpoint_keeps_a_new_leader_from_beginning_anew() {
    let mut cluster = three();
    let old = cluster.leader().unwrap();
    cluster.grant(old, 1, 1_000);
    cluster.grant(old, 2, 300);
    cluster.seconds(290);
    assert_eq!(cluster.keep_alive(old, 2), 300);
    cluster.seconds(20);
    // At 300 s there were 700 left; the short one has no checkpoint.
    cluster.cut_off.insert(old);
    let new = cluster.elect(Some(old));
    let left = cluster.time_to_live(new, 1);
    assert!((699..=702).contains(&left.ttl_seconds), "{left:?}");
    assert_eq!(left.granted_ttl_seconds, 1_000);
    assert_eq!(cluster.time_to_live(new, 2).ttl_seconds, 301);
    // A keep-alive wipes it out, for leaders to come too.
    assert_eq!(cluster.keep_alive(new, 1), 1_000);
    cluster.cut_off.clear();
    cluster.seconds(3);
    cluster.cut_off.insert(new);
    let third = cluster.elect(Some(new));
    assert_eq!(cluster.time_to_live(third, 1).ttl_seconds, 1_001);
}

/// The checkpoint is committed, the old leader's keep-alive came later: what it promised holds.
#[test]
fn a_checkpoint_on_its_way_does_not_shorten_what_is_promised() {
    let mut cluster = Cluster::new(3, |_| {});
    let old = cluster.elect(None);
    cluster.grant(old, 1, 1_000);
    // The checkpoint is proposed while the leader's followers do not answer.
    cluster.seconds(299);
    let mut ticks = 0;
    let others: Vec<u64> = cluster.ids().into_iter().filter(|id| *id != old).collect();
    cluster.stuck.extend(&others);
    let is_there = |cluster: &Cluster| {
        let log = cluster.member(old).view().log;
        log.iter().any(|entry| entry.text.starts_with("checkpoint"))
    };
    while !is_there(&cluster) {
        cluster.tick(1);
        ticks += 1;
        assert!(ticks < 30, "no checkpoint");
    }
    let request = cluster.ask(old, Command::LeaseKeepAlive(LeaseId(1)));
    assert_eq!(
        cluster.reply(request),
        None,
        "answered before it is decided"
    );
    cluster.stuck.clear();
    cluster.settle();
    let Some(Ok(Reply::LeaseKeepAlive(reply))) = cluster.reply(request) else {
        panic!("no answer");
    };
    assert_eq!(reply.ttl_seconds, 1_000);
    cluster.cut_off.insert(old);
    let new = cluster.elect(Some(old));
    assert!(cluster.time_to_live(new, 1).ttl_seconds >= 1_000);
}

#[test]
fn a_follower_that_gets_a_snapshot_gets_the_leases() {
    let mut cluster = Cluster::new(3, |config| {
        config.snapshot_count = 10;
        config.snapshot_catch_up_entries = 2;
    });
    let leader = cluster.elect(None);
    let behind = cluster.follower();
    cluster.cut_off.insert(behind);
    cluster.grant(leader, 1, 600);
    for number in 0..40 {
        let key = format!("key {number}");
        cluster.put(leader, &key, number % 2).unwrap();
    }
    cluster.cut_off.clear();
    cluster.seconds(5);
    assert!(cluster.has_lease(behind, 1));
    cluster.check_agreement();
    // It leads next, and ends the lease.
    let is_granted = |kind: &TraceKind| matches!(kind, TraceKind::LeaseGranted { .. });
    let granted = cluster.trace.iter();
    assert!(
        !granted
            .into_iter()
            .any(|(_, id, kind)| *id == behind && is_granted(kind)),
        "it came in the log, not in a snapshot"
    );
    cluster.cut_off.insert(leader);
    cluster.elect(Some(leader));
    cluster.seconds(605);
    assert!(!cluster.has_lease(behind, 1));
    assert_eq!(cluster.keys(behind).len(), 20);
}
