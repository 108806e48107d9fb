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

fn look(
    liveness: &mut Liveness,
    at_us: u64,
    members: &[(Node, MemberFacts)],
) -> Result<bool, Broken> {
    let sight = Sight {
        members,
        removed: None,
        late_watch: &|| None,
    };
    liveness.look(at_us, &sight)
}

/// What is said at a time of members.
fn said(liveness: &mut Liveness, at_us: u64, members: &[(Node, MemberFacts)]) -> Option<String> {
    look(liveness, at_us, members).err().map(|broken| {
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
        look(&mut liveness, SECOND, &settled).expect("fine"),
        "just settled"
    );
    assert!(!liveness.is_waiting());
    liveness.ask(1, false, 2 * SECOND);
    assert!(liveness.is_waiting());
    assert!(look(&mut liveness, 3 * SECOND, &settled).expect("fine"));
    assert!(liveness.is_waiting(), "somebody waits for an answer");
    liveness.answer(1, End::Taken, SECOND).expect("fine");
    assert!(!liveness.is_waiting());
}

#[test]
fn nothing_is_demanded_of_a_broken_cluster() {
    let alone = [member(1, 0, 0, 5)];
    let mut liveness = Liveness::default();
    liveness.ask(1, false, 0);
    assert_eq!(said(&mut liveness, 9 * WITHIN, &alone), None);
    let mut liveness = demanded();
    liveness.ask(1, false, 0);
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
    liveness.ask(7, false, SECOND);
    let settled = settled();
    assert_eq!(said(&mut liveness, SECOND + WITHIN, &settled), None);
    let text = said(&mut liveness, SECOND + WITHIN + 1, &settled).expect("seen");
    assert!(text.contains("operation 7 has had no answer"), "{text}");
}

#[test]
fn an_operation_that_comes_to_nothing_is_seen_once_there_must_be_a_leader() {
    let mut liveness = demanded();
    liveness.ask(1, false, WITHIN - 1);
    liveness.ask(2, false, WITHIN);
    liveness.ask(3, false, WITHIN);
    let timeout = End::Nothing(&Error::Timeout);
    assert!(liveness.answer(1, timeout, WITHIN).is_ok());
    assert_eq!(liveness.answered_in_full(), 0);
    assert!(liveness.answer(2, End::Taken, WITHIN).is_ok());
    assert_eq!(liveness.answered_in_full(), 1);
    let broken = liveness.answer(3, timeout, WITHIN).expect_err("seen");
    assert!(broken.text.contains("operation 3"), "{}", broken.text);
}

/// Whoever is refused a change of the members has changed nothing.
#[test]
fn a_change_that_was_refused_puts_nothing_off() {
    let ends = [
        (End::Taken, true),
        (End::Nothing(&Error::Timeout), true),
        (End::Refused, false),
    ];
    for (end, puts_off) in ends {
        let mut liveness = demanded();
        liveness.ask(1, true, WITHIN);
        let leaderless: Vec<_> = (1..=3).map(|node| member(node, 0, 5, 5)).collect();
        assert_eq!(
            said(&mut liveness, WITHIN + 1, &leaderless),
            None,
            "{end:?}"
        );
        liveness.ask(2, false, WITHIN + 1);
        liveness.answer(1, end, WITHIN + 2).expect("fine");
        let timeout = End::Nothing(&Error::Timeout);
        let verdict = liveness.answer(2, timeout, WITHIN + 3);
        assert_eq!(verdict.is_ok(), puts_off, "{end:?}");
        let text = said(&mut liveness, WITHIN + 4, &leaderless);
        assert_eq!(text.is_none(), puts_off, "{end:?}: {text:?}");
    }
}

#[test]
fn a_removed_member_that_runs_on_is_seen() {
    let settled = settled();
    let sight = Sight {
        members: &settled,
        removed: Some(Node(4)),
        late_watch: &|| None,
    };
    let mut liveness = demanded();
    assert!(!liveness.look(WITHIN, &sight).expect("it has time"));
    assert!(liveness.is_waiting());
    let broken = liveness.look(WITHIN + 1, &sight).expect_err("seen");
    assert!(
        broken.text.ends_with("n4 runs, and was removed"),
        "{}",
        broken.text
    );
}

#[test]
fn a_watch_that_does_not_tell_all_is_seen() {
    let settled = settled();
    let sight = Sight {
        members: &settled,
        removed: None,
        late_watch: &|| Some("watch 1 is late".to_owned()),
    };
    let mut liveness = demanded();
    assert!(!liveness.look(WITHIN, &sight).expect("it has time"));
    let broken = liveness.look(WITHIN + 1, &sight).expect_err("seen");
    assert!(broken.text.ends_with("watch 1 is late"), "{}", broken.text);
}

#[test]
fn a_member_that_does_not_catch_up_is_seen() {
    let mut members = settled();
    members[1] = member(2, 1, 4, 5);
    let mut liveness = demanded();
    liveness.ask(1, false, SECOND);
    liveness.answer(1, End::Taken, SECOND).expect("fine");
    assert_eq!(said(&mut liveness, SECOND + WITHIN, &members), None);
    let text = said(&mut liveness, SECOND + WITHIN + 1, &members).expect("seen");
    assert!(text.contains("n2 has applied index 4"), "{text}");
    // A log that nobody has committed is as bad as one that somebody has not applied.
    let uncommitted: Vec<_> = (1..=3).map(|node| member(node, 1, 4, 5)).collect();
    assert!(said(&mut demanded(), WITHIN + 1, &uncommitted).is_some());
}
