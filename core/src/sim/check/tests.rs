//! Checkers must bite: each sees what it is there for, and all of them together see a disk that
//! lies.

mod acknowledged;

use super::*;
use crate::collections::BTreeMap;
use crate::id::{MemberId, Term};
use crate::member::Role;
use crate::sim::fault_plan;

const N1: Node = Node(1);
const N2: Node = Node(2);

/// A member made up.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) facts: MemberFacts,
    pub(super) configuration: ConfigurationFacts,
    pub(super) log: Vec<EntryFacts>,
    /// What was written at revisions 2, 3, …
    written: Vec<u32>,
    hash: u32,
}

impl Subject for Made {
    fn entries_from(&self, first: Index) -> Vec<EntryFacts> {
        let entries = self.log.iter().filter(|entry| entry.index >= first);
        entries.cloned().collect()
    }

    fn written_after(&self, revision: Revision) -> Vec<(Revision, u32)> {
        let written = (2..).map(Revision).zip(self.written.iter().copied());
        written.filter(|(at, _)| *at > revision).collect()
    }

    fn configuration(&self) -> ConfigurationFacts {
        self.configuration.clone()
    }

    fn hash_at(&self, revision: Revision) -> Option<u32> {
        (revision <= self.facts.revision).then_some(self.hash)
    }
}

impl Made {
    pub(super) fn scene(&self, node: Node, start: u64) -> Scene<'_> {
        Scene {
            node,
            start,
            facts: self.facts,
            subject: self,
        }
    }

    pub(super) fn with(&self, change: impl FnOnce(&mut MemberFacts)) -> Self {
        let mut made = self.clone();
        change(&mut made.facts);
        made
    }
}

/// A follower of term 2 that has committed and applied its whole log, and written nothing by it.
pub(super) fn follower(log: &[(u64, u64)]) -> Made {
    let last = log.last().map_or(Index(0), |(index, _)| Index(*index));
    Made {
        configuration: ConfigurationFacts {
            voters: vec![MemberId(1)],
            ..ConfigurationFacts::default()
        },
        facts: MemberFacts {
            id: MemberId(1),
            synced: last,
            members_changed: 0,
            decides_changes: false,
            alarms: 0,
            role: Role::Follower,
            term: Term(2),
            vote: MemberId::NONE,
            leader: MemberId::NONE,
            last,
            commit: last,
            applied: last,
            revision: Revision(1),
            compact_revision: Revision(-1),
        },
        log: log
            .iter()
            .map(|(index, term)| EntryFacts {
                index: Index(*index),
                term: Term(*term),
                is_change: false,
                data: bytes::Bytes::new(),
            })
            .collect(),
        written: Vec::new(),
        hash: 0,
    }
}

fn leader(term: u64, log: &[(u64, u64)]) -> Made {
    follower(log).with(|facts| {
        facts.role = Role::Leader;
        facts.term = Term(term);
    })
}

/// Shows members one after the other; answers the first property that breaks.
fn look(scenes: &[(Node, u64, &Made)]) -> Option<&'static str> {
    let mut checks = Checks::default();
    scenes.iter().find_map(|(node, start, made)| {
        let verdict = checks.member(&made.scene(*node, *start));
        verdict.err().map(|broken| broken.property)
    })
}

#[test]
fn two_leaders_of_a_term_are_seen() {
    let of_three = |mut made: Made| {
        made.configuration.voters = vec![MemberId(1), MemberId(2), MemberId(3)];
        made
    };
    let two = of_three(leader(2, &[(1, 1)]));
    let three = of_three(leader(3, &[(1, 1)]));
    assert_eq!(look(&[(N1, 1, &two), (N2, 1, &three)]), None);
    assert_eq!(
        look(&[(N1, 1, &two), (N2, 1, &two)]),
        Some("election safety")
    );
}

#[test]
fn an_only_voter_leads_once_its_vote_is_on_its_disk() {
    let made = leader(2, &[(1, 1)]);
    let verdict = |synced: Option<Term>| {
        let mut checks = Checks::default();
        checks.member(&made.scene(N1, 1)).expect("fine");
        for (node, term) in [(N1, synced), (N2, Some(Term(2)))] {
            if let Some(term) = term {
                let (index, vote) = (Index(1), MemberId::NONE);
                let kind = TraceKind::Synced { index, term, vote };
                checks.traced(node, 1, &kind).expect("fine");
            }
        }
        checks.member(&made.scene(N1, 1)).expect("fine");
        let verdict = checks.member(&made.scene(N2, 1));
        verdict.err().map(|broken| broken.property)
    };
    assert_eq!(verdict(None), None);
    assert_eq!(verdict(Some(Term(1))), None);
    assert_eq!(verdict(Some(Term(2))), Some("election safety"));
}

