//! Flags that do what they say: those that no other test is about.

use std::fs;

use crate::support::cluster::Cluster;
use crate::support::etcdctl::Etcdctl;
use crate::support::ports::free_ports;
use crate::support::server::Server;

/// Adds a member that will never be started.
fn add(etcdctl: &Etcdctl, number: usize, kind: &[&str]) -> Result<String, String> {
    let url = format!("--peer-urls=http://127.0.0.1:{number}");
    let name = format!("new{number}");
    let arguments: Vec<&str> = ["member", "add", &name, &url]
        .into_iter()
        .chain(kind.iter().copied())
        .collect();
    etcdctl.run(&arguments)
}

#[test]
fn as_many_learners_as_were_asked_for() {
    let cluster = Cluster::start(1, &["--max-learners", "2"]);
    cluster.wait_for_leader();
    let etcdctl = cluster.etcdctl();
    for number in [1, 2] {
        let added = add(&etcdctl, number, &["--learner"]);
        assert!(added.is_ok(), "{added:?}");
    }
    let third = add(&etcdctl, 3, &["--learner"]).unwrap_err();
    assert!(
        third.contains("too many learner members in cluster"),
        "{third}"
    );
}

#[test]
fn without_the_strict_check_an_unhealthy_cluster_may_be_changed() {
    let mut cluster = Cluster::start(3, &["--strict-reconfig-check=false"]);
    cluster.wait_for_leader();
    cluster.crash(2);
    cluster.wait_for_leader();
    let added = add(&cluster.etcdctl_of(0), 1, &[]);
    assert!(added.is_ok(), "{added:?}");
}

#[test]
fn a_quiet_watch_is_told_as_often_as_was_asked_for() {
    let cluster = Cluster::start(1, &["--watch-progress-notify-interval", "200ms"]);
    cluster.wait_for_leader();
    let etcdctl = cluster.etcdctl();
    let watch = etcdctl.follow(&["watch", "--progress-notify", "nothing"]);
    for line in watch.wait_for_lines(2) {
        assert!(line.starts_with("progress notify: "), "{line}");
    }
}

#[test]
fn a_port_may_be_shared_when_it_was_asked_for() {
    let ports = free_ports(3);
    let folder = tempfile::tempdir().unwrap();
    let start = |name: &str, peer: u16, log: &str| {
        let peer = format!("http://127.0.0.1:{peer}");
        let client = format!("http://127.0.0.1:{}", ports[2]);
        let flags = [
            "--name",
            name,
            "--socket-reuse-port",
            "--listen-peer-urls",
            &peer,
            "--initial-advertise-peer-urls",
            &peer,
            "--listen-client-urls",
            &client,
            "--advertise-client-urls",
            &client,
        ]
        .map(str::to_owned);
        Server::start(&flags, folder.path(), &folder.path().join(log))
    };
    let one = start("one", ports[0], "one.log");
    let two = start("two", ports[1], "two.log");
    one.wait_for_line("ready to serve client requests");
    two.wait_for_line("ready to serve client requests");
}

#[test]
fn memory_is_locked_or_the_server_says_why_not() {
    let mut cluster = Cluster::stopped(1, &["--memory-mlock"]);
    cluster.start_one(0);
    let server = cluster.server(0);
    if limit_of_locked_memory().is_none() {
        server.wait_for_line("ready to serve client requests");
        assert!(server.locked_memory_bytes() > 0);
    } else {
        // Whoever may lock but little memory may have been given enough.
        let line = crate::support::wait::wait_for("an end", || {
            server
                .line("ready to serve client requests")
                .or_else(|| server.line("the server cannot go on"))
        });
        if let Some(error) = line["error"].as_str() {
            assert!(
                error.contains("cannot lock the memory (--memory-mlock)"),
                "{error}"
            );
        }
    }
}

/// How many bytes a process may lock; nothing for as many as it likes.
fn limit_of_locked_memory() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max locked memory"))
        .unwrap();
    line.split_whitespace().nth(3).unwrap().parse().ok()
}

#[test]
fn the_first_election_may_take_its_time() {
    let mut cluster = Cluster::start(1, &["--initial-election-tick-advance=false"]);
    let server = cluster.server(0);
    let start = server.wait_for_line("starting an etcd server");
    assert_eq!(start["initial-election-tick-advance"], false);
    assert!(
        server
            .line("starting initial election tick advance")
            .is_none()
    );
}
