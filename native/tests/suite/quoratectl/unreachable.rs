//! Endpoints that cannot be reached: others are asked, and the time is kept.

use crate::support::cluster::Cluster;
use crate::support::ports::free_ports;
use crate::support::program::run;
use crate::support::tools::QUORATECTL;

#[test]
fn the_next_endpoint_is_asked_when_one_is_down() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let down = (leader + 1) % 3;
    cluster.crash(down);
    let ports: Vec<String> = [down, leader, (leader + 2) % 3]
        .map(|member| format!("127.0.0.1:{}", cluster.client_port(member)))
        .to_vec();
    let endpoints = format!("--endpoints={}", ports.join(","));
    for number in 0..4 {
        let value = number.to_string();
        let put = run(QUORATECTL, &[&endpoints, "put", "k", &value], "");
        assert_eq!(
            (put.code, put.output.as_str()),
            (Some(0), "OK\n"),
            "{put:?}"
        );
        let get = run(
            QUORATECTL,
            &["get", "k", "--print-value-only", &endpoints],
            "",
        );
        assert_eq!(get.output, format!("{value}\n"), "{get:?}");
    }
    let health = run(
        QUORATECTL,
        &[&endpoints, "endpoint", "health", "-w", "json"],
        "",
    );
    assert_eq!(health.code, Some(1));
    assert_eq!(
        health.output.matches("\"health\":true").count(),
        2,
        "{health:?}"
    );
    assert!(health.complaints.contains("Error: unhealthy cluster"));
    let status = run(QUORATECTL, &[&endpoints, "endpoint", "status"], "");
    assert_eq!(status.code, Some(1));
    assert_eq!(status.output.lines().count(), 2, "{status:?}");
    let told = format!(
        "Failed to get the status of endpoint {} (context deadline exceeded)",
        ports[0]
    );
    assert!(status.complaints.contains(&told), "{status:?}");
    let all = run(QUORATECTL, &[&endpoints, "member", "list"], "");
    assert_eq!(all.output.lines().count(), 3, "{all:?}");
}

#[test]
fn without_a_server_time_runs_out() {
    let endpoint = format!("--endpoints=127.0.0.1:{}", free_ports(1)[0]);
    for arguments in [&["get", "k"][..], &["put", "k", "v"], &["lease", "list"]] {
        let all = [arguments, &[&endpoint, "--command-timeout=300ms"]].concat();
        let ran = run(QUORATECTL, &all, "");
        assert!(
            ran.complaints.contains("context deadline exceeded"),
            "{ran:?}"
        );
        assert_ne!(ran.code, Some(0));
        assert!(
            ran.log.contains("retrying of unary invoker failed"),
            "{ran:?}"
        );
        assert!(ran.log.contains("connect: connection refused"), "{ran:?}");
    }
}
