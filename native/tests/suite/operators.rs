//! What those who run a server ask of it over HTTP.

use std::fs;

use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::http::{get, request};
use crate::support::ports::free_ports;
use crate::support::wait::wait_for;

#[test]
fn liveness_and_readiness_tell_their_checks() {
    let mut cluster = Cluster::start(3, &[]);
    cluster.wait_for_leader();
    let port = cluster.client_port(2);
    for path in [
        "/livez",
        "/readyz",
        "/livez/serializable_read",
        "/readyz/non_learner",
    ] {
        let answer = get(port, path);
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (200, "ok\n"),
            "{path}"
        );
        assert!(answer.head.contains("x-content-type-options: nosniff"));
    }
    assert_eq!(
        get(port, "/readyz?verbose").body,
        "[+]data_corruption ok\n[+]serializable_read ok\n[+]linearizable_read ok\n\
         [+]non_learner ok\nok\n"
    );
    assert_eq!(
        get(
            port,
            "/readyz?verbose&exclude=linearizable_read&exclude=no_such"
        )
        .body,
        "[+]data_corruption ok\n[+]serializable_read ok\n[+]non_learner ok\nok\n"
    );
    assert_eq!(get(port, "/livez/linearizable_read").status, 404);
    let posted = request("POST", port, "/readyz", &[]);
    assert_eq!(posted.status, 405);
    assert!(posted.head.contains("allow: get"));
    cluster.crash(0);
    cluster.crash(1);
    // Without a majority the member lives, and is not ready.
    let body = wait_for("no majority", || {
        let answer = get(port, "/readyz");
        (answer.status == 503).then_some(answer.body)
    });
    assert!(body.contains("[+]serializable_read ok\n"), "{body}");
    assert!(
        body.contains("[-]linearizable_read failed: etcdserver: "),
        "{body}"
    );
    assert_eq!(get(port, "/readyz?exclude=linearizable_read").status, 200);
    assert_eq!(get(port, "/livez").body, "ok\n");
    let counts = get(port, "/metrics").body;
    let failed = "etcd_server_healthchecks_total{name=\"linearizable_read\",status=\"error\",\
                  type=\"readyz\"}";
    assert!(counts.contains(failed), "{counts}");
    cluster.server(2).wait_for_line("Health check error");
}

#[test]
fn the_process_shows_its_variables() {
    let cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    let answer = get(port, "/debug/vars");
    assert_eq!(answer.status, 200);
    let vars: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(vars["raft.status"]["raftState"], "StateLeader");
    assert_eq!(vars["raft.status"]["id"], vars["raft.status"]["lead"]);
    assert_eq!(vars["cmdline"][1], "--name");
    assert!(vars["file_descriptor_limit"].as_u64().unwrap() > 0);
}

#[test]
fn only_hosts_and_origins_of_the_lists_may_ask() {
    let cluster = Cluster::start(
        1,
        &[
            "--host-whitelist=db.example,127.0.0.1",
            "--cors=http://a.example:80",
        ],
    );
    let port = cluster.client_port(0);
    let ask = |host: &str, origin: &str| {
        request(
            "GET",
            port,
            "/version",
            &[("host", host), ("origin", origin)],
        )
    };
    let known = ask("db.example:2379", "http://a.example:80");
    assert_eq!(known.status, 200);
    assert!(
        known
            .head
            .contains("access-control-allow-origin: http://a.example:80")
    );
    let other_origin = ask("db.example:2379", "http://b.example:80");
    assert_eq!(other_origin.status, 200);
    assert!(!other_origin.head.contains("access-control-allow-origin"));
    let other_host = ask("evil.example", "http://a.example:80");
    assert_eq!(other_host.status, 421);
    let begins = "\netcd received your request, but the Host header was unrecognized.";
    assert!(other_host.body.starts_with(begins), "{}", other_host.body);
    let preflight = request(
        "OPTIONS",
        port,
        "/v3/kv/put",
        &[("origin", "http://a.example:80")],
    );
    assert_eq!((preflight.status, preflight.body.as_str()), (200, ""));
    assert!(
        preflight
            .head
            .contains("access-control-allow-methods: post, get, options, put, delete")
    );
    // etcdctl speaks gRPC, which no page of the web does.
    cluster.etcdctl().ok(&["put", "foo", "bar"]);
}

#[test]
fn a_port_for_operators_alone_answers_before_there_is_a_leader() {
    let ports = free_ports(2);
    let urls = format!(
        "--listen-metrics-urls=http://127.0.0.1:{},http://localhost:{}",
        ports[0], ports[1]
    );
    let mut cluster = Cluster::start(1, &[&urls]);
    for port in ports {
        assert_eq!(get(port, "/health").status, 200);
        assert_eq!(get(port, "/livez").body, "ok\n");
        assert_eq!(get(port, "/readyz").body, "ok\n");
        assert!(
            get(port, "/metrics")
                .body
                .contains("etcd_server_has_leader 1")
        );
        assert_eq!(get(port, "/version").status, 404);
        assert_eq!(get(port, "/debug/vars").status, 404);
    }
    cluster.server(0).wait_for_line("serving metrics");
}

#[test]
fn a_member_that_waits_for_a_leader_says_so_on_the_operators_port() {
    let port = free_ports(1)[0];
    let urls = format!("--listen-metrics-urls=http://127.0.0.1:{port}");
    let mut cluster = Cluster::stopped(3, &[&urls]);
    cluster.start_one(0);
    cluster.server(0).wait_for_line("serving metrics");
    let health = get(port, "/health");
    assert_eq!(health.status, 503);
    assert_eq!(
        health.body,
        "{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}"
    );
    assert_eq!(get(port, "/livez").body, "ok\n");
    assert!(
        get(port, "/metrics")
            .body
            .contains("etcd_server_has_leader 0")
    );
}

#[test]
fn calls_and_http_can_have_ports_of_their_own() {
    let port = free_ports(1)[0];
    let urls = format!("--listen-client-http-urls=http://127.0.0.1:{port}");
    let mut cluster = Cluster::start(1, &[&urls]);
    cluster.etcdctl().ok(&["put", "foo", "bar"]);
    assert_eq!(get(port, "/health").status, 200);
    assert!(get(port, "/metrics").body.contains("etcd_mvcc_put_total"));
    let lines: Vec<Value> = cluster
        .server(0)
        .log()
        .into_iter()
        .filter(|line| {
            line["msg"]
                .as_str()
                .unwrap()
                .starts_with("serving client traffic")
        })
        .collect();
    assert_eq!(lines[0]["traffic"], "grpc");
    assert_eq!(lines[1]["traffic"], "http");
    // Nothing speaks HTTP/1 on the port for calls: the connection is closed.
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", cluster.client_port(0))).unwrap();
    stream
        .write_all(b"GET /health HTTP/1.1\r\nhost: a\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    // It may be closed before all was read.
    let _ = stream.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/1.1 200"));
}

#[test]
fn without_fsync_the_server_says_what_that_means() {
    let mut cluster = Cluster::start(1, &["--unsafe-no-fsync"]);
    cluster.etcdctl().ok(&["put", "foo", "bar"]);
    let line = cluster
        .server(0)
        .wait_for_line("--unsafe-no-fsync is set: a crash of the machine will lose data");
    assert_eq!(line["level"], "warn");
    let counts = get(cluster.client_port(0), "/metrics").body;
    assert!(
        counts.contains("etcd_disk_wal_fsync_duration_seconds_count 0"),
        "{counts}"
    );
    assert!(
        fs::read_dir(cluster.folder().join("infra1.etcd/member/wal"))
            .unwrap()
            .count()
            > 0
    );
}
