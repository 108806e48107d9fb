//! The repository's Procfile, under a Procfile runner that a registry has.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::etcdctl::Etcdctl;
use crate::support::ports::free_ports;
use crate::support::tools;
use crate::support::wait::wait_for;

/// A runner that is stopped, with all it started, when it is dropped.
struct Honcho(Child);

impl Honcho {
    fn start(folder: &Path) -> Self {
        let old_path = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{old_path}", tools::quorate_folder().display());
        let output = fs::File::create(folder.join("honcho.log")).unwrap();
        let child = Command::new(tools::honcho())
            .arg("start")
            .current_dir(folder)
            .env("PATH", path)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        Self(child)
    }

    fn terminate(&mut self) {
        let id = self.0.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(status.success());
        wait_for("the runner's end", || self.0.try_wait().unwrap());
    }
}

impl Drop for Honcho {
    fn drop(&mut self) {
        if self.0.try_wait().ok().flatten().is_none() {
            self.terminate();
        }
    }
}

#[test]
fn the_procfile_starts_and_stops_under_honcho() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Procfile");
    let mut text = fs::read_to_string(source).unwrap();
    let ports = free_ports(6);
    // The ports of the file may be taken where the tests run: others stand in for them.
    for (number, port) in [12379, 22379, 32379, 12380, 22380, 32380]
        .iter()
        .enumerate()
    {
        assert!(text.contains(&format!("127.0.0.1:{port}")), "{port}");
        text = text.replace(
            &format!("127.0.0.1:{port}"),
            &format!("127.0.0.1:{}", ports[number]),
        );
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Procfile"), text).unwrap();
    let log = || fs::read_to_string(folder.path().join("honcho.log")).unwrap();

    for round in 0..2 {
        let mut honcho = Honcho::start(folder.path());
        wait_for("three servers that are ready", || {
            let ready = log().matches("ready to serve client requests").count();
            (ready == 3).then_some(())
        });
        let etcdctl = Etcdctl::new(&ports[..3]);
        if round > 0 {
            // What the servers held before they were stopped.
            assert_eq!(etcdctl.ok(&["get", "round"]), "round\n0\n");
        }
        assert_eq!(etcdctl.ok(&["put", "round", &round.to_string()]), "OK\n");
        honcho.terminate();
        let log = log();
        let signals = log.matches("\"signal\":\"terminated\"").count();
        assert_eq!(signals, 3, "{log}");
        // All are told at once, so the leader may find nobody to hand over to and wait for etcd's
        // 7 s, while the runner waits for 5: as in the notes, where `pkill etcd` does the same.
        let closed = log.matches("closed etcd server").count();
        assert!(closed >= 2, "{log}");
        assert!(!log.contains("\"level\":\"error\""), "{log}");
    }
}

#[test]
fn the_learners_procfile_joins_the_cluster_of_the_other() {
    let source = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        fs::read_to_string(path).unwrap()
    };
    let ports = free_ports(8);
    let old = [12379, 22379, 32379, 12380, 22380, 32380, 42379, 42380];
    let moved = |mut text: String| {
        for (old, new) in old.iter().zip(&ports) {
            text = text.replace(&format!("127.0.0.1:{old}"), &format!("127.0.0.1:{new}"));
        }
        text
    };
    let (cluster, learner) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(cluster.path().join("Procfile"), moved(source("Procfile"))).unwrap();
    let text = moved(source("Procfile.learner"));
    assert!(text.contains("--initial-cluster-state existing"));
    fs::write(learner.path().join("Procfile"), &text).unwrap();
    let ready = |folder: &Path| {
        let log = fs::read_to_string(folder.join("honcho.log")).unwrap_or_default();
        log.matches("ready to serve client requests").count()
    };
    // Before anybody runs whom it could join, it says so and ends, and the runner with it.
    let mut alone = Honcho::start(learner.path());
    wait_for("the runner's end", || alone.0.try_wait().unwrap());
    let log = fs::read_to_string(learner.path().join("honcho.log")).unwrap();
    assert!(
        log.contains("cannot fetch cluster info from peer urls"),
        "{log}"
    );
    assert_eq!(ready(learner.path()), 0, "{log}");

    let mut founders = Honcho::start(cluster.path());
    wait_for("three servers that are ready", || {
        (ready(cluster.path()) == 3).then_some(())
    });
    let etcdctl = Etcdctl::new(&ports[..3]);
    assert_eq!(etcdctl.ok(&["put", "foo", "bar"]), "OK\n");
    let url = format!("--peer-urls=http://127.0.0.1:{}", ports[7]);
    // The line that the file itself tells to run.
    let add = ["member", "add", "infra4", &url, "--learner=true"];
    wait_for("a healthy cluster", || etcdctl.run(&add).ok());
    let mut honcho = Honcho::start(learner.path());
    wait_for("a learner that is ready", || {
        (ready(learner.path()) == 1).then_some(())
    });
    let list = etcdctl.ok(&["member", "list"]);
    let is_there = |line: &str| line.contains("started, infra4") && line.ends_with("true");
    assert!(list.lines().any(is_there), "{list}");
    let read = ["get", "foo", "--consistency=s"];
    let own = Etcdctl::new(&ports[6..7]);
    wait_for("what was written before it came", || {
        (own.ok(&read) == "foo\nbar\n").then_some(())
    });
    honcho.terminate();
    founders.terminate();
}
