//! Questions about leases that wait: for a leader, for its answer, for a round with a majority,
//! for an entry that decides them.

use crate::collections::BTreeMap;
use crate::command::{Command, LeaseTimeToLive};
use crate::id::{Index, LeaseId, MemberId, RequestId, Revision};
use crate::lease::Countdown;

/// All that a member has about leases beside the store.
#[derive(Default)]
pub(in crate::member) struct LeaseDesk {
    /// Only while this member leads.
    countdown: Option<Countdown>,
    pub(super) questions: BTreeMap<Asker, Question>,
    next_number: u64,
    ids_drawn: u64,
    /// The running round, and when it began.
    round: (u64, u64),
}

/// What is asked about a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::member) enum LeaseAsk {
    /// Begin its time anew.
    KeepAlive(LeaseId),
    /// How long does it live?
    TimeToLive(LeaseTimeToLive),
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// A question that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// The host's name for it; nothing for another member's.
    pub(super) client: Option<RequestId>,
    pub(super) asked: LeaseAsk,
    pub(super) since_ticks: u64,
    /// The store's revision when it came.
    pub(super) since_revision: Revision,
    pub(super) stage: Stage,
}

/// How far a question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing has been done about it.
    New,
    /// The leader's: waits for a round.
    Asked(u64),
    /// The leader's: it still led after the tick `begun_ticks`, and answers when so much is
    /// applied.
    Confirmed { index: Index, begun_ticks: u64 },
    /// Begins anew when so much is applied, at this tick or later.
    Held { index: Index, until_ticks: u64 },
    /// Passed on to the leader.
    Forwarded { to: MemberId, at_ticks: u64 },
}

impl LeaseAsk {
    /// What a command asks about a lease, if it does.
    pub(in crate::member) fn of(command: &Command) -> Option<Self> {
        match command {
            Command::LeaseKeepAlive(id) => Some(Self::KeepAlive(*id)),
            Command::LeaseTimeToLive(asked) => Some(Self::TimeToLive(*asked)),
            _ => None,
        }
    }
}

impl LeaseDesk {
    /// What the leader counts.
    pub(super) fn countdown(&self) -> Option<&Countdown> {
        self.countdown.as_ref()
    }

    /// The same, to change it.
    pub(super) fn countdown_mut(&mut self) -> Option<&mut Countdown> {
        self.countdown.as_mut()
    }

    /// This member leads.
    pub(super) fn start_counting(&mut self, countdown: Countdown) {
        self.countdown = Some(countdown);
    }

    /// It does not lead any more, or in another term: what it had confirmed is void.
    pub(super) fn stop_counting(&mut self) {
        self.countdown = None;
        for question in self.questions.values_mut() {
            question.stage = Stage::New;
        }
    }

    /// A number for one more id that is drawn.
    pub(super) fn count_id(&mut self) -> u64 {
        self.ids_drawn += 1;
        self.ids_drawn
    }

    /// Takes in a client's question.
    pub(super) fn add_client(
        &mut self,
        id: RequestId,
        asked: LeaseAsk,
        since_ticks: u64,
        since_revision: Revision,
    ) {
        self.next_number += 1;
        let question = Question {
            client: Some(id),
            asked,
            since_ticks,
            since_revision,
            stage: Stage::New,
        };
        self.questions
            .insert(Asker::Client(self.next_number), question);
    }

    /// Takes in another member's question, unless it is there already.
    pub(super) fn add_peer(&mut self, asker: Asker, asked: LeaseAsk, since_ticks: u64) {
        self.questions.entry(asker).or_insert(Question {
            client: None,
            asked,
            since_ticks,
            since_revision: Revision(0),
            stage: Stage::New,
        });
    }

    /// Whether a leader's questions wait for a round.
    pub(in crate::member) fn want_round(&self) -> bool {
        let waits = |question: &Question| matches!(question.stage, Stage::New | Stage::Asked(_));
        self.questions.values().any(waits)
    }

    /// A round has begun: it is for all that wait for one.
    pub(in crate::member) fn round_begun(&mut self, number: u64, now_ticks: u64) {
        self.round = (number, now_ticks);
        for question in self.questions.values_mut() {
            if matches!(question.stage, Stage::New | Stage::Asked(_)) {
                question.stage = Stage::Asked(number);
            }
        }
    }

    /// A round came back.
    pub(in crate::member) fn round_confirmed(&mut self, number: u64, index: Index) {
        let (running, begun_ticks) = self.round;
        if running != number {
            return;
        }
        for question in self.questions.values_mut() {
            if question.stage == Stage::Asked(number) {
                question.stage = Stage::Confirmed { index, begun_ticks };
            }
        }
    }

    /// Takes the questions that came before a tick; answers the clients who asked.
    pub(in crate::member) fn take_clients(&mut self, than_ticks: u64) -> Vec<RequestId> {
        let mut clients = Vec::new();
        self.questions.retain(|_, question| {
            let old = question.since_ticks <= than_ticks;
            if old {
                clients.extend(question.client);
            }
            !old
        });
        clients
    }

    /// How many wait.
    pub(in crate::member) fn count(&self) -> usize {
        self.questions.len()
    }
}
