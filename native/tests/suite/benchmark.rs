//! `quorate-benchmark`: that it makes the requests that it says it made. How fast is no test's.

use serde_json::Value;

use crate::support::cluster::Cluster;
use crate::support::program::{Ran, run};
use crate::support::real_etcd::RealEtcd;
use crate::support::tools::QUORATE_BENCHMARK;

fn bench(endpoints: &str, arguments: &[&str]) -> Ran {
    let endpoints = format!("--endpoints={endpoints}");
    let all = [&[endpoints.as_str()], arguments].concat();
    run(QUORATE_BENCHMARK, &all, "")
}

/// Each command with how many requests it is to have made.
const COMMANDS: [(&[&str], u64); 9] = [
    (
        &[
            "put",
            "--total=40",
            "--key-space-size=20",
            "--sequential-keys",
        ],
        40,
    ),
    (&["range", "", "--prefix", "--total=30", "--limit=7"], 30),
    (
        &[
            "range",
            "",
            "--prefix",
            "--total=10",
            "--limit=7",
            "--paginate",
        ],
        10,
    ),
    (
        &[
            "txn-put",
            "--total=20",
            "--txn-ops=3",
            "--key-space-size=20",
        ],
        20,
    ),
    (&["stm", "--total=20", "--keys=3", "--keys-per-txn=2"], 20),
    (
        &["stm", "--total=10", "--keys=2", "--stm-locker=lock-rpc"],
        10,
    ),
    (
        &["watch-get", "--watchers=21", "--streams=4", "--events=3"],
        21,
    ),
    (&["lease-keepalive", "--total=15"], 15),
    (
        &["put", "--total=12", "--rate=200", "--compact-interval=10ms"],
        12,
    ),
];

fn makes_its_requests(endpoints: &str) {
    for (arguments, count) in COMMANDS {
        let all = [arguments, &["--conns=2", "--clients=3", "--json"]].concat();
        let ran = bench(endpoints, &all);
        assert_eq!(
            (ran.code, ran.complaints.as_str()),
            (Some(0), ""),
            "{all:?}"
        );
        let report: Value = serde_json::from_str(&ran.output).unwrap();
        assert_eq!(report["requests"], count, "{all:?}: {report}");
        assert!(report["errors"].as_object().unwrap().is_empty(), "{report}");
    }
}

#[test]
fn every_command_makes_its_requests() {
    let cluster = Cluster::start(1, &[]);
    makes_its_requests(&format!("127.0.0.1:{}", cluster.client_port(0)));
}

#[test]
fn every_command_makes_its_requests_of_etcd() {
    let etcd = RealEtcd::start();
    makes_its_requests(&format!("127.0.0.1:{}", etcd.client_port));
}

#[test]
fn every_watch_hears_of_every_put() {
    let cluster = Cluster::start(1, &[]);
    let endpoint = format!("127.0.0.1:{}", cluster.client_port(0));
    let arguments = [
        "watch",
        "--streams=3",
        "--watch-per-stream=4",
        "--watched-key-total=5",
        "--put-total=17",
        "--json",
    ];
    let report: Value = serde_json::from_str(&bench(&endpoint, &arguments).output).unwrap();
    assert_eq!(report["watch_creation_summary"]["requests"], 12);
    assert_eq!(report["put_summary"]["requests"], 17);
    // 12 watches on 5 keys: 3, 3, 2, 2, 2; 17 puts on them: 4, 4, 3, 3, 3.
    let events = 3 * 4 + 3 * 4 + 2 * 3 + 2 * 3 + 2 * 3;
    assert_eq!(report["watch_events_received_summary"]["requests"], events);

    let arguments = [
        "watch-latency",
        "--streams=2",
        "--watchers-per-stream=3",
        "--put-total=10",
        "--put-rate=500",
        "--json",
    ];
    let report: Value = serde_json::from_str(&bench(&endpoint, &arguments).output).unwrap();
    assert_eq!(report["watch_latency_summary"]["requests"], 60);
}

#[test]
fn reads_and_writes_of_a_mixed_load_are_told_apart() {
    let cluster = Cluster::start(3, &[]);
    let ports = [0, 1, 2].map(|member| format!("127.0.0.1:{}", cluster.client_port(member)));
    let arguments = [
        "txn-mixed",
        "foo",
        "--total=60",
        "--rw-ratio=2",
        "--target-leader",
        "--json",
    ];
    let ran = bench(&ports.join(","), &arguments);
    let report: Value = serde_json::from_str(&ran.output).unwrap();
    let of = |kind: &str| report[kind]["requests"].as_u64().unwrap();
    assert_eq!(of("read") + of("write"), 60);
    assert!(of("read") > of("write") && of("write") > 0, "{report}");

    let ran = bench(&ports.join(","), &["put", "--total=9", "--check-hashkv"]);
    let (_, hashes) = ran.output.split_once("HashKV:\n").unwrap();
    assert_eq!(hashes.lines().count(), 3, "{hashes}");
}

/// The notes' own line.
#[test]
fn a_person_reads_etcds_summary() {
    let cluster = Cluster::start(1, &[]);
    let endpoint = format!("127.0.0.1:{}", cluster.client_port(0));
    let arguments = [
        "--conns=1",
        "--clients=1",
        "put",
        "--key-size=8",
        "--sequential-keys",
        "--total=30",
        "--val-size=256",
    ];
    let ran = bench(&endpoint, &arguments);
    assert_eq!(ran.code, Some(0));
    let heads: Vec<&str> = ran
        .output
        .lines()
        .filter(|line| line.ends_with(':'))
        .collect();
    let expected = [
        "Summary:",
        "Response time histogram:",
        "Latency distribution:",
    ];
    assert_eq!(heads, expected);
    assert_eq!(
        ran.output
            .lines()
            .filter(|line| line.contains("]\t|"))
            .count(),
        11
    );
}

#[test]
fn what_cannot_be_is_said() {
    let nobody = "127.0.0.1:1";
    let cluster = Cluster::start(1, &[]);
    let somebody = format!("127.0.0.1:{}", cluster.client_port(0));
    for (endpoint, arguments, code, text) in [
        (
            nobody,
            &["put"][..],
            2,
            "endpoint 127.0.0.1:1: connection refused",
        ),
        (
            &somebody,
            &["put", "--clients=0"],
            128,
            "--clients must be at least 1",
        ),
        (
            &somebody,
            &["put", "--key-size=1", "--key-space-size=1000"],
            128,
            "--key-size 1 is too short to tell 1000 keys apart: at least 2",
        ),
        (
            &somebody,
            &["txn-put", "--txn-ops=2"],
            128,
            "--txn-ops 2 has to be at most --key-space-size 1",
        ),
        (&somebody, &["range"], 128, "range takes a key"),
        (
            &somebody,
            &["range", "a", "--consistency=x"],
            128,
            "--consistency \"x\": l (linearizable) or s (serializable)",
        ),
        (
            &somebody,
            &["put", "--user=root"],
            4,
            "--user is not supported yet",
        ),
        (
            &somebody,
            &["stm", "--stm-locker=lock-client"],
            1,
            "lock-rpc",
        ),
        (
            "https://127.0.0.1:1",
            &["put"],
            128,
            "the scheme https is not supported yet",
        ),
    ] {
        let ran = bench(endpoint, arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.complaints);
        assert!(
            ran.complaints.contains(text),
            "{arguments:?}: {}",
            ran.complaints
        );
        assert_eq!(ran.output, "", "{arguments:?}");
    }
}