#[test]
fn two_committed_entries_at_an_index_are_seen() {
    let (one, two) = (follower(&[(1, 1), (2, 1)]), follower(&[(1, 1), (2, 2)]));
    assert_eq!(look(&[(N1, 1, &one), (N2, 1, &one)]), None);
    assert_eq!(look(&[(N1, 1, &one), (N2, 1, &two)]), Some("log matching"));
    let mut other_data = one.clone();
    other_data.log[1].data = bytes::Bytes::from_static(b"x");
    assert_eq!(
        look(&[(N1, 1, &one), (N2, 1, &other_data)]),
        Some("log matching")
    );
    let uncommitted = two.with(|facts| (facts.commit, facts.applied) = (Index(1), Index(1)));
    assert_eq!(look(&[(N1, 1, &one), (N2, 1, &uncommitted)]), None);
    // Another life is looked at from the beginning.
    assert_eq!(look(&[(N1, 1, &one), (N1, 2, &two)]), Some("log matching"));
}

#[test]
fn committed_entries_that_are_taken_away_are_seen() {
    let truncated = |from, start| {
        let mut checks = Checks::default();
        let committed = follower(&[(1, 1), (2, 1)]);
        checks.member(&committed.scene(N1, 1)).expect("fine");
        let kind = TraceKind::LogTruncated { from: Index(from) };
        let verdict = checks.traced(N1, start, &kind);
        verdict.err().map(|broken| broken.property)
    };
    assert_eq!(truncated(3, 1), None);
    assert_eq!(truncated(2, 1), Some("log matching"));
    assert_eq!(truncated(2, 2), None, "what this life knows is looked at");
}

#[test]
fn a_leader_that_takes_entries_away_is_seen() {
    let led = |lines: &[TraceKind]| {
        let mut checks = Checks::default();
        let verdict = lines.iter().try_for_each(|kind| checks.traced(N1, 1, kind));
        verdict.err().map(|broken| broken.property)
    };
    let leads = TraceKind::BecameLeader { term: Term(2) };
    let follows = TraceKind::BecameFollower { term: Term(3) };
    let truncated = TraceKind::LogTruncated { from: Index(2) };
    assert_eq!(led(&[leads.clone(), follows, truncated.clone()]), None);
    assert_eq!(led(&[leads, truncated]), Some("leader append-only"));

    let (long, short) = (leader(2, &[(1, 1), (2, 2)]), leader(2, &[(1, 1)]));
    let [long, short] = [long, short].map(|made| made.with(|facts| facts.commit = Index(0)));
    let [long, short] = [long, short].map(|made| made.with(|facts| facts.applied = Index(0)));
    assert_eq!(
        look(&[(N1, 1, &long), (N1, 1, &short)]),
        Some("leader append-only")
    );
    assert_eq!(look(&[(N1, 1, &short), (N1, 1, &long)]), None);
    assert_eq!(look(&[(N1, 1, &long), (N1, 2, &short)]), None);
}

#[test]
fn a_leader_without_a_committed_entry_is_seen() {
    let committed = follower(&[(1, 1), (2, 2)]);
    let short = leader(3, &[(1, 1)]);
    assert_eq!(
        look(&[(N1, 1, &committed), (N2, 1, &short)]),
        Some("leader completeness")
    );
    let other = leader(3, &[(1, 1), (2, 1)]).with(|facts| facts.commit = Index(1));
    let other = other.with(|facts| facts.applied = Index(1));
    assert_eq!(
        look(&[(N1, 1, &committed), (N2, 1, &other)]),
        Some("leader completeness")
    );
    // A leader of the term in which it was committed, or of an earlier one, need not have it.
    let old = short.with(|facts| facts.term = Term(2));
    assert_eq!(look(&[(N1, 1, &committed), (N2, 1, &old)]), None);
}

#[test]
fn members_that_have_applied_as_far_and_are_elsewhere_are_seen() {
    let one = follower(&[(1, 1)]);
    assert_eq!(look(&[(N1, 1, &one), (N2, 1, &one)]), None);
    for change in [
        |facts: &mut MemberFacts| facts.revision = Revision(2),
        |facts: &mut MemberFacts| facts.compact_revision = Revision(1),
    ] {
        assert_eq!(
            look(&[(N1, 1, &one), (N2, 1, &one.with(change))]),
            Some("state machine safety")
        );
    }
}

#[test]
fn members_that_have_written_something_else_are_seen() {
    let wrote = |written: &[u32]| Made {
        written: written.to_vec(),
        ..follower(&[(1, 1)]).with(|facts| facts.revision = Revision(1 + written.len() as i64))
    };
    let (one, other) = (wrote(&[7, 8]), wrote(&[7, 9]));
    assert_eq!(look(&[(N1, 1, &one), (N2, 1, &one)]), None);
    assert_eq!(
        look(&[(N1, 1, &one), (N2, 1, &other)]),
        Some("state machine safety")
    );
    // A member is looked at anew when it starts, and when a snapshot takes its store's place.
    assert_eq!(
        look(&[(N1, 1, &one), (N1, 2, &other)]),
        Some("state machine safety")
    );
    assert_eq!(look(&[(N1, 1, &one), (N1, 1, &other)]), None);
    let mut checks = Checks::default();
    checks.member(&one.scene(N1, 1)).expect("fine");
    let installed = TraceKind::SnapshotApplied {
        from: MemberId(2),
        index: Index(1),
        term: Term(1),
    };
    checks.traced(N1, 1, &installed).expect("fine");
    let broken = checks.member(&other.scene(N1, 1)).expect_err("seen");
    assert_eq!(broken.property, "state machine safety");
    // What is compacted nobody has to have.
    let compacted = other.with(|facts| {
        facts.compact_revision = Revision(3);
        facts.applied = Index(2);
        facts.commit = Index(2);
    });
    assert_eq!(look(&[(N1, 1, &one), (N2, 1, &compacted)]), None);
}

