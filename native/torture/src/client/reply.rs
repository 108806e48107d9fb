//! The wire's answers, as the core has them.

use quorate_api::etcdserverpb as pb;
use quorate_api::mvccpb;
use quorate_core::command::{
    DeleteRangeReply, HashKvReply, KeyValue, LeaseGrantReply, LeaseKeepAliveReply,
    LeaseTimeToLiveReply, PutReply, RangeReply, ReplyHeader, ResponseOp, TxnReply,
};
use quorate_core::id::{ClusterId, LeaseId, MemberId, Revision, Term};
use tonic::Status;

use pb::response_op::Response;

pub(super) fn header(header: Option<pb::ResponseHeader>) -> ReplyHeader {
    let header = header.unwrap_or_default();
    ReplyHeader {
        cluster: ClusterId(header.cluster_id),
        member: MemberId(header.member_id),
        revision: Revision(header.revision),
        term: Term(header.raft_term),
    }
}

pub(super) fn range(answer: pb::RangeResponse) -> RangeReply {
    RangeReply {
        key_values: answer.kvs.into_iter().map(key_value).collect(),
        more: answer.more,
        count: answer.count,
    }
}

pub(super) fn put(answer: pb::PutResponse) -> PutReply {
    PutReply {
        previous: answer.prev_kv.map(key_value),
    }
}

pub(super) fn delete_range(answer: pb::DeleteRangeResponse) -> DeleteRangeReply {
    DeleteRangeReply {
        deleted: answer.deleted,
        previous: answer.prev_kvs.into_iter().map(key_value).collect(),
    }
}

pub(super) fn txn(answer: pb::TxnResponse) -> Result<TxnReply, Status> {
    let responses = answer.responses.into_iter().map(|response| {
        Ok(match response.response {
            Some(Response::ResponseRange(inner)) => ResponseOp::Range(range(inner)),
            Some(Response::ResponsePut(inner)) => ResponseOp::Put(put(inner)),
            Some(Response::ResponseDeleteRange(inner)) => {
                ResponseOp::DeleteRange(delete_range(inner))
            }
            Some(Response::ResponseTxn(inner)) => ResponseOp::Txn(txn(inner)?),
            None => return Err(Status::internal("an answer within a transaction is empty")),
        })
    });
    Ok(TxnReply {
        succeeded: answer.succeeded,
        responses: responses.collect::<Result<_, Status>>()?,
    })
}

pub(super) fn hash_kv(answer: &pb::HashKvResponse) -> HashKvReply {
    HashKvReply {
        hash: answer.hash,
        compact_revision: Revision(answer.compact_revision),
        hash_revision: Revision(answer.hash_revision),
    }
}

pub(super) fn lease_grant(answer: &pb::LeaseGrantResponse) -> LeaseGrantReply {
    LeaseGrantReply {
        id: LeaseId(answer.id),
        ttl_seconds: answer.ttl,
    }
}

pub(super) fn lease_keep_alive(answer: &pb::LeaseKeepAliveResponse) -> LeaseKeepAliveReply {
    LeaseKeepAliveReply {
        id: LeaseId(answer.id),
        ttl_seconds: answer.ttl,
    }
}

pub(super) fn lease_time_to_live(answer: pb::LeaseTimeToLiveResponse) -> LeaseTimeToLiveReply {
    LeaseTimeToLiveReply {
        id: LeaseId(answer.id),
        ttl_seconds: answer.ttl,
        granted_ttl_seconds: answer.granted_ttl,
        keys: answer.keys,
    }
}

pub(super) fn key_value(found: mvccpb::KeyValue) -> KeyValue {
    KeyValue {
        key: found.key,
        create_revision: Revision(found.create_revision),
        mod_revision: Revision(found.mod_revision),
        version: found.version,
        value: found.value,
        lease: LeaseId(found.lease),
    }
}
