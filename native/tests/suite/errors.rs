//! Every error of etcd's table that a client can reach without users and roles: its code and its
//! text (`api/v3rpc/rpctypes/error.go`). [`table`] says which test reaches which.

mod others;
mod table;

use std::time::Duration;

use quorate_api::etcdserverpb as pb;
use tonic::metadata::MetadataValue;
use tonic::{Code, Request, Response, Status};

use crate::support::calls::Calls;
use crate::support::cluster::Cluster;
use pb::kv_client::KvClient;
use pb::request_op::Request as Operation;

const UNHEALTHY: &str = "etcdserver: unhealthy cluster";

fn assert_told<T: std::fmt::Debug>(result: Result<Response<T>, Status>, code: Code, text: &str) {
    let error = result.unwrap_err();
    assert_eq!((error.code(), error.message()), (code, text));
}

fn put(key: &str) -> pb::PutRequest {
    pb::PutRequest {
        key: key.to_owned().into(),
        ..pb::PutRequest::default()
    }
}

fn range(key: &str) -> pb::RangeRequest {
    pb::RangeRequest {
        key: key.to_owned().into(),
        ..pb::RangeRequest::default()
    }
}

fn puts(keys: &[&str]) -> pb::TxnRequest {
    let operation = |key: &&str| pb::RequestOp {
        request: Some(Operation::RequestPut(put(key))),
    };
    pb::TxnRequest {
        success: keys.iter().map(operation).collect(),
        ..pb::TxnRequest::default()
    }
}

#[tokio::test]
async fn of_what_is_put() {
    let cluster = Cluster::start(1, &["--max-request-bytes=100000"]);
    let calls = Calls::to(cluster.client_port(0));
    let value = |size_bytes: usize| vec![0; size_bytes].into();
    for (request, text) in [
        (put(""), "etcdserver: key is not provided"),
        (
            pb::PutRequest {
                ignore_value: true,
                ..put("none")
            },
            "etcdserver: key not found",
        ),
        (
            pb::PutRequest {
                ignore_value: true,
                value: value(1),
                ..put("k")
            },
            "etcdserver: value is provided",
        ),
        (
            pb::PutRequest {
                ignore_lease: true,
                lease: 5,
                ..put("k")
            },
            "etcdserver: lease is provided",
        ),
        (
            pb::PutRequest {
                value: value(100_001),
                ..put("k")
            },
            "etcdserver: request is too large",
        ),
    ] {
        assert_told(calls.kv().put(request).await, Code::InvalidArgument, text);
    }
    let request = pb::PutRequest {
        value: value(700_000),
        ..put("k")
    };
    let error = calls.kv().put(request).await.unwrap_err();
    assert_eq!(error.code(), Code::ResourceExhausted);
    let begin = "grpc: received message larger than max (700";
    let text = error.message();
    assert!(
        text.starts_with(begin) && text.ends_with(" vs. 624288)"),
        "{text}"
    );
}

#[tokio::test]
async fn of_transactions() {
    let cluster = Cluster::start(1, &["--max-txn-ops=3"]);
    let calls = Calls::to(cluster.client_port(0));
    let nothing = pb::TxnRequest {
        success: vec![pb::RequestOp { request: None }],
        ..pb::TxnRequest::default()
    };
    for (request, text) in [
        (puts(&[""]), "etcdserver: key is not provided"),
        (
            puts(&["a", "b", "c", "d"]),
            "etcdserver: too many operations in txn request",
        ),
        (
            puts(&["a", "a"]),
            "etcdserver: duplicate key given in txn request",
        ),
        (nothing, "etcdserver: key not found"),
    ] {
        assert_told(calls.kv().txn(request).await, Code::InvalidArgument, text);
    }
}

