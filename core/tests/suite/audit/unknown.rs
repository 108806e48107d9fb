//! Where the writes stand that nobody was told of: an order that there is, is found.

use bytes::Bytes;
use quorate_core::audit::{ClientOperation, History, Outcome, WatchHistory, WatchSession, audit};
use quorate_core::command::{
    Command, KeyValue, Put, PutReply, Range, RangeReply, Reply, ReplyHeader, RequestOp, Txn,
    WatchCreate, WatchResponse,
};
use quorate_core::id::{Revision, WatchId};

fn header(revision: i64) -> ReplyHeader {
    ReplyHeader {
        revision: Revision(revision),
        ..ReplyHeader::default()
    }
}

fn put(key: &str, value: &str) -> Put {
    Put {
        key: Bytes::from(key.to_owned()),
        value: Bytes::from(value.to_owned()),
        ..Put::default()
    }
}

fn put_all(key_values: &[(&str, &str)]) -> Command {
    let puts = key_values
        .iter()
        .map(|(key, value)| RequestOp::Put(put(key, value)));
    Command::Txn(Txn {
        success: puts.collect(),
        ..Txn::default()
    })
}

fn unknown(number: u64, command: Command) -> ClientOperation {
    ClientOperation {
        number,
        client: number,
        node: 1,
        command,
        invoked_at: 10,
        returned_at: None,
        outcome: Outcome::Unknown("timed out".to_owned()),
    }
}

fn done(number: u64, command: Command, revision: i64, reply: Reply) -> ClientOperation {
    ClientOperation {
        returned_at: Some(100 * number + 50),
        invoked_at: 100 * number,
        outcome: Outcome::Done {
            header: header(revision),
            reply,
        },
        ..unknown(number, command)
    }
}

fn read(number: u64, key: &str, revision: i64, found: Option<KeyValue>) -> ClientOperation {
    let range = Range {
        key: Bytes::from(key.to_owned()),
        ..Range::default()
    };
    let reply = Reply::Range(RangeReply {
        count: i64::from(found.is_some()),
        key_values: found.into_iter().collect(),
        more: false,
    });
    done(number, Command::Range(range), revision, reply)
}

fn decided(history: &History) -> bool {
    let audited = audit(history, None, None);
    audited
        .unwrap_or_else(|finding| panic!("{finding:?}"))
        .is_decided()
}

/// A progress notice tells that nothing of its watch stands up to there: so it is the other write.
#[test]
fn what_a_watch_was_told_nothing_of_is_not_of_its_keys() {
    let operations = vec![
        unknown(1, Command::Put(put("a", "1"))),
        unknown(2, Command::Put(put("b", "1"))),
        read(3, "c", 2, None),
    ];
    let begun = WatchResponse {
        created: true,
        watch: WatchId(1),
        header: header(1),
        ..WatchResponse::default()
    };
    let notice = WatchResponse {
        watch: WatchId(1),
        header: header(2),
        ..WatchResponse::default()
    };
    let watch = WatchHistory {
        number: 9,
        create: WatchCreate {
            key: Bytes::from("a"),
            start_revision: Revision(2),
            ..WatchCreate::default()
        },
        sessions: vec![WatchSession {
            start_revision: Revision(2),
            asked_at: 0,
            responses: vec![(20, begun), (30, notice)],
        }],
    };
    assert!(decided(&History {
        operations,
        watches: vec![watch],
    }));
}

/// Two keys of one transaction need one revision, and what was seen of the one says nothing of
/// the other.
#[test]
fn one_transaction_writes_two_keys_at_one_revision() {
    let second = |key: &'static str| KeyValue {
        key: Bytes::from(key),
        create_revision: Revision(2),
        mod_revision: Revision(3),
        version: 2,
        value: Bytes::from("2"),
        ..KeyValue::default()
    };
    let operations = vec![
        // This one comes first to mind, and leaves too few revisions for the others.
        unknown(1, Command::Put(put("c", "1"))),
        unknown(2, put_all(&[("a", "1"), ("b", "1")])),
        unknown(3, put_all(&[("a", "2"), ("b", "2")])),
        done(
            4,
            Command::Put(put("d", "1")),
            4,
            Reply::Put(PutReply::default()),
        ),
        read(5, "a", 4, Some(second("a"))),
        read(6, "b", 4, Some(second("b"))),
    ];
    assert!(decided(&History {
        operations,
        watches: Vec::new(),
    }));
}
