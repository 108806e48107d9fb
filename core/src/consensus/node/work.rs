//! What raft wants done, and what is told to it when that is done.

use raft::eraftpb::{Entry, HardState, Message};

use super::{Consensus, sorted};
use crate::consensus::convert;
use crate::consensus::observe::Cause;
use crate::id::{Index, Term};

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

impl Consensus {
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

    /// Forgets entries in memory up to an index that has been applied: who needs them gets a
    /// snapshot. They must be durable, in a snapshot or in the log.
    pub(crate) fn compact_log(&mut self, index: Index) -> bool {
        self.node.mut_store().compact(index.0)
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
}
