//! Plain HTTP on the client port.

use std::fs;

use crate::support::cluster::Cluster;
use crate::support::http::{get, request};

#[test]
fn health_version_and_the_playground_are_on_the_client_port() {
    let page = tempfile::tempdir().unwrap();
    fs::write(page.path().join("index.html"), "<h1>page</h1>").unwrap();
    fs::write(page.path().join("app.wasm"), "plain").unwrap();
    fs::write(page.path().join("app.wasm.br"), "small").unwrap();
    let playground = format!("--playground-dir={}", page.path().display());
    let cluster = Cluster::start(1, &[&playground, "--enable-pprof"]);
    let port = cluster.client_port(0);

    let health = get(port, "/health");
    assert_eq!(
        (health.status, health.body.as_str()),
        (200, "{\"health\":\"true\",\"reason\":\"\"}")
    );
    assert_eq!(
        get(port, "/health?serializable=true&exclude=NOSPACE").status,
        200
    );
    let posted = request("POST", port, "/health", &[]);
    assert_eq!(posted.status, 405);
    assert!(posted.head.contains("allow: get"));
    assert_eq!(
        get(port, "/version").body,
        "{\"etcdserver\":\"3.6.14\",\"etcdcluster\":\"3.6.0\",\"storage\":\"3.6.0\"}"
    );

    let moved = get(port, "/play");
    assert_eq!(moved.status, 308);
    assert!(moved.head.contains("location: /play/"));
    let index = get(port, "/play/");
    assert_eq!((index.status, index.body.as_str()), (200, "<h1>page</h1>"));
    assert!(index.head.contains("content-type: text/html"));
    let plain = get(port, "/play/app.wasm");
    assert_eq!(plain.body, "plain");
    assert!(plain.head.contains("content-type: application/wasm"));
    let small = request(
        "GET",
        port,
        "/play/app.wasm",
        &[("accept-encoding", "gzip, br")],
    );
    assert_eq!(small.body, "small");
    assert!(small.head.contains("content-encoding: br"));
    assert_eq!(get(port, "/play/../Cargo.toml").status, 404);

    assert_eq!(get(port, "/debug/pprof/heap").status, 501);
    let nothing = get(port, "/nothing");
    assert_eq!(
        (nothing.status, nothing.body.as_str()),
        (404, "404 page not found\n")
    );
}

#[test]
fn a_member_without_a_leader_is_not_healthy() {
    let mut cluster = Cluster::start(3, &[]);
    cluster.wait_for_leader();
    cluster.crash(0);
    cluster.crash(1);
    let port = cluster.client_port(2);
    let health = crate::support::wait::wait_for("no leader", || {
        let health = get(port, "/health");
        (health.status == 503).then_some(health.body)
    });
    assert!(
        health.starts_with("{\"health\":\"false\",\"reason\":\""),
        "{health}"
    );
    // What needs no majority still works.
    assert_eq!(get(port, "/health?serializable=true").status, 200);
}
