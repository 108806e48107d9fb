//! Locks: through etcdctl, and through the service that the server has for others.

use std::time::Duration;

use quorate_api::v3lockpb as pb;
use tokio::time::timeout;
use tonic::Code;

use crate::support::calls::Calls;
use crate::support::cluster::Cluster;
use crate::support::wait::wait_for;

#[test]
fn etcdctl_takes_turns() {
    let cluster = Cluster::start(3, &[]);
    let first = cluster.etcdctl_of(0).follow(&["lock", "job"]);
    let key = first.wait_for_lines(1)[0].clone();
    assert!(key.starts_with("job/"), "{key}");
    let second = cluster
        .etcdctl_of(1)
        .follow(&["lock", "job", "echo", "mine"]);
    wait_for("the second in the queue", || {
        let waiting = cluster
            .etcdctl()
            .ok(&["get", "job/", "--prefix", "--keys-only"]);
        (waiting.matches("job/").count() == 2).then_some(())
    });
    assert!(second.lines().is_empty());
    assert_eq!(cluster.etcdctl().ok(&["del", &key]), "1\n");
    assert_eq!(second.wait_for_lines(1), ["mine"]);
}

#[tokio::test]
async fn whose_turn_it_is_holds_the_lock() {
    let cluster = Cluster::start(3, &[]);
    let calls = Calls::to(cluster.client_port(1));
    for id in 1..=3 {
        calls.grant(id, 3_600).await;
    }
    let ask = |lease: i64| {
        let name = "l".into();
        pb::LockRequest { name, lease }
    };
    let held = calls.lock().lock(ask(1)).await.unwrap().into_inner();
    assert_eq!(held.key, "l/1");
    // The same lease has the same place.
    let again = calls.lock().lock(ask(1)).await.unwrap().into_inner();
    assert_eq!(again.key, "l/1");
    // One gives up: its key does not stay in the way.
    let mut impatient = calls.lock();
    let asked = timeout(Duration::from_millis(300), impatient.lock(ask(2)));
    assert!(asked.await.is_err());
    let mut waits = calls.lock();
    let waiting = tokio::spawn(async move { waits.lock(ask(3)).await });
    calls.wait_for_keys("l/", &["l/1", "l/3"]).await;
    let unlock = pb::UnlockRequest {
        key: held.key.clone(),
    };
    calls.lock().unlock(unlock).await.unwrap();
    let held = waiting.await.unwrap().unwrap().into_inner();
    assert_eq!(held.key, "l/3");
    assert!(held.header.unwrap().revision > again.header.unwrap().revision);
    // Its lease ends, and the lock with it.
    calls.revoke(3).await;
    let free = calls.lock().lock(ask(2)).await.unwrap().into_inner();
    assert_eq!(free.key, "l/2");
}

#[tokio::test]
async fn what_is_wrong_is_told_as_etcd_tells_it() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    let with_no_lease = pb::LockRequest {
        name: "l".into(),
        lease: 77,
    };
    let error = calls.lock().lock(with_no_lease).await.unwrap_err();
    assert_eq!(error.code(), Code::Unknown);
    assert_eq!(error.message(), "etcdserver: requested lease not found");
    let error = calls.lock().unlock(pb::UnlockRequest::default()).await;
    assert_eq!(
        error.unwrap_err().message(),
        "etcdserver: key is not provided"
    );
    // Without a lease the server makes one.
    let held = calls.lock().lock(pb::LockRequest::default()).await.unwrap();
    let key = String::from_utf8(held.into_inner().key.to_vec()).unwrap();
    let lease = i64::from_str_radix(key.strip_prefix('/').unwrap(), 16).unwrap();
    assert_eq!(calls.time_to_live(lease).await.granted_ttl, 60);
    // A waiter whose lease ends has nothing to hold when its turn comes.
    calls.grant(5, 3_600).await;
    let mut waits = calls.lock();
    let waiting = tokio::spawn(async move {
        let name = "".into();
        waits.lock(pb::LockRequest { name, lease: 5 }).await
    });
    calls.wait_for_keys("/", &[key.as_str(), "/5"]).await;
    calls.revoke(5).await;
    calls.revoke(lease).await;
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!(error.message(), "mutex: session is expired");
}
