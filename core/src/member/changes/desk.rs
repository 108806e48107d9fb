//! Changes that wait: to be asked of the leader, to be decided by it, to be carried out.

use std::collections::VecDeque;

use crate::collections::BTreeMap;
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
    /// Other members' questions that have come lately. One that comes twice is looked at once: to
    /// the second time the answer could be "one is pending", and mean the first.
    seen: VecDeque<Asker>,
}

struct Open {
    id: RequestId,
    since_ticks: u64,
    /// The question that is under way.
    sent: Option<Sent>,
}

/// A question that was sent to a member that was believed to lead, and may say that it does not.
struct Sent {
    to: MemberId,
    record: ChangeRecord,
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

    /// Whether another member's question can be taken in. What may wait of the own clients' is
    /// bounded where requests come in.
    pub(super) fn has_room(&self) -> bool {
        let is_peers = |asked: &&Asked| matches!(asked.asker, Asker::Peer { .. });
        self.asked.iter().filter(is_peers).count() < PEERS_ASKED_MAX
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

    /// Whether another member's question comes for the first time, as far back as is known.
    pub(super) fn is_new(&mut self, asker: Asker) -> bool {
        if self.seen.contains(&asker) {
            return false;
        }
        if self.seen.len() >= SEEN_MAX {
            self.seen.pop_front();
        }
        self.seen.push_back(asker);
        true
    }

    /// A question is on its way to the leader.
    pub(super) fn sent(&mut self, to: MemberId, record: ChangeRecord) {
        if let Some(open) = self.open.get_mut(&record.sequence) {
            open.sent = Some(Sent { to, record });
        }
    }

    /// Whether a member was asked this, and has not answered yet.
    pub(super) fn awaits(&self, sequence: u64, member: MemberId) -> bool {
        let sent = self.open.get(&sequence).and_then(|open| open.sent.as_ref());
        sent.is_some_and(|sent| sent.to == member)
    }

    /// Whoever was asked does not lead, and took nothing. The next try has a sequence of its own:
    /// an answer to the last one that comes once more says nothing of it.
    pub(super) fn ask_again(&mut self, sequence: u64, not_before_ticks: u64) {
        let Some(mut open) = self.open.remove(&sequence) else {
            return;
        };
        let Some(mut sent) = open.sent.take() else {
            self.open.insert(sequence, open);
            return;
        };
        self.next_sequence += 1;
        sent.record.sequence = self.next_sequence;
        self.open.insert(self.next_sequence, open);
        self.asked.push_back(Asked {
            asker: Asker::Client(self.next_sequence),
            record: sent.record,
            not_before_ticks,
        });
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
        if !older.is_empty() {
            // Without a leader nobody else looks at what they asked.
            let open = &self.open;
            self.asked.retain(|asked| match asked.asker {
                Asker::Client(sequence) => open.contains_key(&sequence),
                Asker::Peer { .. } => true,
            });
        }
        older
    }

    /// How many wait.
    pub(in crate::member) fn count(&self) -> usize {
        self.open.len()
    }
}

/// How many questions of others are remembered: more than a link holds.
const SEEN_MAX: usize = 256;
/// How many questions of others may wait at a time for a leader that cannot decide them yet.
pub(super) const PEERS_ASKED_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Incarnation;
    use crate::membership::Change;

    const FIRST: MemberId = MemberId(2);
    const SECOND: MemberId = MemberId(3);

    fn record(sequence: u64) -> ChangeRecord {
        ChangeRecord {
            origin: MemberId(1),
            incarnation: Incarnation(1),
            sequence,
            change: Change::Remove(MemberId(9)),
        }
    }

    /// A client's change that has been sent to a member.
    fn sent(desk: &mut ChangeDesk) -> u64 {
        let sequence = desk.open(RequestId(7), 0);
        desk.sent(FIRST, record(sequence));
        sequence
    }

    #[test]
    fn only_whoever_was_asked_is_heard_and_once() {
        let mut desk = ChangeDesk::default();
        let sequence = sent(&mut desk);
        assert!(desk.awaits(sequence, FIRST));
        assert!(!desk.awaits(sequence, SECOND));
        assert!(!desk.awaits(sequence + 1, FIRST));
        desk.ask_again(sequence, 0);
        assert!(!desk.awaits(sequence, FIRST), "it has answered");
    }

    #[test]
    fn an_answer_to_one_try_says_nothing_of_the_next_to_the_same_member() {
        let mut desk = ChangeDesk::default();
        let sequence = sent(&mut desk);
        desk.ask_again(sequence, 0);
        let asked = desk.take_due(0).pop().expect("it is asked again");
        desk.sent(FIRST, asked.record.clone());
        assert!(!desk.awaits(sequence, FIRST));
        desk.ask_again(sequence, 0);
        assert!(!desk.has_asked(), "the first try's answer came twice");
        assert!(desk.awaits(asked.record.sequence, FIRST));
        assert_eq!(desk.take(sequence), None);
        assert_eq!(desk.take(asked.record.sequence), Some(RequestId(7)));
    }

    fn ask(desk: &mut ChangeDesk, asker: Asker, sequence: u64) {
        desk.ask(Asked {
            asker,
            record: record(sequence),
            not_before_ticks: 0,
        });
    }

    #[test]
    fn what_nobody_waits_for_any_more_does_not_wait_to_be_asked() {
        let mut desk = ChangeDesk::default();
        for at_ticks in [1, 2, 3] {
            let sequence = desk.open(RequestId(at_ticks), at_ticks);
            ask(&mut desk, Asker::Client(sequence), sequence);
        }
        assert_eq!(desk.take_older(2), [(RequestId(1), 1), (RequestId(2), 2)]);
        assert_eq!(desk.asked.len(), 1);
        assert_eq!(desk.take_older(3), [(RequestId(3), 3)]);
        assert!(!desk.has_asked());
    }

    #[test]
    fn clients_of_this_member_take_no_room_of_others() {
        let mut desk = ChangeDesk::default();
        for number in 0..PEERS_ASKED_MAX as u64 {
            assert!(desk.has_room());
            let sequence = desk.open(RequestId(number), 0);
            ask(&mut desk, Asker::Client(sequence), sequence);
            let asker = Asker::Peer {
                member: FIRST,
                incarnation: 1,
                number,
            };
            ask(&mut desk, asker, number);
        }
        assert!(!desk.has_room());
        desk.take_peers();
        assert!(desk.has_room());
    }

    #[test]
    fn a_question_that_comes_twice_is_looked_at_once() {
        let mut desk = ChangeDesk::default();
        let asker = |number| Asker::Peer {
            member: FIRST,
            incarnation: 1,
            number,
        };
        assert!(desk.is_new(asker(1)));
        assert!(!desk.is_new(asker(1)));
        for number in 2..2 + SEEN_MAX as u64 {
            assert!(desk.is_new(asker(number)));
        }
        assert_eq!(desk.seen.len(), SEEN_MAX);
    }
}
