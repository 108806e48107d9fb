//! Where the log goes and how its lines look, and what systemd is told.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::support::cluster::Cluster;
use crate::support::program::run_command;
use crate::support::server::Server;
use crate::support::tools::QUORATE;
use crate::support::wait::wait_for;

/// Starts a cluster of one whose log is a file, and gives the file's text when it is ready.
fn log_text(flags: &[&str]) -> (Cluster, String) {
    let mut cluster = Cluster::stopped(1, flags);
    cluster.start_one(0);
    let path = cluster.folder().join("server.log");
    let text = wait_for("a log", || {
        let text = fs::read_to_string(&path).ok()?;
        text.contains("ready to serve client requests")
            .then_some(text)
    });
    (cluster, text)
}

#[test]
fn a_line_for_a_console_has_columns() {
    let flags = [
        "--log-format",
        "console",
        "--log-outputs",
        "stdout,server.log",
    ];
    let (_cluster, text) = log_text(&flags);
    let line = text
        .lines()
        .find(|line| line.contains("starting initial election tick advance"))
        .unwrap();
    let columns: Vec<&str> = line.split('\t').collect();
    // 2026-11-27T20:15:00.000000Z, or with an offset.
    assert_eq!(&columns[0][10..11], "T");
    assert_eq!(&columns[0][19..20], ".");
    assert!(columns[0][20..26].bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(columns[1], "info");
    assert!(columns[2].contains(".rs:"), "{line}");
    assert_eq!(columns[3], "starting initial election tick advance");
    assert_eq!(columns[4], "{\"election-ticks\": 10}");
}

#[test]
fn a_file_that_rotates_begins_with_the_first_line() {
    let flags = [
        "--enable-log-rotation",
        "--log-rotation-config-json={\"maxsize\": 1, \"compress\": true}",
        "--log-outputs=server.log",
    ];
    let (_cluster, text) = log_text(&flags);
    assert!(text.starts_with("{\"level\":\""), "{text}");
}

#[test]
fn a_level_leaves_the_lower_ones_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(QUORATE);
    command
        .args([
            "--log-level",
            "fatal",
            "--initial-cluster",
            "a=http://127.0.0.1:1",
        ])
        .args([
            "--log-outputs",
            "server.log",
            "--listen-peer-urls",
            "http://127.0.0.1:0",
        ])
        .args(["--listen-client-urls", "http://127.0.0.1:0"])
        .args(["--advertise-client-urls", "http://127.0.0.1:1"])
        .current_dir(folder.path());
    let ran = run_command(command, "");
    assert_eq!(ran.code, Some(1));
    let text = fs::read_to_string(folder.path().join("server.log")).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("{\"level\":\"fatal\""), "{text}");
}

#[test]
fn without_a_journal_the_server_says_so() {
    if Path::new("/run/systemd/journal/socket").exists() {
        // A machine with one: the server would start. The entries are the unit test's.
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(QUORATE);
    command
        .args(["--log-outputs", "systemd/journal"])
        .current_dir(folder.path());
    let ran = run_command(command, "");
    assert_eq!(ran.code, Some(1));
    let message = "can't find journal (dial unixgram /run/systemd/journal/socket: connect: no such \
                   file or directory)";
    assert!(ran.log.contains(message), "{}", ran.log);
}

#[test]
fn systemd_is_told_when_the_server_is_ready() {
    let cluster = Cluster::stopped(1, &[]);
    let path = cluster.folder().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let environment = [("NOTIFY_SOCKET", path.to_str().unwrap())];
    let log = cluster.folder().join("log");
    let server = Server::start_with(&cluster.flags(0), &environment, cluster.folder(), &log);
    let mut buffer = [0; 64];
    let length = socket.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"READY=1");
    server.wait_for_line("successfully notified init daemon");
}

#[test]
fn the_log_may_have_a_directory_of_its_own() {
    let mut cluster = Cluster::start(1, &["--wal-dir", "log"]);
    cluster.etcdctl().ok(&["put", "k", "v"]);
    let folder = cluster.folder().to_owned();
    let segments = || {
        fs::read_dir(folder.join("log"))
            .unwrap()
            .filter(|entry| {
                let name = entry.as_ref().unwrap().file_name();
                name.to_string_lossy().ends_with(".wal")
            })
            .count()
    };
    assert!(segments() > 0);
    cluster.crash(0);
    cluster.start_all();
    let got = cluster.etcdctl().ok(&["get", "k", "--print-value-only"]);
    assert_eq!(got.trim(), "v");
}
