//! What a server is told by its environment, by a file, and by defaults.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::http::get;
use crate::support::ports::free_ports;
use crate::support::program::{Ran, run_command};
use crate::support::server::Server;
use crate::support::tools::QUORATE;

/// Runs a server that is to end by itself.
fn ran(folder: &Path, flags: &[&str], environment: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(QUORATE);
    command
        .args(flags)
        .envs(environment.iter().copied())
        .current_dir(folder);
    run_command(command, "")
}

fn line(log: &str, message: &str) -> Value {
    log.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|line| line["msg"] == message)
        .unwrap_or_else(|| panic!("no {message:?} in {log}"))
}

/// A file, an environment, and what is said of them.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn a_variable_stands_for_a_flag_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let ports = free_ports(2);
    let peer = format!("http://127.0.0.1:{}", ports[0]);
    let client = format!("http://127.0.0.1:{}", ports[1]);
    let log = folder.path().join("log");
    let environment = [
        ("ETCD_NAME", "infra1"),
        ("ETCD_LISTEN_PEER_URLS", peer.as_str()),
        ("ETCD_INITIAL_ADVERTISE_PEER_URLS", &peer),
        ("ETCD_LISTEN_CLIENT_URLS", &client),
        ("ETCD_ADVERTISE_CLIENT_URLS", &client),
        ("ETCD_ETCD_VERSION", "3.5.30"),
        ("ETCD_UNHEARD_OF", "1"),
        ("ETCD_VERSION", "v3"),
    ];
    let server = Server::start_with(&[], &environment, folder.path(), &log);
    server.wait_for_line("ready to serve client requests");
    let used = server.wait_for_line("recognized and used environment variable");
    assert_eq!(used["variable-name"], "ETCD_ADVERTISE_CLIENT_URLS");
    assert_eq!(used["variable-value"], client.as_str());
    let unknown = server.wait_for_line("unrecognized environment variable");
    assert_eq!(unknown["environment-variable"], "ETCD_UNHEARD_OF=1");
    let special = server.wait_for_line("cannot set special environment variable");
    assert_eq!(
        (&special["key"], &special["value"]),
        (&"ETCD_VERSION".into(), &"v3".into())
    );
    let start = server.wait_for_line("starting an etcd server");
    assert_eq!(start["name"], "infra1");
    assert_eq!(start["etcd-version"], "3.5.30");
    assert_eq!(
        get(ports[1], "/version").body,
        "{\"etcdserver\":\"3.5.30\",\"etcdcluster\":\"3.5.0\",\"storage\":\"3.5.0\"}"
    );
    let metrics = get(ports[1], "/metrics").body;
    for told in [
        "etcd_server_version{server_version=\"3.5.30\"} 1",
        "etcd_cluster_version{cluster_version=\"3.5\"} 1",
    ] {
        assert!(metrics.contains(told), "{told}");
    }
}

#[test]
fn a_flag_and_its_variable_do_not_go_together() {
    let folder = tempfile::tempdir().unwrap();
    let ran = ran(folder.path(), &["--name", "a"], &[("ETCD_NAME", "b")]);
    assert_eq!(ran.code, Some(1));
    let told = line(
        &ran.log,
        "conflicting environment variable is shadowed by corresponding command-line flag (either \
         unset environment variable or disable flag))",
    );
    assert_eq!(told["level"], "fatal");
    assert_eq!(told["environment-variable"], "ETCD_NAME");
}

#[test]
fn what_is_wrong_in_the_environment_or_in_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [Case<'_>; 8] = [
        (
            "",
            &[("ETCD_HEARTBEAT_INTERVAL", "ten")],
            "invalid value \"ten\" for ETCD_HEARTBEAT_INTERVAL: parse error, use a whole number \
             that is not negative",
        ),
        (
            "",
            &[("ETCD_CERT_FILE", "a.pem")],
            "ETCD_CERT_FILE is not supported yet by quorate",
        ),
        (
            "",
            &[("ETCD_CONFIG_FILE", "none")],
            "open none: no such file or directory",
        ),
        (
            "heartbeat-interval: ten",
            &[],
            "quorate.yml: invalid value \"ten\" for heartbeat-interval: parse error, use a whole \
             number that is not negative",
        ),
        (
            "client-transport-security:\n  cert-file: a.pem",
            &[],
            "quorate.yml: client-transport-security.cert-file is not supported yet by quorate",
        ),
        (
            "name: [a, b]",
            &[],
            "quorate.yml: invalid value \"[…]\" for name: use a text",
        ),
        (
            "name: a\nname: b",
            &[],
            "quorate.yml: duplicate entry with key \"name\"",
        ),
        (
            "- a",
            &[],
            "quorate.yml: a configuration is lines of the form key: value",
        ),
    ];
    for (file, environment, message) in cases {
        let mut flags = Vec::new();
        if !file.is_empty() {
            fs::write(folder.path().join("quorate.yml"), file).unwrap();
            flags.extend(["--config-file", "quorate.yml"]);
        }
        let ran = ran(folder.path(), &flags, environment);
        let told = line(&ran.log, "failed to verify flags");
        let error = told["error"].as_str().unwrap();
        assert!(
            error.starts_with(message),
            "{file} {environment:?}: {error}"
        );
        assert_eq!(ran.code, Some(1), "{file} {environment:?}");
    }
}

