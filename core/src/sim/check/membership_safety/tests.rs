//! The checker bites.

use super::*;
use crate::command::MemberInfo;
use crate::id::Term;
use crate::sim::check::tests::{Made, follower};

const N1: Node = Node(1);
const N2: Node = Node(2);

fn ids(ids: &[u64]) -> Vec<MemberId> {
    ids.iter().copied().map(MemberId).collect()
}

/// Member `id` of a configuration, with a log of term 1 that is on its disk.
fn member(id: u64, voters: &[u64], learners: &[u64], last: u64) -> Made {
    let log: Vec<(u64, u64)> = (1..=last).map(|index| (index, 1)).collect();
    let mut made = follower(&log).with(|facts| {
        facts.id = MemberId(id);
        (facts.commit, facts.applied) = (Index(0), Index(0));
    });
    made.configuration.voters = ids(voters);
    made.configuration.learners = ids(learners);
    made
}

/// A checker that has seen the cluster's beginning.
fn begun() -> MembershipSafety {
    MembershipSafety {
        committed: Index(1),
        ..MembershipSafety::default()
    }
}

fn look(checker: &mut MembershipSafety, node: Node, made: &Made) -> Option<String> {
    let verdict = checker.look(&made.scene(node, 1));
    verdict.err().map(|broken| broken.text)
}

/// What it says of these lines, the first time that it says something.
fn hear(checker: &mut MembershipSafety, node: Node, kinds: &[TraceKind]) -> Option<String> {
    let verdict = kinds.iter().try_for_each(|kind| checker.hear(node, kind));
    verdict.err().map(|broken| broken.text)
}

fn committed(made: &Made, commit: u64) -> Made {
    made.with(|facts| (facts.commit, facts.applied) = (Index(commit), Index(commit)))
}

fn applied(made: &Made, applied: u64) -> Made {
    made.with(|facts| facts.applied = Index(applied))
}

#[test]
fn two_configurations_at_an_index_are_seen() {
    let same = member(2, &[1, 2, 3], &[], 4);
    let (mut removed, mut named) = (same.clone(), same.clone());
    removed.configuration.removed = ids(&[9]);
    named.configuration.members = vec![MemberInfo::default()];
    let others = [
        member(2, &[1, 2], &[], 4),
        member(2, &[1, 2, 3], &[4], 4),
        removed,
        named,
    ];
    let one = applied(&member(1, &[1, 2, 3], &[], 4), 4);
    let mut checker = begun();
    assert_eq!(look(&mut checker, N1, &one), None);
    assert_eq!(look(&mut checker, N2, &applied(&same, 4)), None);
    for other in others {
        let mut checker = begun();
        assert_eq!(look(&mut checker, N1, &one), None);
        assert_eq!(look(&mut checker, N2, &applied(&other, 5)), None);
        let mut checker = begun();
        assert_eq!(look(&mut checker, N1, &one), None);
        let seen = look(&mut checker, N2, &applied(&other, 4)).expect("it is seen");
        assert!(seen.contains("after index 4"), "{seen}");
    }
}

#[test]
fn two_voters_changed_at_a_time_are_seen() {
    let switched = |voters: &[u64]| TraceKind::ConfigurationSwitched {
        voters: ids(voters),
        learners: Vec::new(),
    };
    let told = |steps: &[&[u64]]| {
        let mut checker = begun();
        let made = member(1, &[1, 2, 3], &[], 1);
        look(&mut checker, N1, &made);
        let kinds: Vec<TraceKind> = steps.iter().map(|voters| switched(voters)).collect();
        hear(&mut checker, N1, &kinds)
    };
    assert_eq!(told(&[&[1, 2, 3, 4], &[2, 3, 4], &[2, 3]]), None);
    assert!(told(&[&[1, 2, 3, 4, 5]]).is_some());
    assert!(told(&[&[1, 2, 4]]).is_some());
}

#[test]
fn a_leader_without_a_vote_is_seen() {
    let led = |voters: &[u64], learners: &[u64]| {
        let leader = member(1, voters, learners, 1).with(|facts| facts.role = Role::Leader);
        look(&mut begun(), N1, &leader)
    };
    assert_eq!(led(&[1, 2], &[]), None);
    assert!(led(&[2, 3], &[]).is_some());
    assert!(led(&[2, 3], &[1]).is_some());
}

