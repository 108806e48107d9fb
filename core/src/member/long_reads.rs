//! Reads of many keys: a step at a time, between everything else.
//!
//! A read that a first step does not end goes on in the following rounds, one step of one read in
//! each. It reads the store as it was when it began: that is pinned, and its answer says so.
//!
//! Only some go on at a time, in turns, since each keeps what it has found so far, and what
//! compaction would let go; the others begin when it is their turn. So a read of a thousand keys
//! waits for one of a million for as long as that has taken ten steps, not a thousand.

use std::collections::VecDeque;

use super::Member;
use crate::command::Command;
use crate::id::RequestId;
use crate::mvcc::{Pin, Task};

/// The reads that go on.
#[derive(Default)]
pub(super) struct LongReads {
    running: VecDeque<LongRead>,
    /// Have not begun, oldest first: since which tick they wait.
    waiting: VecDeque<(RequestId, Command, u64)>,
    /// Keys that first steps have looked at in this round.
    looked_at: usize,
}

struct LongRead {
    id: RequestId,
    command: Command,
    task: Task,
    pin: Pin,
}

impl LongReads {
    /// How many have no answer yet.
    pub(super) fn count(&self) -> usize {
        self.running.len() + self.waiting.len()
    }

    /// Whether there is anything to read.
    pub(super) fn is_busy(&self) -> bool {
        !self.running.is_empty()
    }
}

impl Member {
    /// The first step of a read of keys.
    pub(super) fn begin_range(&mut self, id: RequestId, command: Command, mut task: Task) {
        let left = ROUND_KEYS.saturating_sub(self.long_reads.looked_at);
        let mut budget = left.clamp(FIRST_STEP_KEYS_MIN, STEP_KEYS);
        let given = budget;
        let result = self.store.step(&mut task, &mut budget);
        self.long_reads.looked_at += given - budget;
        match result {
            Some(result) => self.read_done(id, &command, None, result),
            None => self.set_aside(id, command, task),
        }
    }

    /// It goes on when it is its turn.
    fn set_aside(&mut self, id: RequestId, command: Command, task: Task) {
        if self.long_reads.running.len() >= RUNNING_MAX {
            let since_ticks = self.now_ticks;
            return (self.long_reads.waiting).push_back((id, command, since_ticks));
        }
        if let Some(probe) = &mut self.probe {
            probe.set_aside(Some(id));
        }
        let pin = self.store.pin();
        self.long_reads.running.push_back(LongRead {
            id,
            command,
            task,
            pin,
        });
    }

    /// A step of the next one.
    pub(super) fn go_on_reading(&mut self) {
        self.long_reads.looked_at = 0;
        let Some(mut read) = self.long_reads.running.pop_front() else {
            return;
        };
        // The store has been replaced by a newer one: that is read instead.
        if !self.store.still_holds(&read.pin) {
            self.begin_again(read.id, read.command);
            return;
        }
        if let Some(probe) = &mut self.probe {
            probe.taken_up(Some(read.id));
        }
        match self.store.step(&mut read.task, &mut STEP_KEYS.clone()) {
            Some(result) => {
                let revision = read.pin.revision();
                self.store.unpin(read.pin);
                self.read_done(read.id, &read.command, Some(revision), result);
                self.begin_waiting_reads();
            }
            None => {
                if let Some(probe) = &mut self.probe {
                    probe.set_aside(Some(read.id));
                }
                self.long_reads.running.push_back(read);
            }
        }
    }

    fn begin_waiting_reads(&mut self) {
        while self.long_reads.running.len() < RUNNING_MAX
            && let Some((id, command, _)) = self.long_reads.waiting.pop_front()
        {
            self.begin_again(id, command);
        }
    }

    fn begin_again(&mut self, id: RequestId, command: Command) {
        if let Some(probe) = &mut self.probe {
            probe.begins();
        }
        match self.alarms.refusal(&command) {
            Some(error) => self.read_done(id, &command, None, Err(error)),
            None => {
                if let Some(task) = Task::read(&command, &self.store) {
                    self.set_aside(id, command, task);
                }
            }
        }
    }

    /// Ends those that have not begun and came before a tick, as any request.
    pub(super) fn time_out_long_reads(&mut self, since_ticks: u64) {
        while let Some((id, _, since)) = self
            .long_reads
            .waiting
            .pop_front_if(|(_, _, since)| *since <= since_ticks)
        {
            let error = self.timeout_error(since);
            self.reply(id, Err(error));
        }
    }

    /// Ends all; whose they were.
    pub(super) fn take_long_reads(&mut self) -> Vec<RequestId> {
        let reads = std::mem::take(&mut self.long_reads);
        let waiting = reads.waiting.into_iter().map(|(id, ..)| id);
        let running = reads.running.into_iter().map(|read| {
            self.store.unpin(read.pin);
            read.id
        });
        running.chain(waiting).collect()
    }
}

/// Keys looked at between two rounds of inputs, well below a millisecond of work.
const STEP_KEYS: usize = 4_000;
/// Keys that all first steps of a round look at: a few milliseconds of work.
const ROUND_KEYS: usize = 5 * STEP_KEYS;
/// What one may look at however many came before it: most reads are of a few keys.
const FIRST_STEP_KEYS_MIN: usize = 100;
/// Reads that go on in turns.
const RUNNING_MAX: usize = 16;
