//! What comes in: frames of other members, and what the disk says.

use super::Member;
use crate::consensus::wire::WireBody;
use crate::consensus::{frame, from_wire};
use crate::disk::{DiskError, Lane};
use crate::id::{BatchId, MemberId};
use crate::known_bug::KnownBug;
use crate::trace::TraceKind;

impl Member {
    pub(super) fn receive(&mut self, from: MemberId, bytes: &[u8]) {
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

    pub(super) fn disk_done(&mut self, lane: Lane, batch: BatchId, result: Result<(), DiskError>) {
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
                self.name_received();
                if durable.marker {
                    self.release_log();
                }
            }
            Lane::Snapshot => self.snapshot_lane_done(batch),
        }
    }

    /// What was promised with this disk cannot be kept: the member stops, and says why.
    pub(super) fn disk_failed(&mut self, reason: String) {
        self.tell(TraceKind::DiskFailed {
            reason: reason.clone(),
        });
        self.stop_now(Some(reason));
    }
}
