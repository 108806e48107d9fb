//! Differences that are meant to be: each stands in `docs/differences.md` under its title, with
//! its reason.

use quorate_api::etcdserverpb as pb;
use serde_json::Value;

use super::answer::Answer;
use super::operation::Operation;
use pb::range_request::SortTarget;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Intended {
    /// What etcd passes over in a comparison that it does not know.
    UnknownComparison,
    /// What etcd 3.5 takes for no order.
    UnknownOrder,
    /// Which of two keys comes first that are equal by what they are sorted by.
    OrderOfEquals,
    /// Which of several faults a refused transaction is refused for.
    FirstFault,
    /// What a store hashed to when it was compacted.
    RememberedHash,
}

impl Intended {
    /// All, each with its title.
    pub(super) const ALL: &[(Intended, &str)] = &[
        (
            Intended::UnknownComparison,
            "A comparison of a kind that does not exist is refused",
        ),
        (
            Intended::UnknownOrder,
            "An order of a kind that does not exist is refused",
        ),
        (
            Intended::OrderOfEquals,
            "Keys that are equal by what they are sorted by come in the order of the keys",
        ),
        (
            Intended::FirstFault,
            "Of several faults of one transaction another may be named",
        ),
        (
            Intended::RememberedHash,
            "The hash at a compacted revision may still be known",
        ),
    ];

    /// What explains that two answers differ, if it is meant.
    pub(super) fn explains(operation: &Operation, theirs: &Answer, ours: &Answer) -> Option<Self> {
        match (operation, ours) {
            (Operation::Range(range), Ok(ours))
                if theirs
                    .as_ref()
                    .is_ok_and(|theirs| is_same_order(range, theirs, ours)) =>
            {
                Some(Self::OrderOfEquals)
            }
            (Operation::Txn(txn), Err((3, text)))
                if has_unknown_comparison(txn) && text.starts_with("quorate: unknown compare") =>
            {
                Some(Self::UnknownComparison)
            }
            (Operation::HashKv(_), Ok(_)) if matches!(theirs, Err((11, text)) if text.ends_with("has been compacted")) => {
                Some(Self::RememberedHash)
            }
            (Operation::Txn(_), Err((3, text)))
                if text == "etcdserver: key not found" && matches!(theirs, Err((3, _))) =>
            {
                Some(Self::FirstFault)
            }
            (Operation::Range(range), Err((3, text)))
                if pb::range_request::SortOrder::try_from(range.sort_order).is_err()
                    && text == "etcdserver: invalid sort option" =>
            {
                Some(Self::UnknownOrder)
            }
            _ => None,
        }
    }
}

/// Whether both answers are the same but for the order of keys that are equal by what they are
/// sorted by.
fn is_same_order(range: &pb::RangeRequest, theirs: &Value, ours: &Value) -> bool {
    let by = match range.sort_target() {
        SortTarget::Key => return false,
        SortTarget::Version => "version",
        SortTarget::Create => "create_revision",
        SortTarget::Mod => "mod_revision",
        SortTarget::Value => "value",
    };
    let list = |answer: &Value| answer["kvs"].as_array().cloned().unwrap_or_default();
    let order =
        |answer: &Value| -> Vec<Value> { list(answer).iter().map(|kv| kv[by].clone()).collect() };
    let keys = |answer: &Value| {
        let mut list: Vec<String> = list(answer).iter().map(Value::to_string).collect();
        list.sort_unstable();
        list
    };
    let rest = |answer: &Value| {
        let mut rest = answer.clone();
        rest["kvs"] = Value::Null;
        rest
    };
    // Of equals a limit may take one as well as the other.
    let is_cut = ours.get("more").is_some();
    // A value that is not sent cannot be seen to be equal.
    let is_hidden = by == "value" && range.keys_only;
    rest(theirs) == rest(ours)
        && (is_hidden || order(theirs) == order(ours))
        && (is_cut || keys(theirs) == keys(ours))
}

fn has_unknown_comparison(txn: &pb::TxnRequest) -> bool {
    let is_unknown = |compare: &pb::Compare| {
        pb::compare::CompareResult::try_from(compare.result).is_err()
            || pb::compare::CompareTarget::try_from(compare.target).is_err()
    };
    let within = |operation: &pb::RequestOp| match &operation.request {
        Some(pb::request_op::Request::RequestTxn(txn)) => has_unknown_comparison(txn),
        _ => false,
    };
    txn.compare.iter().any(is_unknown) || txn.success.iter().chain(&txn.failure).any(within)
}

#[test]
fn each_is_written_down_with_its_reason() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/differences.md");
    let text = std::fs::read_to_string(path).unwrap();
    for (intended, title) in Intended::ALL {
        assert!(text.contains(title), "{intended:?}: {title}");
    }
}
