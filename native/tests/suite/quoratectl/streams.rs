//! Commands that go on: watches, leases, locks, elections, mirrors.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};

use crate::support::cluster::Cluster;
use crate::support::etcdctl_stream::EtcdctlStream;
use crate::support::program::{Ran, run, spawn};
use crate::support::real_etcd::RealEtcd;
use crate::support::tools::QUORATECTL;
use crate::support::wait::wait_for;

/// quoratectl with a server's address.
struct Client {
    endpoint: String,
}

impl Client {
    fn of(port: u16) -> Self {
        Self {
            endpoint: format!("--endpoints=127.0.0.1:{port}"),
        }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run(
            QUORATECTL,
            &[&[self.endpoint.as_str()], arguments].concat(),
            "",
        )
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
        ran.output
    }

    fn start(&self, arguments: &[&str]) -> Child {
        spawn(Command::new(QUORATECTL).arg(&self.endpoint).args(arguments))
    }

    fn follow(&self, arguments: &[&str]) -> EtcdctlStream {
        EtcdctlStream::of(self.start(arguments))
    }
}

fn interrupt(child: &Child) {
    signal(child, "-INT");
}

fn terminate(child: &Child) {
    signal(child, "-TERM");
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Waits until a signal does not end it by itself any more.
fn caught(child: &Child) {
    wait_for("signals to be caught", || {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
        let caught = status
            .lines()
            .find_map(|line| line.strip_prefix("SigCgt:"))?;
        let caught = u64::from_str_radix(caught.trim(), 16).ok()?;
        (caught >> (SIGTERM - 1) & 1 == 1).then_some(())
    });
}

/// The one that is caught last.
const SIGTERM: u32 = 15;

#[test]
fn watches_show_events_and_run_commands() {
    let cluster = Cluster::start(1, &[]);
    let client = Client::of(cluster.client_port(0));
    client.ok(&["put", "foo", "1"]);
    client.ok(&["put", "foo", "2"]);
    client.ok(&["del", "foo"]);
    let watch = client.follow(&["watch", "foo", "--rev", "2", "--prev-kv"]);
    let expected = [
        "PUT", "foo", "1", "PUT", "foo", "1", "foo", "2", "DELETE", "foo", "2", "foo", "",
    ];
    assert_eq!(watch.wait_for_lines(expected.len()), expected);
    client.ok(&["put", "foo", "3"]);
    let lines = watch.wait_for_lines(expected.len() + 3);
    assert_eq!(lines[expected.len()..], ["PUT", "foo", "3"]);
    let script =
        "echo $ETCD_WATCH_REVISION $ETCD_WATCH_EVENT_TYPE $ETCD_WATCH_KEY $ETCD_WATCH_VALUE";
    let ran = client.follow(&["watch", "foo", "--rev=5", "--", "sh", "-c", script]);
    assert_eq!(ran.wait_for_lines(4)[3], "5 \"PUT\" \"foo\" \"3\"");
    client.ok(&["compact", "4"]);
    let old = client.run(&["watch", "foo", "--rev", "2"]);
    assert_eq!(old.code, Some(5));
    assert_eq!(
        old.complaints,
        "watch was canceled (etcdserver: mvcc: required revision has been compacted)\n\
         Error: watch is canceled by the server"
    );
}

#[test]
fn watches_are_typed_too() {
    let cluster = Cluster::start(1, &[]);
    let client = Client::of(cluster.client_port(0));
    client.ok(&["put", "a", "1"]);
    let mut watch = client.follow(&["watch", "-i"]);
    watch.say("nonsense");
    watch.say("watch a --rev 2");
    assert_eq!(watch.wait_for_lines(3), ["PUT", "a", "1"]);
    watch.say("watch 'b c' -- echo 'seen it'");
    watch.say("progress");
    wait_for("progress", || {
        let lines = watch.lines();
        let count = lines
            .iter()
            .filter(|line| *line == "progress notify: 2")
            .count();
        (count == 2).then_some(())
    });
    client.ok(&["put", "b c", "2"]);
    wait_for("the command", || {
        watch.lines().contains(&"seen it".to_owned()).then_some(())
    });
}

#[test]
fn a_watch_goes_on_when_its_server_comes_back() {
    let mut cluster = Cluster::start(1, &[]);
    let client = Client::of(cluster.client_port(0));
    let watch = client.follow(&["watch", "k", "--rev=1"]);
    client.ok(&["put", "k", "1"]);
    watch.wait_for_lines(3);
    cluster.crash(0);
    cluster.start_all();
    client.ok(&["put", "k", "2"]);
    // Nothing is lost and nothing comes twice.
    assert_eq!(watch.wait_for_lines(6), ["PUT", "k", "1", "PUT", "k", "2"]);
}

#[test]
fn leases_are_kept_alive_until_they_are_revoked() {
    let cluster = Cluster::start(1, &[]);
    let client = Client::of(cluster.client_port(0));
    let granted = client.ok(&["lease", "grant", "3"]);
    let id = granted.split(' ').nth(1).unwrap();
    assert_eq!(granted, format!("lease {id} granted with TTL(3s)\n"));
    client.ok(&["put", "hangs", "on", "--lease", id]);
    let alive = client.follow(&["lease", "keep-alive", id]);
    let renewed = format!("lease {id} keepalived with TTL(3)");
    // Far longer than it would live by itself.
    assert_eq!(alive.wait_for_lines(5), vec![renewed; 5]);
    let left = client.ok(&["lease", "timetolive", id, "--keys"]);
    assert!(left.ends_with("s), attached keys([hangs])\n"), "{left}");
    assert_eq!(
        client.ok(&["lease", "revoke", id]),
        format!("lease {id} revoked\n")
    );
    wait_for("the end", || {
        let over = format!("lease {id} expired or revoked.");
        alive.lines().contains(&over).then_some(())
    });
    assert_eq!(client.ok(&["get", "hangs"]), "");
}

#[test]
fn a_lock_is_held_by_one_at_a_time() {
    let cluster = Cluster::start(1, &[]);
    let client = Client::of(cluster.client_port(0));
    let holder = client.start(&["lock", "gate"]);
    let held = || client.ok(&["get", "gate/", "--prefix", "--keys-only"]);
    wait_for("the lock", || held().starts_with("gate/").then_some(()));
    let script = "echo got $ETCD_LOCK_KEY; exit 7";
    let mut waiting = client.start(&["lock", "gate", "--", "sh", "-c", script]);
    wait_for("two in the queue", || {
        (held().matches("gate/").count() == 2).then_some(())
    });
    assert!(waiting.try_wait().unwrap().is_none(), "it must wait");
    interrupt(&holder);
    let holder = holder.wait_with_output().unwrap();
    assert!(holder.status.success());
    assert!(holder.stdout.starts_with(b"gate/"));
    let waited = waiting.wait_with_output().unwrap();
    assert_eq!(waited.status.code(), Some(7));
    assert!(waited.stdout.starts_with(b"got gate/"));
    assert_eq!(held(), "");
}

#[test]
fn elections_have_one_leader_whom_others_see() {
    let cluster = Cluster::start(1, &[]);
    let client = Client::of(cluster.client_port(0));
    let seen = client.follow(&["elect", "-l", "head"]);
    let first = client.start(&["elect", "head", "one"]);
    assert_eq!(seen.wait_for_lines(2)[1], "one");
    let second = client.start(&["elect", "head", "two"]);
    wait_for("two candidates", || {
        let keys = client.ok(&["get", "head/", "--prefix", "--keys-only"]);
        (keys.matches("head/").count() == 2).then_some(())
    });
    interrupt(&first);
    assert!(first.wait_with_output().unwrap().status.success());
    assert_eq!(seen.wait_for_lines(4)[3], "two");
    interrupt(&second);
    let second = second.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&second.stdout).ends_with("\ntwo\n"));
    assert_eq!(client.ok(&["get", "head/", "--prefix"]), "");
}

