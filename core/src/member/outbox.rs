//! What goes out: batches for the disk, frames for other members, answers, lines of the trace.

use raft::eraftpb::{Message, MessageType};

use super::Member;
use crate::Output;
use crate::command::{Reply, ReplyHeader};
use crate::consensus::wire::WireFrame;
use crate::consensus::{Work, frame, to_wire};
use crate::error::Error;
use crate::id::{Index, MemberId, RequestId, Revision, Term};
#[cfg(feature = "modified-raft")]
use crate::rules::Rule;
use crate::trace::{TraceEvent, TraceKind};

impl Member {
    /// Hands out what is buffered for the log. True when raft may have new work by it.
    pub(super) fn flush_log(&mut self) -> bool {
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

    pub(super) fn persisted(&mut self, number: u64) {
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

    pub(super) fn carry_out(&mut self, work: Work) {
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
        self.apply(work.committed);
    }

    pub(super) fn send(&mut self, mut message: Message) {
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

    pub(super) fn send_wire(&mut self, wire: WireFrame) {
        let to = MemberId(wire.to);
        let frame = frame::encode(self.config.cluster, &wire);
        self.outputs.push(Output::Send { to, frame });
    }

    pub(super) fn tell(&mut self, kind: TraceKind) {
        if let TraceKind::LeaderLost { .. } = kind {
            self.leader_lost_at_ticks = Some(self.now_ticks);
        }
        let member = self.config.id;
        self.outputs
            .push(Output::Trace(TraceEvent { member, kind }));
    }

    pub(super) fn tell_consensus(&mut self) {
        for line in self.consensus.take_trace() {
            self.tell(line);
        }
    }

    pub(super) fn tell_commit(&mut self) {
        let index = self.consensus.commit();
        if index > self.told_commit {
            self.told_commit = index;
            self.tell(TraceKind::Committed { index });
        }
    }

    pub(super) fn refuse(&mut self, from: MemberId, reason: String) {
        self.tell(TraceKind::Refused { from, reason });
    }

    pub(super) fn reply(&mut self, id: RequestId, result: Result<Reply, Error>) {
        self.reply_at(id, self.store.revision(), result);
    }

    /// As [`Member::reply`], of the state at a revision that was.
    pub(super) fn reply_at(
        &mut self,
        id: RequestId,
        revision: Revision,
        result: Result<Reply, Error>,
    ) {
        let header = ReplyHeader {
            revision,
            ..self.reply_header()
        };
        self.outputs.push(Output::Reply { id, header, result });
    }

    pub(super) fn reply_header(&self) -> ReplyHeader {
        ReplyHeader {
            cluster: self.config.cluster,
            member: self.config.id,
            revision: self.store.revision(),
            term: self.consensus.term(),
        }
    }
}
