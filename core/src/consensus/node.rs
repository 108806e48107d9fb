//! The one place that calls raft.

mod change;
mod initial;
mod seen;
mod work;

use raft::eraftpb::{ConfState, Message, MessageType};
use raft::{RawNode, ReadOnlyOption, SnapshotStatus, StateRole};

pub(crate) use change::{ConfigurationChange, MayChange};
pub(crate) use initial::InitialLog;
pub(crate) use work::Work;

use self::initial::{check_initial, raft_settings, sorted};
use super::convert;
use super::log_store::LogStore;
#[cfg(feature = "modified-raft")]
use super::modified::Modified;
use super::observe::{Cause, Observer};
use super::read_lease::{LeaseChange, ReadLease};
use super::validate::{self, Held};
use crate::id::{MemberId, Term};
use crate::member::{FIRST_TERM, MemberConfig};
use crate::prng;
use crate::trace::{LocalMessage, LocalMessages, TraceKind};

/// One member's part in Raft.
pub(crate) struct Consensus {
    node: RawNode<LogStore>,
    seed: u64,
    /// From the term behind this one on, election timeouts are drawn from another seed.
    later_seed: Option<(Term, u64)>,
    observer: Observer,
    /// Messages that say what a write makes true, by the number of their Ready: they leave when
    /// that is durable, never before.
    held: Held,
    /// The term last handed out for writing.
    written_term: Term,
    /// The Ready that it was handed out with, until that is durable.
    term_written_by: Option<u64>,
    configuration: ConfState,
    /// Carried out by the store. Raft hears of it once it knows the same to be durable.
    carried_out: u64,
    lease: ReadLease,
    /// In which term it has said that it cannot stand for election any more.
    told_exhausted: Option<Term>,
    /// Rules that are off and bugs that are back.
    #[cfg(feature = "modified-raft")]
    modified: Modified,
}

impl Consensus {
    /// Starts from a log.
    ///
    /// # Errors
    ///
    /// What is wrong with the log or the settings, in words.
    pub(crate) fn start(config: &MemberConfig, initial: InitialLog) -> Result<Self, String> {
        check_initial(&initial)?;
        let settings = raft_settings(config, initial.offset);
        let configuration = sorted(initial.configuration);
        let written_term = Term(initial.hard_state.term);
        // Before anybody led it can have promised nothing.
        let has_past = initial.hard_state.term > FIRST_TERM.0;
        let store = LogStore::new(
            initial.offset.0,
            initial.offset_term.0,
            initial.entries,
            initial.hard_state,
            configuration.clone(),
        );
        let logger = slog::Logger::root(slog::Discard, slog::o!());
        let node = RawNode::new(&settings, store, &logger).map_err(|error| error.to_string())?;
        let mut consensus = Self {
            #[cfg(feature = "modified-raft")]
            modified: Modified::new(config),
            lease: ReadLease::new(config, has_past),
            told_exhausted: None,
            node,
            seed: config.seed,
            later_seed: None,
            observer: Observer::default(),
            held: Held::new(),
            written_term,
            term_written_by: None,
            configuration,
            carried_out: initial.offset.0,
        };
        #[cfg(feature = "modified-raft")]
        consensus.modified.begin(&mut consensus.node.raft);
        consensus.pin_timeout();
        consensus.observer.tell(TraceKind::BecameFollower {
            term: consensus.term(),
        });
        Ok(consensus)
    }

    /// One tick.
    pub(crate) fn tick(&mut self) {
        self.lease.tick();
        let raft = &self.node.raft;
        let campaigns = raft.state != StateRole::Leader
            && raft.promotable()
            && raft.election_elapsed + 1 >= raft.randomized_election_timeout();
        if campaigns && validate::election(raft).is_err() {
            // It can wait a tick for the disk; for what is used up it waits for ever.
            self.tell_exhausted();
            return self.look_at_lease();
        }
        self.call(Cause::Tick { campaigns }, |node| {
            node.tick();
        });
    }

