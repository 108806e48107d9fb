//! A transaction's message, read level by level.
//!
//! `prost` reads no message with more than 100 others around it, which are 50 transactions; etcd
//! takes 128. Here each level is read by itself, what stands below it as bytes at first, so that
//! prost's bound never counts more than one level, and ours says how many there may be.
//!
//! An operation without anything in it takes two bytes on the wire, and a hundred times as many in
//! memory. So no list is read that is longer than it may be.

use std::future::Future;
use std::pin::Pin;

use bytes::{Buf, Bytes};
use http::{Request, Response};
use prost::Message;
use quorate_api::etcdserverpb as pb;
use quorate_core::error::Error;
use quorate_core::limits::TXN_DEPTH_MAX;
use tonic::Status;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder};
use tonic::server::{Grpc, UnaryService};
use tonic_prost::{ProstCodec, ProstEncoder};

use crate::grpc::Api;
use crate::grpc::status::status;
use pb::kv_server::Kv;
use pb::request_op::Request as Operation;

/// Answers `KV.Txn`; messages may be so large.
pub(in crate::grpc) async fn answer<B>(
    api: &Api,
    request: Request<B>,
    size_bytes_max: usize,
) -> Response<Body>
where
    B: hyper::body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
{
    Grpc::new(TxnCodec {
        operations_max: api.txn_operations_max,
    })
    .apply_max_message_size_config(Some(size_bytes_max), Some(usize::MAX))
    .unary(TxnCall(api.clone()), request)
    .await
}

struct TxnCall(Api);

impl UnaryService<pb::TxnRequest> for TxnCall {
    type Response = pb::TxnResponse;
    type Future =
        Pin<Box<dyn Future<Output = Result<tonic::Response<Self::Response>, Status>> + Send>>;

    fn call(&mut self, request: tonic::Request<pb::TxnRequest>) -> Self::Future {
        let api = self.0.clone();
        Box::pin(async move { Kv::txn(&api, request).await })
    }
}

#[derive(Clone, Copy)]
struct TxnCodec {
    operations_max: usize,
}

impl Codec for TxnCodec {
    type Encode = pb::TxnResponse;
    type Decode = pb::TxnRequest;
    type Encoder = ProstEncoder<pb::TxnResponse>;
    type Decoder = TxnCodec;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<pb::TxnResponse, pb::TxnRequest>::default().encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        *self
    }
}

impl Decoder for TxnCodec {
    type Item = pb::TxnRequest;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Self::Item>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        txn(bytes, self.operations_max, 1).map(Some)
    }
}

/// A transaction without what its comparisons and operations are.
#[derive(Clone, PartialEq, Message)]
struct Level {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    compare: Vec<Bytes>,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    success: Vec<Bytes>,
    #[prost(bytes = "bytes", repeated, tag = "3")]
    failure: Vec<Bytes>,
}

