//! The peer port, and members that do not belong together.

use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::http::{get, request};
use crate::support::server::Server;

#[test]
fn the_peer_port_tells_members_and_version() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.peer_port(0);
    let version = get(port, "/version");
    assert_eq!(
        version.body,
        "{\"etcdserver\":\"3.6.14\",\"etcdcluster\":\"3.6.0\",\"storage\":\"3.6.0\"}"
    );
    let members: Value = serde_json::from_str(&get(port, "/members").body).unwrap();
    assert_eq!(members[0]["name"], "infra1");
    assert_eq!(
        members[0]["peerURLs"][0],
        format!("http://127.0.0.1:{port}")
    );
    assert!(members[0]["id"].is_u64());
    assert_eq!(get(port, "/nothing").status, 404);
}

#[test]
fn a_stream_from_another_cluster_is_refused() {
    let mut cluster = Cluster::start(1, &[]);
    let headers = [
        ("connection", "upgrade"),
        ("upgrade", "quorate-peer-1"),
        ("x-etcd-cluster-id", "1"),
        ("x-server-from", "2"),
        ("x-raft-to", "3"),
    ];
    let mut with_close = headers.to_vec();
    with_close[0] = ("connection", "close, upgrade");
    let answer = request("GET", cluster.peer_port(0), "/quorate/stream", &with_close);
    assert_eq!(answer.status, 412);
    assert_eq!(answer.body.trim(), "cluster ID mismatch");
    let line = cluster
        .server(0)
        .wait_for_line("request cluster ID mismatch");
    assert_eq!(line["remote-peer-cluster-id"], "1");
}

#[test]
fn a_member_of_another_token_is_told_that_it_does_not_belong() {
    let mut cluster = Cluster::start(3, &[]);
    cluster.crash(2);
    let mut flags = cluster.flags(2);
    let token = flags
        .iter()
        .position(|flag| flag == "etcd-cluster-1")
        .unwrap();
    flags[token] = "etcd-cluster-2".to_owned();
    flags.push("--data-dir=stranger".to_owned());
    let log = cluster.folder().join("stranger.log");
    let stranger = Server::start(&flags, cluster.folder(), &log);
    let line = stranger
        .wait_for_line("request sent was ignored by remote peer due to cluster ID mismatch");
    assert_eq!(line["error"], "cluster ID mismatch");
    cluster
        .server(0)
        .wait_for_line("request cluster ID mismatch");
}
