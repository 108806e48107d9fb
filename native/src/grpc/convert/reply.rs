//! What clients are answered.

use quorate_core::command::{
    DeleteRangeReply, KeyValue, MemberInfo, PutReply, RangeReply, ReplyHeader, ResponseOp, TxnReply,
};
use quorate_core::id::Revision;

use pb::response_op::Response as PbResponse;
use quorate_api::{etcdserverpb as pb, mvccpb};

/// What every response begins with.
pub(in crate::grpc) fn header(header: ReplyHeader) -> Option<pb::ResponseHeader> {
    Some(pb::ResponseHeader {
        cluster_id: header.cluster.0,
        member_id: header.member.0,
        revision: header.revision.0,
        raft_term: header.term.0,
    })
}

/// What a response about the cluster's members begins with: these have no revision.
pub(in crate::grpc) fn header_of_cluster(of: ReplyHeader) -> Option<pb::ResponseHeader> {
    header(ReplyHeader {
        revision: Revision(0),
        ..of
    })
}

/// To a range.
pub(in crate::grpc) fn range_response(
    reply: RangeReply,
    header: Option<pb::ResponseHeader>,
) -> pb::RangeResponse {
    pb::RangeResponse {
        header,
        kvs: reply.key_values.into_iter().map(key_value).collect(),
        more: reply.more,
        count: reply.count,
    }
}

/// To a put.
pub(in crate::grpc) fn put_response(
    reply: PutReply,
    header: Option<pb::ResponseHeader>,
) -> pb::PutResponse {
    pb::PutResponse {
        header,
        prev_kv: reply.previous.map(key_value),
    }
}

/// To a deletion.
pub(in crate::grpc) fn delete_range_response(
    reply: DeleteRangeReply,
    header: Option<pb::ResponseHeader>,
) -> pb::DeleteRangeResponse {
    pb::DeleteRangeResponse {
        header,
        deleted: reply.deleted,
        prev_kvs: reply.previous.into_iter().map(key_value).collect(),
    }
}

/// To a transaction. An answer within it says a revision alone: the one before the transaction as
/// long as nothing had been written, the transaction's own from the first write on.
pub(in crate::grpc) fn txn_response(
    reply: TxnReply,
    header: Option<pb::ResponseHeader>,
) -> pb::TxnResponse {
    let revision = header.map_or(0, |header| header.revision);
    let before = revision - i64::from(has_written(&reply));
    let mut revisions = Revisions {
        now: before,
        written: revision,
    };
    txn_within(reply, header, &mut revisions)
}

/// The revision an operation of a transaction sees, and the one its writes get.
struct Revisions {
    now: i64,
    written: i64,
}

impl Revisions {
    fn header(&self) -> Option<pb::ResponseHeader> {
        Some(pb::ResponseHeader {
            revision: self.now,
            ..pb::ResponseHeader::default()
        })
    }
}

fn txn_within(
    reply: TxnReply,
    header: Option<pb::ResponseHeader>,
    revisions: &mut Revisions,
) -> pb::TxnResponse {
    let responses = reply
        .responses
        .into_iter()
        .map(|response| pb::ResponseOp {
            response: Some(operation(response, revisions)),
        })
        .collect();
    pb::TxnResponse {
        header,
        succeeded: reply.succeeded,
        responses,
    }
}

fn operation(response: ResponseOp, revisions: &mut Revisions) -> PbResponse {
    if !matches!(response, ResponseOp::Txn(_)) && is_write(&response) {
        revisions.now = revisions.written;
    }
    match response {
        ResponseOp::Range(reply) => {
            PbResponse::ResponseRange(range_response(reply, revisions.header()))
        }
        ResponseOp::Put(reply) => PbResponse::ResponsePut(put_response(reply, revisions.header())),
        ResponseOp::DeleteRange(reply) => {
            PbResponse::ResponseDeleteRange(delete_range_response(reply, revisions.header()))
        }
        ResponseOp::Txn(reply) => {
            // etcd leaves the header of a transaction within another empty.
            let header = Some(pb::ResponseHeader::default());
            PbResponse::ResponseTxn(txn_within(reply, header, revisions))
        }
    }
}

fn has_written(reply: &TxnReply) -> bool {
    reply.responses.iter().any(is_write)
}

fn is_write(response: &ResponseOp) -> bool {
    match response {
        ResponseOp::Range(_) => false,
        ResponseOp::Put(_) => true,
        ResponseOp::DeleteRange(reply) => reply.deleted > 0,
        ResponseOp::Txn(reply) => has_written(reply),
    }
}

/// A member.
pub(in crate::grpc) fn member(member: MemberInfo) -> pb::Member {
    pb::Member {
        id: member.id.0,
        name: member.name,
        peer_ur_ls: member.peer_urls,
        client_ur_ls: member.client_urls,
        is_learner: member.is_learner,
    }
}

/// A key with its value.
pub(in crate::grpc) fn key_value(found: KeyValue) -> mvccpb::KeyValue {
    mvccpb::KeyValue {
        key: found.key,
        create_revision: found.create_revision.0,
        mod_revision: found.mod_revision.0,
        version: found.version,
        value: found.value,
        lease: found.lease.0,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use quorate_core::id::{ClusterId, LeaseId, MemberId, Term};

    use super::*;

    fn some_header() -> ReplyHeader {
        ReplyHeader {
            cluster: ClusterId(1),
            member: MemberId(2),
            revision: Revision(3),
            term: Term(4),
        }
    }

    #[test]
    fn answers_within_a_transaction_say_the_revision_they_saw() {
        let nothing_deleted = ResponseOp::DeleteRange(DeleteRangeReply::default());
        let reply = TxnReply {
            succeeded: true,
            responses: vec![
                ResponseOp::Range(RangeReply::default()),
                nothing_deleted,
                ResponseOp::Txn(TxnReply {
                    succeeded: true,
                    responses: vec![ResponseOp::Put(PutReply::default())],
                }),
                ResponseOp::Range(RangeReply::default()),
            ],
        };
        let response = txn_response(reply, header(some_header()));
        assert_eq!(response.header.map(|header| header.raft_term), Some(4));
        let headers = response
            .responses
            .iter()
            .map(|within| match &within.response {
                Some(PbResponse::ResponseRange(range)) => range.header,
                Some(PbResponse::ResponseDeleteRange(deletion)) => deletion.header,
                Some(PbResponse::ResponseTxn(txn)) => txn.header,
                other => panic!("not asked for: {other:?}"),
            });
        let revisions: Vec<i64> = headers
            .map(|header| header.expect("every answer has one"))
            .map(|header| {
                assert_eq!(header.member_id, 0);
                header.revision
            })
            .collect();
        // As in etcd a transaction within another one says nothing.
        assert_eq!(revisions, [2, 2, 0, 3]);
    }

    #[test]
    fn every_field_of_a_key_value_arrives() {
        let found = key_value(KeyValue {
            key: Bytes::from_static(b"k"),
            create_revision: Revision(1),
            mod_revision: Revision(2),
            version: 3,
            value: Bytes::from_static(b"v"),
            lease: LeaseId(4),
        });
        let expected = mvccpb::KeyValue {
            key: Bytes::from_static(b"k"),
            create_revision: 1,
            mod_revision: 2,
            version: 3,
            value: Bytes::from_static(b"v"),
            lease: 4,
        };
        assert_eq!(found, expected);
    }
}
