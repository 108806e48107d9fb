//! The leader's lease: reads that are answered without asking a majority first (Raft thesis
//! §6.4.1). Off unless [`MemberConfig::read_lease`] says otherwise; etcd's default is to ask.
//!
//! # What it rests on
//!
//! A member that has heard a heartbeat gives nobody else its vote for an election timeout. So a
//! leader whose heartbeat a majority has heard knows that nobody can be elected for so long after
//! it had *sent* it, and that what it has committed is all there is. It looks at its own clock,
//! and answers.
//!
//! 1. Each heartbeat carries the tick at which it leaves; the answer brings it back.
//! 2. For each voter the leader keeps the newest such tick. The lease begins at the newest tick
//!    that a majority, the leader among them, has reached, by the configuration in force.
//! 3. It lasts for [`lease_ticks`]: less than an election timeout, since clocks differ.
//!
//! The crate's `ReadOnlyOption::LeaseBased` is something else: it answers for as long as the
//! leader has not noticed that it is cut off, up to two election timeouts. Others may elect after
//! one.
//!
//! # Races, and what is done about each
//!
//! **A confirmation that comes late.** (1) A heartbeat leaves at tick 5 and is a second under way.
//! (2) Its answer comes at tick 15. It says what was true of tick 5, and is counted as of tick 5;
//! that it comes twice or out of order changes nothing.
//!
//! **A leader that stood still.** (1) Its process is stopped, and with it its count of ticks.
//! (2) The others elect, and write. (3) It wakes and finds a read in its queue. By its count no
//! time has passed. So the host says how many ticks went by ([`crate::Input::Missed`]) before it
//! hands over anything that came meanwhile. Between that and the answer it may stand still again:
//! what it answers was true when it looked, after the question had come.
//!
//! **A leader that hands over.** (1) It tells another to stand for election at once, whose
//! requests for votes are granted in spite of what voters have heard. (2) That message, or those
//! requests, are long under way; the leader gives the transfer up and goes on. (3) They arrive.
//! So one that has begun to hand over has no lease for the rest of its term.
//!
//! **A voter that forgets.** (1) It has heard a heartbeat, and restarts. (2) A candidate asks for
//! its vote, and it knows of no leader. So one that comes back waits an election timeout before it
//! votes, and does not skip ticks of its first one.
//!
//! **A voter that hears of a higher term by the way.** (1) It has heard a heartbeat. (2) A
//! candidate's old answer tells it of a higher term: it follows nobody now. (3) The candidate
//! asks. What raft looks at, whether it follows a leader, would let it vote; so the promise is
//! kept here, with the term in which it was given, and looked at before raft is asked. The term
//! that the voter is in by then says nothing: it may have heard of the candidate's own one.
//!
//! **A new leader** knows what its predecessors committed once it has committed an entry of its
//! own term; raft answers no read before.
//!
//! # What breaks it
//!
//! Clocks that differ by more than the bound, a clock that jumps ahead on a voter, and members
//! that do not all have the setting. Then a read may be old; nothing that is written is lost.

use bytes::Bytes;
use raft::eraftpb::{Message, MessageType};
use raft::{Raft, StateRole};

use super::convert;
use super::log_store::LogStore;
use crate::collections::BTreeMap;
use crate::collections::InOrder;
use crate::known_bug::{KnownBug, KnownBugs};
use crate::member::MemberConfig;
use crate::rules::Rule;

/// One member's part in leases: what it has promised as a voter, and what others have promised it
/// as a leader.
pub(super) struct ReadLease {
    /// How long a lease lasts; nothing where reads are not answered by it.
    length_ticks: Option<u64>,
    election_ticks: u64,
    /// Ticks of this life. A voter counts by these: if it stood still, its promise lasts longer.
    ticks: u64,
    /// Ticks that went by unseen. A leader counts them too.
    missed_ticks: u64,
    /// This member gives nobody its vote in a term above `promised_term` before this tick.
    promised_until_ticks: u64,
    /// The term of the leader that it gave the promise to. One that came back does not know it:
    /// then it holds for any.
    promised_term: u64,
    /// The term that the rest is about.
    term: u64,
    /// By voter: when the newest heartbeat left that it has answered.
    confirmed: BTreeMap<u64, u64>,
    /// Whether it has begun to hand over in this term.
    has_handed_over: bool,
    /// Whether it held when it was looked at last, for the trace.
    held: bool,
    keeps_promises: bool,
    bugs: KnownBugs,
}

