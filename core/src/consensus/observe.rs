//! What a call into raft changed, told in etcd's words.
//!
//! raft's own log cannot be read (it is switched off on the page), so every call is watched from
//! outside: what stood before, what stands after, and which messages it wanted to send. That is
//! the same on every platform, and structured from the start.

use raft::eraftpb::{Message, MessageType};
use raft::{Raft, StateRole};

use super::convert::{by_receiver, member, message_kind};
use super::log_store::LogStore;
use crate::collections::BTreeMap;
use crate::id::{Index, MemberId, Term};
use crate::trace::{LocalMessage, LocalMessages, MessageKind, TraceKind};

/// The parts of raft's state that are told when they change.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    role: StateRole,
    term: u64,
    leader: u64,
    transferee: Option<u64>,
    messages: usize,
}

/// Why raft was called.
pub(super) enum Cause<'a> {
    /// A tick; whether its timer runs out with it.
    Tick {
        /// It does.
        campaigns: bool,
    },
    /// A message from a peer.
    Message(&'a Message),
    /// A message that raft hands to itself.
    Local(LocalMessage),
    /// Anything else.
    Other,
}

/// Watches calls and remembers the votes of the running election.
#[derive(Default)]
pub(super) struct Observer {
    votes: BTreeMap<MemberId, bool>,
    lines: Vec<TraceKind>,
    local: LocalMessages,
}

impl Observer {
    /// The messages that raft handed to itself since [`Observer::forget_local`].
    pub(super) fn local(&self) -> LocalMessages {
        self.local
    }

    /// Forgets them; true when there were any.
    pub(super) fn forget_local(&mut self) -> bool {
        std::mem::take(&mut self.local) != LocalMessages::default()
    }

    /// The votes of the running election.
    pub(super) fn votes(&self) -> &BTreeMap<MemberId, bool> {
        &self.votes
    }

    /// The lines since the last time they were taken.
    pub(super) fn take_lines(&mut self) -> Vec<TraceKind> {
        std::mem::take(&mut self.lines)
    }

    /// Adds a line.
    pub(super) fn tell(&mut self, line: TraceKind) {
        self.lines.push(line);
    }

    /// A vote is not looked at because of what this member has heard before.
    pub(super) fn tell_promise(
        &mut self,
        raft: &Raft<LogStore>,
        message: &Message,
        remaining_ticks: u32,
    ) {
        if let Some(kind) = message_kind(message.get_msg_type()) {
            self.tell(TraceKind::VoteIgnored {
                kind,
                from: member(message.from),
                term: Term(raft.term),
                remaining_ticks,
            });
        }
    }

    /// Called before a call into raft.
    pub(super) fn before(&mut self, raft: &Raft<LogStore>, cause: &Cause<'_>) -> Seen {
        match cause {
            Cause::Message(message) => self.tell_message(raft, message),
            Cause::Local(message) => self.local.add(*message),
            Cause::Tick { campaigns: true } => self.local.add(LocalMessage::Hup),
            Cause::Tick { campaigns: false } if raft.state == StateRole::Leader => {
                let is_due = raft.election_elapsed + 1 >= raft.election_timeout();
                if is_due && raft.check_quorum {
                    self.local.add(LocalMessage::CheckQuorum);
                }
                if raft.heartbeat_elapsed() + 1 >= raft.heartbeat_timeout() {
                    self.local.add(LocalMessage::Beat);
                }
            }
            Cause::Tick { .. } | Cause::Other => {}
        }
        Seen {
            role: raft.state,
            term: raft.term,
            leader: raft.leader_id,
            transferee: raft.lead_transferee,
            messages: raft.msgs.len(),
        }
    }

