//! Answers as JSON, without what is one server's own.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use tonic::Status;

/// What a server said: a message, or a code and a text.
pub(super) type Answer = Result<Value, (i32, String)>;

/// Ids and sizes that no two servers have in common, and fields that 3.6 added.
const OWN: &[&str] = &[
    "cluster_id",
    "member_id",
    "raft_term",
    "memberID",
    "peerURLs",
    "clientURLs",
    "leader",
    "raftIndex",
    "raftTerm",
    "raftAppliedIndex",
    "dbSize",
    "dbSizeInUse",
    // 3.6's.
    "hash_revision",
    "storageVersion",
    "dbSizeQuota",
    "downgradeInfo",
];

/// Names for the ids that a server chose.
#[derive(Default)]
pub(super) struct Names {
    ids: BTreeMap<i64, i64>,
    names: BTreeMap<i64, i64>,
}

impl Names {
    pub(super) fn insert(&mut self, name: i64, id: i64) {
        self.ids.insert(name, id);
        self.names.insert(id, name);
    }

    /// What the server calls it.
    pub(super) fn id(&self, name: i64) -> i64 {
        self.ids.get(&name).copied().unwrap_or(name)
    }

    /// What it is called on both servers.
    pub(super) fn name(&self, id: i64) -> i64 {
        self.names.get(&id).copied().unwrap_or(id)
    }
}

/// A message without what is the server's own.
pub(super) fn plain<M: Serialize>(message: &M, names: &Names) -> Value {
    without_own(serde_json::to_value(message).unwrap(), names)
}

/// An error.
pub(super) fn told(status: &Status) -> (i32, String) {
    (status.code() as i32, status.message().to_owned())
}

fn without_own(value: Value, names: &Names) -> Value {
    match value {
        Value::Object(fields) => {
            let is_member = fields.contains_key("peerURLs");
            let is_status = fields.contains_key("raftIndex");
            let kept: Map<String, Value> = fields
                .into_iter()
                .filter(|(key, _)| !OWN.contains(&key.as_str()))
                .filter(|(key, _)| !(is_member && key == "ID"))
                .filter(|(key, _)| !(is_status && key == "version"))
                .map(|(key, value)| {
                    let value = match (key.as_str(), value.as_str()) {
                        ("lease" | "ID", Some(id)) => {
                            Value::String(names.name(id.parse().unwrap()).to_string())
                        }
                        _ => without_own(value, names),
                    };
                    (key, value)
                })
                .collect();
            Value::Object(kept)
        }
        Value::Array(items) => {
            let plain = items.into_iter().map(|item| without_own(item, names));
            Value::Array(plain.collect())
        }
        other => other,
    }
}
