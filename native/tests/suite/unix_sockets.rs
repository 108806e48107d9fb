//! Members that listen on files, as etcd's own tests have them.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::process::Command;

use crate::support::program::{run, run_command};
use crate::support::server::Server;
use crate::support::tools::QUORATECTL;

/// Flags of a member all of whose URLs are files below the folder that it runs in.
fn flags(name: &str, cluster: &str) -> Vec<String> {
    let (peer, client) = (
        format!("unix://localhost:{name}0"),
        format!("unix://localhost:{name}1"),
    );
    [
        format!("--name={name}"),
        format!("--listen-client-urls={client}"),
        format!("--advertise-client-urls={client}"),
        format!("--listen-peer-urls={peer}"),
        format!("--initial-advertise-peer-urls={peer}"),
        format!("--initial-cluster={cluster}"),
    ]
    .to_vec()
}

#[test]
fn a_cluster_of_files_serves_clients_and_members() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = ["1", "2", "3"].map(|name| format!("{name}=unix://localhost:{name}0"));
    let mut servers: Vec<Server> = ["1", "2", "3"]
        .iter()
        .map(|name| {
            let log = folder.path().join(format!("{name}.log"));
            Server::start(&flags(name, &cluster.join(",")), folder.path(), &log)
        })
        .collect();
    for server in &servers {
        server.wait_for_line("ready to serve client requests");
    }
    let socket = |name: &str| folder.path().join(format!("localhost:{name}1"));
    let endpoint = |name: &str| format!("--endpoints=unix://{}", socket(name).display());
    let put = run(QUORATECTL, &[&endpoint("1"), "put", "k", "v"], "");
    assert_eq!(put.output, "OK\n", "{put:?}");
    for name in ["1", "2", "3"] {
        let got = run(QUORATECTL, &[&endpoint(name), "get", "k"], "");
        assert_eq!(got.output, "k\nv\n", "{got:?}");
    }
    let mut curl = Command::new("curl");
    curl.args(["-s", "http://localhost/health", "--unix-socket"]);
    curl.arg(socket("3"));
    let health = run_command(curl, "");
    assert_eq!(health.output, "{\"health\":\"true\",\"reason\":\"\"}");
    // What an earlier life has left is no obstacle.
    servers[2].crash();
    assert!(
        fs::symlink_metadata(socket("3"))
            .unwrap()
            .file_type()
            .is_socket()
    );
    let log = folder.path().join("3.log");
    servers[2] = Server::start(&flags("3", &cluster.join(",")), folder.path(), &log);
    servers[2].wait_for_line("ready to serve client requests");
    let got = run(QUORATECTL, &[&endpoint("3"), "get", "k"], "");
    assert_eq!(got.output, "k\nv\n", "{got:?}");
    // And what ends as it should leaves nothing.
    servers[2].signal("TERM");
    servers[2].wait();
    assert!(!socket("3").exists());
}

#[test]
fn a_file_that_is_no_socket_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("1.log");
    let file = folder.path().join("localhost:11");
    fs::write(&file, "somebody's letters").unwrap();
    let mut server = Server::start(&flags("1", "1=unix://localhost:10"), folder.path(), &log);
    assert_eq!(server.wait().code(), Some(1));
    let told = server.log().iter().any(|line| {
        let line = line.to_string();
        line.contains("listen unix localhost:11: bind: ")
    });
    assert!(told, "{:?}", server.log());
    assert_eq!(fs::read_to_string(&file).unwrap(), "somebody's letters");
}

#[test]
fn what_is_advertised_looks_like_a_host() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("1.log");
    let mut flags = flags("1", "1=unix://localhost:10");
    flags[2] = format!(
        "--advertise-client-urls=unix://{}/s",
        folder.path().display()
    );
    let mut server = Server::start(&flags, folder.path(), &log);
    assert_eq!(server.wait().code(), Some(1));
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.contains("missing port in address"), "{text}");
}