#[test]
fn stores_that_differ_are_seen() {
    let at = |revision, hash| Made {
        hash,
        ..follower(&[(1, 1)]).with(|facts| {
            facts.revision = Revision(revision);
            facts.applied = Index(revision as u64);
            facts.commit = facts.applied;
        })
    };
    assert_eq!(look(&[(N1, 1, &at(3, 7)), (N2, 1, &at(3, 7))]), None);
    for (other, why) in [
        (at(3, 8), "when it starts"),
        (at(4, 8), "at the revision where another one was looked at"),
    ] {
        assert_eq!(
            look(&[(N1, 1, &at(3, 7)), (N2, 1, &other)]),
            Some("equal stores"),
            "{why}"
        );
    }
    let elsewhere = at(3, 8).with(|facts| facts.compact_revision = Revision(2));
    let elsewhere = elsewhere.with(|facts| facts.applied = Index(4));
    let elsewhere = elsewhere.with(|facts| facts.commit = Index(4));
    assert_eq!(look(&[(N1, 1, &at(3, 7)), (N2, 1, &elsewhere)]), None);
    // One that goes bad while it runs: seen when so much was written, or when all have settled.
    let steps = [(N1, 1, &at(3, 7)), (N1, 1, &at(4, 8))];
    assert_eq!(look(&steps), None);
    assert_eq!(
        look(&[(N1, 1, &at(3, 7)), (N1, 1, &at(64, 8))]),
        Some("equal stores")
    );
    let mut checks = Checks::default();
    checks.member(&at(3, 7).scene(N1, 1)).expect("fine");
    checks
        .member(&at(4, 8).scene(N1, 1))
        .expect("not looked at");
    let broken = checks.settled(&at(4, 8).scene(N1, 1)).expect_err("seen");
    assert_eq!(broken.property, "equal stores");
}

#[test]
fn what_goes_back_is_seen_within_one_start() {
    let (one, two) = (follower(&[(1, 1)]), follower(&[(1, 1), (2, 1)]));
    assert_eq!(look(&[(N1, 1, &two), (N1, 1, &one)]), Some("monotonicity"));
    assert_eq!(look(&[(N1, 1, &two), (N1, 2, &one)]), None);
    let ahead = one.with(|facts| facts.commit = Index(0));
    assert_eq!(look(&[(N1, 1, &ahead)]), Some("monotonicity"));
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
        checks.traced(N1, 1, &synced).expect("fine");
        let member = follower(&[(1, 1)]).with(|facts| {
            facts.term = Term(term);
            facts.vote = MemberId(vote);
        });
        let verdict = checks.member(&member.scene(N1, start));
        verdict.map_err(|broken| broken.property)
    };
    assert_eq!(start(2, 2, 7), Ok(()));
    assert_eq!(start(2, 3, 0), Ok(()));
    assert_eq!(start(2, 2, 0), Err("persistence"));
    assert_eq!(start(2, 2, 8), Err("persistence"));
    assert_eq!(start(2, 1, 7), Err("persistence"));
}

#[test]
fn a_forgotten_entry_is_seen() {
    let start = |gives_up: Option<TraceKind>, log: &[(u64, u64)]| {
        let mut checks = Checks::default();
        let synced = TraceKind::Synced {
            index: Index(2),
            term: Term(1),
            vote: MemberId::NONE,
        };
        for kind in [synced].into_iter().chain(gives_up) {
            checks.persistence.hear(N1, &kind);
        }
        let member = follower(log);
        let verdict = checks.persistence.look(&member.scene(N1, 2));
        verdict.map_err(|broken| broken.property)
    };
    assert_eq!(start(None, &[(1, 1), (2, 1)]), Ok(()));
    assert_eq!(start(None, &[(1, 1)]), Err("persistence"));
    let truncated = TraceKind::LogTruncated { from: Index(2) };
    assert_eq!(start(Some(truncated), &[(1, 1)]), Ok(()));
    let installed = TraceKind::SnapshotApplied {
        from: MemberId(2),
        index: Index(1),
        term: Term(1),
    };
    assert_eq!(start(Some(installed.clone()), &[(1, 1)]), Ok(()));
    assert_eq!(start(Some(installed), &[]), Err("persistence"));
}

#[test]
fn a_member_that_stops_by_itself_is_seen() {
    let broken = Checks::default()
        .failed((N1, MemberId(1)), "no snapshot", false)
        .expect_err("seen");
    assert_eq!(broken.property, "recovery");
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
    // What a member lacks is told when it starts, before others suffer from it.
    for name in ["persistence", "recovery"] {
        assert!(properties.contains_key(name), "{properties:?}");
    }
}
