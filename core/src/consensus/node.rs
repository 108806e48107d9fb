//! The one place that calls raft.

mod change;

use std::collections::BTreeMap;

use raft::eraftpb::MessageType;
use raft::eraftpb::{ConfState, Entry, HardState, Message, Snapshot};
use raft::{ProgressState as RaftProgress, RawNode, ReadOnlyOption, SnapshotStatus, StateRole};

pub(crate) use change::{ConfigurationChange, MayChange};

use super::convert;
use super::log_store::LogStore;
#[cfg(feature = "modified-raft")]
use super::modified::Modified;
use super::observe::{Cause, Observer};
use super::read_lease::{LeaseChange, ReadLease};
use super::validate::{self, Held};
use crate::id::{Index, MemberId, Term};
use crate::limits;
use crate::member::{FIRST_TERM, MemberConfig, ProgressState, ProgressView, Role};
use crate::prng;
use crate::rules::Rule;
use crate::trace::TraceKind;

/// Where a member's log begins when it starts, and what stands in it.
#[derive(Default)]
pub(crate) struct InitialLog {
    /// The index behind which it begins.
    pub(crate) offset: Index,
    /// The term of the entry there.
    pub(crate) offset_term: Term,
    /// The entries from there on, without a gap.
    pub(crate) entries: Vec<Entry>,
    /// Term, vote and commit.
    pub(crate) hard_state: HardState,
    /// The configuration at `offset`.
    pub(crate) configuration: ConfState,
}

/// What raft wants done, in this order: take over the snapshot, write entries and hard state,
/// send the messages, carry out what is committed.
pub(crate) struct Work {
    /// To be given to [`Consensus::persisted`] when what is to be written is durable.
    pub(crate) number: u64,
    /// A snapshot that takes the place of everything: its index and term.
    pub(crate) snapshot: Option<(Index, Term)>,
    /// Entries to write.
    pub(crate) entries: Vec<Entry>,
    /// From where entries were thrown away for them.
    pub(crate) truncated: Option<Index>,
    /// Term, vote and commit, when one of them changed.
    pub(crate) hard_state: Option<HardState>,
    /// Whether what is to be written must be durable before `number` is given back.
    pub(crate) must_sync: bool,
    /// Messages that may leave at once.
    pub(crate) messages: Vec<Message>,
    /// Entries to carry out.
    pub(crate) committed: Vec<Entry>,
    /// Reads that were confirmed: the index to have applied, and the context they were asked with.
    pub(crate) reads: Vec<(Index, Vec<u8>)>,
}

