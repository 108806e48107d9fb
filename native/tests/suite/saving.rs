//! Saving a server's store, by etcd's client, by ours, and by hand; and what is made of the file.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quorate_api::etcdserverpb as pb;
use serde_json::Value;

use crate::support::calls::Calls;
use crate::support::cluster::Cluster;
use crate::support::http::{get, post};
use crate::support::program::{Ran, run};
use crate::support::tools::{QUORATECTL, QUORATEUTL};
use crate::support::wait::wait_for;

/// A store of a few megabytes: more than a connection takes without being read.
async fn fill(calls: &Calls) {
    let value = "v".repeat(200_000);
    for number in 0..60 {
        calls.put(&format!("large{number:02}"), &value).await;
    }
    calls.put("small", "1").await;
}

fn utl(arguments: &[&str]) -> Ran {
    run(QUORATEUTL, arguments, "")
}

/// Restores a file for the one member of a cluster that is down.
fn restore(file: &Path, cluster: &Cluster, more: &[&str]) -> Ran {
    let flags = cluster.flags(0);
    let target = cluster.folder().join("infra1.etcd");
    let target = format!("--data-dir={}", target.display());
    let mut arguments = vec!["snapshot", "restore", file.to_str().unwrap(), &target];
    for pair in flags.windows(2).filter(|pair| {
        pair[0] == "--name" || pair[0].starts_with("--initial-") && !pair[0].ends_with("-state")
    }) {
        arguments.extend([pair[0].as_str(), pair[1].as_str()]);
    }
    arguments.extend(more);
    utl(&arguments)
}

#[test]
fn etcdctl_saves_and_a_new_cluster_goes_on_from_the_file() {
    let mut old = Cluster::start(1, &[]);
    let etcdctl = old.etcdctl();
    for number in 1..=9 {
        etcdctl.ok(&["put", &format!("k{number}"), &format!("v{number}")]);
    }
    etcdctl.ok(&["del", "k3"]);
    let hash = etcdctl.hash().unwrap();
    let file = old.folder().join("etcdctl.db");
    let said = etcdctl.ok(&["snapshot", "save", file.to_str().unwrap()]);
    assert_eq!(said, format!("Snapshot saved at {}\n", file.display()));
    let size_bytes = fs::metadata(&file).unwrap().len();
    assert_eq!(size_bytes % 512, 32);
    for line in [
        "sending database snapshot to client",
        "sending database sha256 checksum to client",
        "successfully sent database snapshot to client",
    ] {
        let line = old.server(0).wait_for_line(line);
        assert_eq!(line["total-bytes"], size_bytes - 32);
    }
    // What is written later is not in it.
    etcdctl.ok(&["put", "later", "x"]);
    let status = utl(&["snapshot", "status", file.to_str().unwrap(), "-w", "json"]);
    let status: Value = serde_json::from_str(&status.output).unwrap();
    assert_eq!(status["revision"], 11, "{status}");
    assert_eq!(status["totalKey"], 8, "{status}");
    old.crash(0);

    let mut new = Cluster::stopped(1, &[]);
    let restored = restore(&file, &new, &[]);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    new.start_all();
    let etcdctl = new.etcdctl();
    assert_eq!(etcdctl.hash().unwrap(), hash);
    assert_eq!(etcdctl.ok(&["get", "k9"]), "k9\nv9\n");
    assert_eq!(etcdctl.ok(&["get", "later"]), "");
    etcdctl.ok(&["put", "new", "1"]);

    let mut bumped = Cluster::stopped(1, &[]);
    let restored = restore(
        &file,
        &bumped,
        &["--bump-revision=1000000", "--mark-compacted"],
    );
    assert_eq!(restored.code, Some(0), "{restored:?}");
    bumped.start_all();
    let etcdctl = bumped.etcdctl();
    let found = etcdctl.json(&["get", "k9"]);
    assert_eq!(found["header"]["revision"], 1_000_011, "{found}");
    let compacted = etcdctl.run(&["get", "k9", "--rev=11"]).unwrap_err();
    assert!(
        compacted.contains("required revision has been compacted"),
        "{compacted}"
    );
}

#[test]
fn quoratectl_saves_from_any_member() {
    let cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    cluster.etcdctl().ok(&["put", "foo", "bar"]);
    cluster.wait_for_same_hash();
    for member in [leader, (leader + 1) % 3] {
        let file = cluster.folder().join(format!("{member}.db"));
        let path = file.to_str().unwrap();
        let endpoint = format!("--endpoints=127.0.0.1:{}", cluster.client_port(member));
        let saved = run(QUORATECTL, &[&endpoint, "snapshot", "save", path], "");
        assert_eq!(saved.code, Some(0), "{saved:?}");
        let said = format!("Snapshot saved at {path}\nServer version 3.6.0\n");
        assert_eq!(saved.output, said);
        let dump = utl(&["snapshot", "dump", path]);
        assert!(dump.output.contains("\"bar\""), "{dump:?}");
    }
}