    /// Called after it.
    pub(super) fn after(&mut self, raft: &Raft<LogStore>, cause: &Cause<'_>, before: Seen) {
        if matches!(cause, Cause::Tick { campaigns: true }) || is_ordered(cause, raft, &before) {
            self.tell(TraceKind::ElectionStarted {
                term: Term(before.term),
            });
        }
        let stepped_down = before.role == StateRole::Leader && raft.state == StateRole::Follower;
        if matches!(cause, Cause::Tick { .. }) && stepped_down {
            self.tell(TraceKind::QuorumLost);
        }
        let again = matches!(cause, Cause::Tick { campaigns: true })
            && before.role == StateRole::PreCandidate;
        self.tell_role(raft, &before, again);
        // A message list that became shorter was not appended to: nothing new in it.
        for message in raft.msgs.get(before.messages..).unwrap_or_default() {
            self.tell_answer(raft, message);
        }
        self.tell_requests(raft, before.messages);
        if let Some(to) = raft.lead_transferee.filter(|_| before.transferee.is_none()) {
            self.tell(TraceKind::TransferStarted {
                term: Term(raft.term),
                to: member(to),
            });
        }
        self.tell_leader(raft, &before);
    }

    fn tell_message(&mut self, raft: &Raft<LogStore>, message: &Message) {
        let Some(kind) = message_kind(message.get_msg_type()) else {
            return;
        };
        let from = member(message.from);
        let (own, theirs) = (Term(raft.term), Term(message.term));
        if message.term > raft.term {
            self.tell_higher_term(raft, message, kind);
        } else if message.term != 0 && message.term < raft.term {
            let silent = matches!(kind, MessageKind::Append | MessageKind::Heartbeat)
                && (raft.check_quorum || raft.pre_vote);
            if !silent && kind != MessageKind::PreVote {
                self.tell(TraceKind::LowerTermIgnored {
                    kind,
                    from,
                    own,
                    theirs,
                });
            }
            return;
        }
        let counted = match kind {
            MessageKind::VoteResponse => {
                raft.state == StateRole::Candidate && message.term == raft.term
            }
            MessageKind::PreVoteResponse => {
                raft.state == StateRole::PreCandidate
                    && (message.term == raft.term || !message.reject)
            }
            _ => false,
        };
        if counted {
            self.count_vote(kind, from, own, !message.reject);
        }
        if kind == MessageKind::TimeoutNow && raft.state == StateRole::Follower && raft.promotable()
        {
            self.tell(TraceKind::TimeoutNowReceived { term: own, from });
        }
    }

    fn tell_higher_term(&mut self, raft: &Raft<LogStore>, message: &Message, kind: MessageKind) {
        let from = member(message.from);
        let asks = matches!(kind, MessageKind::Vote | MessageKind::PreVote);
        let forced = message.context[..] == *raft::CAMPAIGN_TRANSFER;
        let in_lease = raft.check_quorum
            && raft.leader_id != 0
            && raft.election_elapsed < raft.election_timeout();
        if asks && in_lease && !forced {
            let left = raft.election_timeout() - raft.election_elapsed;
            self.tell(TraceKind::VoteIgnored {
                kind,
                from,
                term: Term(raft.term),
                remaining_ticks: left as u32,
            });
            return;
        }
        let preliminary = kind == MessageKind::PreVote
            || (kind == MessageKind::PreVoteResponse && !message.reject);
        if !preliminary {
            let (own, theirs) = (Term(raft.term), Term(message.term));
            self.tell(TraceKind::HigherTerm {
                kind,
                from,
                own,
                theirs,
            });
        }
    }

    fn tell_role(&mut self, raft: &Raft<LogStore>, before: &Seen, again: bool) {
        let term = Term(raft.term);
        if before.role == raft.state && before.term == raft.term && !again {
            return;
        }
        match raft.state {
            StateRole::Follower => {
                self.votes.clear();
                self.tell(TraceKind::BecameFollower { term });
            }
            StateRole::PreCandidate => {
                self.tell(TraceKind::BecamePreCandidate { term });
                self.vote_for_oneself(raft, MessageKind::PreVoteResponse);
            }
            StateRole::Candidate => {
                self.tell(TraceKind::BecameCandidate { term });
                self.vote_for_oneself(raft, MessageKind::VoteResponse);
            }
            StateRole::Leader => {
                // A cluster of one goes through all roles in one call.
                if before.role != StateRole::Candidate {
                    self.tell(TraceKind::BecameCandidate { term });
                    self.vote_for_oneself(raft, MessageKind::VoteResponse);
                }
                self.tell(TraceKind::BecameLeader { term });
            }
        }
    }

