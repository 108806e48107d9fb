//! `kill -9`: nothing that was acknowledged is lost.

use crate::support::cluster::Cluster;
use crate::support::wait::wait_for;

#[test]
fn writes_go_on_without_the_leader_and_it_catches_up() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    cluster.etcdctl().ok(&["put", "before", "1"]);
    cluster.crash(leader);
    let survivor = cluster.etcdctl_of((leader + 1) % 3);
    // A write that was on its way to the dead leader may time out; the next ones may not.
    wait_for("a write without the old leader", || {
        survivor.run(&["put", "after", "1"]).ok()
    });
    let new_leader = cluster.wait_for_leader();
    assert_ne!(new_leader, leader);
    for number in 0..10 {
        survivor.ok(&["put", &format!("after{number}"), "x"]);
    }
    cluster.start_all();
    cluster.wait_for_same_hash();
    let restarted = cluster.etcdctl_of(leader);
    assert_eq!(restarted.ok(&["get", "before"]), "before\n1\n");
    let keys = restarted.ok(&["get", "after", "--prefix", "--keys-only"]);
    assert_eq!(keys.matches("after").count(), 11, "{keys}");
}

#[test]
fn a_crash_of_all_three_loses_nothing_acknowledged() {
    let mut cluster = Cluster::start(3, &["--snapshot-count=7", "--snapshot-catchup-entries=3"]);
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let leader = cluster.wait_for_leader();
        for number in 0..12 {
            let key = format!("r{round}n{number:02}");
            // To every member in turn, and on the last ones all are killed at once.
            let member = cluster.etcdctl_of(number % 3);
            if member.run(&["put", &key, &key]).is_ok() {
                acknowledged.push(key);
            }
        }
        for member in [leader, (leader + 1) % 3, (leader + 2) % 3] {
            cluster.crash(member);
        }
        cluster.start_all();
        cluster.wait_for_leader();
    }
    assert!(acknowledged.len() >= 30, "{acknowledged:?}");
    cluster.wait_for_same_hash();
    for member in 0..3 {
        let text = cluster
            .etcdctl_of(member)
            .ok(&["get", "r", "--prefix", "--print-value-only"]);
        let found: Vec<&str> = text.lines().collect();
        for key in &acknowledged {
            assert!(
                found.contains(&key.as_str()),
                "{key} is missing on {member}"
            );
        }
    }
}

#[test]
fn a_member_that_was_away_long_gets_a_snapshot() {
    let mut cluster = Cluster::start(3, &["--snapshot-count=10", "--snapshot-catchup-entries=2"]);
    let leader = cluster.wait_for_leader();
    let away = (leader + 1) % 3;
    cluster.crash(away);
    let etcdctl = cluster.etcdctl_of(leader);
    for number in 0..40 {
        etcdctl.ok(&["put", &format!("k{}", number % 5), &number.to_string()]);
    }
    cluster.server(leader).wait_for_line("saved snapshot");
    cluster.start_all();
    cluster.wait_for_same_hash();
    cluster.server(away).wait_for_line("applied snapshot");
    assert_eq!(cluster.etcdctl_of(away).ok(&["get", "k4"]), "k4\n39\n");
}
