//! 10,000 watches on 100 streams, one of which is stuck: nothing is lost or told twice, and the
//! stuck one costs next to nothing.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use quorate_api::etcdserverpb as pb;

use crate::support::calls::{Calls, WatchCall, watch_of};
use crate::support::cluster::Cluster;

const STREAMS: usize = 100;
const WATCHES: i64 = 100;
const PUTS: usize = 2_000;
/// What the server may grow by. What the stuck stream is to hear alone would be more.
const GROWTH_BYTES_MAX: u64 = 48 * 1_024 * 1_024;

/// The revisions that each watch of a stream has heard of, in the order it did.
type Heard = BTreeMap<i64, Vec<i64>>;

fn key(number: usize) -> String {
    format!("k{:02}", number % 100)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_stream_that_is_stuck_harms_nobody() {
    let mut cluster = Cluster::start(1, &[]);
    let port = cluster.client_port(0);
    // One connection alone: what it does not read, others on it could not read either.
    let mut stuck = Calls::to(port).watch().await;
    begin(&mut stuck, |_| watch_of("k", "l")).await;
    let mut readers = Vec::new();
    for connection in 0..9 {
        let calls = Calls::to(port);
        for _ in 0..(STREAMS - 1) / 9 {
            let mut reader = calls.watch().await;
            begin(&mut reader, |watch| watch_of(&key(watch), "")).await;
            readers.push((connection, reader));
        }
    }
    let before_bytes = cluster.server(0).memory_bytes();
    let reading: Vec<_> = readers
        .into_iter()
        .map(|(_, mut reader)| tokio::spawn(async move { hear(&mut reader, PUTS).await }))
        .collect();
    let calls = Calls::to(port);
    let mut put_at: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
    let mut puts = stream::iter(0..PUTS)
        .map(|number| {
            let calls = calls.clone();
            async move { (number % 100, calls.put(&key(number), "value").await) }
        })
        .buffered(64);
    while let Some((key, revision)) = puts.next().await {
        put_at.entry(key).or_default().push(revision);
    }
    for revisions in put_at.values_mut() {
        revisions.sort_unstable();
    }
    for heard in reading {
        let heard = heard.await.unwrap();
        assert_eq!(heard.len(), put_at.len());
        for (watch, revisions) in heard {
            assert_eq!(revisions, put_at[&usize::try_from(watch).unwrap()]);
        }
    }
    let growth_bytes = cluster
        .server(0)
        .memory_bytes()
        .saturating_sub(before_bytes);
    assert!(growth_bytes < GROWTH_BYTES_MAX, "{growth_bytes}");
    // It reads on, and finds everything there.
    let heard = hear(&mut stuck, PUTS * WATCHES as usize).await;
    let mut all: Vec<i64> = put_at.into_values().flatten().collect();
    all.sort_unstable();
    assert_eq!(heard.len(), WATCHES as usize);
    for revisions in heard.values() {
        assert_eq!(revisions, &all);
    }
}

async fn begin(stream: &mut WatchCall, watch: impl Fn(usize) -> pb::WatchCreateRequest) {
    for number in 0..WATCHES as usize {
        stream.create(watch(number));
    }
    for number in 0..WATCHES {
        let response = stream.response().await;
        assert!(response.created && response.watch_id == number);
    }
}

/// Reads so many events, and sees that the next answer is the one asked for then: nothing came
/// twice.
async fn hear(stream: &mut WatchCall, count: usize) -> Heard {
    let mut heard = Heard::new();
    let mut left = count;
    while left > 0 {
        let response = stream.response().await;
        left -= response.events.len();
        let revisions = heard.entry(response.watch_id).or_default();
        revisions.extend(
            response
                .events
                .iter()
                .map(|event| event.kv.as_ref().unwrap().mod_revision),
        );
    }
    stream.ask(pb::watch_request::RequestUnion::ProgressRequest(
        pb::WatchProgressRequest {},
    ));
    let last = stream.response().await;
    assert_eq!((last.watch_id, last.events.len()), (-1, 0));
    heard
}
