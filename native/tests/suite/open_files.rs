//! Files and sockets that a process may have open: clients do not take those of the member.

use std::net::TcpStream;

use quorate_api::etcdserverpb::PutRequest;

use crate::support::calls::Calls;
use crate::support::cluster::Cluster;
use crate::support::wait::wait_for;

/// So many places for clients are left by the limit below.
const PLACES: usize = 50;
const LIMIT: &str = "-n 200";
/// More than the process could have open, if it took them all.
const IDLE_CONNECTIONS: usize = 220;

#[tokio::test]
async fn clients_that_hold_connections_do_not_take_the_files_of_the_member() {
    // Each snapshot is a new file.
    let mut cluster = Cluster::stopped(1, &["--snapshot-count=10"]);
    cluster.start_one_within(0, LIMIT);
    let server = cluster.server(0);
    server.wait_for_line("ready to serve client requests");
    let port = cluster.client_port(0);
    let calls = Calls::to(port);
    let put = PutRequest {
        key: "foo".into(),
        ..PutRequest::default()
    };
    calls.kv().put(put.clone()).await.unwrap();
    let idle: Vec<TcpStream> = (0..IDLE_CONNECTIONS)
        .map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap())
        .collect();
    let server = cluster.server(0);
    wait_for("connections to be accepted", || {
        (server.open_files() > PLACES).then_some(())
    });
    for _ in 0..50 {
        calls.kv().put(put.clone()).await.unwrap();
    }
    let server = cluster.server(0);
    wait_for("a snapshot", || server.line("saved snapshot"));
    assert!(server.open_files() < 150, "{}", server.open_files());
    drop(idle);
    // Who waited for a place gets one.
    cluster.etcdctl().ok(&["get", "foo"]);
}

#[test]
fn as_many_files_as_the_process_may_open_are_opened() {
    let mut cluster = Cluster::stopped(1, &[]);
    cluster.start_one_within(0, "-S -n 100");
    let server = cluster.server(0);
    server.wait_for_line("ready to serve client requests");
    let [soft, hard] = server.open_files_max();
    assert_eq!(soft, hard);
    assert_ne!(soft, "100");
}

#[test]
fn a_process_that_may_open_too_few_files_does_not_start() {
    let mut cluster = Cluster::stopped(1, &[]);
    cluster.start_one_within(0, "-n 150");
    let server = cluster.server(0);
    assert_eq!(server.wait().code(), Some(1));
    let line = server
        .line("file descriptor limit of etcd process is too low; please set higher")
        .unwrap();
    assert_eq!(line["level"], "fatal");
    assert_eq!(line["limit"], 150);
    assert_eq!(line["recommended-limit"], 150);
}