/// One member's part in Raft.
pub(crate) struct Consensus {
    node: RawNode<LogStore>,
    seed: u64,
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
        self.call(Cause::Other, |node| taken = node.raft.step(message).is_ok());
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
        self.call(Cause::Other, |node| node.transfer_leader(to.0));
    }

    /// A peer cannot be reached.
    pub(crate) fn unreachable(&mut self, peer: MemberId) {
        self.call(Cause::Other, |node| node.report_unreachable(peer.0));
    }

    /// What became of a snapshot sent to a peer.
    pub(crate) fn snapshot_sent(&mut self, peer: MemberId, succeeded: bool) {
        let status = if succeeded {
            SnapshotStatus::Finish
        } else {
            SnapshotStatus::Failure
        };
        self.call(Cause::Other, |node| node.report_snapshot(peer.0, status));
    }

    /// What raft wants done now. To be called again until there is nothing.
    pub(crate) fn work(&mut self) -> Option<Work> {
        if !self.node.has_ready() {
            return None;
        }
        let mut ready = self.node.ready();
        let number = ready.number();
        let snapshot = self.take_snapshot(&ready);
        let entries = ready.take_entries();
        let truncated = self.node.mut_store().append(&entries).map(Index);
        self.note_term(&ready);
        let mut messages = convert::by_receiver(ready.take_messages());
        let mut held = convert::by_receiver(ready.take_persisted_messages());
        if self.term_written_by.is_some() {
            held.append(&mut messages);
        }
        // What is held leaves later than it says: it counts for less.
        self.lease.stamp(&mut messages);
        self.lease.stamp(&mut held);
        self.held.push_back((number, held));
        let work = Work {
            number,
            snapshot,
            entries,
            truncated,
            hard_state: ready.hs().cloned(),
            must_sync: ready.must_sync(),
            messages,
            committed: ready.take_committed_entries(),
            reads: ready
                .take_read_states()
                .into_iter()
                .map(|state| (Index(state.index), state.request_ctx))
                .collect(),
        };
        self.node.advance_append_async(ready);
        Some(work)
    }

    /// What was to be written up to this number is durable. Answers the messages that waited.
    pub(crate) fn persisted(&mut self, number: u64) -> Vec<Message> {
        self.call(Cause::Other, |node| node.on_persist_ready(number));
        self.tell_applied();
        self.term_written_by = self.term_written_by.filter(|term| *term > number);
        let mut released = Vec::new();
        while let Some((_, messages)) = self.held.pop_front_if(|(held, _)| *held <= number) {
            released.extend(messages);
        }
        released
    }

    /// The store has carried out all up to here.
    pub(crate) fn applied(&mut self, index: Index) {
        self.carried_out = index.0;
        let configuration = self.configuration.clone();
        self.node.mut_store().set_applied(index.0, configuration);
        self.tell_applied();
    }

    /// Raft counts nothing as carried out that it does not know to be durable: a snapshot is in
    /// the store before its marker is in the log.
    fn tell_applied(&mut self) {
        let log = &self.node.raft.raft_log;
        let index = self.carried_out.min(log.persisted).min(log.committed);
        if index > log.applied {
            self.call(Cause::Other, |node| node.advance_apply_to(index));
        }
    }

    /// Whether raft is taking over a snapshot of this index.
    pub(crate) fn takes_snapshot(&self, index: Index) -> bool {
        self.node
            .raft
            .snap()
            .is_some_and(|snapshot| snapshot.get_metadata().index == index.0)
    }

    /// Forgets entries in memory up to an index that a durable snapshot holds.
    pub(crate) fn compact_log(&mut self, index: Index) -> bool {
        self.node.mut_store().compact(index.0)
    }

    /// The lines told since this was last called.
    pub(crate) fn take_trace(&mut self) -> Vec<TraceKind> {
        self.observer.take_lines()
    }

    /// Notes the Ready that writes a new term.
    ///
    /// A leader's messages leave before its own disk has what they tell of (Ongaro's thesis,
    /// 10.2.1). Raft takes it for granted that the leader's term is durable by then: others voted
    /// in it. The only voter asks nobody:
    ///
    /// 1. it elects itself at term 2 and sends its learner an entry of that term;
    /// 2. it crashes before the term is on its disk, and comes back at term 1;
    /// 3. it elects itself at term 2 again, and appends something else at the same index.
    ///
    /// Then two entries share index and term. So a leader whose term is not durable sends nothing.
    fn note_term(&mut self, ready: &raft::Ready) {
        #[cfg(feature = "modified-raft")]
        if self.modified.sends_before_its_term {
            return;
        }
        let Some(hard_state) = ready.hs() else {
            return;
        };
        if hard_state.term != self.written_term.0 {
            self.written_term = Term(hard_state.term);
            self.term_written_by = Some(ready.number());
        }
    }

    fn take_snapshot(&mut self, ready: &raft::Ready) -> Option<(Index, Term)> {
        let snapshot = ready.snapshot();
        let metadata = snapshot.get_metadata();
        if metadata.index == 0 {
            return None;
        }
        self.configuration = sorted(metadata.get_conf_state().clone());
        let configuration = self.configuration.clone();
        self.node
            .mut_store()
            .restore(metadata.index, metadata.term, configuration);
        Some((Index(metadata.index), Term(metadata.term)))
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

    /// raft draws the election timeout anew in each `reset()`, which a change of term goes
    /// through. What it drew is replaced by a pure function of seed, member and term.
    fn pin_timeout(&mut self) {
        let raft = &mut self.node.raft;
        let base = raft.election_timeout() as u64;
        let drawn = prng::draw(self.seed, raft.id, raft.term) % base.max(1);
        raft.set_randomized_election_timeout((base + drawn) as usize);
    }
}

/// What can be seen of it.
impl Consensus {
    /// Its role.
    pub(crate) fn role(&self) -> Role {
        match self.node.raft.state {
            StateRole::Follower => Role::Follower,
            StateRole::PreCandidate => Role::PreCandidate,
            StateRole::Candidate => Role::Candidate,
            StateRole::Leader => Role::Leader,
        }
    }

    /// Whether it is the leader of a term.
    pub(crate) fn leads(&self, term: Term) -> bool {
        self.node.raft.state == StateRole::Leader && self.term() == term
    }

    /// Its term.
    pub(crate) fn term(&self) -> Term {
        Term(self.node.raft.term)
    }

    /// Whom it voted for in this term.
    pub(crate) fn vote(&self) -> MemberId {
        MemberId(self.node.raft.vote)
    }

    /// The leader it knows.
    pub(crate) fn leader(&self) -> MemberId {
        MemberId(self.node.raft.leader_id)
    }

    /// To whom it is handing over.
    pub(crate) fn transferee(&self) -> Option<MemberId> {
        self.node.raft.lead_transferee.map(MemberId)
    }

    /// Commit index.
    pub(crate) fn commit(&self) -> Index {
        Index(self.node.raft.raft_log.committed)
    }

    /// Up to here raft knows the log to be durable.
    pub(crate) fn synced(&self) -> Index {
        Index(self.node.raft.raft_log.persisted)
    }

    /// Last index of the log.
    pub(crate) fn last(&self) -> Index {
        Index(self.node.raft.raft_log.last_index())
    }

