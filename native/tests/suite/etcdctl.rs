//! etcdctl 3.5.1 against three servers: the commands of the notes.

use serde_json::json;

use crate::support::cluster::Cluster;
use crate::support::http;

#[test]
fn keys_are_put_got_and_deleted_through_any_member() {
    let cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let follower = cluster.etcdctl_of((leader + 1) % 3);
    let other = cluster.etcdctl_of((leader + 2) % 3);
    assert_eq!(follower.ok(&["put", "foo", "bar"]), "OK\n");
    assert_eq!(other.ok(&["get", "foo"]), "foo\nbar\n");
    for number in 1..=5 {
        follower.ok(&["put", &format!("k{number}"), &format!("v{number}")]);
    }
    assert_eq!(
        other.ok(&["get", "k", "--prefix", "--limit=2"]),
        "k1\nv1\nk2\nv2\n"
    );
    assert_eq!(
        other.ok(&["get", "k2", "k4", "--keys-only"]),
        "k2\n\nk3\n\n"
    );
    assert_eq!(
        other.ok(&["get", "k4", "--from-key", "--print-value-only"]),
        "v4\nv5\n"
    );
    assert_eq!(
        other.ok(&["get", "k", "--prefix", "--order=DESCEND", "--limit=1"]),
        "k5\nv5\n"
    );
    let found = other.json(&["get", "foo"]);
    assert_eq!(
        found["kvs"],
        json!([{"key": "Zm9v", "create_revision": 2, "mod_revision": 2, "version": 1,
                "value": "YmFy"}])
    );
    assert_eq!(found["header"]["revision"], 7);
    assert_eq!(
        follower.ok(&["put", "foo", "new", "--prev-kv"]),
        "OK\nfoo\nbar\n"
    );
    assert_eq!(other.ok(&["get", "foo", "--rev=7"]), "foo\nbar\n");
    assert_eq!(other.ok(&["del", "k", "--prefix"]), "5\n");
    assert_eq!(follower.ok(&["get", "k", "--prefix"]), "");
    assert_eq!(
        follower.ok(&["get", "foo", "--consistency=s"]),
        "foo\nnew\n"
    );
    cluster.wait_for_same_hash();
}

#[test]
fn transactions_and_compaction() {
    let cluster = Cluster::start(3, &[]);
    let etcdctl = cluster.etcdctl();
    etcdctl.ok(&["put", "foo", "1"]);
    let swap = "mod(\"foo\") = \"2\"\n\nput foo 2\nget foo\n\nget foo\n\n";
    assert_eq!(
        etcdctl.run_with(&["txn"], swap).unwrap(),
        "SUCCESS\n\nOK\n\nfoo\n2\n"
    );
    assert_eq!(
        etcdctl.run_with(&["txn"], swap).unwrap(),
        "FAILURE\n\nfoo\n2\n"
    );
    etcdctl.ok(&["put", "foo", "3"]);
    assert_eq!(etcdctl.ok(&["compact", "3"]).trim(), "compacted revision 3");
    let compacted = etcdctl.run(&["get", "foo", "--rev=2"]).unwrap_err();
    assert!(
        compacted.contains("etcdserver: mvcc: required revision has been compacted"),
        "{compacted}"
    );
    let future = etcdctl.run(&["get", "foo", "--rev=99"]).unwrap_err();
    assert!(
        future.contains("etcdserver: mvcc: required revision is a future revision"),
        "{future}"
    );
    assert_eq!(etcdctl.ok(&["get", "foo", "--rev=3"]), "foo\n2\n");
}

#[test]
fn the_cluster_shows_itself() {
    let cluster = Cluster::start(3, &[]);
    let etcdctl = cluster.etcdctl();
    let table = etcdctl.ok(&["endpoint", "status", "-w", "table"]);
    assert!(table.contains("| IS LEADER |"), "{table}");
    assert_eq!(table.matches("3.6.14").count(), 3, "{table}");
    assert_eq!(
        table.matches("      true |      false |").count(),
        1,
        "{table}"
    );
    let health = etcdctl.json(&["endpoint", "health"]);
    let all_healthy = health
        .as_array()
        .unwrap()
        .iter()
        .all(|endpoint| endpoint["health"] == true);
    assert!(all_healthy, "{health}");
    let members = etcdctl.ok(&["member", "list"]);
    for number in 0..3 {
        let rest = format!(
            "started, infra{}, http://127.0.0.1:{}, http://127.0.0.1:{}, false",
            number + 1,
            cluster.peer_port(number),
            cluster.client_port(number)
        );
        assert!(members.contains(&rest), "{members}");
    }
    assert_eq!(etcdctl.ok(&["alarm", "list"]), "");
}

#[test]
fn what_is_not_there_yet_says_so() {
    let cluster = Cluster::start(1, &[]);
    let etcdctl = cluster.etcdctl();
    for command in [&["user", "list"][..], &["role", "list"]] {
        let error = etcdctl.run(command).unwrap_err();
        assert!(error.contains("is not supported yet by quorate"), "{error}");
    }
    let nothing = etcdctl.run(&["put", "", "x"]).unwrap_err();
    assert!(
        nothing.contains("etcdserver: key is not provided"),
        "{nothing}"
    );
    let health = http::get(cluster.client_port(0), "/health");
    assert_eq!(health.status, 200);
}
