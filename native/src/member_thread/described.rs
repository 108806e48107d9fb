//! Requests in words, for warnings: keys as they are, values by their size alone, as in etcd.

use quorate_core::command::{Command, Compare, DeleteRange, KeyValue, Put, Range, RequestOp, Txn};

/// A warning's request is not longer.
const LENGTH_MAX: usize = 1_024;

/// What is asked, in the manner of protobuf's text format.
pub(crate) fn describe(command: &Command) -> String {
    let text = match command {
        Command::Range(range) => range_words(range),
        Command::Put(put) => format!("put:<{}>", put_words(put)),
        Command::DeleteRange(delete) => format!("delete_range:<{}>", delete_words(delete)),
        Command::Txn(txn) => format!("txn:<{}>", txn_words(txn)),
        Command::Compact(compact) => format!("compaction:<revision:{} >", compact.revision),
        Command::LeaseGrant(grant) => format!(
            "lease_grant:<ttl:{}-second id:{:016x}>",
            grant.ttl_seconds, grant.id.0
        ),
        Command::LeaseRevoke(id) => format!("lease_revoke:<id:{:016x}>", id.0),
        Command::LeaseCheckpoint(leases) => format!("lease_checkpoint:<{} leases>", leases.len()),
        Command::PublishAttributes(attributes) => format!(
            "cluster_member_attr_set:<member_ID:{} name:{:?} >",
            attributes.id, attributes.name
        ),
        // What is left is small, and holds no values.
        other => format!("{other:?}"),
    };
    match text.char_indices().nth(LENGTH_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// About how many bytes key-values take in a message.
pub(crate) fn size_bytes(key_values: &[KeyValue]) -> usize {
    key_values
        .iter()
        .map(|found| found.key.len() + found.value.len())
        .sum()
}

fn txn_words(txn: &Txn) -> String {
    let compare: Vec<String> = txn.compare.iter().map(compare_words).collect();
    format!(
        "compare:<{}> success:<{}> failure:<{}>",
        compare.join(" "),
        operations_words(&txn.success),
        operations_words(&txn.failure)
    )
}

fn operations_words(operations: &[RequestOp]) -> String {
    let words: Vec<String> = operations
        .iter()
        .map(|operation| match operation {
            RequestOp::Range(range) => format!("request_range:<{}>", range_words(range)),
            RequestOp::Put(put) => format!("request_put:<{}>", put_words(put)),
            RequestOp::DeleteRange(delete) => {
                format!("request_delete_range:<{}>", delete_words(delete))
            }
            RequestOp::Txn(txn) => format!("request_txn:<{}>", txn_words(txn)),
        })
        .collect();
    words.join(" ")
}

fn compare_words(compare: &Compare) -> String {
    span_words(&compare.key, &compare.range_end)
}

fn range_words(range: &Range) -> String {
    let mut words = span_words(&range.key, &range.range_end);
    for (name, value) in [("limit", range.limit), ("revision", range.revision.0)] {
        if value != 0 {
            words += &format!("{name}:{value} ");
        }
    }
    for (name, is_set) in [
        ("serializable", range.serializable),
        ("keys_only", range.keys_only),
        ("count_only", range.count_only),
    ] {
        if is_set {
            words += &format!("{name}:true ");
        }
    }
    words
}

fn put_words(put: &Put) -> String {
    let mut words = format!(
        "key:\"{}\" value_size:{} ",
        put.key.escape_ascii(),
        put.value.len()
    );
    if put.lease.0 != 0 {
        words += &format!("lease:{} ", put.lease.0);
    }
    words
}

fn delete_words(delete: &DeleteRange) -> String {
    span_words(&delete.key, &delete.range_end)
}

fn span_words(key: &[u8], range_end: &[u8]) -> String {
    let mut words = format!("key:\"{}\" ", key.escape_ascii());
    if !range_end.is_empty() {
        words += &format!("range_end:\"{}\" ", range_end.escape_ascii());
    }
    words
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use quorate_core::id::LeaseId;

    use super::*;

    fn put(value: &'static [u8]) -> Put {
        Put {
            key: Bytes::from_static(b"foo\x00"),
            value: Bytes::from_static(value),
            lease: LeaseId(7),
            ..Put::default()
        }
    }

    #[test]
    fn values_are_told_by_their_size() {
        let words = describe(&Command::Put(put(b"secret")));
        assert_eq!(words, "put:<key:\"foo\\x00\" value_size:6 lease:7 >");
        let range = Range {
            key: Bytes::from_static(b"a"),
            range_end: Bytes::from_static(b"b"),
            limit: 5,
            keys_only: true,
            ..Range::default()
        };
        let txn = Txn {
            success: vec![RequestOp::Put(put(b"secret")), RequestOp::Range(range)],
            ..Txn::default()
        };
        assert_eq!(
            describe(&Command::Txn(txn)),
            "txn:<compare:<> success:<request_put:<key:\"foo\\x00\" value_size:6 lease:7 > \
             request_range:<key:\"a\" range_end:\"b\" limit:5 keys_only:true >> failure:<>>"
        );
    }

    #[test]
    fn a_long_request_is_cut() {
        let txn = Txn {
            success: vec![RequestOp::Put(put(b"")); 100],
            ..Txn::default()
        };
        let words = describe(&Command::Txn(txn));
        assert_eq!(words.chars().count(), LENGTH_MAX + 1);
        assert!(words.ends_with('…'));
    }
}
