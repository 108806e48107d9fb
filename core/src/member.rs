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
//! # What takes long
//!
//! A range over a million keys, a hash of everything, a deletion as large: none of them is done in
//! one go. Each round of inputs gives it a step of bounded work, so a tick or a heartbeat never
//! waits for more than that. See `long_reads` and `applying`.
//!
//! # What ends a request
//!
//! Its answer, or its time: etcd's 5 s and two election timeouts, counted in ticks. A write that
//! ran out of time may still happen; its error says "timed out", not "failed".

mod alarms;
mod apply;
mod applying;
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
mod inbox;
mod join;
mod leases;
mod leaving;
mod log;
mod long_reads;
mod look;
mod move_leader;
mod outbox;
mod peers;
mod proposal;
mod publish;
mod reads;
mod receiving;
mod requests;
mod restore;
mod saving;
mod serve;
mod snapshots;
mod start;
mod stop;
mod store_view;
mod timeouts;
mod transfer_in;
mod transfer_out;
mod versions;
mod view;
mod watches;

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
pub use store_view::StoreView;
pub use view::{EntryView, LeaseView, MemberView, ProgressState, ProgressView, Role, Standing};

use self::alarms::Raising;
use self::applying::Applying;
use self::changes::ChangeDesk;
use self::corruption::CorruptionChecks;
use self::defragment::Defragmenting;
use self::hashes::HashDesk;
use self::leases::LeaseDesk;
use self::log::Log;
use self::long_reads::LongReads;
use self::move_leader::LeaderMove;
use self::peers::Peers;
use self::requests::{Reads, Writes};
use self::saving::Saves;
use self::snapshots::Snapshots;
use self::stop::Stop;
use crate::alarm::Alarms;
use crate::auto_compaction::Compactor;
use crate::collections::BTreeMap;
use crate::command::Command;
use crate::consensus::Consensus;
use crate::id::{Index, MemberId, RequestId, Revision, Term};
use crate::known_bug::KnownBug;
use crate::membership::Membership;
use crate::mvcc::{Store, Watches};
use crate::probe::Probe;
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
    applying: Applying,
    /// Carried out by the store, all of it; at most the commit index.
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
    long_reads: LongReads,
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
    /// Ticks that the host has missed since then: only leases count them.
    missed_ticks: u64,
    /// Those of its own in which it took part in nothing yet.
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
    /// What wrote each revision since they were last taken, if a checker asked for them.
    writers: Option<Vec<(Revision, Command)>>,
    #[cfg(feature = "known-bugs")]
    bug_notes: bugs::BugNotes,
}

impl Member {
    /// Takes in what happened. What follows from it is in the next [`Member::take_outputs`].
    pub fn step(&mut self, input: Input) {
        if self.is_stopped() {
            return;
        }
        match input {
            Input::Tick => self.tick(),
            Input::Missed { ticks } => {
                self.missed_ticks = self.missed_ticks.saturating_add(u64::from(ticks));
                self.consensus.missed(ticks);
            }
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
            || self.long_reads.is_busy()
            || self.applying.is_under_way()
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
        self.go_on_applying();
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
        self.go_on_reading();
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
}

/// What waits for the next tick, peer by peer.
type ByPeer<T> = BTreeMap<MemberId, T>;
