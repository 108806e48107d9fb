//! `/metrics`: what dashboards and alerts read.

use std::collections::BTreeMap;

use crate::support::cluster::Cluster;
use crate::support::http::get;
use crate::support::wait::wait_for;

/// What etcd's own dashboard, its alerts and the customary boards of others read, with the labels
/// they read by. `{peer}` stands for another member's id.
const READ_BY_DASHBOARDS: &[(&str, &[&str])] = &[
    ("etcd_server_has_leader", &[]),
    ("etcd_server_is_leader", &[]),
    ("etcd_server_leader_changes_seen_total", &[]),
    ("etcd_server_proposals_committed_total", &[]),
    ("etcd_server_proposals_applied_total", &[]),
    ("etcd_server_proposals_pending", &[]),
    ("etcd_server_proposals_failed_total", &[]),
    ("grpc_server_started_total", METHOD),
    ("grpc_server_handled_total", METHOD_AND_CODE),
    ("grpc_server_msg_received_total", METHOD),
    ("grpc_server_msg_sent_total", METHOD),
    ("grpc_server_handling_seconds_bucket", METHOD_AND_BOUND),
    ("etcd_disk_wal_fsync_duration_seconds_bucket", &["le"]),
    ("etcd_disk_backend_commit_duration_seconds_bucket", &["le"]),
    (
        "etcd_network_peer_round_trip_time_seconds_bucket",
        &["To", "le"],
    ),
    ("etcd_network_peer_sent_bytes_total", &["To"]),
    ("etcd_network_peer_received_bytes_total", &["From"]),
    ("etcd_network_peer_sent_failures_total", &["To"]),
    ("etcd_network_peer_received_failures_total", &["From"]),
    ("etcd_network_client_grpc_received_bytes_total", &[]),
    ("etcd_network_client_grpc_sent_bytes_total", &[]),
    ("etcd_mvcc_db_total_size_in_bytes", &[]),
    ("etcd_mvcc_db_total_size_in_use_in_bytes", &[]),
    ("etcd_debugging_mvcc_keys_total", &[]),
    ("etcd_debugging_mvcc_watcher_total", &[]),
    ("etcd_debugging_mvcc_slow_watcher_total", &[]),
    ("etcd_debugging_mvcc_watch_stream_total", &[]),
    ("etcd_debugging_mvcc_pending_events_total", &[]),
    ("etcd_debugging_mvcc_compact_revision", &[]),
    ("etcd_debugging_mvcc_current_revision", &[]),
    ("process_resident_memory_bytes", &[]),
    ("process_open_fds", &[]),
    ("process_max_fds", &[]),
    ("process_start_time_seconds", &[]),
    ("process_cpu_seconds_total", &[]),
];
const METHOD: &[&str] = &["grpc_method", "grpc_service", "grpc_type"];
const METHOD_AND_CODE: &[&str] = &["grpc_code", "grpc_method", "grpc_service", "grpc_type"];
const METHOD_AND_BOUND: &[&str] = &["grpc_method", "grpc_service", "grpc_type", "le"];

/// One line of the text format.
struct Sample {
    labels: BTreeMap<String, String>,
    value: f64,
}

/// All samples, by name.
struct Samples(BTreeMap<String, Vec<Sample>>);

impl Samples {
    fn of(port: u16) -> Self {
        let answer = get(port, "/metrics");
        assert_eq!(answer.status, 200);
        assert!(
            answer
                .head
                .contains("content-type: text/plain; version=0.0.4"),
            "{}",
            answer.head
        );
        let mut samples: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
        for line in answer.body.lines().filter(|line| !line.starts_with('#')) {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
            let labels = labels
                .trim_end_matches('}')
                .split(',')
                .filter(|pair| !pair.is_empty())
                .map(|pair| pair.split_once('=').unwrap())
                .map(|(key, value)| (key.to_owned(), value.trim_matches('"').to_owned()))
                .collect();
            let value = value.parse().unwrap();
            samples
                .entry(name.to_owned())
                .or_default()
                .push(Sample { labels, value });
        }
        Self(samples)
    }

    /// The value of the one series of a name whose labels hold some values.
    fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let matches = |sample: &&Sample| {
            labels
                .iter()
                .all(|(key, value)| sample.labels.get(*key).is_some_and(|found| found == value))
        };
        let found: Vec<&Sample> = self.0[name].iter().filter(matches).collect();
        assert_eq!(found.len(), 1, "{name} {labels:?}");
        found[0].value
    }
}

fn of_call(code: &'static str, method: &'static str) -> [(&'static str, &'static str); 4] {
    [
        ("grpc_code", code),
        ("grpc_method", method),
        ("grpc_service", "etcdserverpb.KV"),
        ("grpc_type", "unary"),
    ]
}