#[tokio::test]
async fn of_revisions() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    calls.put("k", "1").await;
    calls.put("k", "2").await;
    let compaction = |revision| pb::CompactionRequest {
        revision,
        physical: true,
    };
    let at = |revision| pb::RangeRequest {
        revision,
        ..range("k")
    };
    let code = Code::OutOfRange;
    let future = "etcdserver: mvcc: required revision is a future revision";
    assert_told(calls.kv().range(at(9)).await, code, future);
    assert_told(calls.kv().compact(compaction(9)).await, code, future);
    calls.kv().compact(compaction(3)).await.unwrap();
    let compacted = "etcdserver: mvcc: required revision has been compacted";
    assert_told(calls.kv().range(at(2)).await, code, compacted);
    assert_told(calls.kv().compact(compaction(3)).await, code, compacted);
    let invalid = Code::InvalidArgument;
    let empty = "etcdserver: key is not provided";
    assert_told(calls.kv().range(range("")).await, invalid, empty);
    let deletion = pb::DeleteRangeRequest::default();
    assert_told(calls.kv().delete_range(deletion).await, invalid, empty);
    let sorted = pb::RangeRequest {
        sort_order: 7,
        ..range("k")
    };
    let text = "etcdserver: invalid sort option";
    assert_told(calls.kv().range(sorted).await, invalid, text);
}

#[tokio::test]
async fn of_leases() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    let lease = || calls.lease();
    let not_found = "etcdserver: requested lease not found";
    let request = pb::LeaseRevokeRequest { id: 5 };
    assert_told(
        lease().lease_revoke(request).await,
        Code::NotFound,
        not_found,
    );
    let request = pb::PutRequest {
        lease: 5,
        ..put("k")
    };
    assert_told(calls.kv().put(request).await, Code::NotFound, not_found);
    let request = pb::LeaseGrantRequest {
        id: 0,
        ttl: 9_000_000_001,
    };
    let result = lease().lease_grant(request).await;
    assert_told(result, Code::OutOfRange, "etcdserver: too large lease TTL");
    let request = pb::LeaseGrantRequest {
        id: 5,
        ttl: 9_000_000_000,
    };
    lease().lease_grant(request).await.unwrap();
    let result = lease().lease_grant(request).await;
    assert_told(
        result,
        Code::FailedPrecondition,
        "etcdserver: lease already exists",
    );
    // Unknown ones are no errors of these two.
    assert_eq!(calls.time_to_live(6).await.ttl, -1);
}

#[tokio::test]
async fn of_metadata() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    let mut request = Request::new(range("k"));
    let value = MetadataValue::try_from(&[0xff_u8, 0xfe][..]).unwrap();
    request.metadata_mut().insert("client-api-version", value);
    let result = calls.kv().range(request).await;
    assert_told(
        result,
        Code::InvalidArgument,
        "etcdserver: invalid client api version",
    );
    let versioned = calls.with_header("client-api-version", "3.5");
    KvClient::new(versioned).range(range("k")).await.unwrap();
    let wants_leader = calls.with_header("hasleader", "true");
    KvClient::new(wants_leader).range(range("k")).await.unwrap();
}

fn add(url: &str) -> pb::MemberAddRequest {
    pb::MemberAddRequest {
        peer_ur_ls: vec![url.to_owned()],
        is_learner: true,
    }
}

/// Adds a member, once the others take one another for healthy: when they have been connected
/// for a while.
async fn add_member(
    calls: &Calls,
    request: pb::MemberAddRequest,
) -> Result<Response<pb::MemberAddResponse>, Status> {
    loop {
        let result = calls.cluster().member_add(request.clone()).await;
        match result {
            Err(error) if error.message() == UNHEALTHY => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            result => return result,
        }
    }
}

#[tokio::test]
async fn of_members() {
    let cluster = Cluster::start(3, &[]);
    let calls = Calls::to(cluster.client_port(0));
    for url in [
        "foo",
        "http://127.0.0.1",
        "ftp://127.0.0.1:1",
        "http://127.0.0.1:1/x",
    ] {
        let result = calls.cluster().member_add(add(url)).await;
        let text = "etcdserver: given member URLs are invalid";
        assert_told(result, Code::InvalidArgument, text);
    }
    let taken = format!("http://127.0.0.1:{}", cluster.peer_port(1));
    let result = add_member(&calls, add(&taken)).await;
    let text = "etcdserver: Peer URLs already exists";
    assert_told(result, Code::FailedPrecondition, text);
    let not_found = "etcdserver: member not found";
    let remove = pb::MemberRemoveRequest { id: 77 };
    let result = calls.cluster().member_remove(remove).await;
    assert_told(result, Code::NotFound, not_found);
    let promote = pb::MemberPromoteRequest { id: 77 };
    let result = calls.cluster().member_promote(promote).await;
    assert_told(result, Code::NotFound, not_found);
    for url in ["http://127.0.0.1:1", "ftp://x"] {
        let update = pb::MemberUpdateRequest {
            id: 77,
            peer_ur_ls: vec![url.to_owned()],
        };
        let result = calls.cluster().member_update(update).await;
        assert_told(result, Code::NotFound, not_found);
    }
}

