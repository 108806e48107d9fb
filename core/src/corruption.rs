//! Whether members agree about their stores, and who does not.
//!
//! Members that have applied the same log have the same store, unless a disk, a memory or a
//! program has erred. Nobody would notice: every member answers from its own. So the leader
//! compares hashes now and then, and raises an alarm when they differ
//! (`server/etcdserver/corrupt.go`). What is asked of whom and when is in `member`; here is only
//! what follows from the answers.

use crate::collections::BTreeMap;
use crate::command::HashKvReply;
use crate::id::{MemberId, Revision};

/// A hash, and the newest revision of the store it was taken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashAt {
    /// The hash.
    pub hash: HashKvReply,
    /// The newest revision.
    pub revision: Revision,
}

/// What the others answered; nothing when they did not, or could not.
pub type Answers = BTreeMap<MemberId, Option<HashAt>>;

/// What is wrong with a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// With which; nobody when it cannot be told.
    pub member: MemberId,
    /// What, in etcd's words.
    pub what: String,
}

/// What came of comparing hashes at a compaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// All members agree.
    Agreed,
    /// Those that could be compared agree; some could not be.
    Incomplete,
    /// Some do not agree.
    Differs(Vec<Mismatch>),
}

/// Before a member begins to serve: who has another hash under the same compaction.
pub fn compare_at_start(own: HashAt, answers: &Answers) -> Vec<Mismatch> {
    let differs = |(peer, theirs): (&MemberId, &Option<HashAt>)| {
        let theirs = (*theirs)?;
        let is_same_compaction = theirs.hash.compact_revision == own.hash.compact_revision;
        if !is_same_compaction || theirs.hash.hash == own.hash.hash {
            return None;
        }
        Some(Mismatch {
            member: *peer,
            what: hashes(
                "found different hash values from remote peer",
                own.hash,
                theirs.hash,
            ),
        })
    };
    answers.iter().filter_map(differs).collect()
}

/// From time to time, at the leader: the first thing that cannot be. `first` was asked of the
/// others too; `second` is the leader's own, taken when it had confirmed that it leads.
pub fn compare_now_and_then(
    leader: MemberId,
    first: HashAt,
    second: HashAt,
    answers: &Answers,
) -> Option<Mismatch> {
    let at = |hash: HashKvReply| (hash.hash_revision, hash.compact_revision);
    if at(first.hash) == at(second.hash) && first.hash.hash != second.hash.hash {
        let what = hashes("found hash mismatch", first.hash, second.hash);
        return Some(Mismatch {
            member: leader,
            what,
        });
    }
    answers.iter().find_map(|(peer, theirs)| {
        let theirs = (*theirs)?;
        let compacted = theirs.hash.compact_revision;
        let what = if theirs.revision > second.revision {
            format!(
                "revision from follower must be less than or equal to leader's \
                 [leader-revision: {}, follower-revision: {}]",
                second.revision, theirs.revision
            )
        } else if compacted > second.hash.compact_revision {
            format!(
                "compact revision from follower must be less than or equal to leader's \
                 [leader-compact-revision: {}, follower-compact-revision: {compacted}]",
                second.hash.compact_revision
            )
        } else if compacted == first.hash.compact_revision && theirs.hash.hash != first.hash.hash {
            hashes(
                "same compact revision then hashes must match",
                first.hash,
                theirs.hash,
            )
        } else {
            return None;
        };
        Some(Mismatch {
            member: *peer,
            what,
        })
    })
}

/// At a compaction, by the leader: those whose hash is not that of a majority; nobody by name when
/// no majority has the same.
pub fn compare_compactions(leader: MemberId, own: HashKvReply, answers: &Answers) -> Comparison {
    let mut by_hash: BTreeMap<u32, Vec<MemberId>> = BTreeMap::from([(own.hash, vec![leader])]);
    let mut compared = 0;
    for (peer, theirs) in answers {
        let comparable = theirs.filter(|at| at.hash.compact_revision == own.compact_revision);
        if let Some(theirs) = comparable {
            compared += 1;
            by_hash.entry(theirs.hash.hash).or_default().push(*peer);
        }
    }
    if by_hash.len() == 1 {
        return if compared == answers.len() {
            Comparison::Agreed
        } else {
            Comparison::Incomplete
        };
    }
    let members = answers.len() + 1;
    let quorum = members / 2 + 1;
    let most = by_hash
        .iter()
        .find(|(_, members)| members.len() >= quorum)
        .map(|(hash, _)| *hash);
    let what = |hash: u32| {
        let theirs = HashKvReply { hash, ..own };
        hashes("Detected compaction hash mismatch", own, theirs)
    };
    let Some(most) = most else {
        return Comparison::Differs(vec![Mismatch {
            member: MemberId::NONE,
            what: what(own.hash) + " but cannot identify the corrupted members",
        }]);
    };
    let minority = by_hash.into_iter().filter(|(hash, _)| *hash != most);
    let mismatches = minority.flat_map(|(hash, members)| {
        let with = move |member| Mismatch {
            member,
            what: what(hash),
        };
        members.into_iter().map(with)
    });
    Comparison::Differs(mismatches.collect())
}

