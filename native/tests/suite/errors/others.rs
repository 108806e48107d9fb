//! Errors of servers that stop, of requests that time out, of downgrades and of alarms.

use quorate_api::etcdserverpb as pb;
use tonic::{Code, Status};

use super::{assert_told, put, range};
use crate::support::calls::Calls;
use crate::support::cluster::Cluster;
use crate::support::http::get;
use crate::support::wait::wait_for;
use pb::downgrade_request::DowngradeAction;

async fn downgrade(
    calls: &Calls,
    action: DowngradeAction,
    version: &str,
) -> Result<tonic::Response<pb::DowngradeResponse>, Status> {
    let request = pb::DowngradeRequest {
        action: action as i32,
        version: version.to_owned(),
    };
    calls.maintenance().downgrade(request).await
}

#[tokio::test]
async fn of_downgrades() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    wait_for("the cluster's version", || {
        let page = get(cluster.client_port(0), "/version").body;
        (!page.contains("not_decided")).then_some(())
    });
    for action in [DowngradeAction::Validate, DowngradeAction::Enable] {
        for (version, text) in [
            ("", "etcdserver: wrong downgrade target version format"),
            ("x.y", "etcdserver: wrong downgrade target version format"),
            ("3.1.0", "etcdserver: invalid downgrade target version"),
            ("3.6.0", "etcdserver: invalid downgrade target version"),
        ] {
            let result = downgrade(&calls, action, version).await;
            assert_told(result, Code::InvalidArgument, text);
        }
    }
    downgrade(&calls, DowngradeAction::Enable, "3.5.0")
        .await
        .unwrap();
    let text = "etcdserver: cluster has a downgrade job in progress";
    // All members could run 3.5, so it is there already; and one thing after the other.
    let again = downgrade(&calls, DowngradeAction::Enable, "3.4.0").await;
    assert_told(again, Code::FailedPrecondition, text);
    // To end what there is not is no error, as in etcd.
    for _ in 0..2 {
        downgrade(&calls, DowngradeAction::Cancel, "")
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn of_a_cluster_without_a_version() {
    let mut cluster = Cluster::stopped(3, &[]);
    for member in 0..2 {
        cluster.start_one(member);
    }
    cluster.wait_for_leader();
    let calls = Calls::to(cluster.client_port(0));
    calls.put("k", "v").await;
    // The third has never told its version.
    let result = downgrade(&calls, DowngradeAction::Validate, "3.5.0").await;
    let text = "etcdserver: cluster version not found during downgrade";
    assert_told(result, Code::FailedPrecondition, text);
}

#[tokio::test]
async fn of_a_server_that_stops() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let calls = Calls::to(cluster.client_port(leader));
    calls.put("k", "v").await;
    let mut watch = calls.watch().await;
    watch.create(crate::support::calls::watch_of("k", ""));
    assert!(watch.response().await.created);
    // Nobody takes its leadership over, so it waits; until then it tells whoever asks.
    for other in [(leader + 1) % 3, (leader + 2) % 3] {
        cluster.server(other).signal("STOP");
    }
    let server = cluster.server(leader);
    server.signal("TERM");
    server.wait_for_line("leadership transfer starting");
    let text = "etcdserver: server stopped";
    let late = calls.kv().put(put("k")).await;
    assert_told(late, Code::Unavailable, text);
    let ended = watch.response().await;
    assert_eq!((ended.canceled, ended.cancel_reason.as_str()), (true, text));
}

#[tokio::test]
async fn of_a_write_whose_leader_was_lost() {
    let mut cluster = Cluster::start(3, &[]);
    let text = "etcdserver: request timed out, possibly due to previous leader failure";
    for _ in 0..TRIES_MAX {
        let leader = cluster.wait_for_leader();
        let calls = Calls::to(cluster.client_port((leader + 1) % 3));
        calls.put("k", "1").await;
        // It is passed on to a leader that has just fallen silent; there is another one long
        // before the time for it is over.
        cluster.server(leader).signal("STOP");
        let answer = calls.kv().put(put("k")).await;
        // A read is asked again of the next leader.
        calls.kv().range(range("k")).await.unwrap();
        cluster.server(leader).signal("CONT");
        // On a busy machine somebody else may lead by then: nothing was lost.
        if let Err(error) = answer {
            assert_eq!((error.code(), error.message()), (Code::Unavailable, text));
            return;
        }
    }
    panic!("no write was lost in {TRIES_MAX} tries");
}

/// How often a leader is made to fall silent before a write is lost by it.
const TRIES_MAX: u32 = 5;

async fn raise(calls: &Calls, alarm: pb::AlarmType) {
    let request = pb::AlarmRequest {
        action: pb::alarm_request::AlarmAction::Activate as i32,
        member_id: 0,
        alarm: alarm as i32,
    };
    calls.maintenance().alarm(request).await.unwrap();
}

#[tokio::test]
async fn of_alarms() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    raise(&calls, pb::AlarmType::Nospace).await;
    let text = "etcdserver: mvcc: database space exceeded";
    let result = calls.kv().put(put("k")).await;
    assert_told(result, Code::ResourceExhausted, text);
    calls.kv().range(range("k")).await.unwrap();
    raise(&calls, pb::AlarmType::Corrupt).await;
    let text = "etcdserver: corrupt cluster";
    let result = calls.kv().put(put("k")).await;
    assert_told(result, Code::DataLoss, text);
    let result = calls.kv().range(range("k")).await;
    assert_told(result, Code::DataLoss, text);
}