#[test]
fn a_file_that_is_damaged_or_cut_is_refused() {
    let cluster = Cluster::start(1, &[]);
    cluster.etcdctl().ok(&["put", "foo", "bar"]);
    let file = cluster.folder().join("good.db");
    cluster
        .etcdctl()
        .ok(&["snapshot", "save", file.to_str().unwrap()]);
    let good = fs::read(&file).unwrap();
    let bad = cluster.folder().join("bad.db");
    let new = Cluster::stopped(1, &[]);
    let mut damaged = good.clone();
    damaged[100] ^= 1;
    let no_sector = good[..good.len() - 1].to_vec();
    let sector_less = [&good[..good.len() - 544], &good[good.len() - 32..]].concat();
    for (bytes, words) in [
        (damaged, "expected sha256 ["),
        (
            no_sector,
            "snapshot missing hash but --skip-hash-check=false",
        ),
        (sector_less, "expected sha256 ["),
    ] {
        fs::write(&bad, bytes).unwrap();
        for refused in [
            restore(&bad, &new, &[]),
            restore(&bad, &new, &["--skip-hash-check"]),
            utl(&["snapshot", "status", bad.to_str().unwrap()]),
        ] {
            assert_eq!(refused.code, Some(1), "{refused:?}");
            assert!(refused.complaints.contains("bad.db: "), "{refused:?}");
        }
        let refused = restore(&bad, &new, &[]);
        assert!(refused.complaints.contains(words), "{refused:?}");
        assert!(!new.folder().join("infra1.etcd").exists());
    }
}

#[tokio::test]
async fn pieces_say_what_is_left_and_are_of_one_revision() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    fill(&calls).await;
    let mut stream = calls
        .maintenance()
        .snapshot(pb::SnapshotRequest {})
        .await
        .unwrap()
        .into_inner();
    let mut whole = Vec::new();
    let mut left = Vec::new();
    while let Some(message) = stream.message().await.unwrap() {
        assert!(message.blob.len() <= 32 * 1_024);
        assert_eq!(message.version, "3.6.0");
        whole.extend_from_slice(&message.blob);
        left.push((message.blob.len() as u64, message.remaining_bytes));
        if left.len() == 3 {
            calls.put("small", "2").await;
            calls.delete("large59").await;
        }
    }
    assert_eq!(left.pop(), Some((32, 0)));
    let total_bytes = whole.len() as u64 - 32;
    assert_eq!(total_bytes % 512, 0);
    let mut sent_bytes = 0;
    for (bytes, remaining_bytes) in left {
        sent_bytes += bytes;
        assert_eq!(remaining_bytes, total_bytes - sent_bytes);
    }
    let file = cluster.folder().join("saved.db");
    fs::write(&file, &whole).unwrap();
    let status = utl(&["snapshot", "status", file.to_str().unwrap(), "-w", "json"]);
    let status: Value = serde_json::from_str(&status.output).unwrap();
    assert_eq!(status["revision"], 62, "{status}");
    assert_eq!(status["totalKey"], 61, "{status}");
}

// The connections go on while the test waits.
#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_hold_nothing_up_and_those_that_go_leave_nothing() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    fill(&calls).await;
    let pins = || {
        let text = get(cluster.client_port(0), "/metrics").body;
        let name = "etcd_mvcc_db_open_read_transactions ";
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().parse::<u64>().unwrap()
    };
    // Each on a connection of its own, which nobody reads after the first message.
    let mut streams = Vec::new();
    for _ in 0..5 {
        let calls = Calls::to(cluster.client_port(0));
        let request = pb::SnapshotRequest {};
        let mut stream = calls.maintenance().snapshot(request).await.unwrap();
        stream.get_mut().message().await.unwrap().unwrap();
        streams.push((calls, stream));
    }
    assert_eq!(pins(), 5);
    for number in 0..100 {
        calls.put("small", &number.to_string()).await;
    }
    cluster.etcdctl().ok(&["compact", "100"]);
    assert_eq!(pins(), 5);
    drop(streams);
    wait_for("no long reader", || (pins() == 0).then_some(()));
    let text = get(cluster.client_port(0), "/metrics").body;
    let counted = "etcd_disk_backend_snapshot_duration_seconds_count 5";
    assert!(text.contains(counted), "{text}");
}

#[test]
fn the_gateway_streams_it_as_json() {
    let cluster = Cluster::start(1, &[]);
    cluster.etcdctl().ok(&["put", "foo", "bar"]);
    let answer = post(cluster.client_port(0), "/v3/maintenance/snapshot", "{}");
    assert_eq!(answer.status, 200);
    let mut whole = Vec::new();
    for line in answer.body.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let result = &line["result"];
        assert_eq!(result["version"], "3.6.0", "{line}");
        let blob = result["blob"].as_str().unwrap();
        whole.extend(STANDARD.decode(blob).unwrap());
    }
    let file = cluster.folder().join("saved.db");
    fs::write(&file, &whole).unwrap();
    let dump = utl(&["snapshot", "dump", file.to_str().unwrap()]);
    assert!(dump.output.contains("\"bar\""), "{dump:?}");
    // One that hangs up in the middle of its answer.
    let mut stream = TcpStream::connect(("127.0.0.1", cluster.client_port(0))).unwrap();
    let request =
        "POST /v3/maintenance/snapshot HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}";
    stream.write_all(request.as_bytes()).unwrap();
    stream.read_exact(&mut [0; 20]).unwrap();
    drop(stream);
    cluster.etcdctl().ok(&["put", "foo", "again"]);
}