fn hashes(what: &str, own: HashKvReply, theirs: HashKvReply) -> String {
    format!(
        "{what} [revision: {}, compact-revision: {}, hash: {}, peer-hash: {}]",
        own.hash_revision, own.compact_revision, own.hash, theirs.hash
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(hash: u32, compacted: i64) -> HashKvReply {
        HashKvReply {
            hash,
            compact_revision: Revision(compacted),
            hash_revision: Revision(10),
        }
    }

    fn at(number: u32, compacted: i64, revision: i64) -> HashAt {
        HashAt {
            hash: hash(number, compacted),
            revision: Revision(revision),
        }
    }

    fn answers(of: &[Option<HashAt>]) -> Answers {
        (2..).map(MemberId).zip(of.iter().copied()).collect()
    }

    const LEADER: MemberId = MemberId(1);

    fn members(comparison: Comparison) -> Vec<u64> {
        match comparison {
            Comparison::Differs(mismatches) => mismatches.iter().map(|one| one.member.0).collect(),
            other => panic!("{other:?}"),
        }
    }

    /// The cases of etcd's `TestCompactHashCheck`.
    #[test]
    fn at_compactions_the_majority_is_right() {
        let compare = |of: &[Option<HashAt>]| compare_compactions(LEADER, hash(7, 5), &answers(of));
        let (same, other, third) = (at(7, 5, 12), at(8, 5, 12), at(9, 5, 12));
        assert_eq!(compare(&[]), Comparison::Agreed);
        assert_eq!(compare(&[Some(same), Some(same)]), Comparison::Agreed);
        assert_eq!(compare(&[Some(same), None]), Comparison::Incomplete);
        let elsewhere = Some(at(8, 6, 12));
        assert_eq!(compare(&[Some(same), elsewhere]), Comparison::Incomplete);
        assert_eq!(members(compare(&[Some(same), Some(other)])), [3]);
        assert_eq!(members(compare(&[Some(other), Some(other)])), [1]);
        assert_eq!(members(compare(&[Some(other), Some(third)])), [0]);
        assert_eq!(members(compare(&[Some(other)])), [0], "one against one");
        assert_eq!(members(compare(&[Some(other), None])), [0]);
        let five = [Some(same), Some(same), Some(other), Some(third)];
        assert_eq!(members(compare(&five)), [4, 5]);
    }

    /// The cases of etcd's `TestPeriodicCheck`.
    #[test]
    fn now_and_then_a_follower_is_behind_or_the_same() {
        let first = at(7, 5, 10);
        let compare = |second, of: &[Option<HashAt>]| {
            compare_now_and_then(LEADER, first, second, &answers(of)).map(|found| found.member.0)
        };
        let grown = HashAt {
            revision: Revision(12),
            ..first
        };
        assert_eq!(compare(first, &[Some(first), Some(grown)]), Some(3));
        assert_eq!(compare(grown, &[Some(first), Some(grown)]), None);
        assert_eq!(compare(grown, &[None, Some(at(8, 4, 12))]), None);
        assert_eq!(compare(grown, &[Some(at(8, 5, 12))]), Some(2));
        assert_eq!(compare(grown, &[Some(at(7, 6, 12))]), Some(2));
        assert_eq!(compare(at(8, 5, 10), &[Some(first)]), Some(1));
        assert_eq!(compare(at(8, 6, 10), &[Some(first)]), None);
    }

    #[test]
    fn at_the_start_only_hashes_of_one_compaction_are_compared() {
        let own = at(7, 5, 10);
        let compare = |of: &[Option<HashAt>]| compare_at_start(own, &answers(of)).len();
        assert_eq!(compare(&[Some(own), None, Some(at(8, 6, 20))]), 0);
        assert_eq!(compare(&[Some(own), Some(at(8, 5, 20))]), 1);
    }
}