#[test]
fn what_a_server_that_is_gone_does_not_answer_can_be_interrupted() {
    let mut cluster = Cluster::start(1, &[]);
    let client = Client::of(cluster.client_port(0));
    for command in [&["lock", "gate"][..], &["elect", "head", "one"]] {
        // One gives up by itself, the other when it is told again.
        let first = [&["--command-timeout=1s"], command].concat();
        let second = [&["--command-timeout=600s"], command].concat();
        let queue = format!("{}/", command[1]);
        let keys = || client.ok(&["get", &queue, "--prefix", "--keys-only"]);
        let mut holder = client.follow(&first);
        holder.wait_for_lines(1);
        let waiting = client.start(&second);
        wait_for("two in the queue", || {
            (keys().matches(&queue).count() == 2).then_some(())
        });
        cluster.crash(0);
        interrupt(holder.child());
        assert!(!holder.child().wait().unwrap().success());
        interrupt(&waiting);
        terminate(&waiting);
        assert_eq!(waiting.wait_with_output().unwrap().status.code(), Some(1));
        // Nor does it hang for one that it never finds.
        let lost = client.start(&second);
        caught(&lost);
        interrupt(&lost);
        let lost = lost.wait_with_output().unwrap();
        assert_eq!(lost.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&lost.stderr).contains("context canceled"));
        cluster.start_all();
    }
}

