//! A watch that skips, repeats, splits or invents is seen.

use bytes::Bytes;
use quorate_core::audit::{ClientOperation, History, Outcome, WatchHistory, WatchSession, audit};
use quorate_core::command::{
    Command, KeyValue, Put, PutReply, Reply, ReplyHeader, WatchCreate, WatchEvent, WatchEventKind,
    WatchResponse,
};
use quorate_core::id::{Revision, WatchId};

fn header(revision: i64) -> ReplyHeader {
    ReplyHeader {
        revision: Revision(revision),
        ..ReplyHeader::default()
    }
}

/// Puts of `a` at the revisions 2, 3 and 4, and a watch of it from revision 2 that heard this.
fn verdict(responses: Vec<WatchResponse>) -> Result<(), &'static str> {
    let operations = (2..=4).map(|revision| ClientOperation {
        number: revision,
        client: 1,
        node: 1,
        command: Command::Put(Put {
            key: Bytes::from("a"),
            value: Bytes::from(format!("v{revision}")),
            ..Put::default()
        }),
        invoked_at: 10 * revision,
        returned_at: Some(10 * revision + 5),
        outcome: Outcome::Done {
            header: header(revision.cast_signed()),
            reply: Reply::Put(PutReply::default()),
        },
    });
    let create = WatchCreate {
        key: Bytes::from("a"),
        start_revision: Revision(2),
        ..WatchCreate::default()
    };
    let begun = WatchResponse {
        created: true,
        watch: WatchId(1),
        header: header(1),
        ..WatchResponse::default()
    };
    let heard = [begun].into_iter().chain(responses);
    let history = History {
        operations: operations.collect(),
        watches: vec![WatchHistory {
            number: 9,
            create,
            sessions: vec![WatchSession {
                start_revision: Revision(2),
                asked_at: 0,
                responses: heard.map(|response| (100, response)).collect(),
            }],
        }],
    };
    audit(&history, None, None)
        .map(|_| ())
        .map_err(|finding| finding.property)
}

fn told(revisions: &[i64]) -> WatchResponse {
    let events = revisions.iter().map(|revision| WatchEvent {
        kind: WatchEventKind::Put,
        key_value: KeyValue {
            key: Bytes::from("a"),
            create_revision: Revision(2),
            mod_revision: Revision(*revision),
            version: revision - 1,
            value: Bytes::from(format!("v{revision}")),
            ..KeyValue::default()
        },
        previous: None,
    });
    WatchResponse {
        watch: WatchId(1),
        header: header(4),
        events: events.collect(),
        ..WatchResponse::default()
    }
}

#[test]
fn a_faithful_watch_passes() {
    assert_eq!(verdict(vec![told(&[2, 3]), told(&[4]), told(&[])]), Ok(()));
    assert_eq!(verdict(vec![told(&[2])]), Ok(()), "the rest may still come");
}

#[test]
fn what_is_skipped_repeated_or_invented_is_seen() {
    let broken = |responses, guarantee: &str| {
        let found = verdict(responses).expect_err("a guarantee is broken");
        assert_eq!(found, format!("watch guarantees: {guarantee}"));
    };
    broken(vec![told(&[2, 4])], "reliable");
    broken(vec![told(&[3])], "reliable");
    broken(vec![told(&[2]), told(&[2])], "unique");
    broken(vec![told(&[2, 3]), told(&[3, 4])], "unique");
    broken(vec![told(&[2, 3]), told(&[2])], "ordered");
    broken(vec![told(&[1])], "resumable");
    broken(vec![told(&[2]), told(&[])], "bookmarkable");
    broken(vec![told(&[2, 3, 4]), told(&[]), told(&[4])], "unique");
    let mut wrong = told(&[2]);
    wrong.events[0].key_value.value = Bytes::from("other");
    broken(vec![wrong], "atomic");
    broken(vec![told(&[2, 3, 4, 5])], "ordered");
    let mut invented = told(&[2, 3, 4, 5]);
    invented.header = header(5);
    broken(vec![invented], "atomic");
}