#[test]
fn a_learner_in_a_commit_is_seen() {
    let (voters, learners): (&[u64], &[u64]) = (&[1, 2, 3], &[4]);
    let looked = |with: u64| {
        let mut checker = begun();
        // The leader has the fifth entry, and so has `with`, and nobody else.
        for id in [1, 2, 3, 4] {
            let last = if id == 1 || id == with { 5 } else { 4 };
            let made = member(id, voters, learners, last);
            look(&mut checker, Node(id as u32), &made);
        }
        let leader = committed(&member(1, voters, learners, 5), 5);
        look(&mut checker, N1, &leader)
    };
    assert_eq!(looked(2), None);
    assert!(looked(4).is_some(), "a voter and a learner are no majority");
}

#[test]
fn a_commit_by_the_configuration_before_a_change_is_fine() {
    let mut checker = begun();
    for id in [1, 2] {
        let made = member(id, &[1, 2, 3], &[], 6);
        look(&mut checker, Node(id as u32), &made);
    }
    // The fifth entry adds a voter: two of three have committed it, and two of four commit
    // nothing more.
    let after = committed(&member(1, &[1, 2, 3, 4], &[], 6), 5);
    let after = after.with(|facts| facts.members_changed = 1);
    assert_eq!(look(&mut checker, N1, &after), None);
    let beyond = committed(&after, 6);
    assert!(look(&mut checker, N1, &beyond).is_some());
}

#[test]
fn an_entry_of_another_term_is_another_entry() {
    let mut checker = begun();
    let mut other = member(2, &[1, 2, 3], &[], 5);
    other.log[4].term = Term(2);
    look(&mut checker, N2, &other);
    let leader = committed(&member(1, &[1, 2, 3], &[], 5), 5);
    assert!(look(&mut checker, N1, &leader).is_some());
}

#[test]
fn what_is_not_on_a_disk_any_more_is_not_counted() {
    let gone = |lose: &dyn Fn(&mut MembershipSafety)| {
        let mut checker = begun();
        look(&mut checker, N2, &member(2, &[1, 2, 3], &[], 5));
        lose(&mut checker);
        let leader = committed(&member(1, &[1, 2, 3], &[], 5), 5);
        look(&mut checker, N1, &leader)
    };
    assert_eq!(gone(&|_| {}), None);
    assert!(gone(&|checker| checker.forget(N2)).is_some());
    let truncated = TraceKind::LogTruncated { from: Index(5) };
    let truncate = |checker: &mut MembershipSafety| {
        assert_eq!(hear(checker, N2, std::slice::from_ref(&truncated)), None);
    };
    assert!(gone(&truncate).is_some());
    let unsynced = member(2, &[1, 2, 3], &[], 5).with(|facts| facts.synced = Index(4));
    assert!(gone(&|checker| assert_eq!(look(checker, N2, &unsynced), None)).is_some());
}

#[test]
fn a_learner_in_an_election_is_seen() {
    let elected = |votes: &[u64]| {
        let mut checker = begun();
        let made = member(1, &[1, 2, 3], &[4], 1);
        look(&mut checker, N1, &made);
        let received = votes.iter().map(|vote| TraceKind::VoteReceived {
            kind: MessageKind::VoteResponse,
            from: MemberId(*vote),
            term: Term(2),
            granted: true,
        });
        let mut kinds = vec![TraceKind::BecameCandidate { term: Term(2) }];
        kinds.extend(received);
        kinds.push(TraceKind::BecameLeader { term: Term(2) });
        hear(&mut checker, N1, &kinds)
    };
    assert_eq!(elected(&[1, 3]), None);
    assert!(elected(&[1, 4]).is_some());
    assert!(elected(&[1]).is_some());
}

#[test]
fn two_changes_under_way_are_seen() {
    let mut leads = applied(&member(1, &[1, 2, 3], &[], 4), 2).with(|facts| {
        facts.role = Role::Leader;
        facts.commit = Index(2);
    });
    leads.log[2].is_change = true;
    let mut checker = begun();
    checker.committed = Index(2);
    assert_eq!(look(&mut checker, N1, &leads), None, "one is under way");
    leads.log[3].is_change = true;
    let mut checker = begun();
    checker.committed = Index(2);
    let text = look(&mut checker, N1, &leads).expect("two are under way");
    assert!(text.contains("at 3 and 4"), "{text}");
    let mut checker = begun();
    checker.committed = Index(3);
    assert_eq!(look(&mut checker, N1, &leads), None, "one is committed");
    let follows = leads.with(|facts| facts.role = Role::Follower);
    let mut checker = begun();
    checker.committed = Index(2);
    assert_eq!(look(&mut checker, N1, &follows), None, "nobody leads");
}
