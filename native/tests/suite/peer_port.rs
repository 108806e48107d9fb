//! The peer port, and members that do not belong together.

use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::http::{get, post, request, send};
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
fn the_peer_port_answers_what_etcds_members_ask_one_another() {
    let cluster = Cluster::start(1, &[]);
    let (port, etcdctl) = (cluster.peer_port(0), cluster.etcdctl());
    etcdctl.ok(&["put", "foo", "bar"]);
    let (hash, revision) = etcdctl.hash().unwrap();
    let body = format!("{{\"revision\":{revision}}}");
    let answer = send("GET", port, "/members/hashkv", &[], &body);
    let told: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(told["hash"], hash);
    assert_eq!(told["compact_revision"], -1);
    assert_eq!(told["header"]["member_id"], cluster.id(0));
    let future = send("GET", port, "/members/hashkv", &[], "{\"revision\":99}");
    assert_eq!(future.status, 400);
    assert!(
        future
            .body
            .contains("required revision is a future revision")
    );
    assert_eq!(
        get(port, "/members/hashkv").body,
        "error unmarshalling request\n"
    );
    let other = [("x-etcd-cluster-id", "1")];
    let answer = send("GET", port, "/members/hashkv", &other, &body);
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (412, "cluster ID mismatch\n")
    );

    assert_eq!(get(port, "/downgrade/enabled").body, "false");
    let missing = send("POST", port, "/leases", &[], "\x08\x01");
    assert_eq!(
        (missing.status, missing.body.as_str()),
        (404, "lease not found\n")
    );
    let missing = send("POST", port, "/leases/internal", &[], "\x0a\x02\x08\x01");
    assert_eq!(
        (missing.status, missing.body.as_str()),
        (404, "lease not found\n")
    );
    // etcdctl lets the server choose the number; a call may choose it itself.
    let grant = "{\"ID\":7,\"TTL\":600}";
    assert_eq!(
        post(cluster.client_port(0), "/v3/lease/grant", grant).status,
        200
    );
    for (path, body) in [
        ("/leases", "\x08\x07"),
        ("/leases/internal", "\x0a\x02\x08\x07"),
    ] {
        let answer = send("POST", port, path, &[], body);
        assert_eq!(answer.status, 200, "{path}");
        assert!(
            answer.head.contains("content-type: application/protobuf"),
            "{}",
            answer.head
        );
    }
}

#[test]
fn the_peer_port_promotes_learners_alone() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.peer_port(0);
    let own = format!("/members/promote/{}", cluster.id(0));
    let answer = request("POST", port, &own, &[]);
    assert_eq!(answer.status, 412);
    assert_eq!(
        answer.body,
        "etcdserver: can only promote a learner member\n"
    );
    assert_eq!(
        request("POST", port, "/members/promote/77", &[]).status,
        404
    );
    let answer = request("POST", port, "/members/promote/x", &[]);
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (404, "member x not found in cluster\n")
    );
    let answer = get(port, &own);
    assert_eq!(answer.status, 405);
    assert!(answer.head.contains("allow: post"), "{}", answer.head);
    let answer = get(port, "/raft/stream/message");
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (404, "404 page not found\n")
    );
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