#[test]
fn a_file_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let ports = free_ports(2);
    let text = format!(
        "name: infra1\ndata-dir:\nlisten-peer-urls: http://127.0.0.1:{0}\n\
         initial-advertise-peer-urls: http://127.0.0.1:{0}\n\
         listen-client-urls: 'http://127.0.0.1:{1}'\nheartbeat-interval: 50\n\
         warning-apply-duration: 200000000\nenable-pprof: no\nlog-outputs: [stderr]\n\
         snapshot-cout: 5\nsocket-options:\n  reuse-port: true\n\
         client-transport-security:\n  cert-file:\n  auto-tls: false\n\
         experimental-watch-progress-notify-interval: 5000000000\n\
         max-wals: 7\ndiscovery-fallback: 'proxy'\nproxy: 'off'\n",
        ports[0], ports[1]
    );
    fs::write(folder.path().join("quorate.yml"), text).unwrap();
    let flags = [
        "--config-file",
        "quorate.yml",
        "--name",
        "other",
        "--election-timeout=7",
    ];
    let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    let log = folder.path().join("log");
    let environment = [("ETCD_HEARTBEAT_INTERVAL", "70"), ("ETCD_NAME", "another")];
    let server = Server::start_with(&flags, &environment, folder.path(), &log);
    server.wait_for_line("ready to serve client requests");
    let loaded = server.wait_for_line(
        "loaded server configuration, other configuration command line flags and environment \
         variables will be ignored if provided",
    );
    assert_eq!(loaded["path"], "quorate.yml");
    let start = server.wait_for_line("starting an etcd server");
    assert_eq!(start["name"], "infra1");
    assert_eq!(start["data-dir"], "infra1.etcd");
    assert_eq!(start["heartbeat-interval"], "50ms");
    assert_eq!(start["election-timeout"], "1s");
    // The default: a file that says where to listen leaves what is advertised alone.
    assert_eq!(start["advertise-client-urls"][0], "http://localhost:2379");
    let unknown: Vec<Value> = server
        .log()
        .into_iter()
        .filter(|line| line["msg"] == "unrecognized configuration key")
        .collect();
    assert_eq!(unknown[0]["key"], "snapshot-cout");
    assert_eq!(unknown[0]["did-you-mean"], "snapshot-count");
    assert_eq!(
        (&unknown[1]["key"], &unknown[2]["key"]),
        (&"discovery-fallback".into(), &"proxy".into())
    );
    server.wait_for_line(
        "--experimental-watch-progress-notify-interval is deprecated in v3.6 and will be \
         decommissioned in v3.7. Use '--watch-progress-notify-interval' instead.",
    );
    server.wait_for_line(
        "--max-wals has no effect: files of the log and snapshots go as soon as nothing needs them",
    );
}

#[test]
fn a_cluster_that_does_not_fit_its_member_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ports = free_ports(2);
    let (peer, client) = (
        format!("http://127.0.0.1:{}", ports[0]),
        format!("http://127.0.0.1:{}", ports[1]),
    );
    let flags = [
        "--name",
        "a",
        "--listen-peer-urls",
        &peer,
        "--listen-client-urls",
        &client,
        "--advertise-client-urls",
        &client,
        "--initial-cluster",
        "a=http://127.0.0.2:1",
    ];
    let ran = ran(folder.path(), &flags, &[]);
    assert_eq!(ran.code, Some(1));
    line(&ran.log, "forgot to set --initial-advertise-peer-urls?");
    let told = line(&ran.log, "the server cannot go on");
    assert_eq!(
        told["error"],
        "--initial-cluster has a=http://127.0.0.2:1 but missing from \
         --initial-advertise-peer-urls=http://localhost:2380 (resolved urls: \
         \"http://localhost:2380\" != \"http://127.0.0.2:1\")"
    );
}