/// How a lease has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeaseChange {
    /// Reads are answered by it from now on.
    Began,
    /// They are not any more.
    Ended,
}

impl ReadLease {
    /// `has_past` says that this member may have heard a leader in an earlier life.
    pub(super) fn new(config: &MemberConfig, has_past: bool) -> Self {
        let election_ticks = u64::from(config.election_ticks);
        let forgets = config.has_bug(KnownBug::VotePromiseForgottenAfterRestart);
        let length_ticks = config
            .read_lease
            .map(|lease| lease_ticks(config.election_ticks, lease.clock_drift_percent));
        Self {
            length_ticks,
            election_ticks,
            ticks: 0,
            missed_ticks: 0,
            promised_until_ticks: if has_past && !forgets {
                election_ticks
            } else {
                0
            },
            promised_term: 0,
            term: 0,
            confirmed: BTreeMap::new(),
            has_handed_over: false,
            held: false,
            keeps_promises: length_ticks.is_some() && config.holds(Rule::CheckQuorum),
            bugs: config.bugs,
        }
    }
}

/// As a voter.
impl ReadLease {
    /// A heartbeat was heard: for an election timeout this member votes for nobody else.
    pub(super) fn heard(&mut self, raft: &Raft<LogStore>, message: &Message) {
        let is_leaders = message.get_msg_type() == MessageType::MsgHeartbeat
            && raft.state == StateRole::Follower
            && raft.leader_id == message.from
            && raft.term == message.term;
        if is_leaders {
            self.promised_until_ticks = self.ticks + self.election_ticks;
            self.promised_term = message.term;
        }
    }

    /// For how many ticks a request for this member's vote is not to be looked at; nothing when it
    /// is. What a leader has asked for by handing over is always looked at.
    pub(super) fn refuses_for(&self, raft: &Raft<LogStore>, message: &Message) -> Option<u32> {
        let asks = matches!(
            message.get_msg_type(),
            MessageType::MsgRequestVote | MessageType::MsgRequestPreVote
        );
        let is_ordered = message.context[..] == *raft::CAMPAIGN_TRANSFER;
        let left_ticks = self.promised_until_ticks.saturating_sub(self.ticks);
        let promised_term = if self.bugs.has(KnownBug::VotePromiseLostInTermHeardOf) {
            raft.term
        } else {
            self.promised_term
        };
        // It may be told so again: the vote was ordered, or given before this member came back.
        let has_vote = raft.vote == message.from && raft.term == message.term;
        let refuses = self.keeps_promises
            && asks
            && !is_ordered
            && left_ticks > 0
            && !has_vote
            // In the promise's own term somebody has won already.
            && message.term > promised_term;
        refuses.then(|| u32::try_from(left_ticks).unwrap_or(u32::MAX))
    }
}

/// As a leader.
impl ReadLease {
    pub(super) fn tick(&mut self) {
        self.ticks += 1;
    }

    pub(super) fn missed(&mut self, ticks: u32) {
        if !self.bugs.has(KnownBug::LeaseForgetsMissedTicks) {
            self.missed_ticks = self.missed_ticks.saturating_add(u64::from(ticks));
        }
    }

    /// A leader's clock.
    fn now_ticks(&self) -> u64 {
        self.ticks.saturating_add(self.missed_ticks)
    }

    /// Heartbeats are about to leave.
    pub(super) fn stamp(&self, messages: &mut [Message]) {
        if self.length_ticks.is_none() {
            return;
        }
        for message in messages {
            if message.get_msg_type() == MessageType::MsgHeartbeat {
                let stamp = self.now_ticks().to_le_bytes();
                let context: Bytes = [&message.context[..], &stamp].concat().into();
                message.context = convert::to_raft(context);
            }
        }
    }

