//! Requests that wait: for a leader, for their turn in the log, for a read's confirmation.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::collections::BTreeMap;
use crate::command::{AlarmMember, Command};
use crate::id::{Index, RequestId, Revision};

/// Writes under way.
#[derive(Default)]
pub(super) struct Writes {
    next_sequence: u64,
    /// Proposed or not, by sequence.
    open: BTreeMap<u64, Open>,
    /// Not proposed yet: there is no leader to take them.
    queue: VecDeque<(u64, Bytes)>,
}

/// Who waits for a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiter {
    /// Nobody: the member itself proposed it.
    Nobody,
    /// A client, by the host's name for its request.
    Client(RequestId),
    /// Those whose requests were refused because of the alarm that this raises.
    Alarm(AlarmMember),
    /// This member, that compacts by itself: at which revision.
    Compactor(Revision),
}

/// A write under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Open {
    /// Who waits for it.
    pub(super) waiter: Waiter,
    /// When it came.
    pub(super) since_ticks: u64,
}

impl Writes {
    /// A number for a new write.
    pub(super) fn next_sequence(&mut self) -> u64 {
        self.next_sequence += 1;
        self.next_sequence
    }

    /// Takes a write in.
    pub(super) fn add(&mut self, sequence: u64, open: Open, payload: Bytes) {
        self.open.insert(sequence, open);
        self.queue.push_back((sequence, payload));
    }

    /// What is to be proposed next, in one message: as many as come to a size, one at least.
    pub(super) fn queued(&self, size_bytes: u64) -> Vec<Bytes> {
        let mut sum_bytes = 0;
        self.queue
            .iter()
            .map(|(_, payload)| payload)
            .take_while(|payload| {
                let is_first = sum_bytes == 0;
                sum_bytes += payload.len() as u64;
                is_first || sum_bytes <= size_bytes
            })
            .cloned()
            .collect()
    }

    /// The first so many have been proposed.
    pub(super) fn proposed(&mut self, count: usize) {
        self.queue.drain(..count);
    }

    /// A write has been carried out: who waits for it?
    pub(super) fn take(&mut self, sequence: u64) -> Option<Open> {
        self.open.remove(&sequence)
    }

    /// It is being carried out, and not done yet.
    pub(super) fn put_back(&mut self, sequence: u64, open: Open) {
        self.open.insert(sequence, open);
    }

    /// Those who came before a tick, oldest first: nobody waits for them any more.
    pub(super) fn take_older(&mut self, than_ticks: u64) -> Vec<Open> {
        // Sequences are given in the order of coming, and the queue is in that order too.
        let mut older = Vec::new();
        while let Some(entry) = self.open.first_entry() {
            if entry.get().since_ticks > than_ticks {
                break;
            }
            let (sequence, open) = entry.remove_entry();
            self.queue.pop_front_if(|(queued, _)| *queued == sequence);
            older.push(open);
        }
        older
    }

    /// How many wait.
    pub(super) fn count(&self) -> usize {
        self.open.len()
    }
}

/// Who waits for the confirmation that what this member reads is current.
#[derive(Clone, Debug)]
pub(super) enum Reader {
    /// A client: the host's name for its request, and what it asks.
    Client(RequestId, Command),
    /// This member, that checks whether the stores agree.
    Check,
}

/// A read that waits for its confirmation.
#[derive(Clone, Debug)]
pub(super) struct Read {
    /// Who reads.
    pub(super) reader: Reader,
    /// When it came.
    pub(super) since_ticks: u64,
}

/// Linearizable reads: one round with a majority serves all that wait when it begins.
#[derive(Default)]
pub(super) struct Reads {
    /// Came after the running round had begun: it proves nothing for them.
    queue: VecDeque<Read>,
    /// The running round.
    round: Option<Round>,
    rounds: u64,
    /// Rounds that took the place of one without an answer.
    repeated: u64,
    /// Confirmed, and waiting for the store to have applied so far.
    confirmed: VecDeque<(Index, Read)>,
}

struct Round {
    number: u64,
    since_ticks: u64,
    reads: Vec<Read>,
}

impl Reads {
    /// Takes a read in.
    pub(super) fn add(&mut self, read: Read) {
        self.queue.push_back(read);
    }

    /// Begins a round if reads wait and none runs, or the running one has had no answer for a
    /// time. A round's number is never used again: a late answer to an earlier one would confirm
    /// what it never asked (etcd issue 20418). Answers the number to ask with.
    ///
    /// `others` says that somebody else waits for the round too.
    pub(super) fn begin_round(
        &mut self,
        now_ticks: u64,
        retry_ticks: u64,
        others: bool,
    ) -> Option<u64> {
        let mut reads = match &self.round {
            Some(round) if now_ticks < round.since_ticks + retry_ticks => return None,
            Some(_) => {
                self.repeated += 1;
                self.round
                    .take()
                    .map(|round| round.reads)
                    .unwrap_or_default()
            }
            None => Vec::new(),
        };
        reads.extend(self.queue.drain(..));
        if reads.is_empty() && !others {
            return None;
        }
        self.rounds += 1;
        self.round = Some(Round {
            number: self.rounds,
            since_ticks: now_ticks,
            reads,
        });
        Some(self.rounds)
    }

    /// A round was confirmed.
    pub(super) fn confirm(&mut self, number: u64, index: Index) {
        if let Some(round) = self.round.take_if(|round| round.number == number) {
            self.confirmed
                .extend(round.reads.into_iter().map(|read| (index, read)));
        }
    }

    /// The round that runs, 0 when none does.
    pub(super) fn running(&self) -> u64 {
        self.round.as_ref().map_or(0, |round| round.number)
    }

    /// How many rounds had to be asked for again.
    pub(super) fn repeated_rounds(&self) -> u64 {
        self.repeated
    }

    /// The reads that can be answered when the store has applied so far.
    pub(super) fn take_ready(&mut self, applied: Index) -> Vec<Read> {
        let (ready, waiting): (Vec<_>, Vec<_>) = self
            .confirmed
            .drain(..)
            .partition(|(index, _)| *index <= applied);
        self.confirmed.extend(waiting);
        ready.into_iter().map(|(_, read)| read).collect()
    }

    /// Those who came before a tick.
    pub(super) fn take_older(&mut self, than_ticks: u64) -> Vec<Read> {
        let mut older = Vec::new();
        let mut keep = |read: &Read| {
            let old = read.since_ticks <= than_ticks;
            if old {
                older.push(read.clone());
            }
            !old
        };
        self.confirmed.retain(|(_, read)| keep(read));
        if let Some(round) = &mut self.round {
            round.reads.retain(&mut keep);
        }
        self.queue.retain(keep);
        older
    }

    /// How many wait.
    pub(super) fn count(&self) -> usize {
        let round = self.round.as_ref().map_or(0, |round| round.reads.len());
        self.queue.len() + round + self.confirmed.len()
    }
}
