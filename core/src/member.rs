//! The member: consensus, log, snapshots and store, joined into one state machine.
//!
//! A host calls [`Member::step`] with what happened and [`Member::take_outputs`] for what is to
//! be done. The first only takes notes; the second runs everything the notes make possible. So a
//! host that steps a hundred requests and then takes the outputs once has them proposed in one
//! go, written in one batch and synced once.
//!
//! # The way of a write
//!
//! 1. `Input::Request` with a `Put`. It is checked as etcd checks it before it proposes.
//! 2. It becomes an entry's data, with this member's return address, and waits for a leader.
//! 3. Raft puts it into the log (or forwards it to the leader's). In the same go the leader sends
//!    it to the others and hands it to its own disk.
//! 4. `Input::DiskDone`: it is durable here. Followers say so to the leader.
//! 5. Durable on a majority: committed. The store carries it out, on every member.
//! 6. On the member that was asked, `Output::Reply`.
//!
//! # The way of a linearizable read
//!
//! It takes a round with the leader (ReadIndex) and waits until the store has applied as far as
//! was committed when the round began. Reads that come meanwhile share the next round. Nothing is
//! written.
//!
//! # What ends a request
//!
//! Its answer, or its time: etcd's 5 s and two election timeouts, counted in ticks. A write that
//! ran out of time may still happen; its error says "timed out", not "failed".

mod alarms;
mod apply;
mod auto_compaction;
#[cfg(feature = "known-bugs")]
mod bugs;
mod changes;
mod checkpoint;
mod config;
mod corruption;
mod defragment;
mod facts;
mod figures;
mod hashes;
mod leases;
mod leaving;
mod log;
mod look;
mod move_leader;
mod peers;
mod proposal;
mod receiving;
mod requests;
mod restore;
mod saving;
mod serve;
mod snapshots;
mod start;
mod stop;
mod transfer_in;
mod transfer_out;
mod versions;
mod view;
mod watches;

use std::collections::BTreeMap;

use raft::eraftpb::{Message, MessageType};

pub use config::{MemberConfig, ReadLeaseSettings};
pub(crate) use facts::{ConfigurationFacts, EntryFacts, MemberFacts};
pub use figures::Figures;
pub use leaving::REMOVED;
#[cfg(test)]
pub(crate) use proposal::entry_data;
pub(crate) use proposal::{describe as describe_entry, publisher};
pub(crate) use restore::restore_file;
pub(crate) use start::FIRST_TERM;
pub use start::StartError;
pub use view::{EntryView, LeaseView, MemberView, ProgressState, ProgressView, Role, Standing};

use self::alarms::Raising;
use self::changes::ChangeDesk;
use self::corruption::CorruptionChecks;
use self::defragment::Defragmenting;
use self::hashes::HashDesk;
use self::leases::LeaseDesk;
use self::log::Log;
use self::move_leader::LeaderMove;
use self::peers::Peers;
use self::requests::{Reads, Writes};
use self::restore::Restored;
use self::saving::Saves;
use self::snapshots::Snapshots;
use self::stop::Stop;
use crate::alarm::Alarms;
use crate::auto_compaction::Compactor;
use crate::command::ReplyHeader;
use crate::consensus::wire::{WireBody, WireFrame};
use crate::consensus::{Consensus, Work, frame, from_wire, to_wire};
use crate::disk::{DiskBatch, DiskError, DiskOperation, Lane};
use crate::error::Error;
use crate::id::{BatchId, Index, MemberId, RequestId, Revision, Term};
use crate::known_bug::KnownBug;
use crate::membership::Membership;
use crate::mvcc::{Store, Watches};
use crate::probe::Probe;
#[cfg(feature = "modified-raft")]
use crate::rules::Rule;
use crate::trace::{TraceEvent, TraceKind};
use crate::versions::Versions;
use crate::{Input, Output};