#[test]
fn a_mirror_follows_what_is_written() {
    let from = Cluster::start(1, &[]);
    let to = Cluster::start(1, &[]);
    let (source, mirror) = (
        Client::of(from.client_port(0)),
        Client::of(to.client_port(0)),
    );
    for number in 0..5 {
        source.ok(&["put", &format!("a/{number}"), "x"]);
    }
    source.ok(&["put", "b", "not mirrored"]);
    let target = format!("127.0.0.1:{}", to.client_port(0));
    let _running = source.follow(&["make-mirror", "--prefix=a/", "--dest-prefix=c/", &target]);
    let copied = |count| {
        wait_for("the copies", || {
            let keys = mirror.ok(&["get", "", "--prefix", "--keys-only"]);
            (keys.lines().filter(|line| !line.is_empty()).count() == count).then_some(keys)
        })
    };
    assert_eq!(copied(5).lines().next(), Some("c/0"));
    source.ok(&["put", "a/new", "y"]);
    source.ok(&["del", "a/0"]);
    source.ok(&["del", "a/1"]);
    copied(4);
    assert_eq!(mirror.ok(&["get", "c/new"]), "c/new\ny\n");
}

#[test]
fn a_snapshot_is_saved_whole_or_not_at_all() {
    let etcd = RealEtcd::start();
    let client = Client::of(etcd.client_port);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup.db");
    let text = path.to_str().unwrap();
    assert_eq!(
        client.ok(&["snapshot", "save", text]),
        format!("Snapshot saved at {text}\n")
    );
    let size_bytes = path.metadata().unwrap().len();
    assert_eq!(size_bytes % 512, 32);
    drop(etcd);
    let other = folder.path().join("other.db");
    let late = [
        "snapshot",
        "save",
        other.to_str().unwrap(),
        "--command-timeout=300ms",
    ];
    assert_eq!(client.run(&late).code, Some(5));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(Path::new(text).exists());
}

#[test]
fn a_load_is_written_judged_and_removed() {
    let cluster = Cluster::start(1, &[]);
    let client = Client::of(cluster.client_port(0));
    let ran = client.run(&["check", "perf", "--duration=2s"]);
    assert!(ran.output.contains(" writes/s\n"), "{ran:?}");
    assert!(ran.output.contains("Latency distribution:"), "{ran:?}");
    let verdict = if ran.code == Some(0) {
        "\nPASS\n"
    } else {
        "\nFAIL\n"
    };
    assert!(ran.output.ends_with(verdict), "{ran:?}");
    assert_eq!(client.ok(&["get", "", "--prefix", "--keys-only"]), "");
    client.ok(&["put", "/mine/x", "1"]);
    let refused = client.run(&["check", "perf", "--prefix=/mine/"]);
    assert_eq!(refused.code, Some(3));
    assert!(
        refused.complaints.contains("prefix \"/mine/\" has keys"),
        "{refused:?}"
    );
    assert_eq!(client.ok(&["get", "/mine/x", "--print-value-only"]), "1\n");
}
