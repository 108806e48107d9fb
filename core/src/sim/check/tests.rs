//! Checkers must bite: each sees what it is there for, and all of them together see a disk that
//! lies.

use std::collections::BTreeMap;

use super::*;
use crate::command::{DeleteRangeReply, KeyValue, PutReply, RangeReply, Reply, ReplyHeader};
use crate::error::Error;
use crate::id::{Index, MemberId, Revision, Term};
use crate::member::{EntryView, Role};
use crate::sim::fault_plan;

const N1: Node = Node(1);
const N2: Node = Node(2);

/// A follower of term 2 that has committed and applied its whole log.
fn view(log: &[(u64, u64)]) -> MemberView {
    let last = log.last().map_or(Index(0), |(index, _)| Index(*index));
    MemberView {
        id: MemberId(1),
        role: Role::Follower,
        term: Term(2),
        vote: MemberId::NONE,
        leader: MemberId::NONE,
        election_elapsed_ticks: 0,
        election_timeout_ticks: 10,
        votes: BTreeMap::new(),
        learners: Vec::new(),
        members: Vec::new(),
        removed: Vec::new(),
        is_leaving: false,
        voters: Vec::new(),
        progress: Vec::new(),
        log: log
            .iter()
            .map(|(index, term)| EntryView {
                index: Index(*index),
                term: Term(*term),
                text: format!("entry {index} of term {term}"),
            })
            .collect(),
        log_offset: Index(0),
        synced: last,
        handed: last,
        batch: None,
        commit: last,
        applied: last,
        snapshot: None,
        revision: Revision(1),
        compact_revision: Revision(-1),
        keys: Vec::new(),
        watches: Vec::new(),
        leases: Vec::new(),
        stopped: false,
    }
}

fn leader(term: u64, log: &[(u64, u64)]) -> MemberView {
    MemberView {
        role: Role::Leader,
        term: Term(term),
        ..view(log)
    }
}

/// Shows members one after the other; answers the first property that breaks.
fn look(scenes: &[(Node, u64, &MemberView, u32)]) -> Option<&'static str> {
    let mut checks = Checks::default();
    scenes.iter().find_map(|(node, start, view, store_hash)| {
        let verdict = checks.member(&Scene {
            node: *node,
            start: *start,
            view,
            store_hash: *store_hash,
        });
        verdict.err().map(|broken| broken.property)
    })
}

#[test]
fn two_leaders_of_a_term_are_seen() {
    let (two, three) = (leader(2, &[(1, 1)]), leader(3, &[(1, 1)]));
    assert_eq!(look(&[(N1, 1, &two, 0), (N2, 1, &three, 0)]), None);
    assert_eq!(
        look(&[(N1, 1, &two, 0), (N2, 1, &two, 0)]),
        Some("election safety")
    );
}

#[test]
fn two_committed_entries_at_an_index_are_seen() {
    let (one, two) = (view(&[(1, 1), (2, 1)]), view(&[(1, 1), (2, 2)]));
    assert_eq!(look(&[(N1, 1, &one, 0), (N2, 1, &one, 0)]), None);
    assert_eq!(
        look(&[(N1, 1, &one, 0), (N2, 1, &two, 0)]),
        Some("log matching")
    );
    let uncommitted = MemberView {
        commit: Index(1),
        applied: Index(1),
        ..two
    };
    assert_eq!(look(&[(N1, 1, &one, 0), (N2, 1, &uncommitted, 0)]), None);
}

#[test]
fn a_leader_without_a_committed_entry_is_seen() {
    let committed = view(&[(1, 1), (2, 2)]);
    let short = MemberView {
        commit: Index(1),
        applied: Index(1),
        ..leader(3, &[(1, 1)])
    };
    assert_eq!(
        look(&[(N1, 1, &committed, 0), (N2, 1, &short, 0)]),
        Some("leader completeness")
    );
    // A leader of the term in which it was committed, or of an earlier one, need not have it.
    let old = MemberView {
        term: Term(2),
        ..short
    };
    assert_eq!(look(&[(N1, 1, &committed, 0), (N2, 1, &old, 0)]), None);
}

#[test]
fn stores_that_differ_are_seen() {
    let one = view(&[(1, 1)]);
    assert_eq!(
        look(&[(N1, 1, &one, 7), (N2, 1, &one, 8)]),
        Some("state machine safety")
    );
    let other_revision = MemberView {
        revision: Revision(2),
        ..one.clone()
    };
    assert_eq!(
        look(&[(N1, 1, &one, 7), (N2, 1, &other_revision, 7)]),
        Some("state machine safety")
    );
}

#[test]
fn what_goes_back_is_seen_within_one_start() {
    let (one, two) = (view(&[(1, 1)]), view(&[(1, 1), (2, 1)]));
    assert_eq!(
        look(&[(N1, 1, &two, 0), (N1, 1, &one, 0)]),
        Some("monotonicity")
    );
    assert_eq!(look(&[(N1, 1, &two, 0), (N1, 2, &one, 1)]), None);
    let ahead = MemberView {
        commit: Index(0),
        ..one
    };
    assert_eq!(look(&[(N1, 1, &ahead, 0)]), Some("monotonicity"));
}

