//! Every answer in every format, as etcdctl 3.6 shows it: a golden.
//!
//! `UPDATE_GOLDENS=1 cargo test -p quorate formats` writes it anew; read the difference.

use std::fmt::Write;
use std::path::Path;

use crate::support::cluster::Cluster;
use crate::support::etcdctl::Etcdctl;
use crate::support::program::run;
use crate::support::tools::QUORATECTL;

const COMMANDS: &[&str] = &[
    "put foo bar --prev-kv",
    "get foo --prefix",
    "get foo --prefix --hex",
    "del foo9 --prev-kv",
    "member list",
    "member list --hex",
    "endpoint hashkv",
    "alarm list",
    "lease list",
    "lease timetolive 1f",
];
const FORMATS: [&str; 5] = ["simple", "fields", "json", "protobuf", "table"];

#[test]
fn formats() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    let list = Etcdctl::new(&[port]).json(&["member", "list"]);
    let id = |name: &str| list["header"][name].as_u64().unwrap();
    let (member, cluster_id) = (id("member_id"), id("cluster_id"));
    let endpoint = format!("--endpoints=127.0.0.1:{port}");
    let neutral = |text: &str| {
        let mut text = text.to_owned();
        for (own, neutral) in [
            (member.to_string(), "MEMBER"),
            (format!("{member:x}"), "MEMBER"),
            (cluster_id.to_string(), "CLUSTER"),
            (format!("{cluster_id:x}"), "CLUSTER"),
            (port.to_string(), "CLIENT"),
            (cluster.peer_port(0).to_string(), "PEER"),
        ] {
            text = text.replace(&own, neutral);
        }
        // Ids are of different lengths, and so are the columns of tables.
        while text.contains("--") || text.contains("  ") {
            text = text.replace("--", "-").replace("  ", " ");
        }
        text
    };
    let mut found = String::new();
    for command in COMMANDS {
        for format in FORMATS {
            let words: Vec<&str> = command.split(' ').collect();
            let ran = run(
                QUORATECTL,
                &[&words[..], &[&endpoint, "-w", format]].concat(),
                "",
            );
            writeln!(found, "> {command} -w {format}").unwrap();
            if format == "protobuf" && ran.code == Some(0) {
                assert!(!ran.output.is_empty());
            } else {
                found += &neutral(&ran.output);
            }
            for line in ran.complaints.lines() {
                writeln!(found, "! {}", neutral(line)).unwrap();
            }
            writeln!(found, "exit code {}\n", ran.code.unwrap()).unwrap();
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/quoratectl-formats.txt");
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "{}:{}", path.display(), number + 1);
    }
    assert_eq!(
        found.len(),
        expected.len(),
        "{} has another length",
        path.display()
    );
}
