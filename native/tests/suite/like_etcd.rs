//! What Quorate answers over HTTP beside what etcd 3.5.1 answers.
//!
//! The two differ where 3.6, whose behaviour is claimed, differs from 3.5: bodies of errors have no
//! field `error`, what has no path is told so in JSON, a cancelled call is 499 and not 408,
//! `/v3/maintenance/hashkv` is there, `/version` tells the storage's version, and `Status` has the
//! fields that 3.6 added.

use serde_json::{Map, Value};

use crate::support::cluster::Cluster;
use crate::support::http::{Answer, get, post, request};
use crate::support::real_etcd::RealEtcd;

/// Requests one after the other, on stores that begin empty. Streams are not among them: now and
/// then 3.5.1's gateway never ends one.
const REQUESTS: &[(&str, &str)] = &[
    ("/v3/kv/put", r#"{"key":"YQ==","value":"MQ=="}"#),
    (
        "/v3/kv/put",
        r#"{"key":"Yg==","value":"Mg==","prev_kv":true}"#,
    ),
    (
        "/v3/kv/put",
        r#"{"key":"Yg==","value":"Mw==","prevKv":true}"#,
    ),
    ("/v3/kv/put", r#"{"key":"","value":"Mw=="}"#),
    ("/v3/kv/put", r#"{}"#),
    ("/v3/kv/put", ""),
    ("/v3/kv/put", r#"{"key":"Yw==","ignore_value":true}"#),
    ("/v3/kv/put", r#"{"key":"Yw==","lease":"77"}"#),
    (
        "/v3/kv/put",
        r#"{"key":"Yw==","value":null,"no_such_field":1}"#,
    ),
    ("/v3/kv/range", r#"{"key":"AA==","range_end":"AA=="}"#),
    (
        "/v3/kv/range",
        r#"{"key":"AA==","rangeEnd":"AA==","limit":1}"#,
    ),
    (
        "/v3/kv/range",
        r#"{"key":"AA==","range_end":"AA==","limit":"2","keys_only":true}"#,
    ),
    (
        "/v3/kv/range",
        r#"{"key":"AA==","range_end":"AA==","count_only":true}"#,
    ),
    (
        "/v3/kv/range",
        r#"{"key":"AA==","range_end":"AA==","sort_order":"DESCEND"}"#,
    ),
    (
        "/v3/kv/range",
        r#"{"key":"AA==","range_end":"AA==","sort_order":2,"sort_target":"MOD"}"#,
    ),
    ("/v3/kv/range", r#"{"key":"YQ==","revision":"2"}"#),
    ("/v3/kv/range", r#"{"key":"YQ==","revision":"1000"}"#),
    ("/v3/kv/range", r#"{"key":"bm90aGluZw=="}"#),
    ("/v3/kv/range", r#"{"key":"YQ==","serializable":true}"#),
    (
        "/v3/kv/txn",
        r#"{"compare":[{"target":"VERSION","key":"YQ==","version":"1"}],
            "success":[{"request_put":{"key":"ZA==","value":"NA=="}},
                       {"request_range":{"key":"ZA=="}}],
            "failure":[{"request_delete_range":{"key":"ZA=="}}]}"#,
    ),
    (
        "/v3/kv/txn",
        r#"{"compare":[{"result":"GREATER","target":"VALUE","key":"YQ==","value":"MA=="}],
            "success":[{"requestDeleteRange":{"key":"ZA==","prevKv":true}}]}"#,
    ),
    (
        "/v3/kv/txn",
        r#"{"success":[{"request_put":{"key":"ZA=="}},{"request_put":{"key":"ZA=="}}]}"#,
    ),
    ("/v3/kv/deleterange", r#"{"key":"Yg==","prev_kv":true}"#),
    ("/v3/kv/deleterange", r#"{"key":"Yg=="}"#),
    ("/v3/kv/compaction", r#"{"revision":"3"}"#),
    ("/v3/kv/compaction", r#"{"revision":"3"}"#),
    ("/v3/kv/compaction", r#"{"revision":"300"}"#),
    ("/v3/kv/range", r#"{"key":"YQ==","revision":"2"}"#),
    ("/v3/lease/grant", r#"{"TTL":"600","ID":"77"}"#),
    ("/v3/lease/grant", r#"{"TTL":"600","ID":"77"}"#),
    ("/v3/kv/put", r#"{"key":"ZQ==","lease":"77"}"#),
    ("/v3/lease/leases", r#"{}"#),
    ("/v3/kv/lease/leases", r#"{}"#),
    ("/v3/lease/timetolive", r#"{"ID":"78"}"#),
    ("/v3/lease/revoke", r#"{"ID":"79"}"#),
    ("/v3/kv/lease/revoke", r#"{"ID":"77"}"#),
    ("/v3/cluster/member/list", r#"{}"#),
    ("/v3/cluster/member/remove", r#"{"ID":"5"}"#),
    ("/v3/maintenance/alarm", r#"{"action":"GET"}"#),
    ("/v3/maintenance/hash", r#"{}"#),
    ("/v3/election/leader", r#"{"name":"eA=="}"#),
    ("/v3/election/proclaim", r#"{}"#),
    ("/v3/lock/lock", r#"{"name":"bA==","lease":"5"}"#),
    ("/v3/auth/status", r#"{}"#),
    // Not behind the removal: etcd may ignore a change of members that comes before it has told
    // itself of the last one, and then never answers.
    ("/v3/cluster/member/promote", r#"{"ID":"5"}"#),
    ("/v3beta/kv/range", r#"{"key":"YQ=="}"#),
];

/// What is one server's own: ids, terms, addresses, hashes that hang on bbolt, and what 3.6 added.
const OWN: &[&str] = &[
    "cluster_id",
    "member_id",
    "raft_term",
    "members",
    "hash",
    "hash_revision",
    "compact_revision",
];

fn comparable(answer: &Answer) -> (u16, Value) {
    let value = serde_json::from_str(&answer.body).unwrap_or(Value::String(answer.body.clone()));
    (answer.status, without_own(value))
}

fn without_own(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            // 3.5 says an error's text twice.
            let is_error = fields.contains_key("code") && fields.contains_key("message");
            let kept: Map<String, Value> = fields
                .into_iter()
                .filter(|(key, _)| !OWN.contains(&key.as_str()))
                .filter(|(key, _)| !(is_error && key == "error"))
                .map(|(key, value)| (key, without_own(value)))
                .collect();
            Value::Object(kept)
        }
        Value::Array(items) => items.into_iter().map(without_own).collect(),
        other => other,
    }
}

#[test]
fn the_gateway_answers_as_etcds() {
    let etcd = RealEtcd::start();
    let cluster = Cluster::start(1, &[]);
    let mut differences = Vec::new();
    for (path, body) in REQUESTS {
        let theirs = comparable(&post(etcd.client_port, path, body));
        let ours = comparable(&post(cluster.client_port(0), path, body));
        if theirs != ours {
            differences.push(format!(
                "{path} {body}\n  etcd: {theirs:?}\n  ours: {ours:?}"
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn plain_endpoints_answer_as_etcds() {
    let etcd = RealEtcd::start();
    let cluster = Cluster::start(1, &[]);
    let ports = [etcd.client_port, cluster.client_port(0)];
    for path in [
        "/health",
        "/health?serializable=true",
        "/health?exclude=NOSPACE&exclude=CORRUPT",
        "/no/such/path",
        "/",
    ] {
        let [theirs, ours] = ports.map(|port| get(port, path));
        assert_eq!(
            (theirs.status, &theirs.body),
            (ours.status, &ours.body),
            "{path}"
        );
        let kind = |answer: &Answer| {
            answer
                .head
                .lines()
                .find(|line| line.starts_with("content-type"))
                .map(str::to_owned)
        };
        if theirs.status != 200 {
            assert_eq!(kind(&theirs), kind(&ours), "{path}");
        }
    }
    for (method, path) in [
        ("POST", "/health"),
        ("PUT", "/version"),
        ("DELETE", "/debug/vars"),
    ] {
        let [theirs, ours] = ports.map(|port| request(method, port, path, &[]));
        assert_eq!(
            (theirs.status, &theirs.body),
            (ours.status, &ours.body),
            "{path}"
        );
        assert!(theirs.head.contains("allow: get") && ours.head.contains("allow: get"));
    }
    let [theirs, ours] = ports.map(|port| {
        let version: Value = serde_json::from_str(&get(port, "/version").body).unwrap();
        version
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    });
    assert_eq!(theirs, ["etcdcluster", "etcdserver"]);
    assert_eq!(ours, ["etcdcluster", "etcdserver", "storage"]);
    let [theirs, ours] = ports.map(|port| request("OPTIONS", port, "/v3/kv/put", &[]));
    assert_eq!(theirs.status, ours.status);
    for line in theirs
        .head
        .lines()
        .filter(|line| line.starts_with("access-control"))
    {
        assert!(ours.head.contains(line), "{line}\n{}", ours.head);
    }
}
