//! `KV.RangeStream`, which etcd has since 3.7.

use quorate_api::etcdserverpb as pb;
use tonic::Code;

use crate::support::calls::Calls;
use crate::support::cluster::Cluster;

async fn chunks(calls: &Calls, request: pb::RangeRequest) -> Vec<pb::RangeResponse> {
    let mut stream = calls.kv().range_stream(request).await.unwrap().into_inner();
    let mut chunks = Vec::new();
    while let Some(answer) = stream.message().await.unwrap() {
        chunks.push(answer.range_response.unwrap());
    }
    chunks
}

fn all() -> pb::RangeRequest {
    pb::RangeRequest {
        key: "k".into(),
        range_end: "l".into(),
        ..pb::RangeRequest::default()
    }
}

#[tokio::test]
async fn keys_come_in_growing_chunks_at_one_revision() {
    let cluster = Cluster::start(3, &[]);
    let calls = Calls::to(cluster.client_port(1));
    for number in 0..100 {
        calls.put(&format!("k{number:03}"), "v").await;
    }
    let mut stream = calls.kv().range_stream(all()).await.unwrap().into_inner();
    let mut chunks = vec![stream.message().await.unwrap().unwrap()];
    // What is written meanwhile is not seen. (It may all have been read: then it is all one.)
    calls.put("k0005", "later").await;
    calls.delete("k099").await;
    while let Some(chunk) = stream.message().await.unwrap() {
        chunks.push(chunk);
    }
    let chunks: Vec<pb::RangeResponse> = chunks
        .into_iter()
        .map(|chunk| chunk.range_response.unwrap())
        .collect();
    let sizes: Vec<usize> = chunks.iter().map(|chunk| chunk.kvs.len()).collect();
    assert_eq!(sizes, [10, 20, 40, 30]);
    let (last, others) = chunks.split_last().unwrap();
    for chunk in others {
        assert_eq!((chunk.header, chunk.more, chunk.count), (None, false, 0));
    }
    let header = last.header.unwrap();
    assert_eq!((header.revision, last.more, last.count), (101, false, 100));
    assert!(header.member_id != 0);
    let keys = chunks.iter().flat_map(|chunk| &chunk.kvs);
    let expected = (0..100).map(|number| format!("k{number:03}"));
    assert!(
        keys.map(|kv| kv.key.to_vec())
            .eq(expected.map(String::into_bytes))
    );
}

#[tokio::test]
async fn a_limit_leaves_more() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    for number in 0..40 {
        calls.put(&format!("k{number:03}"), "v").await;
    }
    for (limit, sizes) in [
        (5, vec![5]),
        (10, vec![10]),
        (25, vec![10, 15]),
        (40, vec![10, 20, 10]),
    ] {
        let chunks = chunks(&calls, pb::RangeRequest { limit, ..all() }).await;
        let found: Vec<usize> = chunks.iter().map(|chunk| chunk.kvs.len()).collect();
        assert_eq!(found, sizes);
        let last = chunks.last().unwrap();
        assert_eq!((last.more, last.count), (limit < 40, 40));
    }
    let counted = chunks(
        &calls,
        pb::RangeRequest {
            count_only: true,
            ..all()
        },
    )
    .await;
    assert_eq!(counted.len(), 1);
    assert_eq!((counted[0].count, counted[0].kvs.len()), (40, 0));
    let none = pb::RangeRequest {
        key: "nothing".into(),
        ..pb::RangeRequest::default()
    };
    let none = chunks(&calls, none).await;
    assert_eq!((none.len(), none[0].count), (1, 0));
    assert_eq!(none[0].header.unwrap().revision, 41);
}

#[tokio::test]
async fn large_values_make_small_chunks() {
    let cluster = Cluster::start(1, &["--max-request-bytes=20000"]);
    let calls = Calls::to(cluster.client_port(0));
    let value = "x".repeat(9_000);
    for number in 0..30 {
        calls.put(&format!("k{number:03}"), &value).await;
    }
    let chunks = chunks(&calls, all()).await;
    let sizes: Vec<usize> = chunks.iter().map(|chunk| chunk.kvs.len()).collect();
    assert_eq!(sizes, [10, 5, 2, 2, 2, 2, 2, 2, 2, 1]);
}

#[tokio::test]
async fn what_it_cannot_do_it_refuses() {
    let cluster = Cluster::start(1, &[]);
    let calls = Calls::to(cluster.client_port(0));
    let refused = |request| {
        let mut kv = calls.kv();
        async move {
            match kv.range_stream(request).await {
                Err(status) => status,
                Ok(stream) => stream.into_inner().message().await.unwrap_err(),
            }
        }
    };
    let sorted = pb::RangeRequest {
        sort_order: 2,
        ..all()
    };
    let error = refused(sorted).await;
    assert_eq!(error.code(), Code::Unimplemented);
    assert_eq!(
        error.message(),
        "RangeStream does not support custom sort orders"
    );
    let filtered = pb::RangeRequest {
        min_mod_revision: 1,
        ..all()
    };
    let error = refused(filtered).await;
    assert_eq!(
        error.message(),
        "RangeStream does not support revision filters"
    );
    let error = refused(pb::RangeRequest::default()).await;
    assert_eq!(error.message(), "etcdserver: key is not provided");
    let error = refused(pb::RangeRequest {
        revision: 9,
        ..all()
    })
    .await;
    assert_eq!(error.code(), Code::OutOfRange);
}
