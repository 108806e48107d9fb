//! A member is put together from what a start has found on its disk.

#[cfg(feature = "known-bugs")]
use super::bugs;
use super::restore::Restored;
use super::{
    Applying, ChangeDesk, Compactor, CorruptionChecks, HashDesk, LeaseDesk, Log, LongReads, Member,
    MemberConfig, Peers, Raising, Reads, Saves, Snapshots, Stop, Watches, Writes, snapshots,
};
use crate::Output;
use crate::consensus::Consensus;
use crate::disk::{DiskBatch, DiskOperation};
use crate::id::{Index, Term};
use crate::trace::TraceKind;

/// What a start has found.
pub(super) struct MemberParts {
    pub(super) consensus: Consensus,
    pub(super) log: Log,
    pub(super) restored: Restored,
    pub(super) applied: Index,
    pub(super) replayed_until: Index,
    pub(super) snapshot: Option<(Index, Term)>,
    /// Paths of all snapshots on the disk, oldest first.
    pub(super) snapshot_files: Vec<String>,
    /// Leaders' snapshots whose files have not got their names yet.
    pub(super) unnamed: Vec<(Index, Term)>,
}

impl Member {
    /// Puts a member together. `first` is what it writes first, `leftovers` what it removes, and
    /// `lines` are what the start has to tell.
    pub(super) fn join(
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
            unnamed,
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
            snapshots: Snapshots::new(config.incarnation, snapshot_files, unnamed),
            compactor: Compactor::new(config.auto_compaction, config.tick_ms, store.revision()),
            config,
            consensus,
            log,
            store,
            membership,
            alarms,
            versions,
            raising: Raising::default(),
            applying: Applying::default(),
            applied,
            replayed_until,
            told_commit: applied,
            told_vote,
            snapshot,
            writes: Writes::default(),
            reads: Reads::default(),
            long_reads: LongReads::default(),
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
            missed_ticks: 0,
            held_ticks: 0,
            doomed: None,
            published_at_ticks: None,
            leader_lost_at_ticks: None,
            stop: Stop::Running,
            outputs: vec![Output::Disk(first)],
            probe: None,
            writers: None,
        };
        member.begin(leftovers, lines);
        member
    }

    /// What follows from what was found on the disk.
    fn begin(&mut self, leftovers: Vec<DiskOperation>, lines: Vec<TraceKind>) {
        self.note_saved();
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
}
