//! Receiving a snapshot from the leader, and putting it in the place of everything.
//!
//! 1. Parts come in, are checked and written; what comes in is in `transfer_in`.
//! 2. The file is whole on the disk, as `….snap.received`. Raft hears of it, and decides.
//! 3. Raft takes it over: so do store and members, and the log gets its marker.
//! 4. The marker is durable: the leader hears that this member has it, and the file gets its name.

use super::Member;
use super::applying::Applying;
use super::snapshots::Purpose;
use super::transfer_in::{Received, TransferIn, remove_received};
use crate::consensus::wire::{
    SnapshotChunk, SnapshotProgress, SnapshotProgressState, WireBody, WireFrame,
};
use crate::id::{Index, MemberId, Term};
use crate::known_bug::KnownBug;
use crate::snapshot::SnapshotHeader;
use crate::trace::TraceKind;

impl Member {
    pub(super) fn receive_chunk(&mut self, from: MemberId, chunk: &SnapshotChunk) {
        // Until the log is there it is as if this member were not: the chunk will be sent again.
        if Term(chunk.term) < self.consensus.term() || !self.log.is_begun() {
            return;
        }
        if Index(chunk.index) <= self.consensus.commit() {
            // It has come already, or is not needed any more.
            return self.answer_chunk(from, chunk, SnapshotProgressState::Installed);
        }
        let known = self
            .snapshots
            .incoming
            .as_ref()
            .is_some_and(|own| own.is_of(from, chunk));
        let taken = match (known, chunk.number) {
            (true, _) => self.take_chunk(chunk),
            (false, 0) => self.begin_incoming(from, chunk),
            // The beginning was lost; it will be sent again.
            (false, _) => return,
        };
        match taken {
            Ok(()) => {
                let term = self.consensus.term();
                if let Some(incoming) = &self.snapshots.incoming {
                    let progress = incoming.progress(term);
                    self.send_progress(from, progress);
                }
            }
            Err(reason) => {
                self.abandon_incoming();
                self.refuse(from, reason);
                self.answer_chunk(from, chunk, SnapshotProgressState::Failed);
            }
        }
    }

    fn begin_incoming(&mut self, from: MemberId, chunk: &SnapshotChunk) -> Result<(), String> {
        self.abandon_incoming();
        let (mut incoming, operations) = TransferIn::begin(from, chunk)?;
        incoming.batch_out();
        self.snapshots.incoming = Some(incoming);
        self.snapshots.incoming_count += 1;
        let number = self.snapshots.incoming_count;
        self.write_snapshot_lane(Purpose::Incoming(number), operations);
        Ok(())
    }

    fn take_chunk(&mut self, chunk: &SnapshotChunk) -> Result<(), String> {
        let Some(incoming) = &mut self.snapshots.incoming else {
            return Ok(());
        };
        let operations = incoming.take(chunk)?;
        if !operations.is_empty() {
            incoming.batch_out();
            let number = self.snapshots.incoming_count;
            self.write_snapshot_lane(Purpose::Incoming(number), operations);
        }
        Ok(())
    }

    /// What is committed here needs no snapshot any more, and its sender may be gone for good.
    pub(super) fn abandon_overtaken(&mut self) {
        let commit = self.consensus.commit();
        let incoming = self.snapshots.incoming.as_ref();
        if incoming.is_some_and(|incoming| incoming.is_overtaken(commit)) {
            self.abandon_incoming();
        }
    }

    fn abandon_incoming(&mut self) {
        if let Some(incoming) = self.snapshots.incoming.take() {
            let operations = incoming.abandon();
            if !operations.is_empty() {
                self.write_snapshot_lane(Purpose::Cleanup, operations);
            }
        }
    }

