//! A cluster that does not get on is seen, and one that does is not.

use super::*;
use crate::id::{Index, MemberId, Revision, Term};

const SECOND: u64 = 1_000_000;
const WITHIN: u64 = 20 * SECOND;

fn member(node: u32, leader: u32, applied: u64, last: u64) -> (Node, MemberFacts) {
    let role = if node == leader {
        Role::Leader
    } else {
        Role::Follower
    };
    let facts = MemberFacts {
        id: MemberId(1),
        synced: Index(0),
        members_changed: 0,
        decides_changes: false,
        alarms: 0,
        role,
        term: Term(2),
        vote: MemberId::NONE,
        leader: MemberId(u64::from(leader)),
        last: Index(last),
        commit: Index(applied),
        applied: Index(applied),
        revision: Revision(1),
        compact_revision: Revision(-1),
    };
    (Node(node), facts)
}

/// Three members that follow n1 and have applied all.
fn settled() -> Vec<(Node, MemberFacts)> {
    (1..=3).map(|node| member(node, 1, 5, 5)).collect()
}

fn demanded() -> Liveness {
    let mut liveness = Liveness::default();
    liveness.demand(0, WITHIN);
    liveness
}

/// What is said at a time of members.
fn said(liveness: &mut Liveness, at_us: u64, members: &[(Node, MemberFacts)]) -> Option<String> {
    liveness.look(at_us, members).err().map(|broken| {
        assert_eq!(broken.property, "liveness");
        broken.text
    })
}

#[test]
fn a_cluster_that_gets_on_is_let_go() {
    let mut liveness = demanded();
    assert!(liveness.is_waiting() && liveness.is_due(0));
    let settled = settled();
    assert!(
        liveness.look(SECOND, &settled).expect("fine"),
        "just settled"
    );
    assert!(!liveness.is_waiting());
    liveness.ask(1, 2 * SECOND);
    assert!(liveness.is_waiting());
    assert!(liveness.look(3 * SECOND, &settled).expect("fine"));
    assert!(liveness.is_waiting(), "somebody waits for an answer");
    liveness.answer(1, None).expect("fine");
    assert!(!liveness.is_waiting());
}

#[test]
fn nothing_is_demanded_of_a_broken_cluster() {
    let alone = [member(1, 0, 0, 5)];
    let mut liveness = Liveness::default();
    liveness.ask(1, 0);
    assert_eq!(said(&mut liveness, 9 * WITHIN, &alone), None);
    let mut liveness = demanded();
    liveness.ask(1, 0);
    liveness.release();
    assert_eq!(said(&mut liveness, 9 * WITHIN, &alone), None);
    assert!(!liveness.is_waiting());
}

#[test]
fn a_cluster_without_a_leader_is_seen_when_its_time_is_up() {
    let leaderless: Vec<_> = (1..=3).map(|node| member(node, 0, 5, 5)).collect();
    let mut liveness = demanded();
    assert_eq!(said(&mut liveness, WITHIN, &leaderless), None);
    let text = said(&mut liveness, WITHIN + 1, &leaderless).expect("seen");
    assert!(text.ends_with("nobody leads"), "{text}");
    liveness.begin_anew(WITHIN);
    assert_eq!(said(&mut liveness, WITHIN + 1, &leaderless), None);
}

#[test]
fn a_member_that_follows_nobody_is_seen() {
    let mut members = settled();
    members[2] = member(3, 0, 5, 5);
    let text = said(&mut demanded(), WITHIN + 1, &members).expect("seen");
    assert!(text.contains("n3, at term 2, does not follow n1"), "{text}");
    // A leader whom nobody follows any more is none.
    members[2] = member(3, 3, 5, 5);
    members[2].1.term = Term(3);
    let text = said(&mut demanded(), WITHIN + 1, &members).expect("seen");
    assert!(text.contains("n1, at term 2, does not follow n3"), "{text}");
}

#[test]
fn an_operation_without_an_answer_is_seen() {
    let mut liveness = demanded();
    liveness.ask(7, SECOND);
    let settled = settled();
    assert_eq!(said(&mut liveness, SECOND + WITHIN, &settled), None);
    let text = said(&mut liveness, SECOND + WITHIN + 1, &settled).expect("seen");
    assert!(text.contains("operation 7 has had no answer"), "{text}");
}

#[test]
fn an_operation_that_comes_to_nothing_is_seen_once_there_must_be_a_leader() {
    let mut liveness = demanded();
    liveness.ask(1, WITHIN - 1);
    liveness.ask(2, WITHIN);
    liveness.ask(3, WITHIN);
    assert!(liveness.answer(1, Some(&Error::Timeout)).is_ok());
    assert!(liveness.answer(2, None).is_ok());
    let broken = liveness.answer(3, Some(&Error::Timeout)).expect_err("seen");
    assert!(broken.text.contains("operation 3"), "{}", broken.text);
}

#[test]
fn a_member_that_does_not_catch_up_is_seen() {
    let mut members = settled();
    members[1] = member(2, 1, 4, 5);
    let mut liveness = demanded();
    liveness.ask(1, SECOND);
    liveness.answer(1, None).expect("fine");
    assert_eq!(said(&mut liveness, SECOND + WITHIN, &members), None);
    let text = said(&mut liveness, SECOND + WITHIN + 1, &members).expect("seen");
    assert!(text.contains("n2 has applied index 4"), "{text}");
    // A log that nobody has committed is as bad as one that somebody has not applied.
    let uncommitted: Vec<_> = (1..=3).map(|node| member(node, 1, 4, 5)).collect();
    assert!(said(&mut demanded(), WITHIN + 1, &uncommitted).is_some());
}
