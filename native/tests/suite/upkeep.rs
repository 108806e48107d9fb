//! What a server does to its store by itself, and the flags that say so: quota, compaction, checks.

use quorate_api::etcdserverpb as pb;
use tonic::Code;

use crate::support::calls::Calls;
use crate::support::cluster::Cluster;
use crate::support::http::get;
use crate::support::wait::wait_for;

/// The notes' recipe: write until there is no space, look, compact, defragment, disarm, go on.
#[test]
fn a_store_without_space_is_compacted_defragmented_and_disarmed() {
    let mut cluster = Cluster::start(3, &["--quota-backend-bytes=500000"]);
    let leader = cluster.wait_for_leader();
    let etcdctl = cluster.etcdctl();
    let value = "v".repeat(20_000);
    let refused = wait_for("no space", || etcdctl.run(&["put", "key", &value]).err());
    let no_space = "etcdserver: mvcc: database space exceeded";
    assert!(refused.contains(no_space), "{refused}");

    // Whoever notices first says so; then the others need not, as in etcd.
    let alarms = etcdctl.ok(&["alarm", "list"]);
    let raised = alarms.lines().count();
    assert!(raised > 0);
    for line in alarms.lines() {
        assert!(line.starts_with("memberID:"), "{alarms}");
        assert!(line.ends_with(" alarm:NOSPACE "), "{alarms}");
    }
    let line = cluster.server(leader).wait_for_line("alarm raised");
    assert_eq!(
        (&line["level"], &line["alarm"]),
        (&"warn".into(), &"NOSPACE".into())
    );
    // What makes room, or needs none, is still done; what takes some is not.
    for refused in [
        etcdctl.run(&["put", "small", "x"]),
        etcdctl.run(&["lease", "grant", "60"]),
        etcdctl.run_with(&["txn"], "\n\nput a b\n\n"),
    ] {
        let refused = refused.unwrap_err();
        assert!(refused.contains(no_space), "{refused}");
    }
    assert!(etcdctl.ok(&["get", "key"]).starts_with("key\nvvv"));
    assert_eq!(etcdctl.ok(&["del", "other"]), "0\n");
    let health = get(cluster.client_port(leader), "/health");
    assert_eq!(health.status, 503);
    assert!(health.body.contains("ALARM NOSPACE"), "{}", health.body);
    let metrics = get(cluster.client_port(leader), "/metrics").body;
    assert!(
        metrics.contains("etcd_server_quota_backend_bytes 500000"),
        "{metrics}"
    );
    let name = "etcd_debugging_server_alarms{alarm_type=\"NOSPACE\",server_id=\"";
    assert_eq!(metrics.matches(name).count(), raised, "{metrics}");

    let found = etcdctl.json(&["get", "key"]);
    let revision = found["header"]["revision"].to_string();
    etcdctl.ok(&["compact", &revision]);
    let said = etcdctl.ok(&["defrag"]);
    assert_eq!(
        said.matches("Finished defragmenting etcd member").count(),
        3,
        "{said}"
    );
    cluster
        .server(leader)
        .wait_for_line("finished defragmenting directory");
    // Room alone does not end the alarm.
    let refused = etcdctl.run(&["put", "small", "x"]).unwrap_err();
    assert!(refused.contains(no_space), "{refused}");
    let disarmed = etcdctl.ok(&["alarm", "disarm"]);
    assert_eq!(disarmed.lines().count(), raised, "{disarmed}");
    assert_eq!(etcdctl.ok(&["alarm", "list"]), "");
    assert_eq!(etcdctl.ok(&["put", "small", "x"]), "OK\n");
    assert_eq!(get(cluster.client_port(leader), "/health").status, 200);
    cluster.wait_for_same_hash();
}

#[tokio::test]
async fn a_corrupt_cluster_answers_nothing_of_its_data() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    calls.put("foo", "bar").await;
    let alarm = |action| pb::AlarmRequest {
        action,
        member_id: 7,
        alarm: pb::AlarmType::Corrupt as i32,
    };
    let (activate, deactivate) = (1, 2);
    calls.maintenance().alarm(alarm(activate)).await.unwrap();
    let listed = cluster.etcdctl().ok(&["alarm", "list"]);
    assert_eq!(listed, "memberID:7 alarm:CORRUPT \n");
    let put = pb::PutRequest {
        key: "foo".into(),
        ..pb::PutRequest::default()
    };
    let refused = [
        calls.kv().put(put).await.unwrap_err(),
        calls
            .kv()
            .range(pb::RangeRequest {
                key: "foo".into(),
                ..pb::RangeRequest::default()
            })
            .await
            .unwrap_err(),
        calls
            .kv()
            .compact(pb::CompactionRequest {
                revision: 2,
                physical: false,
            })
            .await
            .unwrap_err(),
        calls
            .lease()
            .lease_grant(pb::LeaseGrantRequest { ttl: 60, id: 0 })
            .await
            .unwrap_err(),
    ];
    for status in refused {
        assert_eq!(status.code(), Code::DataLoss, "{status:?}");
        assert_eq!(status.message(), "etcdserver: corrupt cluster");
    }
    // An operator still gets at the data.
    let file = cluster.folder().join("saved.db");
    cluster
        .etcdctl()
        .ok(&["snapshot", "save", file.to_str().unwrap()]);
    calls.maintenance().alarm(alarm(deactivate)).await.unwrap();
    calls.put("foo", "again").await;
}

