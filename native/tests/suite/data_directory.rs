//! The data directory: whose it is, who may use it, and what becomes of it when members are lost.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::support::cluster::Cluster;
use crate::support::program::{Ran, run_command};
use crate::support::real_etcd::RealEtcd;
use crate::support::tools::QUORATE;

/// A server that is to end by itself.
fn refused(data_dir: &Path, more: &[&str]) -> Ran {
    let mut command = Command::new(QUORATE);
    command
        .args(["--name=a", "--listen-client-urls=http://127.0.0.1:0"])
        .args(["--advertise-client-urls=http://127.0.0.1:1"])
        .args(["--listen-peer-urls=http://127.0.0.1:0"])
        .arg(format!("--data-dir={}", data_dir.display()))
        .args(more);
    let ran = run_command(command, "");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    ran
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_second_server_on_a_directory_is_told_which_it_is() {
    let cluster = Cluster::start(1, &[]);
    let directory = cluster.folder().join("infra1.etcd");
    let ran = refused(&directory, &[]);
    let words = format!(
        "data directory \\\"{}\\\" is in use by another server",
        directory.display()
    );
    assert!(ran.log.contains(&words), "{ran:?}");
    assert_eq!(cluster.etcdctl().ok(&["put", "foo", "bar"]), "OK\n");
    for path in ["", "member", "member/wal", "member/snap"] {
        assert_eq!(mode(&directory.join(path)), 0o700, "{path}");
    }
    assert_eq!(mode(&directory.join("quorate.lock")), 0o600);
    let logs = fs::read_dir(directory.join("member/wal")).unwrap();
    for file in logs {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

#[test]
fn a_file_where_a_directory_should_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (made, file) in [
        ("", "a"),
        ("b", "b/member"),
        ("c/member", "c/member/wal"),
        ("d/member", "d/member/snap"),
    ] {
        fs::create_dir_all(folder.path().join(made)).unwrap();
        let path = folder.path().join(file);
        fs::write(&path, "").unwrap();
        let root = file.split('/').next().unwrap();
        let ran = refused(&folder.path().join(root), &[]);
        let words = format!("\\\"{}\\\": not a directory", path.display());
        assert!(ran.log.contains(&words), "{file}: {ran:?}");
    }
}

#[test]
fn a_port_that_is_taken_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", taken.local_addr().unwrap());
    let directory = folder.path().join("data");
    let ran = refused(&directory, &[&format!("--listen-client-urls={url}")]);
    assert!(
        ran.log.to_lowercase().contains("address already in use"),
        "{ran:?}"
    );
    assert!(!directory.exists());
}

#[test]
fn data_of_etcds_is_recognised_and_left_alone() {
    let etcd = RealEtcd::start();
    let directory = etcd.data_dir();
    let files = || fs::read_dir(&directory).unwrap().count();
    let before = files();
    let ran = refused(&directory, &[]);
    assert!(ran.log.contains("member/snap/db\\\" is etcd's"), "{ran:?}");
    assert!(ran.log.contains("quoratectl make-mirror"), "{ran:?}");
    assert_eq!(files(), before);
}

#[test]
fn data_of_a_newer_version_is_refused() {
    let mut cluster = Cluster::start(1, &["--etcd-version=3.7.0", "--snapshot-count=3"]);
    let etcdctl = cluster.etcdctl();
    for number in 0..10 {
        etcdctl.ok(&["put", "foo", &number.to_string()]);
    }
    cluster.server(0).wait_for_line("saved snapshot");
    cluster.crash(0);
    let directory = cluster.folder().join("infra1.etcd");
    let ran = refused(&directory, &["--etcd-version=3.6.14"]);
    assert!(ran.log.contains("3.7"), "{ran:?}");
    assert!(
        ran.log
            .contains("server version is lower than determined cluster version"),
        "{ran:?}"
    );
}

#[test]
fn a_directory_that_others_may_read_is_warned_of() {
    let mut cluster = Cluster::stopped(1, &[]);
    let directory = cluster.folder().join("infra1.etcd");
    fs::create_dir(&directory).unwrap();
    fs::set_permissions(&directory, Permissions::from_mode(0o755)).unwrap();
    cluster.start_all();
    let line = cluster.server(0).wait_for_line("check file permission");
    let error = line["error"].as_str().unwrap();
    assert!(
        error.contains("the permission is \"drwxr-xr-x\""),
        "{error}"
    );
}

#[test]
fn one_of_three_goes_on_alone_when_the_others_are_gone() {
    let mut cluster = Cluster::start(3, &["--snapshot-count=10"]);
    cluster.wait_for_leader();
    let etcdctl = cluster.etcdctl();
    for number in 0..25 {
        etcdctl.ok(&["put", "foo", &number.to_string()]);
    }
    cluster.wait_for_same_hash();
    for member in 0..3 {
        cluster.crash(member);
    }
    cluster.start_one_with(1, &["--force-new-cluster"]);
    let server = cluster.server(1);
    server.wait_for_line("ready to serve client requests");
    server.wait_for_line("forcing restart member");
    let line = server.wait_for_line("starting an etcd server");
    assert_eq!(line["force-new-cluster"], true);
    let alone = cluster.etcdctl_of(1);
    assert_eq!(alone.ok(&["get", "foo"]), "foo\n24\n");
    assert_eq!(alone.ok(&["put", "foo", "alone"]), "OK\n");
    let members = alone.ok(&["member", "list"]);
    assert_eq!(members.lines().count(), 1, "{members}");
    assert!(members.contains("infra2"), "{members}");
    // Without the flag it is what it has become.
    cluster.crash(1);
    cluster.start_one(1);
    cluster
        .server(1)
        .wait_for_line("ready to serve client requests");
    let alone = cluster.etcdctl_of(1);
    assert_eq!(alone.ok(&["get", "foo"]), "foo\nalone\n");
    assert_eq!(alone.ok(&["member", "list"]).lines().count(), 1);
    // And it can grow again.
    let url = "--peer-urls=http://127.0.0.1:1";
    alone.ok(&["member", "add", "--learner", "another", url]);
}
