//! What etcd's members ask one another over HTTP beside the streams. Ours do not need it, for all
//! of it travels in frames; whoever looks at a cluster from the peer port finds it there.
//!
//! `/members/promote/<id>`, `/members/hashkv`, `/downgrade/enabled`, `/leases`, `/leases/internal`
//! (`server/etcdserver/api/etcdhttp/peer.go`, `corrupt.go`, `lease/leasehttp/http.go` of 3.6).

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use prost::Message;
use quorate_api::etcdserverpb as pb;
use quorate_core::command::{Command, HashKv, LeaseTimeToLive, Reply, ReplyHeader};
use quorate_core::error::Error;
use quorate_core::id::{LeaseId, MemberId, Revision};
use serde::{Deserialize, Serialize};

use super::answers::{Answer, json, only, plain, protobuf, text};
use super::members_page;
use super::{Context, handshake};
use crate::answer::not_found;

/// A question's body is not longer.
const BODY_SIZE_BYTES_MAX: usize = 64 * 1_024;
/// What a member's number stands behind.
const PROMOTE_PREFIX: &str = "/members/promote/";

/// What `/members/hashkv` is asked.
#[derive(Deserialize)]
struct HashQuestion {
    #[serde(default)]
    revision: i64,
}

/// What it answers, as Go writes the message.
#[derive(Serialize)]
struct HashAnswer {
    header: HashHeader,
    #[serde(skip_serializing_if = "is_zero")]
    hash: i64,
    #[serde(skip_serializing_if = "is_zero")]
    compact_revision: i64,
    #[serde(skip_serializing_if = "is_zero")]
    hash_revision: i64,
}

#[derive(Serialize)]
struct HashHeader {
    cluster_id: u64,
    member_id: u64,
    #[serde(skip_serializing_if = "is_zero")]
    revision: i64,
    raft_term: u64,
}

/// etcd's `LeaseInternalRequest`.
#[derive(Clone, PartialEq, Message)]
struct LeaseInternalRequest {
    #[prost(message, optional, tag = "1")]
    time_to_live: Option<pb::LeaseTimeToLiveRequest>,
}

/// etcd's `LeaseInternalResponse`.
#[derive(Clone, PartialEq, Message)]
struct LeaseInternalResponse {
    #[prost(message, optional, tag = "1")]
    time_to_live: Option<pb::LeaseTimeToLiveResponse>,
}

/// Answers, if it is one of these pages.
pub(super) async fn answer(request: Request<Incoming>, context: &Context) -> Answer {
    let path = request.uri().path().to_owned();
    let asked = match path.as_str() {
        "/members/hashkv" | "/downgrade/enabled" => Method::GET,
        "/leases" | "/leases/internal" => Method::POST,
        path if path.starts_with(PROMOTE_PREFIX) => Method::POST,
        _ => return not_found(),
    };
    if *request.method() != asked {
        return only(if asked == Method::GET { "GET" } else { "POST" });
    }
    let answered = match path.as_str() {
        "/members/hashkv" => hash_kv(request, context).await,
        "/downgrade/enabled" => downgrade_enabled(context).await,
        "/leases" => keep_alive(request, context).await,
        "/leases/internal" => time_to_live(request, context).await,
        path => promote(path.trim_start_matches(PROMOTE_PREFIX), context).await,
    };
    answered.unwrap_or_else(|refusal| refusal)
}

