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
fn endpoints_before_a_command_and_behind_it_are_all_asked() {
    let cluster = Cluster::start(3, &[]);
    let endpoint = |member| format!("127.0.0.1:{}", cluster.client_port(member));
    let [first, second, third] = [0, 1, 2].map(endpoint);
    let pair = format!("--endpoints={second},{third}");
    let arguments = ["--endpoints", &first, "endpoint", "health", &pair, "x"];
    let ran = run(QUORATECTL, &arguments, "");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for endpoint in [first, second, third] {
        let line = format!("{endpoint} is healthy");
        assert!(ran.output.contains(&line), "{ran:?}");
    }
}

#[test]
fn what_is_too_large_is_not_sent() {
    let cluster = Cluster::start(1, &["--max-request-bytes=10000000"]);
    let endpoint = format!("--endpoints=127.0.0.1:{}", cluster.client_port(0));
    let value = "x".repeat(3_000_000);
    let ran = run(QUORATECTL, &[&endpoint, "put", "a"], &value);
    assert_eq!(ran.code, Some(1));
    assert_eq!(
        ran.complaints,
        "Error: rpc error: code = ResourceExhausted desc = trying to send message larger than max \
         (3000008 vs. 2097152)"
    );
    let more = ["--max-request-bytes", "4000000", &endpoint, "put", "a"];
    assert_eq!(run(QUORATECTL, &more, &value).output, "OK\n");
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
