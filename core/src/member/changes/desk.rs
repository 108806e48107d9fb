//! Changes that wait: to be asked of the leader, to be decided by it, to be carried out.

use std::collections::{BTreeMap, VecDeque};

use crate::id::{MemberId, RequestId};
use crate::membership::ChangeRecord;

/// Changes under way.
#[derive(Default)]
pub(in crate::member) struct ChangeDesk {
    next_sequence: u64,
    /// Clients that wait, by sequence.
    open: BTreeMap<u64, Open>,
    /// Not asked of the leader yet; on a leader: not decided yet.
    asked: VecDeque<Asked>,
}

struct Open {
    id: RequestId,
    since_ticks: u64,
    /// What was sent to a leader that may say that it is none.
    sent: Option<ChangeRecord>,
}

/// A change that somebody asks for.
pub(super) struct Asked {
    pub(super) asker: Asker,
    pub(super) record: ChangeRecord,
    /// It has been asked of a member that does not lead: not again before this tick.
    pub(super) not_before_ticks: u64,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    /// A client of this member, by this member's count.
    Client(u64),
    /// Another member, for a client of its own.
    Peer {
        member: MemberId,
        incarnation: u64,
        number: u64,
    },
}

impl ChangeDesk {
    /// A client waits from now on. Answers its sequence.
    pub(super) fn open(&mut self, id: RequestId, since_ticks: u64) -> u64 {
        self.next_sequence += 1;
        let open = Open {
            id,
            since_ticks,
            sent: None,
        };
        self.open.insert(self.next_sequence, open);
        self.next_sequence
    }

    /// Takes a question in.
    pub(super) fn ask(&mut self, asked: Asked) {
        self.asked.push_back(asked);
    }

    /// Whether a question waits.
    pub(super) fn has_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    /// The question that has waited longest. One whose client has gone is passed over.
    pub(super) fn next(&mut self) -> Option<Asked> {
        while let Some(asked) = self.asked.pop_front() {
            match asked.asker {
                Asker::Client(sequence) if !self.open.contains_key(&sequence) => {}
                _ => return Some(asked),
            }
        }
        None
    }

    /// The own clients' questions that may be asked now.
    pub(super) fn take_due(&mut self, now_ticks: u64) -> Vec<Asked> {
        let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut self.asked)
            .into_iter()
            .filter(|asked| match asked.asker {
                Asker::Client(sequence) => self.open.contains_key(&sequence),
                Asker::Peer { .. } => true,
            })
            .partition(|asked| asked.not_before_ticks <= now_ticks);
        self.asked = later.into();
        due
    }

    /// Other members' questions: this one does not lead any more.
    pub(super) fn take_peers(&mut self) -> Vec<Asker> {
        let mut peers = Vec::new();
        self.asked.retain(|asked| match asked.asker {
            Asker::Client(_) => true,
            peer @ Asker::Peer { .. } => {
                peers.push(peer);
                false
            }
        });
        peers
    }

    /// A question is on its way to the leader.
    pub(super) fn sent(&mut self, record: ChangeRecord) {
        if let Some(open) = self.open.get_mut(&record.sequence) {
            open.sent = Some(record);
        }
    }

    /// Whoever was asked does not lead, and took nothing.
    pub(super) fn ask_again(&mut self, sequence: u64, not_before_ticks: u64) {
        let sent = self
            .open
            .get_mut(&sequence)
            .and_then(|open| open.sent.take());
        if let Some(record) = sent {
            self.asked.push_back(Asked {
                asker: Asker::Client(sequence),
                record,
                not_before_ticks,
            });
        }
    }

    /// A change has been carried out or refused: who waits for it?
    pub(super) fn take(&mut self, sequence: u64) -> Option<RequestId> {
        self.open.remove(&sequence).map(|open| open.id)
    }

    /// Those who came before a tick, and when: nobody waits for them any more.
    pub(in crate::member) fn take_older(&mut self, than_ticks: u64) -> Vec<(RequestId, u64)> {
        let mut older = Vec::new();
        self.open.retain(|_, open| {
            let is_old = open.since_ticks <= than_ticks;
            if is_old {
                older.push((open.id, open.since_ticks));
            }
            !is_old
        });
        older
    }

    /// How many wait.
    pub(in crate::member) fn count(&self) -> usize {
        self.open.len()
    }
}