async fn promote(id: &str, context: &Context) -> Result<Answer, Answer> {
    let Ok(number) = id.parse() else {
        let unknown = format!("member {id} not found in cluster");
        return Err(text(StatusCode::NOT_FOUND, &unknown));
    };
    let command = Command::MemberPromote(MemberId(number));
    match context.member.ask(command).await.1 {
        Ok(Reply::MemberPromote(members)) => {
            let list = members_page::render(members);
            list.map(json).map_err(|error| failed(&error.to_string()))
        }
        Ok(_) => Err(failed(WRONG_REPLY)),
        Err(error) => {
            let status = match error {
                Error::MemberNotFound => StatusCode::NOT_FOUND,
                Error::MemberNotLearner | Error::LearnerNotReady => StatusCode::PRECONDITION_FAILED,
                Error::Timeout => StatusCode::REQUEST_TIMEOUT,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            Err(text(status, &error.to_string()))
        }
    }
}

async fn hash_kv(request: Request<Incoming>, context: &Context) -> Result<Answer, Answer> {
    let cluster = handshake::cluster_of(request.headers());
    if cluster.is_some_and(|cluster| cluster != context.own.cluster) {
        let refusal = "cluster ID mismatch";
        return Err(text(StatusCode::PRECONDITION_FAILED, refusal));
    }
    let bad = |what: &str| text(StatusCode::BAD_REQUEST, what);
    let body = body(request).await?;
    let question: HashQuestion =
        serde_json::from_slice(&body).map_err(|_| bad("error unmarshalling request"))?;
    let revision = Revision(question.revision);
    let asked = context.member.ask(Command::HashKv(HashKv { revision }));
    let (header, reply) = match asked.await {
        (header, Ok(Reply::HashKv(reply))) => (header, reply),
        (_, Ok(_)) => return Err(failed(WRONG_REPLY)),
        (_, Err(error)) => return Err(bad(&error.to_string())),
    };
    let answer = HashAnswer {
        header: HashHeader {
            cluster_id: header.cluster.0,
            member_id: header.member.0,
            revision: header.revision.0,
            raft_term: header.term.0,
        },
        hash: reply.hash.into(),
        compact_revision: reply.compact_revision.0,
        hash_revision: reply.hash_revision.0,
    };
    let answer = serde_json::to_string(&answer);
    answer.map(json).map_err(|error| failed(&error.to_string()))
}

/// As of now: whoever joins must not be told what was.
async fn downgrade_enabled(context: &Context) -> Result<Answer, Answer> {
    let failure = |error: Error| failed(&error.to_string());
    let now = context.member.ask(Command::MemberList(true)).await.1;
    now.map_err(failure)?;
    match context
        .member
        .ask(Command::Status)
        .await
        .1
        .map_err(failure)?
    {
        Reply::Status(status) => Ok(plain(&status.downgrade.is_some().to_string())),
        _ => Err(failed(WRONG_REPLY)),
    }
}

async fn keep_alive(request: Request<Incoming>, context: &Context) -> Result<Answer, Answer> {
    let asked: pb::LeaseKeepAliveRequest = message(request).await?;
    let command = Command::LeaseKeepAlive(LeaseId(asked.id));
    match context.member.ask(command).await {
        (_, Ok(Reply::LeaseKeepAlive(reply))) if reply.ttl_seconds <= 0 => Err(no_lease()),
        (header, Ok(Reply::LeaseKeepAlive(reply))) => Ok(protobuf(&pb::LeaseKeepAliveResponse {
            header: Some(header_of(header)),
            id: reply.id.0,
            ttl: reply.ttl_seconds,
        })),
        (_, Ok(_)) => Err(failed(WRONG_REPLY)),
        (_, Err(error)) => Err(lease_failure(&error)),
    }
}

async fn time_to_live(request: Request<Incoming>, context: &Context) -> Result<Answer, Answer> {
    let asked: LeaseInternalRequest = message(request).await?;
    let asked = asked.time_to_live.unwrap_or_default();
    let command = Command::LeaseTimeToLive(LeaseTimeToLive {
        id: LeaseId(asked.id),
        keys: asked.keys,
    });
    match context.member.ask(command).await {
        (_, Ok(Reply::LeaseTimeToLive(reply))) if reply.ttl_seconds < 0 => Err(no_lease()),
        (header, Ok(Reply::LeaseTimeToLive(reply))) => {
            let answer = pb::LeaseTimeToLiveResponse {
                header: Some(header_of(header)),
                id: reply.id.0,
                ttl: reply.ttl_seconds,
                granted_ttl: reply.granted_ttl_seconds,
                keys: reply.keys,
            };
            Ok(protobuf(&LeaseInternalResponse {
                time_to_live: Some(answer),
            }))
        }
        (_, Ok(_)) => Err(failed(WRONG_REPLY)),
        (_, Err(error)) => Err(lease_failure(&error)),
    }
}

async fn message<M: Message + Default>(request: Request<Incoming>) -> Result<M, Answer> {
    let body = body(request).await?;
    M::decode(body).map_err(|_| text(StatusCode::BAD_REQUEST, "error unmarshalling request"))
}

async fn body(request: Request<Incoming>) -> Result<Bytes, Answer> {
    let body = Limited::new(request.into_body(), BODY_SIZE_BYTES_MAX);
    match body.collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(_) => Err(text(StatusCode::BAD_REQUEST, "error reading body")),
    }
}

/// In the words of etcd's lessor, not of its calls: that is whom these pages ask.
fn no_lease() -> Answer {
    text(StatusCode::NOT_FOUND, "lease not found")
}

fn lease_failure(error: &Error) -> Answer {
    match error {
        Error::LeaseNotFound => no_lease(),
        Error::Timeout => text(StatusCode::REQUEST_TIMEOUT, &error.to_string()),
        other => text(StatusCode::BAD_REQUEST, &other.to_string()),
    }
}

fn failed(what: &str) -> Answer {
    text(StatusCode::INTERNAL_SERVER_ERROR, what)
}

fn header_of(header: ReplyHeader) -> pb::ResponseHeader {
    pb::ResponseHeader {
        cluster_id: header.cluster.0,
        member_id: header.member.0,
        revision: header.revision.0,
        raft_term: header.term.0,
    }
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// The member has answered another question than was asked.
const WRONG_REPLY: &str = "wrong kind of reply";
