//! A modified Raft, done to it from outside: rules switched off, known bugs of votes and appends
//! put back. Only in builds for the simulator and the page.

use raft::eraftpb::{Message, MessageType};
use raft::{Raft, ReadOnlyOption, StateRole};

use super::log_store::LogStore;
use crate::collections::InOrder;
use crate::known_bug::KnownBug;
use crate::member::MemberConfig;
use crate::rules::Rule;

/// What is different in one member's Raft.
pub(super) struct Modified {
    commits_older_terms: bool,
    reads_unconfirmed: bool,
    takes_shorter_logs: bool,
    votes_again: bool,
    skips_consistency_check: bool,
    counts_learners: bool,
    /// Whether an only voter sends before its term is durable.
    pub(super) sends_before_its_term: bool,
    /// Whether a change is taken while another is pending.
    pub(super) ignores_pending: bool,
    /// Whether raft is not told of those that are removed.
    pub(super) keeps_removed: bool,
}

impl Modified {
    pub(super) fn new(config: &MemberConfig) -> Self {
        let off = |rule| !config.holds(rule);
        let bug = |bug| config.has_bug(bug);
        Self {
            commits_older_terms: off(Rule::CommitOnlyOwnTerm)
                || bug(KnownBug::CommitOfOlderTermByCounting),
            reads_unconfirmed: off(Rule::ReadIndexConfirmation)
                || off(Rule::LeaderLease)
                || bug(KnownBug::StaleReadWithoutConfirmation),
            takes_shorter_logs: bug(KnownBug::VoteForShorterLog),
            votes_again: bug(KnownBug::SecondVoteInTerm),
            skips_consistency_check: bug(KnownBug::AppendWithoutConsistencyCheck),
            counts_learners: bug(KnownBug::LearnerCountedInQuorum),
            sends_before_its_term: bug(KnownBug::OnlyVoterSendsBeforeItsTerm),
            ignores_pending: bug(KnownBug::SecondChangeWhilePending),
            keeps_removed: bug(KnownBug::RemovedMemberStillCounted),
        }
    }

    /// What can be set once. `raft` itself refuses to read by lease without CheckQuorum, at its
    /// start only.
    pub(super) fn begin(&self, raft: &mut Raft<LogStore>) {
        if self.reads_unconfirmed {
            raft.read_only.option = ReadOnlyOption::LeaseBased;
        }
        if self.commits_older_terms {
            // Else the entry that a leader begins its term with travels with the older ones, and
            // there is nothing to see.
            raft.max_msg_size = 0;
        }
    }

    /// After each call.
    pub(super) fn after(&self, raft: &mut Raft<LogStore>) {
        if self.commits_older_terms && raft.state == StateRole::Leader {
            let index = raft.mut_prs().maximal_committed_index().0;
            if index > raft.raft_log.committed && index <= raft.raft_log.last_index() {
                raft.raft_log.commit_to(index);
            }
        }
        if self.counts_learners && raft.state == StateRole::Leader {
            commit_with_learners(raft);
        }
    }

    /// Before a message is looked at.
    pub(super) fn hear(&self, raft: &mut Raft<LogStore>, message: &mut Message) {
        match message.get_msg_type() {
            MessageType::MsgRequestVote | MessageType::MsgRequestPreVote => {
                if self.takes_shorter_logs {
                    message.index = raft.raft_log.last_index();
                    message.log_term = raft.raft_log.last_term();
                }
                if self.votes_again && raft.state == StateRole::Follower {
                    raft.vote = 0;
                }
            }
            MessageType::MsgAppend if self.skips_consistency_check => {
                if let Ok(term) = raft.raft_log.term(message.index)
                    && term > 0
                {
                    message.log_term = term;
                }
            }
            _ => {}
        }
    }
}

/// Commits what as many have as a majority of the voters are, whether they vote or not.
fn commit_with_learners(raft: &mut Raft<LogStore>) {
    let learners = raft.prs().conf().learners().len();
    let mut matched: Vec<u64> = raft.prs().iter().map(|(_, peer)| peer.matched).collect();
    matched.order_by(|one, other| other.cmp(one));
    let voters = matched.len().saturating_sub(learners);
    let Some(index) = matched.get(voters / 2).copied() else {
        return;
    };
    let log = &raft.raft_log;
    let is_own = log.term(index).is_ok_and(|term| term == raft.term);
    if is_own && index > log.committed && index <= log.last_index() {
        raft.raft_log.commit_to(index);
    }
}
