//! Transactions within transactions: as many as etcd takes, and no stack that runs out.

use bytes::{Buf, BufMut, Bytes};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Request, Status};

use crate::support::calls::Calls;
use crate::support::cluster::Cluster;
use crate::support::http::post;
use crate::support::real_etcd::RealEtcd;

/// Bytes as they are: no message of ours is read so deep.
#[derive(Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2];
    let mut length = content.len();
    while length > 0x7f {
        bytes.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(content);
    bytes
}

/// A put within so many transactions.
fn message(depth: usize) -> Bytes {
    let mut operation = field(2, &[field(1, b"deep"), field(2, b"x")].concat());
    for _ in 1..depth {
        operation = field(4, &field(2, &operation));
    }
    field(2, &operation).into()
}

fn json(depth: usize) -> String {
    let put = r#"{"request_put":{"key":"ZGVlcA==","value":"eA=="}}"#;
    let before = r#"{"request_txn":{"success":["#.repeat(depth - 1);
    let after = "]}}".repeat(depth - 1);
    format!(r#"{{"success":[{before}{put}{after}]}}"#)
}

async fn send(port: u16, depth: usize) -> Result<(), (Code, String)> {
    let mut client = tonic::client::Grpc::new(Calls::to(port).channel);
    client.ready().await.unwrap();
    let path = PathAndQuery::from_static("/etcdserverpb.KV/Txn");
    let answer = client.unary(Request::new(message(depth)), path, Raw).await;
    let failed = |status: Status| (status.code(), status.message().to_owned());
    answer.map_err(failed).map(|_| ())
}

#[tokio::test]
async fn transactions_nest_as_deep_as_in_etcd() {
    let cluster = Cluster::start(1, &[]);
    let etcd = RealEtcd::start();
    let (ours, etcds) = (cluster.client_port(0), etcd.client_port);
    let mut results = Vec::new();
    for depth in [1, 2, 15, 16, 17, 49, 50, 51, 127, 128, 129, 130, 3_000] {
        let result = send(ours, depth).await;
        assert_eq!(result, send(etcds, depth).await, "{depth}");
        results.push((depth, result.is_ok()));
        let text = json(depth);
        let here = post(ours, "/v3/kv/txn", &text);
        assert_eq!(here.status == 200, results.last().unwrap().1, "{depth}");
        // Each level is read once more by etcd's gateway: with 3,000 that takes a minute.
        if depth < 1_000 {
            let there = post(etcds, "/v3/kv/txn", &text);
            assert_eq!(here.status, there.status, "{depth}");
        }
        if depth > 128 {
            let message = "etcdserver: too many operations in txn request";
            assert!(here.body.contains(message), "{}", here.body);
        }
    }
    assert!(results.contains(&(128, true)) && results.contains(&(129, false)));
    // The server is there as before.
    assert!(send(ours, 20_000).await.is_err());
    assert_eq!(cluster.etcdctl().ok(&["get", "deep"]), "deep\nx\n");
    let text = post(ours, "/v3/kv/txn", &"[".repeat(1_000_000));
    assert!(
        text.body.contains("proto: exceeded max depth"),
        "{}",
        text.body
    );
}