    fn vote_for_oneself(&mut self, raft: &Raft<LogStore>, kind: MessageKind) {
        self.votes.clear();
        self.count_vote(kind, member(raft.id), Term(raft.term), true);
    }

    fn count_vote(&mut self, kind: MessageKind, from: MemberId, term: Term, granted: bool) {
        // As raft does: the first answer of a member counts.
        self.votes.entry(from).or_insert(granted);
        self.tell(TraceKind::VoteReceived {
            kind,
            from,
            term,
            granted,
        });
        let yes = self.votes.values().filter(|granted| **granted).count() as u32;
        let no = self.votes.len() as u32 - yes;
        self.tell(TraceKind::VoteTally {
            kind,
            granted: yes,
            rejected: no,
        });
    }

    fn tell_answer(&mut self, raft: &Raft<LogStore>, message: &Message) {
        let to = member(message.to);
        let term = Term(raft.term);
        let line = match (message.get_msg_type(), message.reject) {
            (MessageType::MsgRequestVoteResponse, false) => TraceKind::VoteCast {
                kind: MessageKind::Vote,
                to,
                term,
            },
            (MessageType::MsgRequestVoteResponse, true) => TraceKind::VoteRejected {
                kind: MessageKind::Vote,
                to,
                term,
            },
            (MessageType::MsgRequestPreVoteResponse, false) => TraceKind::VoteCast {
                kind: MessageKind::PreVote,
                to,
                term,
            },
            (MessageType::MsgRequestPreVoteResponse, true) => TraceKind::VoteRejected {
                kind: MessageKind::PreVote,
                to,
                term,
            },
            (MessageType::MsgAppendResponse, true) => TraceKind::AppendRejected {
                from: to,
                index: Index(message.index),
                hint: Index(message.reject_hint),
            },
            _ => return,
        };
        self.tell(line);
    }

    /// Requests for votes come out of a hash map: they are told in the order of ids.
    fn tell_requests(&mut self, raft: &Raft<LogStore>, from: usize) {
        let requests = raft
            .msgs
            .get(from..)
            .unwrap_or_default()
            .iter()
            .filter(|message| {
                matches!(
                    message.get_msg_type(),
                    MessageType::MsgRequestVote | MessageType::MsgRequestPreVote
                )
            })
            .cloned()
            .collect();
        for message in by_receiver(requests) {
            let Some(kind) = message_kind(message.get_msg_type()) else {
                continue;
            };
            self.tell(TraceKind::VoteRequested {
                kind,
                to: member(message.to),
                term: Term(raft.term),
                log_term: Term(message.log_term),
                index: Index(message.index),
            });
        }
    }

    fn tell_leader(&mut self, raft: &Raft<LogStore>, before: &Seen) {
        let term = Term(raft.term);
        let (from, to) = (member(before.leader), member(raft.leader_id));
        let line = match (from.is_some(), to.is_some()) {
            _ if from == to => return,
            (false, _) => TraceKind::LeaderElected { leader: to, term },
            (true, false) => TraceKind::LeaderLost { leader: from, term },
            (true, true) => TraceKind::LeaderChanged { from, to, term },
        };
        self.tell(line);
    }
}

/// Whether a leader that hands over has just made this member a candidate: etcd says then, too, that
/// an election begins.
fn is_ordered(cause: &Cause<'_>, raft: &Raft<LogStore>, before: &Seen) -> bool {
    let Cause::Message(message) = cause else {
        return false;
    };
    message.get_msg_type() == MessageType::MsgTimeoutNow
        && before.role == StateRole::Follower
        && raft.state != StateRole::Follower
}
