//! What a server is told by its environment, by a file, and by defaults.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::etcdctl::Etcdctl;
use crate::support::http::get;
use crate::support::ports::free_ports;
use crate::support::program::{Ran, run_command};
use crate::support::server::Server;
use crate::support::tools::{self, QUORATE};
use crate::support::wait::wait_for;

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

/// The last error that a program logs before it ends.
fn refusal(program: &Path, words: &str, environment: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command
        .args(words.split_whitespace())
        .envs(environment.iter().copied())
        .current_dir(folder.path());
    let ran = run_command(command, "");
    assert_eq!(ran.code, Some(1), "{program:?} {words}: {ran:?}");
    ran.log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|line| Some(line["error"].as_str()?.to_owned()))
        .next_back()
        .unwrap_or_else(|| panic!("{program:?} {words}: {ran:?}"))
}

#[test]
fn refusals_begin_with_etcds_words() {
    let ports = "--listen-peer-urls http://127.0.0.1:0 --listen-client-urls http://127.0.0.1:0 \
                 --advertise-client-urls http://127.0.0.1:1";
    let with_ports = [
        "--initial-cluster a=http://127.0.0.1:2380",
        "--name a --initial-cluster a=http://localhost:2380,b=http://localhost:2380",
        "--name a --initial-cluster a=http://127.0.0.1:2380",
        "--name a --initial-cluster a=http://127.0.0.1:1,a=http://127.0.0.1:2 \
         --initial-advertise-peer-urls http://127.0.0.1:1",
        "--name a --initial-cluster a=http://127.0.0.1:1 --initial-advertise-peer-urls \
         http://127.0.0.1:1,http://127.0.0.1:2",
    ]
    .map(|words| format!("{ports} {words}"));
    let without = [
        "--heartbeat-interval 500",
        "--heartbeat-interval 0",
        "--election-timeout 60000",
        "--listen-client-urls http://127.0.0.1:3444",
        "--listen-client-urls http://foo.bar:34 --advertise-client-urls http://foo.bar:34",
        "--log-outputs default,stdout",
        "--log-outputs systemd/journal,stderr",
        "--log-outputs /no/such/folder/a.log",
        "--enable-log-rotation",
        "--logger capnslog",
        "--logger slog",
        "--config-file none.yml",
    ]
    .map(str::to_owned);
    let etcd = tools::etcd();
    let quorate = Path::new(QUORATE);
    for words in with_ports.into_iter().chain(without) {
        let theirs = refusal(&etcd, &words, &[]);
        let ours = refusal(quorate, &words, &[]);
        // How two addresses differ is told in other words since 3.6.
        let theirs = theirs.split(" (\"http").next().unwrap();
        assert!(ours.starts_with(theirs), "{words}\n{theirs}\n{ours}");
    }
    for (name, value) in [
        ("ETCD_HEARTBEAT_INTERVAL", "ten"),
        ("ETCD_PRE_VOTE", "maybe"),
        ("ETCD_GRPC_KEEPALIVE_INTERVAL", "5"),
        ("ETCD_LISTEN_PEER_URLS", "127.0.0.1:2380"),
    ] {
        let theirs = refusal(&etcd, "", &[(name, value)]);
        let ours = refusal(quorate, "", &[(name, value)]);
        // Where Go's words come from inside a library, ours say it in others.
        let theirs = theirs.split(": ").next().unwrap();
        assert!(ours.starts_with(theirs), "{name}\n{theirs}\n{ours}");
    }
}

#[test]
fn etcd_itself_reads_the_same_file() {
    let ports = free_ports(4);
    for (program, ports) in [(tools::etcd(), &ports[..2]), (QUORATE.into(), &ports[2..])] {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "name: 'infra1'\ndata-dir:\nsnapshot-count: 5000\nheartbeat-interval: 50\n\
             election-timeout: 500\nquota-backend-bytes: 0\n\
             listen-peer-urls: http://127.0.0.1:{0}\n\
             initial-advertise-peer-urls: http://127.0.0.1:{0}\n\
             listen-client-urls: http://127.0.0.1:{1}\n\
             advertise-client-urls: http://127.0.0.1:{1}\ncors:\ndiscovery:\n\
             discovery-fallback: 'proxy'\ndiscovery-srv:\ninitial-cluster:\n\
             initial-cluster-token: 'tkn'\ninitial-cluster-state: 'new'\n\
             strict-reconfig-check: false\nenable-pprof: true\nproxy: 'off'\n\
             proxy-failure-wait: 5000\nclient-transport-security:\n  cert-file:\n  \
             client-cert-auth: false\n  auto-tls: false\npeer-transport-security:\n  \
             allowed-cn:\nself-signed-cert-validity: 1\nlog-level: debug\nlogger: zap\n\
             log-outputs: [stderr, log.txt]\nforce-new-cluster: false\n\
             auto-compaction-mode: periodic\nauto-compaction-retention: \"0\"\n",
            ports[0], ports[1]
        );
        fs::write(folder.path().join("conf.yml"), text).unwrap();
        let mut server = Command::new(&program)
            .args(["--config-file", "conf.yml"])
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let members = wait_for("the member's name", || {
            let list = Etcdctl::new(&ports[1..2]).run(&["member", "list"]).ok()?;
            list.contains("infra1").then_some(list)
        });
        let log = fs::read_to_string(folder.path().join("log.txt")).unwrap();
        server.kill().unwrap();
        server.wait().unwrap();
        assert!(
            members.contains(&format!("http://127.0.0.1:{}", ports[1])),
            "{members}"
        );
        let start = line(&log, "starting an etcd server");
        for (key, value) in [
            ("name", "infra1"),
            ("data-dir", "infra1.etcd"),
            ("heartbeat-interval", "50ms"),
            ("election-timeout", "500ms"),
            ("initial-cluster-token", "tkn"),
        ] {
            assert_eq!(start[key], value, "{program:?}: {key}");
        }
        assert_eq!(start["snapshot-count"], 5000);
    }
}

#[test]
fn members_may_be_named_by_dns() {
    let folder = tempfile::tempdir().unwrap();
    let ports = free_ports(4);
    // `127.1` is no address as etcd reads them, and every resolver knows it.
    let named = |port: u16| format!("http://127.1:{port}");
    let cluster = format!("a={},b={}", named(ports[0]), named(ports[2]));
    let start = |name: &str, ports: &[u16], advertised: String| {
        let flags = format!(
            "--name {name} --listen-peer-urls http://127.0.0.1:{0} --initial-advertise-peer-urls \
             {advertised} --listen-client-urls http://127.0.0.1:{1} --advertise-client-urls \
             http://127.0.0.1:{1} --initial-cluster {cluster}",
            ports[0], ports[1]
        );
        let flags: Vec<String> = flags.split_whitespace().map(str::to_owned).collect();
        Server::start(
            &flags,
            folder.path(),
            &folder.path().join(format!("{name}.log")),
        )
    };
    // One says of itself what the cluster says, the other says the same in other words.
    let one = start("a", &ports[..2], named(ports[0]));
    let two = start("b", &ports[2..], format!("http://127.0.0.1:{}", ports[2]));
    one.wait_for_line("ready to serve client requests");
    two.wait_for_line("ready to serve client requests");
    let resolved = two.wait_for_line("resolved URL Host");
    assert!(
        resolved["resolved-addr"]
            .as_str()
            .unwrap()
            .starts_with("127.0.0.1:")
    );
    let list = Etcdctl::new(&ports[1..2]).ok(&["member", "list"]);
    for port in [ports[0], ports[2]] {
        assert!(list.contains(&named(port)), "{list}");
    }
}
