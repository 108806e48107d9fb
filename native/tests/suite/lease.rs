//! Leases: through etcdctl, and what it cannot ask for.

use quorate_api::etcdserverpb as pb;
use tokio_stream::{StreamExt, iter};

use crate::support::calls::Calls;
use crate::support::cluster::Cluster;
use crate::support::wait::wait_for;

/// The id that `lease grant` prints.
fn granted(line: &str) -> String {
    line.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn etcdctl_grants_keeps_alive_and_revokes_through_any_member() {
    let cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let follower = cluster.etcdctl_of((leader + 1) % 3);
    let other = cluster.etcdctl_of((leader + 2) % 3);
    let line = follower.ok(&["lease", "grant", "3600"]);
    let id = granted(&line);
    assert_eq!(line, format!("lease {id} granted with TTL(3600s)\n"));
    other.ok(&["put", "a", "1", &format!("--lease={id}")]);
    follower.ok(&["put", "b", "2", &format!("--lease={id}")]);
    assert_eq!(
        other.ok(&["lease", "list"]),
        format!("found 1 leases\n{id}\n")
    );
    let left = other.ok(&["lease", "timetolive", &id, "--keys"]);
    let begins = format!("lease {id} granted with TTL(3600s), remaining(");
    assert!(left.starts_with(&begins), "{left}");
    assert!(left.ends_with("s), attached keys([a b])\n"), "{left}");
    assert_eq!(
        follower.ok(&["lease", "keep-alive", "--once", &id]),
        format!("lease {id} keepalived with TTL(3600)\n")
    );
    assert_eq!(
        other.ok(&["lease", "revoke", &id]),
        format!("lease {id} revoked\n")
    );
    assert_eq!(follower.ok(&["get", "", "--prefix"]), "");
    let gone = other.ok(&["lease", "timetolive", &id]);
    assert_eq!(gone, format!("lease {id} already expired\n"));
    let gone = follower.ok(&["lease", "keep-alive", &id]);
    assert_eq!(gone, format!("lease {id} expired or revoked.\n"));
    let error = follower.run(&["lease", "revoke", &id]).unwrap_err();
    assert!(
        error.contains("etcdserver: requested lease not found"),
        "{error}"
    );
    cluster.wait_for_same_hash();
}

#[test]
fn a_lease_that_nobody_keeps_alive_takes_its_keys_along() {
    let cluster = Cluster::start(3, &[]);
    let etcdctl = cluster.etcdctl();
    let short = granted(&etcdctl.ok(&["lease", "grant", "2"]));
    let kept = granted(&etcdctl.ok(&["lease", "grant", "2"]));
    let keeper = etcdctl.follow(&["lease", "keep-alive", &kept]);
    etcdctl.ok(&["put", "short", "x", &format!("--lease={short}")]);
    etcdctl.ok(&["put", "kept", "x", &format!("--lease={kept}")]);
    wait_for("the end of the lease", || {
        (etcdctl.ok(&["get", "short"]).is_empty()).then_some(())
    });
    keeper.wait_for_lines(6);
    assert_eq!(etcdctl.ok(&["get", "kept"]), "kept\nx\n");
    assert!(
        keeper
            .lines()
            .iter()
            .all(|line| line.ends_with("keepalived with TTL(2)"))
    );
    assert_eq!(
        etcdctl.ok(&["lease", "list"]),
        format!("found 1 leases\n{kept}\n")
    );
}

#[tokio::test]
async fn a_stream_keeps_many_leases_alive_and_answers_in_order() {
    let cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let calls = Calls::to(cluster.client_port((leader + 1) % 3));
    for id in 1..=50 {
        let grant = pb::LeaseGrantRequest { ttl: 3_600, id };
        calls.lease().lease_grant(grant).await.unwrap();
    }
    let asked: Vec<i64> = (0..2_000).map(|number| number * 7 % 60).collect();
    let questions = iter(asked.clone()).map(|id| pb::LeaseKeepAliveRequest { id });
    let mut answers = calls
        .lease()
        .lease_keep_alive(questions)
        .await
        .unwrap()
        .into_inner();
    let mut answered = Vec::new();
    while let Some(answer) = answers.message().await.unwrap() {
        let is_there = (1..=50).contains(&answer.id);
        assert_eq!(answer.ttl, if is_there { 3_600 } else { 0 });
        answered.push(answer.id);
    }
    assert_eq!(answered, asked);
}