/// One member of a cluster. See the page above.
pub struct Member {
    config: MemberConfig,
    consensus: Consensus,
    log: Log,
    store: Store,
    watches: Watches,
    membership: Membership,
    alarms: Alarms,
    versions: Versions,
    /// Alarms that this member has proposed, and who waits for them.
    raising: Raising,
    /// Carried out by the store; at most the commit index.
    applied: Index,
    /// What had been committed, as far as the disk says, when this member started.
    replayed_until: Index,
    /// The commit index as last told in the trace.
    told_commit: Index,
    /// The durable term and vote as last told in the trace.
    told_vote: (Term, MemberId),
    /// The newest snapshot on the disk.
    snapshot: Option<(Index, Term)>,
    snapshots: Snapshots,
    writes: Writes,
    reads: Reads,
    leases: LeaseDesk,
    changes: ChangeDesk,
    /// How often what is known of the members has changed in this life.
    members_changed: u64,
    /// Moves of the leadership whose callers wait.
    leader_moves: Vec<LeaderMove>,
    peers: Peers,
    /// Compactions whose caller waits for the space.
    compactions: Vec<RequestId>,
    defragmentation: Option<Defragmenting>,
    hashes: HashDesk,
    saves: Saves,
    checks: CorruptionChecks,
    compactor: Compactor,
    /// Ticks since the start.
    now_ticks: u64,
    /// Those of them in which it took part in nothing yet.
    held_ticks: u64,
    /// Why it is about to stop by itself.
    doomed: Option<String>,
    /// When this member last proposed its own name, URLs and version.
    published_at_ticks: Option<u64>,
    /// When a leader was last lost.
    leader_lost_at_ticks: Option<u64>,
    stop: Stop,
    outputs: Vec<Output>,
    /// Who measures; nothing that it does is seen here.
    probe: Option<Box<dyn Probe>>,
    #[cfg(feature = "known-bugs")]
    bug_notes: bugs::BugNotes,
}

/// What a start puts together.
struct MemberParts {
    consensus: Consensus,
    log: Log,
    restored: Restored,
    applied: Index,
    replayed_until: Index,
    snapshot: Option<(Index, Term)>,
    /// Paths of all snapshots on the disk, oldest first.
    snapshot_files: Vec<String>,
}

impl Member {
    fn join(
        config: MemberConfig,
        parts: MemberParts,
        first: DiskBatch,
        leftovers: Vec<DiskOperation>,
        lines: Vec<TraceKind>,
    ) -> Self {
        let MemberParts {
            consensus,
            log,
            restored,
            applied,
            replayed_until,
            snapshot,
            snapshot_files,
        } = parts;
        let Restored {
            membership,
            store,
            alarms,
            versions,
            ..
        } = restored;
        let told_vote = log.durable_vote();
        let mut member = Self {
            watches: Watches::new(&store, config.watch_progress_ticks())
                .with_limits(config.watch_limits),
            #[cfg(feature = "known-bugs")]
            bug_notes: bugs::BugNotes::default(),
            snapshots: Snapshots::new(config.incarnation, snapshot_files),
            compactor: Compactor::new(config.auto_compaction, config.tick_ms, store.revision()),
            config,
            consensus,
            log,
            store,
            membership,
            alarms,
            versions,
            raising: Raising::default(),
            applied,
            replayed_until,
            told_commit: applied,
            told_vote,
            snapshot,
            writes: Writes::default(),
            reads: Reads::default(),
            leases: LeaseDesk::default(),
            changes: ChangeDesk::default(),
            members_changed: 0,
            leader_moves: Vec::new(),
            peers: Peers::default(),
            compactions: Vec::new(),
            defragmentation: None,
            hashes: HashDesk::default(),
            saves: Saves::default(),
            checks: CorruptionChecks::default(),
            now_ticks: 0,
            held_ticks: 0,
            doomed: None,
            published_at_ticks: None,
            leader_lost_at_ticks: None,
            stop: Stop::Running,
            outputs: vec![Output::Disk(first)],
            probe: None,
        };
        member.begin(leftovers, lines);
        member
    }

