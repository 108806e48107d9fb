//! Members join, leave and are replaced while the cluster runs, all by etcd's own client.

use std::fs;
use std::process::Command;

use crate::support::cluster::Cluster;
use crate::support::ports::free_ports;
use crate::support::server::Server;
use crate::support::tools::QUORATE;
use crate::support::wait::wait_for;

const READY: &str = "ready to serve client requests";
const REMOVED: &str = "the member has been permanently removed from the cluster";

fn hex(id: u64) -> String {
    format!("{id:x}")
}

fn wait_for_removal(cluster: &mut Cluster, member: usize) {
    let server = cluster.server(member);
    let line = server.wait_for_line("server error");
    assert_eq!(line["error"], REMOVED);
    server.wait_for_line("data-dir used by this member must be removed");
    // As with etcd: whoever starts it again when it fails is not to do so now.
    assert_eq!(server.wait().code(), Some(0));
    cluster.servers[member] = None;
}

#[test]
fn a_cluster_grows_from_one_to_five_and_shrinks_again() {
    let mut cluster = Cluster::start(1, &[]);
    cluster.etcdctl_of_alive().ok(&["put", "founded", "by one"]);
    for size in 2..=5 {
        let member = cluster.add_and_start(false);
        let key = size.to_string();
        cluster.etcdctl_of(member).ok(&["put", &key, "joined"]);
    }
    cluster.wait_for_leader();
    cluster.wait_for_same_hash();
    let list = cluster.etcdctl_of(4).ok(&["member", "list"]);
    assert_eq!(list.lines().count(), 5, "{list}");
    assert!(list.lines().all(|line| line.contains("started")), "{list}");
    // Two of five may be lost, and one that joined comes back with what it was told then.
    cluster.crash(0);
    cluster.crash(3);
    wait_for("three of five to go on", || {
        cluster
            .etcdctl_of_alive()
            .run(&["put", "three", "of five"])
            .ok()
    });
    cluster.start_all();
    cluster.wait_for_leader();
    for member in [0, 1, 2, 3] {
        let id = hex(cluster.id(member));
        cluster.change(&["member", "remove", &id]);
        wait_for_removal(&mut cluster, member);
    }
    let last = cluster.etcdctl_of(4);
    wait_for("one of one to go on", || {
        last.run(&["put", "one", "of one"]).ok()
    });
    let all = last.ok(&["get", "", "--from-key", "--keys-only"]);
    let keys: Vec<&str> = all.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(keys, ["2", "3", "4", "5", "founded", "one", "three"]);
    assert_eq!(last.ok(&["member", "list"]).lines().count(), 1);
}

#[test]
fn a_dead_member_is_replaced_and_is_refused_when_it_comes_back() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let dead = (leader + 1) % 3;
    let id = hex(cluster.id(dead));
    cluster.crash(dead);
    cluster.change(&["member", "remove", &id]);
    cluster
        .etcdctl_of_alive()
        .ok(&["put", "while", "it is away"]);
    let new = cluster.add_and_start(false);
    let value = cluster.etcdctl_of(new).ok(&["get", "while"]);
    assert_eq!(value, "while\nit is away\n");
    cluster.wait_for_same_hash();
    // It comes back with its data, twice, and hears each time that it is none of them any more.
    for _ in 0..2 {
        cluster.start_one(dead);
        wait_for_removal(&mut cluster, dead);
    }
    let told = cluster.alive().into_iter().any(|member| {
        let line = "rejected stream from remote peer because it was removed";
        cluster.server(member).line(line).is_some()
    });
    assert!(told, "somebody has turned it away");
    cluster.etcdctl_of_alive().ok(&["put", "still", "three"]);
}

