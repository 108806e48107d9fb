//! The same etcdctl commands against Quorate and against etcd 3.5.1: they print the same, ids,
//! ports and times aside.

use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::etcdctl::Etcdctl;
use crate::support::real_etcd::RealEtcd;

/// What a command gave, without what may differ: ids, ports, and the client's own log lines.
fn told(etcdctl: &Etcdctl, arguments: &[&str], input: &str) -> String {
    let text = match etcdctl.run_with(arguments, input) {
        Ok(output) => format!("ok\n{output}"),
        Err(error) => format!("failed\n{error}"),
    };
    text.lines()
        .filter(|line| serde_json::from_str::<Value>(line).is_err() || !line.contains("\"level\""))
        .map(without_names)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Words of digits that name something: an id, in either base, or a port.
fn without_names(line: &str) -> String {
    let mut shown = String::new();
    let mut word = String::new();
    for character in line.chars().chain(['\n']) {
        if character.is_ascii_hexdigit() {
            word.push(character);
            continue;
        }
        let is_id = word.len() >= 14 && word.contains(|c: char| c.is_ascii_digit());
        let is_port = word.len() == 5 && shown.ends_with("127.0.0.1:");
        shown.push_str(if is_id || is_port { "#" } else { &word });
        word.clear();
        shown.push(character);
    }
    shown.trim_end_matches('\n').to_owned()
}

/// Runs each command on both, and compares what they tell, shown in a way.
fn compare(script: &[(&[&str], &str)], show: impl Fn(String) -> String) {
    let cluster = Cluster::start(1, &[]);
    let etcd = RealEtcd::start();
    let (ours, theirs) = (cluster.etcdctl(), Etcdctl::new(&[etcd.client_port]));
    for (arguments, input) in script {
        assert_eq!(
            show(told(&ours, arguments, input)),
            show(told(&theirs, arguments, input)),
            "etcdctl {arguments:?}"
        );
    }
}

/// The words of a list in any order: members are listed by their ids. Not the spaces between
/// them: an id that begins with zeros is shorter, and is filled up.
fn in_any_order(text: String) -> String {
    let mut words: Vec<&str> = text.split([',', '"', '\n', ' ']).collect();
    words.retain(|word| !word.is_empty());
    words.sort_unstable();
    words.join(" ")
}

#[test]
fn keys_and_transactions() {
    compare(
        &[
            (&["put", "a", "1"], ""),
            (&["put", "a", "2", "--prev-kv"], ""),
            (&["put", "none", "--ignore-value"], ""),
            (&["put", "b"], "from standard input"),
            (&["put", "", "x"], ""),
            (&["get", "a", "-w", "fields"], ""),
            (&["get", "a", "--rev=2", "-w", "json"], ""),
            (&["get", "a", "--rev=99"], ""),
            (&["get", "", "--prefix", "--keys-only"], ""),
            (
                &["get", "", "--from-key", "--count-only", "-w", "fields"],
                "",
            ),
            (
                &["get", "", "--prefix", "--order=DESCEND", "--sort-by=MODIFY"],
                "",
            ),
            (&["get", "a", "z", "--limit=1", "-w", "json"], ""),
            (
                &["txn"],
                "mod(\"a\") = \"3\"\n\nput c 3\nget a\ndel b\n\nget b\n\n",
            ),
            (
                &["txn"],
                "val(\"a\") > \"9\"\n\nput c 3\n\nget b\nget c\n\n",
            ),
            (&["txn"], "\n\nput d 1\nput d 2\n\n\n"),
            (&["del", "c", "--prev-kv"], ""),
            (&["del", "nothing"], ""),
            (&["endpoint", "hashkv"], ""),
            (&["compaction", "4"], ""),
            (&["compaction", "4"], ""),
            (&["compaction", "99"], ""),
            (&["get", "a", "--rev=2"], ""),
            (&["endpoint", "hashkv"], ""),
            (&["watch", "a", "--rev=1"], ""),
            (&["watch", "a", "a"], ""),
        ],
        |text| text,
    );
}

#[test]
fn leases_and_locks() {
    compare(
        &[
            (&["lease", "grant", "3600"], ""),
            (&["lease", "list"], ""),
            (&["lease", "grant", "9000000001"], ""),
            (&["lease", "timetolive", "1234"], ""),
            (&["lease", "keep-alive", "1234"], ""),
            (&["lease", "keep-alive", "--once", "1234"], ""),
            (&["lease", "revoke", "1234"], ""),
            (&["put", "k", "v", "--lease=1234"], ""),
            (&["lock", "l", "echo", "mine"], ""),
            (&["get", "l", "--prefix"], ""),
        ],
        |text| text,
    );
}

#[test]
fn members_and_maintenance() {
    compare(
        &[
            (&["alarm", "list"], ""),
            (&["auth", "status"], ""),
            (&["auth", "disable"], ""),
            (&["member", "list", "-w", "json"], ""),
            (&["member", "add", "x", "--learner", "--peer-urls=foo"], ""),
            (
                &[
                    "member",
                    "add",
                    "x",
                    "--learner",
                    "--peer-urls=http://127.0.0.1:10001",
                ],
                "",
            ),
            (&["member", "list"], ""),
            (
                &[
                    "member",
                    "add",
                    "y",
                    "--learner",
                    "--peer-urls=http://127.0.0.1:10002",
                ],
                "",
            ),
            (&["member", "promote", "1234"], ""),
            (&["member", "remove", "1234"], ""),
            (
                &[
                    "member",
                    "update",
                    "1234",
                    "--peer-urls=http://127.0.0.1:10003",
                ],
                "",
            ),
            (&["move-leader", "1234"], ""),
        ],
        in_any_order,
    );
}

#[test]
fn names_are_left_out_and_nothing_else() {
    let line = "127.0.0.1:12379, 8211f1d0f64f3269, 9372538179322589801, added, 12345, beefed";
    assert_eq!(
        without_names(line),
        "127.0.0.1:#, #, #, added, 12345, beefed"
    );
}