    pub(super) fn incoming_written(&mut self, number: u64) {
        if number != self.snapshots.incoming_count {
            return;
        }
        let incoming = &mut self.snapshots.incoming;
        let Some(incoming) = incoming.take_if(TransferIn::batch_done) else {
            return;
        };
        let (from, progress) = (incoming.from(), incoming.progress(self.consensus.term()));
        let unwanted = remove_received(incoming.header());
        match incoming.finish() {
            Ok(received) => self.offer_snapshot(received, progress),
            Err(reason) => {
                self.write_snapshot_lane(Purpose::Cleanup, vec![unwanted]);
                self.refuse(from, reason);
                let state = SnapshotProgressState::Failed;
                self.send_progress(from, SnapshotProgress { state, ..progress });
            }
        }
    }

    /// The snapshot is on the disk: raft decides whether it takes the log's place.
    fn offer_snapshot(&mut self, received: Received, progress: SnapshotProgress) {
        let Received {
            from,
            term,
            restored,
        } = received;
        let (index, log_term) = (restored.index, restored.term);
        let mut state = SnapshotProgressState::Installed;
        let mut is_wanted = false;
        // The log may have overtaken it meanwhile.
        if index > self.consensus.commit() {
            let message = crate::consensus::snapshot_message(
                (from, self.config.id),
                term,
                (index, log_term),
                restored.configuration.clone(),
            );
            if let Err(reason) = self.consensus.step(message) {
                self.refuse(from, reason);
                state = SnapshotProgressState::Failed;
            } else if self.consensus.takes_snapshot(index) {
                self.snapshots.received = Some(restored);
                is_wanted = true;
            }
        }
        if !is_wanted {
            let header = SnapshotHeader::at(index, log_term);
            self.write_snapshot_lane(Purpose::Cleanup, vec![remove_received(&header)]);
        }
        self.send_progress(from, SnapshotProgress { state, ..progress });
    }

    /// Raft has taken the snapshot over: so do store and members.
    pub(super) fn install_snapshot(&mut self) {
        let restored = self
            .snapshots
            .received
            .take()
            .expect("raft takes over only what offer_snapshot has put there");
        let (index, term) = (restored.index, restored.term);
        // What read the old store is void: its pins are nothing to the new one.
        if let Some(checkpoint) = self.snapshots.checkpoint.take() {
            self.write_snapshot_lane(Purpose::Cleanup, checkpoint.abandon());
        }
        self.snapshots.out.clear();
        // What was applied before it in this go has not been told yet.
        self.watches.advance(&self.store);
        #[cfg_attr(
            not(feature = "known-bugs"),
            expect(
                unused_variables,
                reason = "what was there before is of no use any more"
            )
        )]
        let before = std::mem::replace(&mut self.store, restored.store);
        self.store.put_back(self.config.bugs);
        self.store.hash_compactions();
        #[cfg(feature = "known-bugs")]
        if self.config.has_bug(KnownBug::SnapshotOverUnclearedStore) {
            self.store.load_over(before);
        }
        self.watches.read_again();
        if !self
            .config
            .has_bug(KnownBug::MembersNotRestoredFromSnapshot)
        {
            self.membership = restored.membership;
        }
        self.tell_host_of_members();
        if !self.config.has_bug(KnownBug::AlarmsOutliveSnapshot) {
            self.alarms = restored.alarms;
        }
        self.versions = restored.versions;
        // It holds all that was to be applied before it.
        self.applying = Applying::default();
        self.applied = index;
        self.snapshot = Some((index, term));
        self.note_saved();
        self.told_commit = self.told_commit.max(index);
        self.consensus.applied(index);
        self.log.marker_follows();
        self.snapshots.unnamed.push((index, term));
        let from = self.consensus.leader();
        self.tell(TraceKind::SnapshotApplied { from, index, term });
    }

    fn answer_chunk(&mut self, to: MemberId, chunk: &SnapshotChunk, state: SnapshotProgressState) {
        let progress = SnapshotProgress {
            term: self.consensus.term().0,
            index: chunk.index,
            transfer: chunk.transfer,
            next: 0,
            state,
        };
        self.send_progress(to, progress);
    }

    fn send_progress(&mut self, to: MemberId, progress: SnapshotProgress) {
        let from = self.config.id.0;
        self.send_wire(WireFrame {
            from,
            to: to.0,
            body: WireBody::SnapshotProgress(progress),
        });
    }
}
