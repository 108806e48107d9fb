//! Elections: through etcdctl, and through the service that the server has for others.

use quorate_api::v3electionpb as pb;
use tonic::Code;

use crate::support::calls::Calls;
use crate::support::cluster::Cluster;

#[test]
fn etcdctl_campaigns_and_observes() {
    let cluster = Cluster::start(3, &[]);
    let listener = cluster.etcdctl_of(2).follow(&["elect", "-l", "e"]);
    let leader = cluster.etcdctl_of(0).follow(&["elect", "e", "first"]);
    let told = leader.wait_for_lines(2);
    assert!(told[0].starts_with("e/"), "{told:?}");
    assert_eq!(told[1], "first");
    assert_eq!(listener.wait_for_lines(2), told);
    let next = cluster.etcdctl_of(1).follow(&["elect", "e", "second"]);
    cluster.etcdctl().ok(&["del", &told[0]]);
    let told = next.wait_for_lines(2);
    assert_eq!(told[1], "second");
    assert_eq!(listener.wait_for_lines(4)[2..], told);
}

fn campaign(lease: i64, value: &'static str) -> pb::CampaignRequest {
    pb::CampaignRequest {
        name: "e".into(),
        lease,
        value: value.into(),
    }
}

fn named() -> pb::LeaderRequest {
    pb::LeaderRequest { name: "e".into() }
}

#[tokio::test]
async fn leaders_follow_one_another() {
    let cluster = Cluster::start(3, &[]);
    let calls = Calls::to(cluster.client_port(1));
    calls.grant(1, 3_600).await;
    calls.grant(2, 3_600).await;
    let none = calls.election().leader(named()).await.unwrap_err();
    assert_eq!(
        (none.code(), none.message()),
        (Code::Unknown, "election: no leader")
    );
    // Who observes from the beginning hears of the first one, too.
    let mut seen = calls
        .election()
        .observe(named())
        .await
        .unwrap()
        .into_inner();
    let won = calls.election().campaign(campaign(1, "a")).await.unwrap();
    let first = won.into_inner().leader.unwrap();
    assert_eq!(
        (first.name.as_ref(), first.key.as_ref()),
        (&b"e"[..], &b"e/1"[..])
    );
    assert_eq!(first.lease, 1);
    let mut waits = calls.election();
    let waiting = tokio::spawn(async move { waits.campaign(campaign(2, "b")).await });
    calls.wait_for_keys("e/", &["e/1", "e/2"]).await;
    let proclaim = pb::ProclaimRequest {
        leader: Some(first.clone()),
        value: "a2".into(),
    };
    calls.election().proclaim(proclaim.clone()).await.unwrap();
    // To campaign again as the leader is to proclaim.
    let again = calls.election().campaign(campaign(1, "a3")).await.unwrap();
    assert_eq!(again.into_inner().leader.unwrap().rev, first.rev);
    let leader = calls.election().leader(named()).await.unwrap().into_inner();
    assert_eq!(leader.kv.unwrap().value, "a3");
    let resign = pb::ResignRequest {
        leader: Some(first),
    };
    calls.election().resign(resign.clone()).await.unwrap();
    let second = waiting.await.unwrap().unwrap().into_inner().leader.unwrap();
    assert_eq!(second.key, "e/2");
    let late = calls.election().proclaim(proclaim).await.unwrap_err();
    assert_eq!(
        (late.code(), late.message()),
        (Code::Unknown, "election: not leader")
    );
    // To resign twice is no error.
    calls.election().resign(resign).await.unwrap();
    let mut values = Vec::new();
    while values.last().is_none_or(|last| last != "b") {
        let sight = seen.message().await.unwrap().expect("it goes on");
        assert!(sight.header.is_some());
        values.push(sight.kv.unwrap().value);
    }
    assert_eq!(values, ["a", "a2", "a3", "b"]);
}

#[tokio::test]
async fn what_is_wrong_is_told_as_etcd_tells_it() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    let missing = "\"leader\" field must be provided";
    let error = calls
        .election()
        .proclaim(pb::ProclaimRequest::default())
        .await;
    assert_eq!(error.unwrap_err().message(), missing);
    let error = calls.election().resign(pb::ResignRequest::default()).await;
    assert_eq!(error.unwrap_err().message(), missing);
    let error = calls
        .election()
        .campaign(campaign(77, "a"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Unknown);
    assert_eq!(error.message(), "etcdserver: requested lease not found");
}