#[test]
fn a_learner_is_caught_up_by_a_snapshot_and_promoted() {
    let flags = ["--snapshot-count=20", "--snapshot-catchup-entries=5"];
    let mut cluster = Cluster::start(3, &flags);
    for number in 0..60 {
        cluster.etcdctl().ok(&["put", &number.to_string(), "x"]);
    }
    let learner = cluster.add(true);
    let list = cluster.etcdctl_of_alive().json(&["member", "list"]);
    let members = list["members"].as_array().unwrap();
    let added = members.iter().find(|member| member["isLearner"] == true);
    let id = hex(added.unwrap()["ID"].as_u64().unwrap());
    let promote = ["member", "promote", &id];
    let error = cluster.etcdctl_of_alive().run(&promote).unwrap_err();
    let not_ready = "can only promote a learner member which is in sync with leader";
    assert!(error.contains(not_ready), "{error}");
    cluster.start_one(learner);
    cluster.server(learner).wait_for_line(READY);
    cluster.server(learner).wait_for_line("applied snapshot");
    let write = cluster.etcdctl_of(learner).run(&["put", "foo", "bar"]);
    let error = write.unwrap_err();
    assert!(error.contains("rpc not supported for learner"), "{error}");
    let url = "--peer-urls=http://127.0.0.1:1";
    let second = ["member", "add", "second", url, "--learner"];
    // Asked of a voter: the learner that runs by now answers no such question.
    let error = wait_for("a cluster that is well", || {
        let error = cluster.etcdctl_of(0).run(&second).unwrap_err();
        (!error.contains("unhealthy cluster")).then_some(error)
    });
    assert!(
        error.contains("too many learner members in cluster"),
        "{error}"
    );
    let told = wait_for("a learner in sync", || {
        cluster.etcdctl_of(0).run(&promote).ok()
    });
    assert!(
        told.contains(&format!("{id} promoted in cluster")),
        "{told}"
    );
    let error = cluster.etcdctl_of(0).run(&promote).unwrap_err();
    assert!(
        error.contains("can only promote a learner member"),
        "{error}"
    );
    // Its vote counts: of four, three are a majority.
    cluster.wait_for_leader();
    cluster.crash(0);
    wait_for("three of four to go on", || {
        cluster.etcdctl_of_alive().run(&["put", "foo", "bar"]).ok()
    });
    cluster.wait_for_same_hash();
}

#[test]
fn a_member_that_lost_its_data_is_refused() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let lost = (leader + 1) % 3;
    let id = hex(cluster.id(lost));
    let wiped = |cluster: &mut Cluster| {
        cluster.crash(lost);
        let data = cluster.folder().join(format!("infra{}.etcd", lost + 1));
        fs::remove_dir_all(data).unwrap();
    };
    wiped(&mut cluster);
    let refused = format!("member {id} has already been bootstrapped");
    let is_refused = |server: &mut Server| {
        let line = server.wait_for_line("the server cannot go on");
        let error = line["error"].as_str().unwrap();
        assert!(error.starts_with(&refused), "{error}");
        assert_eq!(server.wait().code(), Some(1));
    };
    // Asked before it starts, the others say that they know it.
    cluster.start_one(lost);
    is_refused(cluster.server(lost));
    // To call itself a member that joins does not help.
    let flags: Vec<String> = cluster.flags(lost);
    let as_existing: Vec<String> = flags
        .iter()
        .map(|flag| if flag == "new" { "existing" } else { flag }.to_owned())
        .collect();
    let log = cluster.folder().join("existing.log");
    is_refused(&mut Server::start(&as_existing, cluster.folder(), &log));
    // When it begins alone nobody can say so; whoever comes up then does, before it can vote.
    for member in cluster.alive() {
        if member != lost {
            cluster.crash(member);
        }
    }
    cluster.servers[lost] = None;
    cluster.start_one(lost);
    cluster.server(lost).wait_for_line("starting local member");
    cluster.start_one(leader);
    is_refused(cluster.server(lost));
    cluster.servers[lost] = None;
    cluster.start_one((leader + 2) % 3);
    cluster.wait_for_leader();
    cluster.etcdctl_of_alive().ok(&["put", "two", "are enough"]);
}

#[test]
fn a_log_says_more_than_the_flags_of_the_cluster() {
    let mut cluster = Cluster::start(3, &[]);
    let id = cluster.id(2);
    cluster.crash(2);
    cluster.etcdctl_of_alive().ok(&["put", "foo", "bar"]);
    let mut flags = cluster.flags(2);
    for (old, new) in [("etcd-cluster-1", "another-token"), ("new", "existing")] {
        let place = flags.iter().position(|flag| flag == old).unwrap();
        flags[place] = new.to_owned();
    }
    let list = flags
        .iter()
        .position(|flag| flag.contains("infra1="))
        .unwrap();
    flags[list] = "somebody=http://127.0.0.1:1".to_owned();
    let log = cluster.folder().join("other-flags.log");
    cluster.servers[2] = Some(Server::start(&flags, cluster.folder(), &log));
    cluster.server(2).wait_for_line(READY);
    assert_eq!(cluster.id(2), id);
    assert_eq!(cluster.etcdctl_of(2).ok(&["get", "foo"]), "foo\nbar\n");
}

