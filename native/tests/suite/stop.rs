//! SIGTERM and SIGINT: leadership is handed on, then the process ends by the signal.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use crate::support::cluster::Cluster;
use crate::support::wait::wait_for;

/// Opened for writing without a wait: fails as long as nobody reads.
const NONBLOCK: i32 = 0o4000;

#[test]
fn a_leader_that_is_told_to_stop_hands_over_first() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    cluster.etcdctl().ok(&["put", "foo", "bar"]);
    let server = cluster.server(leader);
    server.signal("TERM");
    let status = server.wait();
    assert_eq!(status.signal(), Some(15));
    let signal = server.line("received signal; shutting down").unwrap();
    assert_eq!(signal["signal"], "terminated");
    let transfer = server.line("leadership transfer starting").unwrap();
    let transferee = transfer["transferee-member-id"].as_str().unwrap();
    assert!(server.line("closed etcd server").is_some());
    let bad: Vec<_> = server
        .log()
        .into_iter()
        .filter(|line| ["error", "panic", "fatal"].contains(&line["level"].as_str().unwrap()))
        .collect();
    assert!(bad.is_empty(), "{bad:?}");
    cluster.servers[leader] = None;
    let new_leader = cluster.wait_for_leader();
    let status = cluster.etcdctl_of(new_leader).status().unwrap();
    assert_eq!(format!("{:x}", status.leader), transferee);
    assert_eq!(
        cluster.etcdctl_of(new_leader).ok(&["get", "foo"]),
        "foo\nbar\n"
    );
    cluster.start_all();
    cluster.wait_for_same_hash();
}

#[test]
fn a_transfer_that_nobody_answers_is_given_up() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    for other in [(leader + 1) % 3, (leader + 2) % 3] {
        cluster.server(other).signal("STOP");
    }
    let server = cluster.server(leader);
    server.signal("TERM");
    assert_eq!(server.wait().signal(), Some(15));
    let failed = server.line("leadership transfer failed").unwrap();
    assert_eq!(
        failed["error"],
        "etcdserver: request timed out, leader transfer took too long"
    );
    assert!(server.line("closed etcd server").is_some());
}

#[test]
fn a_second_signal_ends_the_wait_at_once() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    for other in [(leader + 1) % 3, (leader + 2) % 3] {
        cluster.server(other).signal("STOP");
    }
    let server = cluster.server(leader);
    server.signal("TERM");
    server.wait_for_line("leadership transfer starting");
    server.signal("INT");
    assert_eq!(server.wait().signal(), Some(2));
    assert!(server.line("leadership transfer failed").is_none());
    assert!(server.line("closed etcd server").is_none());
}

#[test]
fn a_follower_has_nothing_to_hand_over() {
    let mut cluster = Cluster::start(3, &[]);
    let follower = (cluster.wait_for_leader() + 1) % 3;
    let server = cluster.server(follower);
    server.signal("INT");
    assert_eq!(server.wait().signal(), Some(2));
    let line = server.line("skipped leadership transfer; local server is not leader");
    assert!(line.is_some(), "{:#?}", server.log());
    assert_eq!(
        server.line("received signal; shutting down").unwrap()["signal"],
        "interrupt"
    );
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let mut cluster = Cluster::start(1, &[]);
    let first = cluster.servers[0].take().unwrap();
    cluster.start_one(0);
    let second = cluster.server(0);
    assert_eq!(second.wait().code(), Some(1));
    let line = second.wait_for_line("the server cannot go on");
    assert!(
        line["error"]
            .as_str()
            .unwrap()
            .contains("is in use by another server"),
        "{line}"
    );
    drop(first);
}

#[test]
fn a_signal_is_heard_while_the_disk_is_read() {
    let mut cluster = Cluster::stopped(1, &["--data-dir=data"]);
    let log = cluster.folder().join("data/member/wal");
    fs::create_dir_all(&log).unwrap();
    // Whoever reads it waits for whoever writes it.
    let pipe = log.join("0.wal");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    cluster.start_one(0);
    let _writer = wait_for("a server that reads its disk", || {
        let mut options = OpenOptions::new();
        options.write(true).custom_flags(NONBLOCK).open(&pipe).ok()
    });
    let server = cluster.server(0);
    server.signal("TERM");
    assert_eq!(server.wait().signal(), Some(15));
    let line = server.line("received signal; shutting down").unwrap();
    assert_eq!(line["signal"], "terminated");
}
