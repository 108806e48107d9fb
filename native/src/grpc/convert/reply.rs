//! What clients are answered.

use quorate_core::command::{
    DeleteRangeReply, KeyValue, MemberInfo, PutReply, RangeReply, ReplyHeader, ResponseOp, TxnReply,
};

use crate::proto::{etcdserverpb as pb, mvccpb};
use pb::response_op::Response as PbResponse;

/// What every response begins with.
pub(in crate::grpc) fn header(header: ReplyHeader) -> Option<pb::ResponseHeader> {
    Some(pb::ResponseHeader {
        cluster_id: header.cluster.0,
        member_id: header.member.0,
        revision: header.revision.0,
        raft_term: header.term.0,
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

/// To a transaction. The answers within it say the revision alone, as etcd's do.
pub(in crate::grpc) fn txn_response(
    reply: TxnReply,
    header: Option<pb::ResponseHeader>,
) -> pb::TxnResponse {
    let inner = header.map(|header| pb::ResponseHeader {
        revision: header.revision,
        ..pb::ResponseHeader::default()
    });
    let responses = reply
        .responses
        .into_iter()
        .map(|response| pb::ResponseOp {
            response: Some(operation(response, inner)),
        })
        .collect();
    pb::TxnResponse {
        header,
        succeeded: reply.succeeded,
        responses,
    }
}

fn operation(response: ResponseOp, header: Option<pb::ResponseHeader>) -> PbResponse {
    match response {
        ResponseOp::Range(reply) => PbResponse::ResponseRange(range_response(reply, header)),
        ResponseOp::Put(reply) => PbResponse::ResponsePut(put_response(reply, header)),
        ResponseOp::DeleteRange(reply) => {
            PbResponse::ResponseDeleteRange(delete_range_response(reply, header))
        }
        ResponseOp::Txn(reply) => PbResponse::ResponseTxn(txn_response(reply, header)),
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

fn key_value(found: KeyValue) -> mvccpb::KeyValue {
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
    use quorate_core::id::{ClusterId, LeaseId, MemberId, Revision, Term};

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
    fn answers_within_a_transaction_say_the_revision_alone() {
        let reply = TxnReply {
            succeeded: true,
            responses: vec![ResponseOp::Put(PutReply::default())],
        };
        let response = txn_response(reply, header(some_header()));
        assert_eq!(response.header.map(|header| header.raft_term), Some(4));
        let Some(PbResponse::ResponsePut(put)) = &response.responses[0].response else {
            panic!("a put was answered");
        };
        let expected = pb::ResponseHeader {
            revision: 3,
            ..pb::ResponseHeader::default()
        };
        assert_eq!(put.header, Some(expected));
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