    /// What follows from what was found on the disk.
    fn begin(&mut self, leftovers: Vec<DiskOperation>, lines: Vec<TraceKind>) {
        self.put_bug_back();
        self.store.hash_compactions();
        lines.into_iter().for_each(|line| self.tell(line));
        if !leftovers.is_empty() {
            self.write_snapshot_lane(snapshots::Purpose::Cleanup, leftovers);
        }
        if self.membership.members().next().is_some() {
            self.tell_host_of_members();
        }
        if self.membership.is_removed(self.config.id) {
            self.begin_leaving(None);
        }
        self.begin_initial_check();
    }

    /// Tells the parts which known bug is back: none, in a server.
    fn put_bug_back(&mut self) {
        let bugs = self.config.bugs;
        self.store.put_back(bugs);
        self.watches.put_back(bugs);
        self.log.wal().put_back(bugs);
    }

    /// Takes in what happened. What follows from it is in the next [`Member::take_outputs`].
    pub fn step(&mut self, input: Input) {
        if self.is_stopped() {
            return;
        }
        match input {
            Input::Tick => self.tick(),
            Input::Missed { ticks } => self.consensus.missed(ticks),
            Input::Message { from, frame } => self.receive(from, &frame),
            Input::Request { id, command } => self.request(id, command),
            Input::Watch(request) => self.watch(request),
            Input::Save(request) => self.save(request),
            Input::DiskDone {
                lane,
                batch,
                result,
            } => self.disk_done(lane, batch, result),
            Input::PeerActive { peer } => self.peer_active(peer),
            Input::PeerUnreachable { peer } => self.peer_unreachable(peer),
            Input::TurnedAway { by } => self.turned_away(by),
            Input::Stop => self.begin_stop(),
        }
        self.tell_consensus();
    }

    /// Everything that is to be done now.
    pub fn take_outputs(&mut self) -> Vec<Output> {
        if !self.is_stopped() {
            self.run();
        }
        std::mem::take(&mut self.outputs)
    }

    /// Whether there is work that waits for nothing, done a little in every
    /// [`Member::take_outputs`]. A host whose queue is empty may take the outputs again at once;
    /// one that does not leaves the work to the ticks.
    pub fn is_busy(&self) -> bool {
        let has_work = self.store.compact_step_waits()
            || self.defragmentation.is_some()
            || self.hashes.is_busy()
            || self.saves.is_busy();
        has_work && !self.is_stopped()
    }

    /// A hash of the store as it is: equal on members that have applied the same entries.
    pub fn store_hash(&self) -> u32 {
        self.store
            .hash_kv(self.store.revision())
            .map_or(0, |reply| reply.hash)
    }

    fn run(&mut self) {
        self.publish_attributes();
        loop {
            self.propose_queued();
            self.go_on_with_leases();
            self.go_on_with_changes();
            self.begin_read_round();
            let mut worked = false;
            while let Some(work) = self.consensus.work() {
                self.carry_out(work);
                worked = true;
            }
            self.tell_consensus();
            worked |= self.flush_log();
            if !worked {
                break;
            }
        }
        if self.config.has_bug(KnownBug::CompactionBeforeWatches) {
            while self.store.compact_step_waits() {
                self.go_on_compacting();
            }
        }
        self.tell_watches();
        #[cfg(feature = "known-bugs")]
        self.note_role();
        self.serve_confirmed_reads();
        self.tell_commit();
        self.go_on_hashing();
        self.go_on_compacting();
        self.go_on_defragmenting();
        self.go_on_measuring();
        self.begin_checkpoint();
        self.answer_leader_moves();
        self.go_on_stopping();
        self.tell_consensus();
    }

    fn tick(&mut self) {
        self.now_ticks += 1;
        self.tick_checks();
        if self.checks.is_initial() {
            self.held_ticks += 1;
            return self.time_out_requests();
        }
        if self.now_ticks == self.held_ticks + 1 {
            self.skip_first_ticks_alone();
        }
        self.consensus.tick();
        self.time_out_requests();
        self.compact_by_itself();
        self.count_leases_down();
        self.time_out_transfers();
        self.tick_watches();
        self.compact_with_the_tick();
        self.abandon_overtaken();
        self.say_goodbye();
        self.remind_removed();
        self.ask_standing();
    }

