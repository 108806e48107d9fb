//! Versions: what a cluster decides on, and how it goes down.

use quorate_core::Output;
use quorate_core::command::{Command, Reply, StatusReply};
use quorate_core::error::Error;
use quorate_core::id::MemberId;
use quorate_core::member::{Member, MemberConfig, StartError};
use quorate_core::trace::TraceKind;
use quorate_core::version::ServerVersion;

use super::lease::cluster::{CLUSTER, Cluster};

fn version(text: &str) -> ServerVersion {
    ServerVersion::parse(text).unwrap()
}

fn status(cluster: &mut Cluster, at: u64) -> StatusReply {
    match cluster.call(at, Command::Status) {
        Ok(Reply::Status(status)) => status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_cluster_runs_at_the_lowest_version_of_its_members() {
    let mut cluster = Cluster::new(3, |config| {
        if config.id == MemberId(3) {
            config.server_version = version("3.5.9");
        }
    });
    assert_eq!(status(&mut cluster, 1).cluster_version, None);
    cluster.elect(None);
    cluster.seconds(1);
    for at in cluster.ids() {
        let decided = status(&mut cluster, at).cluster_version;
        assert_eq!(decided, Some(version("3.5.0")));
    }
    let enabled = cluster.told.iter().filter(|(_, kind)| {
        matches!(kind, TraceKind::CapabilitiesEnabled { version } if version.minor == 5)
    });
    assert_eq!(enabled.count(), 3);
}

#[test]
fn a_downgrade_is_answered_as_etcd_does() {
    let mut cluster = Cluster::new(3, |_| {});
    let at = cluster.follower();
    let validate = |text| Command::DowngradeValidate(version(text));
    let enable = |text| Command::DowngradeEnable(version(text));
    cluster.elect(None);
    cluster.seconds(1);
    let at_36 = Ok(Reply::Downgrade(version("3.6.0")));
    assert_eq!(cluster.call(at, validate("3.5.0")), at_36);
    for wrong in ["3.6.0", "3.4.0", "4.5.0"] {
        let answer = cluster.call(at, validate(wrong));
        assert_eq!(answer, Err(Error::InvalidDowngradeTarget));
        let answer = cluster.call(at, enable(wrong));
        assert_eq!(answer, Err(Error::InvalidDowngradeTarget));
    }
    // There is none, and etcd says yes to that.
    assert_eq!(cluster.call(at, Command::DowngradeCancel), at_36);
    assert_eq!(cluster.call(at, enable("3.5.0")), at_36);
    for member in cluster.ids() {
        let status = status(&mut cluster, member);
        assert_eq!(status.downgrade, Some(version("3.5.0")));
        assert_eq!(status.cluster_version, Some(version("3.5.0")));
    }
    let again = cluster.call(at, enable("3.4.0"));
    assert_eq!(again, Err(Error::DowngradeInProcess));
    let at_35 = Ok(Reply::Downgrade(version("3.5.0")));
    assert_eq!(cluster.call(at, Command::DowngradeCancel), at_35);
    for member in cluster.ids() {
        let status = status(&mut cluster, member);
        assert_eq!(status.downgrade, None);
        assert_eq!(status.cluster_version, Some(version("3.6.0")));
    }
}

#[test]
fn versions_outlive_restarts_and_snapshots() {
    let mut cluster = Cluster::new(3, |config| {
        config.snapshot_count = 3;
        config.snapshot_catch_up_entries = 0;
    });
    cluster.elect(None);
    cluster.seconds(1);
    let enable = Command::DowngradeEnable(version("3.5.0"));
    assert!(cluster.call(1, enable).is_ok());
    for _ in 0..6 {
        assert!(cluster.put(1, "k", 0).is_ok());
    }
    for member in cluster.ids() {
        assert!(cluster.member(member).view().snapshot.is_some());
        cluster.restart(member);
        let status = status(&mut cluster, member);
        assert_eq!(status.downgrade, Some(version("3.5.0")));
        assert_eq!(status.cluster_version, Some(version("3.5.0")));
    }
}

fn cluster_of_one(snapshot_count: fn(&mut MemberConfig)) -> Cluster {
    let mut cluster = Cluster::new(1, snapshot_count);
    cluster.elect(None);
    for _ in 0..6 {
        assert!(cluster.put(1, "k", 0).is_ok());
    }
    cluster
}

fn config(text: &str) -> MemberConfig {
    MemberConfig {
        server_version: version(text),
        ..MemberConfig::new(MemberId(1), CLUSTER, Vec::new())
    }
}

#[test]
fn a_server_refuses_a_snapshot_of_a_newer_cluster() {
    let image = cluster_of_one(|config| config.snapshot_count = 3).image(1);
    assert!(Member::start(config("3.7.2"), &image).is_ok());
    match Member::start(config("3.5.21"), &image) {
        Err(StartError::Data(reason)) => assert!(reason.starts_with("invalid downgrade")),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it took what it may not understand"),
    }
}

#[test]
fn a_server_stops_when_its_log_says_that_the_cluster_is_newer() {
    let image = cluster_of_one(|_| {}).image(1);
    let mut member = Member::start(config("3.5.21"), &image).unwrap();
    let stopped = member
        .take_outputs()
        .into_iter()
        .find_map(|output| match output {
            Output::Stopped { failure } => failure,
            _ => None,
        });
    let reason = stopped.expect("it stops");
    assert!(reason.starts_with("invalid downgrade"), "{reason}");
}
