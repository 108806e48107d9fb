//! Watches: through etcdctl, and what it cannot ask for.

use quorate_api::etcdserverpb as pb;
use quorate_api::mvccpb::event::EventType;

use crate::support::calls::{Calls, WatchCall, watch_of};
use crate::support::cluster::Cluster;
use pb::watch_client::WatchClient;
use pb::watch_create_request::FilterType;
use pb::watch_request::RequestUnion;

#[test]
fn etcdctl_watches_through_any_member() {
    let cluster = Cluster::start(3, &[]);
    let writer = cluster.etcdctl();
    writer.ok(&["put", "k1", "old"]);
    let past: Vec<_> = (0..3)
        .map(|member| {
            let watch = ["watch", "k", "--prefix", "--rev=1", "--prev-kv"];
            cluster.etcdctl_of(member).follow(&watch)
        })
        .collect();
    let mut interactive = cluster.etcdctl_of(1).follow(&["watch", "-i"]);
    interactive.say("watch k2");
    interactive.say("watch k1");
    for watch in &past {
        assert_eq!(watch.wait_for_lines(3), ["PUT", "k1", "old"]);
    }
    writer.ok(&["put", "k1", "new"]);
    writer.ok(&["put", "k2", "two"]);
    writer.ok(&["del", "k1"]);
    for watch in &past {
        let all = [
            "PUT", "k1", "old", "PUT", "k1", "old", "k1", "new", "PUT", "k2", "two", "DELETE",
            "k1", "new", "k1", "",
        ];
        assert_eq!(watch.wait_for_lines(all.len()), all);
    }
    let told = interactive.wait_for_lines(9);
    // Two watches: each in its order, the two of them in any.
    assert!(told.windows(3).any(|lines| lines == ["PUT", "k2", "two"]));
    assert!(told.windows(3).any(|lines| lines == ["DELETE", "k1", ""]));
}

#[test]
fn etcdctl_runs_a_program_for_each_event() {
    let cluster = Cluster::start(1, &[]);
    let etcdctl = cluster.etcdctl();
    let command = "echo $ETCD_WATCH_EVENT_TYPE $ETCD_WATCH_KEY $ETCD_WATCH_VALUE";
    let watch = etcdctl.follow(&["watch", "k", "--rev=1", "--", "sh", "-c", command]);
    etcdctl.ok(&["put", "k", "v"]);
    let lines = watch.wait_for_lines(4);
    assert_eq!(lines, ["PUT", "k", "v", "\"PUT\" \"k\" \"v\""]);
}

#[test]
fn etcdctl_is_told_why_a_watch_ends() {
    let cluster = Cluster::start(1, &[]);
    let etcdctl = cluster.etcdctl();
    for value in ["1", "2", "3"] {
        etcdctl.ok(&["put", "k", value]);
    }
    etcdctl.ok(&["compact", "3"]);
    let error = etcdctl.run(&["watch", "k", "--rev=2"]).unwrap_err();
    let reason = "watch was canceled (etcdserver: mvcc: required revision has been compacted)";
    assert!(error.contains(reason), "{error}");
    let error = etcdctl.run(&["watch", "k", "k"]).unwrap_err();
    assert!(error.contains("(mvcc: watcher range is empty)"), "{error}");
}