#[test]
fn a_forgotten_vote_is_seen() {
    let start = |start, term, vote| {
        let mut checks = Checks::default();
        let synced = TraceKind::Synced {
            index: Index(1),
            term: Term(2),
            vote: MemberId(7),
        };
        checks.traced(N1, &synced);
        let view = MemberView {
            term: Term(term),
            vote: MemberId(vote),
            ..view(&[])
        };
        let scene = Scene {
            node: N1,
            start,
            view: &view,
            store_hash: 0,
        };
        checks.member(&scene).map_err(|broken| broken.property)
    };
    assert_eq!(start(2, 2, 7), Ok(()));
    assert_eq!(start(2, 3, 0), Ok(()));
    assert_eq!(start(2, 2, 0), Err("persistence"));
    assert_eq!(start(2, 2, 8), Err("persistence"));
    assert_eq!(start(2, 1, 7), Err("persistence"));
}

#[test]
fn a_member_that_stops_by_itself_is_seen() {
    let broken = Checks::default()
        .failed(N1, "no snapshot", false)
        .expect_err("seen");
    assert_eq!(broken.property, "recovery");
}

/// A client's side: asks and answers in turn, each with the revision of its answer.
#[derive(Default)]
struct Client {
    checks: Checks,
    number: u64,
}

impl Client {
    fn ask(&mut self, question: Question) -> u64 {
        self.number += 1;
        self.checks.asked(self.number, &question);
        self.number
    }

    fn answer(
        &mut self,
        number: u64,
        question: Question,
        revision: i64,
        result: Result<Reply, Error>,
    ) -> Result<(), &'static str> {
        let header = ReplyHeader {
            revision: Revision(revision),
            ..ReplyHeader::default()
        };
        let answer = Answer {
            number,
            question,
            header,
            result,
            is_definite_failure: false,
        };
        self.checks
            .answered(&answer)
            .map_err(|broken| broken.property)
    }

    fn put(&mut self, value: &str, revision: i64) -> Result<(), &'static str> {
        let question = Question::Put {
            key: "x".to_owned(),
            value: value.to_owned(),
        };
        let number = self.ask(question.clone());
        self.answer(
            number,
            question,
            revision,
            Ok(Reply::Put(PutReply::default())),
        )
    }

    fn delete(&mut self, revision: i64, deleted: i64) -> Result<(), &'static str> {
        let question = delete();
        let number = self.ask(question.clone());
        let reply = DeleteRangeReply {
            deleted,
            ..DeleteRangeReply::default()
        };
        self.answer(number, question, revision, Ok(Reply::DeleteRange(reply)))
    }

    fn get(&mut self, found: Option<(&str, i64)>) -> Result<(), &'static str> {
        let number = self.ask(get());
        self.answer(number, get(), 9, range(found))
    }
}

fn get() -> Question {
    Question::Get {
        key: "x".to_owned(),
    }
}

fn delete() -> Question {
    Question::Delete {
        key: "x".to_owned(),
    }
}

fn range(found: Option<(&str, i64)>) -> Result<Reply, Error> {
    let key_values = found.map(|(value, revision)| KeyValue {
        value: bytes::Bytes::copy_from_slice(value.as_bytes()),
        mod_revision: Revision(revision),
        ..KeyValue::default()
    });
    Ok(Reply::Range(RangeReply {
        key_values: key_values.into_iter().collect(),
        ..RangeReply::default()
    }))
}

const LOST: Result<(), &str> = Err("nothing acknowledged is lost");

#[test]
fn a_read_of_what_was_overwritten_is_seen() {
    let mut client = Client::default();
    assert_eq!(client.put("1", 2), Ok(()));
    let early = client.ask(get());
    assert_eq!(client.put("2", 3), Ok(()));
    assert_eq!(client.get(Some(("2", 3))), Ok(()));
    assert_eq!(client.get(Some(("1", 2))), LOST);
    assert_eq!(client.get(Some(("1", 3))), LOST);
    assert_eq!(client.get(None), LOST);
    // A read that began before the second put was acknowledged may see either.
    assert_eq!(
        client.answer(early, get(), 9, range(Some(("1", 2)))),
        Ok(())
    );
    assert_eq!(client.put("3", 3), LOST, "two writes at a revision");
}

#[test]
fn a_read_may_find_nothing_only_when_somebody_may_have_deleted() {
    let mut client = Client::default();
    client.delete(1, 0).expect("nothing to delete");
    client.put("1", 2).expect("fine");
    assert_eq!(client.get(None), LOST);
    assert_eq!(client.delete(3, 1), Ok(()));
    assert_eq!(client.get(None), Ok(()));
    assert_eq!(
        client.get(Some(("1", 2))),
        LOST,
        "what is deleted stays deleted"
    );
    client.put("2", 4).expect("fine");
    assert_eq!(client.get(None), LOST);
    // One whose answer nobody knows may take effect at any time.
    let number = client.ask(delete());
    assert_eq!(
        client.answer(number, delete(), 0, Err(Error::Timeout)),
        Ok(())
    );
    assert_eq!(client.get(None), Ok(()));
}

/// On disks that say they have synced and have not, a crash takes what a member has promised.
#[test]
fn disks_that_lie_break_a_cluster() {
    let mut properties = BTreeMap::<&str, u32>::new();
    for seed in 0..100 {
        let history = fault_plan(seed, 3, 1_500);
        let mut world = history.begin().expect("good settings");
        world.let_disks_lie();
        while world.event_count() < 1_500 && history.advance(&mut world).is_ok() {}
        if let Some(violation) = world.violation() {
            *properties.entry(violation.property).or_default() += 1;
        }
    }
    for name in ["leader completeness", "persistence", "recovery"] {
        assert!(properties.contains_key(name), "{properties:?}");
    }
}