    /// Takes from an answer to a heartbeat when that left, which raft knows nothing of.
    pub(super) fn take_stamp(&self, message: &mut Message) -> Option<u64> {
        let is_answer = message.get_msg_type() == MessageType::MsgHeartbeatResponse;
        if self.length_ticks.is_none() || !is_answer {
            return None;
        }
        let (context, stamp) = message.context.split_last_chunk::<8>()?;
        let stamp = u64::from_le_bytes(*stamp);
        let context = Bytes::copy_from_slice(context);
        message.context = convert::to_raft(context);
        Some(stamp)
    }

    /// Somebody has answered a heartbeat that left then.
    pub(super) fn confirm(&mut self, raft: &Raft<LogStore>, message: &Message, stamp: u64) {
        let is_mine = raft.state == StateRole::Leader && raft.term == message.term;
        // Nobody can answer what has not left yet.
        if !is_mine || message.reject || stamp > self.now_ticks() {
            return;
        }
        self.begin_term(raft.term);
        let stamp = if self.bugs.has(KnownBug::LeaseCountsLateConfirmation) {
            self.now_ticks()
        } else {
            stamp
        };
        let newest = self.confirmed.entry(message.from).or_insert(stamp);
        *newest = (*newest).max(stamp);
    }

    /// After each call to raft.
    pub(super) fn look(&mut self, raft: &Raft<LogStore>, voters: &[u64]) -> Option<LeaseChange> {
        self.length_ticks?;
        if raft.state == StateRole::Leader {
            self.begin_term(raft.term);
            self.has_handed_over |= raft.lead_transferee.is_some();
        }
        let holds = self.holds(raft, voters);
        let held = std::mem::replace(&mut self.held, holds);
        match (held, holds) {
            (false, true) => Some(LeaseChange::Began),
            (true, false) => Some(LeaseChange::Ended),
            _ => None,
        }
    }

    /// What was confirmed in another term says nothing of this one.
    fn begin_term(&mut self, term: u64) {
        if self.term != term {
            self.term = term;
            self.confirmed.clear();
            self.has_handed_over = false;
        }
    }

    /// Whether reads may be answered now, as far as this is about leading still.
    pub(super) fn holds(&self, raft: &Raft<LogStore>, voters: &[u64]) -> bool {
        let Some(length_ticks) = self.length_ticks else {
            return false;
        };
        let leads = raft.state == StateRole::Leader && raft.term == self.term;
        let hands_over = self.has_handed_over && !self.bugs.has(KnownBug::LeaseSurvivesTransfer);
        if !leads || hands_over {
            return false;
        }
        let Some(began) = self.begins_at(raft.id, voters) else {
            return false;
        };
        // So many ticks have passed at most since the heartbeats left: the one that runs counts.
        let passed_ticks = self.now_ticks() - began + 1;
        passed_ticks <= length_ticks || self.bugs.has(KnownBug::LeaseReadAfterLeaseEnded)
    }

    /// The newest tick that a majority has reached.
    fn begins_at(&self, own: u64, voters: &[u64]) -> Option<u64> {
        let mut reached: Vec<Option<u64>> = voters
            .iter()
            .map(|voter| match *voter {
                // A leader votes for nobody else.
                voter if voter == own => Some(self.now_ticks()),
                voter => self.confirmed.get(&voter).copied(),
            })
            .collect();
        reached.order_by(|one, other| other.cmp(one));
        reached.get(voters.len() / 2).copied().flatten()
    }
}

/// How many ticks a lease lasts, on the leader's clock, from when the heartbeat left.
///
/// A voter keeps its promise for an election timeout of its own ticks, the first of which may
/// come at once. At worst its clock runs fast by the bound and the leader's is slow by it:
///
/// `lease × (1 + drift) ≤ (election − 1) × (1 − drift)`
///
/// At 0 a leader would never answer: such settings are refused.
pub(crate) fn lease_ticks(election_ticks: u32, clock_drift_percent: u32) -> u64 {
    let fast = 100 + u64::from(clock_drift_percent);
    let slow = 100_u64.saturating_sub(u64::from(clock_drift_percent));
    u64::from(election_ticks).saturating_sub(1) * slow / fast
}

#[cfg(test)]
mod tests;
