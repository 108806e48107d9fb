//! The lines of a server's log that operators and tools look for, all in one cluster's life.

use std::fs;
use std::io::Write;
use std::net::TcpStream;

use serde_json::Value;

use crate::support::cluster::Cluster;

/// Messages of a line each, whoever logged it.
const MESSAGES: &[&str] = &[
    "starting an etcd server",
    "starting local member",
    "restarting local member",
    "starting initial election tick advance",
    "initialized peer connections; fast-forwarding election ticks",
    "established TCP streaming connection with remote peer",
    "peer became active",
    "set initial cluster version",
    "enabled capabilities for version",
    "published local member to cluster through raft",
    "enabled backend quota with default value",
    "ready to serve client requests",
    "serving client traffic insecurely; this is strongly discouraged!",
    "finished scheduled compaction",
    "defragmenting",
    "finished defragmenting directory",
    "request stats",
    "rejected connection on client endpoint",
    "rejected connection on peer endpoint",
    "lost TCP streaming connection with remote peer",
    "peer became inactive (message send to peer failed)",
    "triggering snapshot",
    "saved snapshot",
    "kvstore restored",
    "sent database snapshot",
    "applied snapshot",
    "received signal; shutting down",
    "closing etcd server",
    "leadership transfer starting",
    "leadership transfer finished",
    "skipped leadership transfer; local server is not leader",
    "closed etcd server",
];

/// What raft's sentences say.
const SENTENCES: &[&str] = &[
    "raft.node: ",
    " elected leader ",
    " lost leader ",
    " became follower at term ",
    " became pre-candidate at term ",
    " became candidate at term ",
    " became leader at term ",
    " has received 2 MsgPreVoteResp votes and 0 vote rejections",
    " has received 2 MsgVoteResp votes and 0 vote rejections",
    "received a MsgVote message with higher term from ",
];

#[test]
fn what_operators_look_for_is_there() {
    let mut cluster = Cluster::start(
        3,
        &[
            "--snapshot-count=10",
            "--snapshot-catchup-entries=2",
            "--warning-unary-request-duration=1ns",
        ],
    );
    let leader = cluster.wait_for_leader();
    let away = (leader + 1) % 3;
    let etcdctl = cluster.etcdctl_of(leader);
    for number in 0..5 {
        etcdctl.ok(&["put", "foo", &number.to_string()]);
    }
    etcdctl.ok(&["compact", "4"]);
    etcdctl.ok(&["defrag"]);
    for port in [cluster.client_port(leader), cluster.peer_port(leader)] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(&[0xff; 64]).unwrap();
    }
    let server = cluster.server(leader);
    server.wait_for_line("rejected connection on client endpoint");
    server.wait_for_line("rejected connection on peer endpoint");

    cluster.crash(away);
    let server = cluster.server(leader);
    server.wait_for_line("lost TCP streaming connection with remote peer");
    for number in 0..40 {
        etcdctl.ok(&["put", "foo", &number.to_string()]);
    }
    cluster.server(leader).wait_for_line("saved snapshot");
    cluster.start_one(away);
    cluster.server(away).wait_for_line("applied snapshot");
    cluster
        .server(leader)
        .wait_for_line("sent database snapshot");
    cluster
        .server(away)
        .wait_for_line("ready to serve client requests");

    // The leader hands over, and one that does not lead has nothing to.
    let leader = cluster.wait_for_leader();
    let server = cluster.server(leader);
    server.signal("TERM");
    server.wait();
    cluster.servers[leader] = None;
    cluster.start_one(leader);
    cluster
        .server(leader)
        .wait_for_line("ready to serve client requests");
    let follower = (cluster.wait_for_leader() + 1) % 3;
    let server = cluster.server(follower);
    server.signal("TERM");
    server.wait();
    check(&cluster);
}

/// All that was logged in all lives.
fn check(cluster: &Cluster) {
    let mut lines: Vec<Value> = Vec::new();
    for member in 1..=3 {
        let path = cluster.folder().join(format!("infra{member}.log"));
        let text = fs::read_to_string(path).unwrap();
        for line in text.lines() {
            assert!(line.starts_with("{\"level\":\""), "{line}");
            let at = |key: &str| line.find(&format!("\"{key}\":"));
            assert!(at("level") < at("ts") && at("ts") < at("caller"), "{line}");
            assert!(at("caller") < at("msg"), "{line}");
            lines.push(serde_json::from_str(line).unwrap());
        }
    }
    let says = |wanted: &dyn Fn(&str) -> bool| {
        lines
            .iter()
            .any(|line| line["msg"].as_str().is_some_and(wanted))
    };
    let missing: Vec<&&str> = MESSAGES
        .iter()
        .filter(|message| !says(&|said| said == **message))
        .chain(
            SENTENCES
                .iter()
                .filter(|part| !says(&|said| said.contains(**part))),
        )
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let bad: Vec<&Value> = lines
        .iter()
        .filter(|line| {
            ["error", "dpanic", "panic", "fatal"]
                .iter()
                .any(|it| line["level"] == *it)
        })
        .collect();
    assert!(bad.is_empty(), "{bad:?}");
}

/// A leader that was stopped for a while is late with its heartbeats, if there is anybody to hear
/// them.
#[test]
fn who_is_alone_is_not_told_of_late_heartbeats() {
    let mut cluster = Cluster::start(1, &[]);
    let etcdctl = cluster.etcdctl();
    for number in 0..3 {
        cluster.server(0).signal("STOP");
        std::thread::sleep(std::time::Duration::from_millis(700));
        cluster.server(0).signal("CONT");
        etcdctl.ok(&["put", "foo", &number.to_string()]);
    }
    let late: Vec<Value> = cluster
        .server(0)
        .log()
        .into_iter()
        .filter(|line| {
            let message = line["msg"].as_str().unwrap_or_default();
            message.starts_with("leader failed to send out heartbeat")
        })
        .collect();
    assert!(late.is_empty(), "{late:?}");
}