#[tokio::test]
async fn many_watches_share_a_stream() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    let mut stream = calls.watch().await;
    stream.create(watch_of("a", ""));
    stream.create(pb::WatchCreateRequest {
        watch_id: 7,
        filters: vec![FilterType::Noput as i32],
        prev_kv: true,
        ..watch_of("a", "c")
    });
    stream.create(pb::WatchCreateRequest {
        watch_id: 7,
        ..watch_of("b", "")
    });
    stream.create(pb::WatchCreateRequest {
        start_revision: -5,
        ..watch_of("b", "")
    });
    for (id, reason) in [
        (0, ""),
        (7, ""),
        (-1, "mvcc: duplicate watch ID provided on the WatchStream"),
        (-1, "etcdserver: mvcc: required revision has been compacted"),
    ] {
        let response = stream.response().await;
        assert!(response.created);
        assert_eq!(
            (response.watch_id, response.cancel_reason.as_str()),
            (id, reason)
        );
        assert_eq!(response.canceled, !reason.is_empty());
        let header = response.header.unwrap();
        assert_eq!(header.revision, 1);
        assert!(header.cluster_id != 0 && header.member_id != 0 && header.raft_term > 0);
    }
    calls.put("a", "1").await;
    let deleted_at = calls.delete("a").await;
    let mut told = Vec::new();
    while told.len() < 3 {
        let response = stream.response().await;
        for event in response.events {
            told.push((response.watch_id, event));
        }
    }
    let of = |id: i64| told.iter().filter(move |(of, _)| *of == id);
    let plain: Vec<EventType> = of(0).map(|(_, event)| event.r#type()).collect();
    assert_eq!(plain, [EventType::Put, EventType::Delete]);
    let (_, deletion) = of(7).next().unwrap();
    assert_eq!(deletion.r#type(), EventType::Delete);
    assert_eq!(deletion.kv.as_ref().unwrap().mod_revision, deleted_at);
    assert_eq!(deletion.prev_kv.as_ref().unwrap().value, "1");
    stream.ask(RequestUnion::CancelRequest(pb::WatchCancelRequest {
        watch_id: 7,
    }));
    let canceled = stream.response().await;
    assert!(canceled.canceled && canceled.watch_id == 7 && canceled.cancel_reason.is_empty());
    // One that is not there is not answered: what comes next is the answer to what is asked next.
    stream.ask(RequestUnion::CancelRequest(pb::WatchCancelRequest {
        watch_id: 99,
    }));
    stream.ask(RequestUnion::ProgressRequest(pb::WatchProgressRequest {}));
    let progress = stream.response().await;
    assert_eq!((progress.watch_id, progress.events.len()), (-1, 0));
    assert_eq!(progress.header.unwrap().revision, deleted_at);
}

#[tokio::test]
async fn a_large_response_comes_in_fragments_to_who_asked_for_it() {
    let cluster = Cluster::start(1, &["--max-request-bytes=100000"]);
    let calls = Calls::to(cluster.client_port(0));
    let value = "x".repeat(90_000);
    // One revision is never cut otherwise: ten values of 90 KB are more than a message of 612 KB.
    for _ in 0..10 {
        calls.put("k", &value).await;
    }
    let mut stream = calls.watch().await;
    for fragment in [false, true] {
        stream.create(pb::WatchCreateRequest {
            start_revision: 1,
            fragment,
            ..watch_of("k", "")
        });
    }
    let mut counts = [Vec::new(), Vec::new()];
    while counts
        .iter()
        .any(|of| of.iter().map(|(events, _)| events).sum::<usize>() < 10)
    {
        let response = stream.response().await;
        if !response.created {
            let of = usize::try_from(response.watch_id).unwrap();
            counts[of].push((response.events.len(), response.fragment));
        }
    }
    assert_eq!(counts[0], [(10, false)]);
    assert_eq!(counts[1], [(6, true), (4, false)]);
}

#[tokio::test]
async fn idle_watches_that_ask_for_it_hear_that_nothing_happened() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    let mut stream = calls.watch().await;
    stream.ask(RequestUnion::ProgressRequest(pb::WatchProgressRequest {}));
    let whole = stream.response().await;
    assert_eq!((whole.watch_id, whole.header.unwrap().revision), (-1, 1));
}

#[tokio::test]
async fn a_watch_whose_client_wants_a_leader_ends_without_one() {
    let mut cluster = Cluster::start(3, &[]);
    let leader = cluster.wait_for_leader();
    let calls = Calls::to(cluster.client_port(leader));
    let wants_leader = WatchClient::new(calls.with_header("hasleader", "true"));
    let mut strict = WatchCall::begin(wants_leader).await.unwrap();
    let mut patient = calls.watch().await;
    for stream in [&mut strict, &mut patient] {
        stream.create(watch_of("k", ""));
        assert!(stream.response().await.created);
    }
    cluster.crash((leader + 1) % 3);
    cluster.crash((leader + 2) % 3);
    let ended = strict.next().await.unwrap_err();
    assert_eq!(ended.code(), tonic::Code::Unavailable);
    assert_eq!(ended.message(), "etcdserver: no leader");
    // From now on nobody who wants a leader is let in.
    let again = WatchClient::new(calls.with_header("hasleader", "true"));
    let refused = WatchCall::begin(again).await.err().unwrap();
    assert_eq!(refused.message(), "etcdserver: no leader");
    cluster.start_all();
    calls.put("k", "v").await;
    assert_eq!(patient.events(1).await.len(), 1);
}