    fn receive(&mut self, from: MemberId, bytes: &[u8]) {
        let frame = match frame::decode(self.config.cluster, bytes) {
            Ok(frame) => frame,
            Err(error) => return self.refuse(from, error.to_string()),
        };
        if frame.from != from.0 || frame.to != self.config.id.0 {
            let what = format!("a frame from {:x} to {:x}", frame.from, frame.to);
            return self.refuse(from, what);
        }
        if self.turn_away(from, &frame.body) {
            return;
        }
        match frame.body {
            WireBody::HashQuestion(question) => self.receive_hash_question(from, question),
            WireBody::HashAnswer(answer) => self.receive_hash_answer(from, answer),
            // A store that may be wrong takes part in nothing.
            _ if self.checks.is_initial() => {}
            WireBody::Raft(message) => {
                let message = from_wire(frame.from, frame.to, message);
                if let Some(reason) = self.consensus.loss(&message) {
                    self.disk_failed(reason);
                } else if let Err(reason) = self.consensus.step(message) {
                    self.refuse(from, reason);
                }
            }
            WireBody::SnapshotChunk(chunk) => self.receive_chunk(from, &chunk),
            WireBody::SnapshotProgress(progress) => self.receive_progress(from, progress),
            WireBody::LeaseQuestion(question) => self.receive_lease_question(from, question),
            WireBody::LeaseAnswer(answer) => self.receive_lease_answer(from, answer),
            WireBody::ChangeQuestion(question) => self.receive_change_question(from, &question),
            WireBody::ChangeAnswer(answer) => self.receive_change_answer(from, answer),
            WireBody::Removal(notice) => self.receive_removal(from, notice),
            // Whoever is removed has been told so above.
            WireBody::StandingQuestion(_) => {}
        }
    }

    fn disk_done(&mut self, lane: Lane, batch: BatchId, result: Result<(), DiskError>) {
        if let Err(error) = result
            && !self.config.has_bug(KnownBug::FailedSyncIgnored)
        {
            // Nobody knows what is on the disk now, and a second try may be told a lie.
            return self.disk_failed(error.to_string());
        }
        match lane {
            Lane::Log => {
                let Some(durable) = self.log.done(batch) else {
                    return;
                };
                if let Some(number) = durable.number {
                    self.persisted(number);
                }
                if durable.marker {
                    self.release_log();
                }
            }
            Lane::Snapshot => self.snapshot_lane_done(batch),
        }
    }

    /// What was promised with this disk cannot be kept: the member stops, and says why.
    fn disk_failed(&mut self, reason: String) {
        self.tell(TraceKind::DiskFailed {
            reason: reason.clone(),
        });
        self.stop_now(Some(reason));
    }

    /// Hands out what is buffered for the log. True when raft may have new work by it.
    fn flush_log(&mut self) -> bool {
        if let Some(to_write) = self.log.take_batch() {
            if let Some(file) = to_write.cut {
                self.tell(TraceKind::SegmentCut { file });
            }
            self.outputs.push(Output::Disk(to_write.batch));
            return self.acknowledge_early();
        }
        match self.log.take_idle_number() {
            Some(number) => {
                self.persisted(number);
                true
            }
            None => false,
        }
    }