#[test]
fn dashboards_find_all_that_they_read() {
    let cluster = Cluster::start(3, &["--metrics=extensive"]);
    cluster.etcdctl().ok(&["put", "foo", "bar"]);
    for member in 0..3 {
        let samples = Samples::of(cluster.client_port(member));
        for (name, labels) in READ_BY_DASHBOARDS {
            let found = samples.0.get(*name).unwrap_or_else(|| panic!("{name}"));
            for sample in found {
                let keys: Vec<&str> = sample.labels.keys().map(String::as_str).collect();
                assert_eq!(keys, *labels, "{name}");
            }
        }
        assert_eq!(samples.0["etcd_network_peer_sent_bytes_total"].len(), 2);
    }
}

#[test]
fn what_happens_is_counted() {
    let cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let port = cluster.client_port(leader);
    let etcdctl = cluster.etcdctl_of(leader);
    let before = Samples::of(port);
    for number in 0..5 {
        etcdctl.ok(&["put", &format!("k{number}"), "value"]);
    }
    etcdctl.ok(&["del", "k0"]);
    etcdctl.ok(&["get", "k1"]);
    etcdctl.run(&["put", "", "nothing"]).unwrap_err();
    let after = Samples::of(port);
    let grown = |name: &str, labels: &[(&str, &str)]| {
        after.value(name, labels) - before.value(name, labels)
    };
    assert_eq!(after.value("etcd_server_is_leader", &[]), 1.0);
    assert_eq!(after.value("etcd_server_has_leader", &[]), 1.0);
    assert_eq!(grown("etcd_debugging_mvcc_keys_total", &[]), 4.0);
    assert_eq!(grown("etcd_debugging_mvcc_current_revision", &[]), 6.0);
    assert_eq!(grown("etcd_mvcc_put_total", &[]), 5.0);
    assert_eq!(grown("etcd_mvcc_delete_total", &[]), 1.0);
    assert_eq!(grown("etcd_mvcc_range_total", &[]), 1.0);
    let total = "etcd_debugging_mvcc_total_put_size_in_bytes";
    assert_eq!(grown(total, &[]), 35.0);
    assert!(grown("etcd_server_proposals_applied_total", &[]) >= 6.0);
    assert_eq!(
        grown("grpc_server_handled_total", &of_call("OK", "Put")),
        5.0
    );
    let refused = of_call("InvalidArgument", "Put");
    assert_eq!(grown("grpc_server_handled_total", &refused), 1.0);
    let puts = &of_call("OK", "Put")[1..];
    assert_eq!(grown("grpc_server_started_total", puts), 6.0);
    assert_eq!(grown("grpc_server_msg_received_total", puts), 6.0);
    assert_eq!(grown("grpc_server_msg_sent_total", puts), 5.0);
    assert!(grown("etcd_network_client_grpc_sent_bytes_total", &[]) > 0.0);
    assert!(grown("etcd_network_client_grpc_received_bytes_total", &[]) > 0.0);
    assert!(grown("etcd_disk_wal_fsync_duration_seconds_count", &[]) >= 6.0);
    assert!(grown("etcd_disk_wal_write_bytes_total", &[]) > 0.0);
    let applied = [("version", "v3"), ("op", "Put"), ("success", "true")];
    assert_eq!(
        grown("etcd_server_apply_duration_seconds_count", &applied),
        5.0
    );
    for sample in &after.0["etcd_network_peer_sent_bytes_total"] {
        assert!(sample.value > 0.0);
    }
    // A peer is asked every few seconds.
    wait_for("a round trip", || {
        let samples = Samples::of(port);
        let counts = &samples.0["etcd_network_peer_round_trip_time_seconds_count"];
        (counts.len() == 2 && counts.iter().all(|count| count.value > 0.0)).then_some(())
    });
}

#[test]
fn the_loss_of_a_peer_is_seen() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let port = cluster.client_port(leader);
    let active = |samples: &Samples| -> f64 {
        samples.0["etcd_network_active_peers"]
            .iter()
            .map(|sample| sample.value)
            .sum()
    };
    wait_for("both peers", || {
        (active(&Samples::of(port)) == 2.0).then_some(())
    });
    cluster.crash((leader + 1) % 3);
    cluster.etcdctl_of(leader).ok(&["put", "foo", "bar"]);
    wait_for("one peer", || {
        (active(&Samples::of(port)) == 1.0).then_some(())
    });
    let samples = Samples::of(port);
    let lost: f64 = samples.0["etcd_network_disconnected_peers_total"]
        .iter()
        .map(|sample| sample.value)
        .sum();
    assert!(lost >= 1.0);
    assert_eq!(samples.0["etcd_network_known_peers"].len(), 2);
}