    /// Says once a term that this member cannot stand for election any more.
    fn tell_exhausted(&mut self) {
        let Some(reason) = validate::exhausted(&self.node.raft) else {
            return;
        };
        let term = self.term();
        if self.told_exhausted != Some(term) {
            self.told_exhausted = Some(term);
            self.observer.tell(TraceKind::ElectionImpossible { reason });
        }
    }

    /// How many entries the log takes before its indexes come to their limit.
    pub(crate) fn room(&self) -> u64 {
        validate::room(&self.node.raft)
    }

    /// So many ticks have passed that nobody told of.
    pub(crate) fn missed(&mut self, ticks: u32) {
        self.lease.missed(ticks);
        self.look_at_lease();
    }

    /// Lets ticks of the running election timeout pass at once, but never so many that an
    /// election starts by it. Answers how many.
    pub(crate) fn skip_ticks(&mut self, ticks: u32) -> u32 {
        let (elapsed, limit) = self.timer_ticks();
        let ticks = ticks.min(limit.saturating_sub(elapsed + 1));
        for _ in 0..ticks {
            self.tick();
        }
        ticks
    }

    /// What a message proves this member's disk to have lost; nothing when it proves nothing.
    pub(crate) fn loss(&self, message: &Message) -> Option<String> {
        validate::loss(&self.node.raft, message)
    }

    /// A message from a peer, validated here.
    ///
    /// # Errors
    ///
    /// Why it was refused.
    pub(crate) fn step(&mut self, mut message: Message) -> Result<(), String> {
        #[cfg(feature = "modified-raft")]
        self.modified.hear(&mut self.node.raft, &mut message);
        validate::validate(&self.node.raft, &self.held, &message)?;
        if let Some(left_ticks) = self.lease.refuses_for(&self.node.raft, &message) {
            self.observer
                .tell_promise(&self.node.raft, &message, left_ticks);
            return Ok(());
        }
        let stamp = self.lease.take_stamp(&mut message);
        let reads = message.get_msg_type() == MessageType::MsgReadIndex && self.may_answer_reads();
        let seen = message.clone();
        self.call(Cause::Message(&seen), |node| {
            // Errors here mean that raft ignored it: a dropped proposal, an unknown sender.
            // Whoever waits for it has a timeout.
            by_lease(node, reads, |node| {
                let _ = node.step(message);
            });
        });
        self.lease.heard(&self.node.raft, &seen);
        if let Some(stamp) = stamp {
            self.lease.confirm(&self.node.raft, &seen, stamp);
            self.look_at_lease();
        }
        Ok(())
    }

    /// Proposes entries, all in one go. False when raft takes none now: there is no leader, or
    /// it is handing over.
    pub(crate) fn propose(&mut self, payloads: Vec<bytes::Bytes>) -> bool {
        if payloads.is_empty() {
            return true;
        }
        if payloads.len() as u64 > self.room() {
            return false;
        }
        let mut message = Message::default();
        message.set_msg_type(MessageType::MsgPropose);
        message.from = self.node.raft.id;
        message.entries = payloads
            .into_iter()
            .map(|data| convert::new_entry(false, 0, 0, data))
            .collect::<Vec<_>>()
            .into();
        let mut taken = false;
        let cause = Cause::Local(LocalMessage::Propose);
        self.call(cause, |node| taken = node.raft.step(message).is_ok());
        taken
    }

    /// Asks how far one must have applied to read. The answer comes in [`Work::reads`], or not at
    /// all: then it is asked again, with another context.
    pub(crate) fn read_index(&mut self, context: Vec<u8>) {
        let may_answer = self.may_answer_reads();
        self.call(Cause::Other, |node| {
            by_lease(node, may_answer, |node| node.read_index(context));
        });
    }

    /// Whether asking makes sense now: a leader that has committed nothing in its term does not
    /// know yet how far its predecessors did (§8), and raft would ignore the question.
    pub(crate) fn may_confirm_reads(&self) -> bool {
        let raft = &self.node.raft;
        raft.state != StateRole::Leader || raft.commit_to_current_term()
    }