/// An operation; a transaction among them without what it is.
#[derive(Clone, PartialEq, Message)]
struct OneOperation {
    #[prost(oneof = "Choice", tags = "1, 2, 3, 4")]
    choice: Option<Choice>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Choice {
    #[prost(message, tag = "1")]
    Range(pb::RangeRequest),
    #[prost(message, tag = "2")]
    Put(pb::PutRequest),
    #[prost(message, tag = "3")]
    DeleteRange(pb::DeleteRangeRequest),
    #[prost(bytes = "bytes", tag = "4")]
    Txn(Bytes),
}

fn txn(bytes: Bytes, operations_max: usize, depth: usize) -> Result<pb::TxnRequest, Status> {
    // Each level is a few calls, here and wherever it goes from here: no client says how many.
    if depth > TXN_DEPTH_MAX {
        return Err(status(&Error::TooManyOperations));
    }
    let level = Level::decode(bytes).map_err(unreadable)?;
    let lists = [&level.compare, &level.success, &level.failure];
    if lists.iter().any(|list| list.len() > operations_max) {
        return Err(status(&Error::TooManyOperations));
    }
    let mut read = pb::TxnRequest::default();
    for bytes in level.compare {
        let compare = pb::Compare::decode(bytes).map_err(unreadable)?;
        read.compare.push(compare);
    }
    for bytes in level.success {
        read.success.push(operation(bytes, operations_max, depth)?);
    }
    for bytes in level.failure {
        read.failure.push(operation(bytes, operations_max, depth)?);
    }
    Ok(read)
}

fn operation(bytes: Bytes, operations_max: usize, depth: usize) -> Result<pb::RequestOp, Status> {
    let one = OneOperation::decode(bytes).map_err(unreadable)?;
    let request = match one.choice {
        Some(Choice::Range(request)) => Some(Operation::RequestRange(request)),
        Some(Choice::Put(request)) => Some(Operation::RequestPut(request)),
        Some(Choice::DeleteRange(request)) => Some(Operation::RequestDeleteRange(request)),
        Some(Choice::Txn(bytes)) => Some(Operation::RequestTxn(txn(
            bytes,
            operations_max,
            depth + 1,
        )?)),
        None => None,
    };
    Ok(pb::RequestOp { request })
}

/// As tonic answers to what is no message.
fn unreadable(error: prost::DecodeError) -> Status {
    Status::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(depth: usize) -> pb::TxnRequest {
        let put = pb::PutRequest {
            key: "a".into(),
            ..pb::PutRequest::default()
        };
        let mut request = Operation::RequestPut(put);
        let mut txn = pb::TxnRequest::default();
        for level in 0..depth {
            txn = pb::TxnRequest {
                compare: vec![pb::Compare::default(); level % 3],
                success: vec![pb::RequestOp {
                    request: Some(request),
                }],
                failure: vec![pb::RequestOp { request: None }],
            };
            request = Operation::RequestTxn(txn.clone());
        }
        txn
    }

    #[test]
    fn every_level_is_read_as_it_was_written() {
        for depth in [0, 1, 2, 49, 50, TXN_DEPTH_MAX] {
            let written = nested(depth);
            let bytes = written.encode_to_vec().into();
            assert_eq!(txn(bytes, 10, 1).expect("good"), written, "{depth}");
        }
        let operations = pb::TxnRequest {
            success: vec![
                pb::RequestOp {
                    request: Some(Operation::RequestRange(pb::RangeRequest {
                        key: "a".into(),
                        ..pb::RangeRequest::default()
                    })),
                },
                pb::RequestOp {
                    request: Some(Operation::RequestDeleteRange(pb::DeleteRangeRequest {
                        key: "b".into(),
                        ..pb::DeleteRangeRequest::default()
                    })),
                },
            ],
            ..pb::TxnRequest::default()
        };
        let bytes = operations.encode_to_vec().into();
        assert_eq!(txn(bytes, 10, 1).expect("good"), operations);
    }

    #[test]
    fn what_goes_too_deep_or_is_none_is_refused() {
        let bytes = nested(TXN_DEPTH_MAX + 1).encode_to_vec().into();
        assert_eq!(
            txn(bytes, 10, 1).expect_err("too deep").message(),
            "etcdserver: too many operations in txn request"
        );
        let broken = txn(Bytes::from_static(b"\x12\x05\x22"), 10, 1).expect_err("cut off");
        assert_eq!(broken.code(), tonic::Code::Internal);
    }

    #[test]
    fn no_list_is_read_that_is_longer_than_it_may_be() {
        // Empty comparisons, operations of the one list, and of the other.
        for field in [0x0a, 0x12, 0x1a_u8] {
            let most = Bytes::from([field, 0].repeat(10));
            assert!(txn(most, 10, 1).is_ok());
            let more = Bytes::from([field, 0].repeat(11));
            assert_eq!(
                txn(more, 10, 1).expect_err("too many").message(),
                "etcdserver: too many operations in txn request"
            );
        }
    }
}