/// An id is made of the URLs and the second: who was added and moved elsewhere has the id that the
/// next one at the same URLs would get, within that second.
#[tokio::test]
async fn of_members_at_the_same_second() {
    let cluster = Cluster::start(1, &["--max-learners=5"]);
    let calls = Calls::to(cluster.client_port(0));
    let (url, elsewhere) = ("http://127.0.0.1:1", "http://127.0.0.1:2");
    let remove = |id: u64| pb::MemberRemoveRequest { id };
    // A second may end in between.
    for _ in 0..20 {
        let first = add_member(&calls, add(url)).await.unwrap().into_inner();
        let first = first.member.unwrap().id;
        let update = pb::MemberUpdateRequest {
            id: first,
            peer_ur_ls: vec![elsewhere.to_owned()],
        };
        calls.cluster().member_update(update).await.unwrap();
        match add_member(&calls, add(url)).await {
            Err(error) => {
                assert_eq!(error.code(), Code::FailedPrecondition);
                assert_eq!(error.message(), "etcdserver: member ID already exist");
                return;
            }
            Ok(second) => {
                let second = second.into_inner().member.unwrap().id;
                assert_ne!(second, first);
                for id in [first, second] {
                    calls.cluster().member_remove(remove(id)).await.unwrap();
                }
            }
        }
    }
    panic!("no two of forty changes came in one second");
}

#[tokio::test]
async fn of_learners_and_leaders() {
    let cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let calls = Calls::to(cluster.client_port(leader));
    let failed = Code::FailedPrecondition;
    let list = calls
        .cluster()
        .member_list(pb::MemberListRequest::default())
        .await;
    let list = list.unwrap().into_inner();
    assert_eq!(list.header.unwrap().revision, 0);
    let promote = |id: u64| {
        let mut cluster = calls.cluster();
        async move {
            cluster
                .member_promote(pb::MemberPromoteRequest { id })
                .await
        }
    };
    let text = "etcdserver: can only promote a learner member";
    assert_told(promote(list.members[0].id).await, failed, text);
    let learner = add_member(&calls, add("http://127.0.0.1:1")).await;
    let learner = learner.unwrap().into_inner().member.unwrap();
    assert!(learner.is_learner && learner.name.is_empty());
    let second = add_member(&calls, add("http://127.0.0.1:2")).await;
    let text = "etcdserver: too many learner members in cluster";
    assert_told(second, failed, text);
    let text = "etcdserver: can only promote a learner member which is in sync with leader";
    assert_told(promote(learner.id).await, failed, text);
    let to = pb::MoveLeaderRequest {
        target_id: learner.id,
    };
    let result = calls.maintenance().move_leader(to).await;
    assert_told(result, failed, "etcdserver: bad leader transferee");
    let follower = Calls::to(cluster.client_port((leader + 1) % 3));
    let result = follower.maintenance().move_leader(to).await;
    assert_told(result, failed, "etcdserver: not leader");
}

#[tokio::test]
async fn of_a_cluster_that_is_not_well() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let calls = Calls::to(cluster.client_port(leader));
    cluster.crash((leader + 1) % 3);
    // One that is up must not be removed while another is down: what is left would be no majority.
    let status = calls
        .maintenance()
        .status(pb::StatusRequest {})
        .await
        .unwrap();
    let own = pb::MemberRemoveRequest {
        id: status.into_inner().leader,
    };
    let result = calls.cluster().member_remove(own).await;
    assert_told(result, Code::Unavailable, UNHEALTHY);
    let result = calls.cluster().member_add(add("http://127.0.0.1:1")).await;
    assert_told(result, Code::Unavailable, UNHEALTHY);
    cluster.crash((leader + 2) % 3);
    let wants_leader = calls.with_header("hasleader", "true");
    let error = calls.kv().put(put("k")).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    let text = "etcdserver: request timed out";
    assert!(error.message().starts_with(text), "{}", error.message());
    let result = KvClient::new(wants_leader).range(range("k")).await;
    assert_told(result, Code::Unavailable, "etcdserver: no leader");
}