    /// The entries held, those not yet handed out for writing included.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        let unstable = self.node.raft.raft_log.unstable_entries();
        let first = unstable.first().map_or(u64::MAX, |entry| entry.index);
        self.node
            .store()
            .entries()
            .filter(move |entry| entry.index < first)
            .chain(unstable)
    }

    /// As [`Consensus::entries`], from an index on.
    pub(crate) fn entries_from(&self, first: Index) -> impl Iterator<Item = &Entry> {
        let unstable = self.node.raft.raft_log.unstable_entries();
        let until = unstable.first().map_or(u64::MAX, |entry| entry.index);
        let is_wanted = move |entry: &&Entry| entry.index >= first.0;
        self.node
            .store()
            .entries_from(first.0)
            .take_while(move |entry| entry.index < until)
            .chain(unstable.iter().filter(is_wanted))
    }

    /// Where a snapshot of what is applied stands.
    pub(crate) fn applied_position(&self) -> &Snapshot {
        self.node.store().applied()
    }

    /// The configuration at the applied index.
    pub(crate) fn configuration(&self) -> &ConfState {
        &self.configuration
    }

    /// Ticks since its timer was set back, and the tick at which it runs out.
    pub(crate) fn timer_ticks(&self) -> (u32, u32) {
        let raft = &self.node.raft;
        let limit = match raft.state {
            StateRole::Leader => raft.election_timeout(),
            _ => raft.randomized_election_timeout(),
        };
        (raft.election_elapsed as u32, limit as u32)
    }

    /// The answers to its requests for votes.
    pub(crate) fn votes(&self) -> BTreeMap<MemberId, bool> {
        match self.node.raft.state {
            StateRole::PreCandidate | StateRole::Candidate => self.observer.votes().clone(),
            StateRole::Follower | StateRole::Leader => BTreeMap::new(),
        }
    }

    /// A leader's notes on the members.
    pub(crate) fn progress(&self) -> Vec<ProgressView> {
        if self.node.raft.state != StateRole::Leader {
            return Vec::new();
        }
        let all = self.node.raft.prs();
        let mut ids: Vec<u64> = all.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.into_iter()
            .filter_map(|id| Some((id, all.get(id)?)))
            .map(|(id, progress)| ProgressView {
                member: MemberId(id),
                state: match progress.state {
                    RaftProgress::Probe => ProgressState::Probe,
                    RaftProgress::Replicate => ProgressState::Replicate,
                    RaftProgress::Snapshot => ProgressState::Snapshot,
                },
                matched: Index(progress.matched),
                next: Index(progress.next_idx),
                in_flight: progress.ins.count() as u32,
                recently_active: id == self.node.raft.id || progress.recent_active,
            })
            .collect()
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

fn raft_settings(config: &MemberConfig, applied: Index) -> raft::Config {
    let election = config.election_ticks as usize;
    raft::Config {
        id: config.id.0,
        election_tick: election,
        heartbeat_tick: limits::HEARTBEAT_TICKS as usize,
        min_election_tick: election,
        max_election_tick: election * 2,
        applied: applied.0,
        max_size_per_msg: limits::APPEND_SIZE_BYTES_MAX,
        max_inflight_msgs: limits::APPENDS_IN_FLIGHT_MAX,
        check_quorum: config.holds(Rule::CheckQuorum) && config.holds(Rule::LeaderLease),
        pre_vote: config.pre_vote && config.holds(Rule::PreVote),
        read_only_option: raft::ReadOnlyOption::Safe,
        skip_bcast_commit: false,
        // Joining appends has no bound: what a follower far behind lacks would become one frame.
        batch_append: false,
        priority: 0,
        max_uncommitted_size: limits::UNCOMMITTED_SIZE_BYTES_MAX,
        max_committed_size_per_ready: limits::COMMITTED_SIZE_BYTES_MAX,
    }
}

/// What `RawNode::new` would panic on.
fn check_initial(initial: &InitialLog) -> Result<(), String> {
    let last = initial.offset.0 + initial.entries.len() as u64;
    let hard_state = &initial.hard_state;
    if hard_state.commit > last || hard_state.commit < initial.offset.0 {
        return Err(format!(
            "commit {} is not in the log, which holds {}..={last}",
            hard_state.commit,
            initial.offset.next()
        ));
    }
    for (position, entry) in initial.entries.iter().enumerate() {
        let wanted = initial.offset.0 + 1 + position as u64;
        if entry.index != wanted {
            return Err(format!(
                "the log has a gap: entry {} where {wanted} is due",
                entry.index
            ));
        }
    }
    if hard_state.term > limits::TERM_OR_INDEX_MAX || last > limits::TERM_OR_INDEX_MAX {
        return Err(format!(
            "term {} or index {last} is above the limit",
            hard_state.term
        ));
    }
    // Without a snapshot the configuration is made by the log's first entries.
    if initial.offset.0 == 0 && initial.configuration == ConfState::default() {
        return Ok(());
    }
    validate::configuration(&initial.configuration)
}

/// raft's lists come out of hash sets.
fn sorted(mut state: ConfState) -> ConfState {
    state.mut_voters().sort_unstable();
    state.mut_learners().sort_unstable();
    state.mut_voters_outgoing().sort_unstable();
    state.mut_learners_next().sort_unstable();
    state
}

#[cfg(test)]
mod tests;