    /// A leader begins to hand over. Anybody else has nothing to hand over.
    pub(crate) fn transfer_leader(&mut self, to: MemberId) {
        if self.node.raft.state != StateRole::Leader {
            return;
        }
        let cause = Cause::Local(LocalMessage::TransferLeader);
        self.call(cause, |node| node.transfer_leader(to.0));
    }

    /// A peer cannot be reached.
    pub(crate) fn unreachable(&mut self, peer: MemberId) {
        let cause = Cause::Local(LocalMessage::Unreachable);
        self.call(cause, |node| node.report_unreachable(peer.0));
    }

    /// What became of a snapshot sent to a peer.
    pub(crate) fn snapshot_sent(&mut self, peer: MemberId, succeeded: bool) {
        let status = if succeeded {
            SnapshotStatus::Finish
        } else {
            SnapshotStatus::Failure
        };
        let cause = Cause::Local(LocalMessage::SnapshotStatus);
        self.call(cause, |node| node.report_snapshot(peer.0, status));
    }

    /// The messages that raft handed to itself since [`Consensus::forget_local`].
    pub(crate) fn local(&self) -> LocalMessages {
        self.observer.local()
    }

    /// Forgets them; true when there were any.
    pub(crate) fn forget_local(&mut self) -> bool {
        self.observer.forget_local()
    }

    /// The lines told since this was last called.
    pub(crate) fn take_trace(&mut self) -> Vec<TraceKind> {
        self.observer.take_lines()
    }

    /// Every call goes through here: it is watched, and the one random number in raft is
    /// overwritten.
    fn call(&mut self, cause: Cause<'_>, call: impl FnOnce(&mut RawNode<LogStore>)) {
        let before = self.observer.before(&self.node.raft, &cause);
        call(&mut self.node);
        #[cfg(feature = "modified-raft")]
        self.modified.after(&mut self.node.raft);
        self.pin_timeout();
        self.observer.after(&self.node.raft, &cause, before);
        self.look_at_lease();
    }

    /// Tells when reads begin to be answered by the lease, and when they end to be.
    fn look_at_lease(&mut self) {
        let voters = self.configuration.get_voters();
        let Some(change) = self.lease.look(&self.node.raft, voters) else {
            return;
        };
        let term = self.term();
        self.observer.tell(match change {
            LeaseChange::Began => TraceKind::ReadLeaseBegan { term },
            LeaseChange::Ended => TraceKind::ReadLeaseEnded { term },
        });
    }

    /// Whether this member leads for certain, and need not ask.
    fn may_answer_reads(&self) -> bool {
        let voters = self.configuration.get_voters();
        self.lease.holds(&self.node.raft, voters)
    }

    /// Draws the election timeouts of later terms from another seed; timers that run are left.
    pub(crate) fn reseed_later_terms(&mut self, seed: u64) {
        self.later_seed = Some((self.term(), seed));
    }

    /// raft draws the election timeout anew in each `reset()`, which a change of term goes
    /// through. What it drew is replaced by a pure function of seed, member and term.
    fn pin_timeout(&mut self) {
        let raft = &mut self.node.raft;
        let base = raft.election_timeout() as u64;
        let seed = match self.later_seed {
            Some((after, seed)) if raft.term > after.0 => seed,
            _ => self.seed,
        };
        let drawn = prng::draw(seed, raft.id, raft.term) % base.max(1);
        raft.set_randomized_election_timeout((base + drawn) as usize);
    }
}

/// Lets raft answer a read at once, if it may. It answers none before it has committed an entry
/// of its own term.
fn by_lease(node: &mut RawNode<LogStore>, may: bool, call: impl FnOnce(&mut RawNode<LogStore>)) {
    let usual = node.raft.read_only.option;
    if may {
        node.raft.read_only.option = ReadOnlyOption::LeaseBased;
    }
    call(node);
    node.raft.read_only.option = usual;
}

#[cfg(test)]
mod tests;