#[test]
fn whoever_joins_another_cluster_than_the_flags_say_is_told_so() {
    let cluster = Cluster::start(1, &[]);
    let founder = format!("infra1=http://127.0.0.1:{}", cluster.peer_port(0));
    let ports = free_ports(3);
    let own = format!("infra2=http://127.0.0.1:{}", ports[0]);
    let nobody = format!("infra1=http://127.0.0.1:{}", ports[2]);
    let start = |name: &str, list: &str| {
        let folder = tempfile::tempdir().unwrap();
        let url = |port: u16| format!("http://127.0.0.1:{port}");
        let output = Command::new(QUORATE)
            .args(["--name", name, "--initial-cluster-state=existing"])
            .args(["--initial-cluster", list])
            .args(["--listen-peer-urls", &url(ports[0])])
            .args(["--initial-advertise-peer-urls", &url(ports[0])])
            .args(["--listen-client-urls", &url(ports[1])])
            .args(["--advertise-client-urls", &url(ports[1])])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    // It was not added.
    let text = start("infra2", &format!("{founder},{own}"));
    let id = hex(cluster.id(0));
    let begins = "error validating peerURLs {ClusterID:";
    assert!(text.contains(begins), "{text}");
    assert!(
        text.contains(&format!("&{{ID:{id} RaftAttributes:{{PeerURLs:[")),
        "{text}"
    );
    assert!(text.contains("member count is unequal"), "{text}");
    let text = start("infra3", &format!("{founder},{own}"));
    let message = "couldn't find local name \\\"infra3\\\" in the initial cluster configuration";
    assert!(text.contains(message), "{text}");
    let text = start("infra2", &format!("{nobody},{own}"));
    let message = "cannot fetch cluster info from peer urls: could not retrieve cluster \
                   information from the given URLs";
    assert!(text.contains(message), "{text}");
    // It was added, at another URL than it says.
    let add = ["member", "add", "infra2", "--peer-urls=http://127.0.0.1:1"];
    cluster.change(&add);
    let text = start("infra2", &format!("{founder},{own}"));
    let message = "PeerURLs: no match found for existing member (";
    assert!(text.contains(message), "{text}");
}

#[test]
fn a_member_that_moves_is_found_again() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let moving = (leader + 1) % 3;
    let id = hex(cluster.id(moving));
    let old = format!("http://127.0.0.1:{}", cluster.peer_port(moving));
    let new = format!("http://127.0.0.1:{}", free_ports(1)[0]);
    cluster.crash(moving);
    let url = format!("--peer-urls={new}");
    let told = cluster.change(&["member", "update", &id, &url]);
    assert!(told.contains(&format!("{id} updated in cluster")), "{told}");
    let flags: Vec<String> = cluster
        .flags(moving)
        .into_iter()
        .map(|flag| if flag == old { new.clone() } else { flag })
        .collect();
    let log = cluster.folder().join("moved.log");
    cluster.servers[moving] = Some(Server::start(&flags, cluster.folder(), &log));
    cluster.server(moving).wait_for_line(READY);
    // It hears the others only where it listens now.
    cluster.etcdctl_of(leader).ok(&["put", "foo", "moved"]);
    cluster.wait_for_same_hash();
    let list = cluster.etcdctl_of(moving).ok(&["member", "list"]);
    assert!(list.contains(&new) && !list.contains(&old), "{list}");
}

#[test]
fn what_would_cost_the_majority_is_refused_in_etcds_words() {
    let mut cluster = Cluster::start(1, &[]);
    cluster.add_and_start(false);
    let absent = cluster.add(false);
    // Two of three have started: a fourth that has not would leave no majority of them.
    let url = "--peer-urls=http://127.0.0.1:1";
    let error = cluster
        .etcdctl_of_alive()
        .run(&["member", "add", "infra4", url])
        .unwrap_err();
    let text = "re-configuration failed due to not enough started members";
    assert!(error.contains(text), "{error}");
    let id = hex(cluster.id(1));
    let error = cluster
        .etcdctl_of_alive()
        .run(&["member", "remove", &id])
        .unwrap_err();
    assert!(error.contains(text), "{error}");
    let taken = format!("--peer-urls=http://127.0.0.1:{}", cluster.peer_port(absent));
    cluster.start_one(absent);
    cluster.server(absent).wait_for_line(READY);
    let error = wait_for("a cluster that is well", || {
        let add = ["member", "add", "again", taken.as_str()];
        let error = cluster.etcdctl_of_alive().run(&add).unwrap_err();
        (!error.contains("unhealthy cluster")).then_some(error)
    });
    assert!(error.contains("Peer URLs already exists"), "{error}");
    cluster.crash(absent);
    let error = cluster
        .etcdctl_of_alive()
        .run(&["member", "remove", &id])
        .unwrap_err();
    assert!(error.contains("unhealthy cluster"), "{error}");
}