    /// Without the rule that what is said is on the disk first: says so at once. True when it
    /// did.
    #[cfg(feature = "modified-raft")]
    fn acknowledge_early(&mut self) -> bool {
        #[cfg_attr(
            not(feature = "known-bugs"),
            expect(unused_mut, reason = "only a known bug changes it")
        )]
        let mut early = !self.config.holds(Rule::PersistBeforeAck);
        #[cfg(feature = "known-bugs")]
        {
            early |= self.acknowledges_early();
        }
        match self.log.out_number().filter(|_| early) {
            Some(number) => {
                self.persisted(number);
                true
            }
            None => false,
        }
    }

    /// Nobody hears of what is not on the disk: this build has no other way.
    #[cfg(not(feature = "modified-raft"))]
    #[inline]
    const fn acknowledge_early(&self) -> bool {
        false
    }

    fn persisted(&mut self, number: u64) {
        let before = self.consensus.synced();
        let released = self.consensus.persisted(number);
        let index = self.consensus.synced();
        let (term, vote) = self.log.durable_vote();
        if index > before || (term, vote) != self.told_vote {
            self.told_vote = (term, vote);
            self.tell(TraceKind::Synced { index, term, vote });
        }
        self.tell_consensus();
        for message in released {
            self.send(message);
        }
    }

    fn carry_out(&mut self, work: Work) {
        self.tell_consensus();
        if work.snapshot.is_some() {
            self.install_snapshot();
        }
        if let Some(from) = work.truncated {
            self.tell(TraceKind::LogTruncated { from });
        }
        if let (Some(first), Some(last)) = (work.entries.first(), work.entries.last()) {
            self.tell(TraceKind::Appended {
                first: Index(first.index),
                last: Index(last.index),
                term: Term(last.term),
            });
        }
        self.log.write(&work);
        for (index, context) in work.reads {
            self.confirm_read_round(index, &context);
        }
        for message in work.messages {
            self.send(message);
        }
        self.apply(&work.committed);
    }

    fn send(&mut self, mut message: Message) {
        match message.get_msg_type() {
            MessageType::MsgSnapshot if self.consensus.leads(Term(message.term)) => {
                return self.begin_transfer(MemberId(message.to));
            }
            // It was deposed between the wish and now: what it would send would be in the name
            // of its successor's term.
            MessageType::MsgSnapshot => return,
            // One that another member had forwarded to this one. Who is to be answered stands in
            // the proposal, and a frame comes from whoever sends it.
            MessageType::MsgPropose => message.from = self.config.id.0,
            _ => {}
        }
        let Some(wire) = to_wire(message) else { return };
        self.send_wire(wire);
    }

    fn send_wire(&mut self, wire: WireFrame) {
        let to = MemberId(wire.to);
        let frame = frame::encode(self.config.cluster, &wire);
        self.outputs.push(Output::Send { to, frame });
    }

    fn tell(&mut self, kind: TraceKind) {
        if let TraceKind::LeaderLost { .. } = kind {
            self.leader_lost_at_ticks = Some(self.now_ticks);
        }
        let member = self.config.id;
        self.outputs
            .push(Output::Trace(TraceEvent { member, kind }));
    }

    fn tell_consensus(&mut self) {
        for line in self.consensus.take_trace() {
            self.tell(line);
        }
    }

    fn tell_commit(&mut self) {
        let index = self.consensus.commit();
        if index > self.told_commit {
            self.told_commit = index;
            self.tell(TraceKind::Committed { index });
        }
    }

    fn refuse(&mut self, from: MemberId, reason: String) {
        self.tell(TraceKind::Refused { from, reason });
    }

    fn reply(&mut self, id: RequestId, result: Result<crate::command::Reply, Error>) {
        self.reply_at(id, self.store.revision(), result);
    }

    /// As [`Member::reply`], of the state at a revision that was.
    fn reply_at(
        &mut self,
        id: RequestId,
        revision: Revision,
        result: Result<crate::command::Reply, Error>,
    ) {
        let header = ReplyHeader {
            revision,
            ..self.reply_header()
        };
        self.outputs.push(Output::Reply { id, header, result });
    }

    fn reply_header(&self) -> ReplyHeader {
        ReplyHeader {
            cluster: self.config.cluster,
            member: self.config.id,
            revision: self.store.revision(),
            term: self.consensus.term(),
        }
    }
}

/// What waits for the next tick, peer by peer.
type ByPeer<T> = BTreeMap<MemberId, T>;