#[test]
fn history_older_than_a_period_is_forgotten_by_itself() {
    let mut cluster = Cluster::start(
        1,
        &[
            "--auto-compaction-mode=periodic",
            "--auto-compaction-retention=1s",
        ],
    );
    let etcdctl = cluster.etcdctl();
    for number in 1..=5 {
        etcdctl.ok(&["put", "foo", &number.to_string()]);
    }
    let compacted = wait_for("a compaction", || {
        etcdctl.run(&["get", "foo", "--rev=3"]).err()
    });
    assert!(
        compacted.contains("required revision has been compacted"),
        "{compacted}"
    );
    assert_eq!(etcdctl.ok(&["get", "foo"]), "foo\n5\n");
    let server = cluster.server(0);
    let line = server.wait_for_line("starting auto periodic compaction");
    assert_eq!(line["compact-period"], "1s");
    server.wait_for_line("completed auto periodic compaction");
    server.wait_for_line("finished scheduled compaction");
    let line = server.wait_for_line("starting an etcd server");
    assert_eq!(line["auto-compaction-mode"], "periodic");
    assert_eq!(line["auto-compaction-retention"], "1s");
}

#[test]
fn stores_are_compared_when_the_flags_say_so() {
    let mut cluster = Cluster::start(
        3,
        &[
            "--feature-gates=InitialCorruptCheck=true,CompactHashCheck=true",
            "--experimental-corrupt-check-time=1s",
            "--compact-hash-check-time=1s",
        ],
    );
    let leader = cluster.wait_for_leader();
    let etcdctl = cluster.etcdctl();
    etcdctl.ok(&["put", "foo", "1"]);
    etcdctl.ok(&["put", "foo", "2"]);
    etcdctl.ok(&["compact", "3"]);
    for member in 0..3 {
        let server = cluster.server(member);
        server.wait_for_line("starting initial corruption check");
        server.wait_for_line("initial corruption checking passed; no corruption");
        let line = server.wait_for_line("starting an etcd server");
        assert_eq!(line["initial-corrupt-check"], true);
        assert_eq!(line["corrupt-check-time-interval"], "1s");
        assert_eq!(line["compact-check-time-interval"], "1s");
    }
    let server = cluster.server(leader);
    wait_for("a check with both peers", || {
        let lines = server.log();
        let is_there = |message: &str, name: &str, count: u64| {
            lines
                .iter()
                .any(|line| line["msg"] == message && line[name] == count)
        };
        let peers = is_there(
            "finished peer corruption check",
            "number-of-peers-checked",
            2,
        );
        let hashes = is_there(
            "finished compaction hash check",
            "number-of-hashes-checked",
            1,
        );
        (peers && hashes).then_some(())
    });
    assert_eq!(etcdctl.ok(&["alarm", "list"]), "");
}

#[test]
fn limits_are_those_of_the_flags() {
    let mut cluster = Cluster::start(
        1,
        &[
            "--max-txn-ops=2",
            "--max-request-bytes=2000",
            "--max-learners=2",
            "--watch-progress-notify-interval=200ms",
            "--warning-unary-request-duration=1ns",
            "--quota-backend-bytes=-1",
        ],
    );
    let etcdctl = cluster.etcdctl();
    let many = etcdctl.run_with(&["txn"], "\n\nput a 1\nput b 1\nput c 1\n\n");
    let many = many.unwrap_err();
    assert!(
        many.contains("too many operations in txn request"),
        "{many}"
    );
    let large = etcdctl
        .run(&["put", "large", &"x".repeat(3_000)])
        .unwrap_err();
    assert!(
        large.contains("etcdserver: request is too large"),
        "{large}"
    );
    let watch = etcdctl.follow(&["watch", "foo", "--progress-notify"]);
    assert_eq!(watch.wait_for_lines(1)[0], "progress notify: 1");
    for number in [1, 2] {
        let url = format!("--peer-urls=http://127.0.0.1:{number}");
        etcdctl.ok(&["member", "add", "--learner", &format!("l{number}"), &url]);
    }
    let third = [
        "member",
        "add",
        "--learner",
        "l3",
        "--peer-urls=http://127.0.0.1:3",
    ];
    let third = etcdctl.run(&third).unwrap_err();
    assert!(
        third.contains("too many learner members in cluster"),
        "{third}"
    );
    let server = cluster.server(0);
    let slow = server.wait_for_line("request stats");
    assert_eq!(slow["level"], "warn");
    assert!(slow["time spent"].as_str().is_some(), "{slow}");
    let line = server.wait_for_line("disabled backend quota");
    assert_eq!(line["quota-size-bytes"], -1);
    let metrics = get(cluster.client_port(0), "/metrics").body;
    assert!(
        metrics.contains("etcd_server_quota_backend_bytes -1"),
        "{metrics}"
    );
}

#[test]
fn a_quota_above_what_is_wise_is_warned_of() {
    let mut cluster = Cluster::start(
        1,
        &[
            "--quota-backend-bytes=9000000000",
            "--max-request-bytes=12000000",
        ],
    );
    let server = cluster.server(0);
    let line = server.wait_for_line("quota exceeds the maximum value");
    assert_eq!(line["level"], "warn");
    assert_eq!(line["quota-size"], "9.0 GB");
    assert_eq!(line["quota-maximum-size"], "8.6 GB");
    server.wait_for_line("enabled backend quota");
    let line = server.wait_for_line("exceeded recommended request limit");
    assert_eq!(line["recommended-request-size"], "10 MB");
}
