//! Questions about leases: answered by the leader, passed on by all others.

use super::desk::{Asker, LeaseAsk, Question, Stage};
use crate::Output;
use crate::command::{
    LeaseCheckpoint, LeaseKeepAliveReply, LeaseTimeToLive, LeaseTimeToLiveReply, Reply,
};
use crate::consensus::wire::{LeaseAnswer, LeaseQuestion, LeaseQuestionKind, WireBody, WireFrame};
use crate::error::Error;
use crate::id::{Index, LeaseId, MemberId, RequestId};
use crate::known_bug::KnownBug;
use crate::lease::Renewal;
use crate::limits::PENDING_REQUESTS_MAX;
use crate::member::Member;
use crate::member::view::Role;

/// Taking in.
impl Member {
    /// A client asks.
    pub(in crate::member) fn ask_of_lease(&mut self, id: RequestId, asked: LeaseAsk) {
        let revision = self.store.revision();
        self.leases.add_client(id, asked, self.now_ticks, revision);
    }

    /// Another member asks.
    pub(in crate::member) fn receive_lease_question(
        &mut self,
        from: MemberId,
        question: LeaseQuestion,
    ) {
        let asker = Asker::Peer {
            member: from,
            incarnation: question.incarnation,
            number: question.number,
        };
        if self.consensus.role() != Role::Leader || self.is_stopping() {
            return self.answer_peer(asker, not_leader());
        }
        // It will ask again.
        if self.leases.count() >= PENDING_REQUESTS_MAX {
            return;
        }
        let id = LeaseId(question.lease);
        let asked = match question.kind {
            LeaseQuestionKind::KeepAlive => LeaseAsk::KeepAlive(id),
            LeaseQuestionKind::TimeToLive => {
                LeaseAsk::TimeToLive(LeaseTimeToLive { id, keys: false })
            }
            LeaseQuestionKind::TimeToLiveWithKeys => {
                LeaseAsk::TimeToLive(LeaseTimeToLive { id, keys: true })
            }
        };
        self.leases.add_peer(asker, asked, self.now_ticks);
    }

    /// The leader has answered; one that was asked and is none lets us look for another.
    pub(in crate::member) fn receive_lease_answer(&mut self, from: MemberId, answer: LeaseAnswer) {
        let asker = Asker::Client(answer.number);
        let Some(question) = self.leases.questions.get_mut(&asker) else {
            return;
        };
        let asked_it = matches!(question.stage, Stage::Forwarded { to, .. } if to == from);
        if !asked_it || answer.incarnation != self.config.incarnation.0 {
            return;
        }
        if answer.not_leader {
            question.stage = Stage::Held {
                index: Index(0),
                until_ticks: self.now_ticks + 1,
            };
            return;
        }
        let question = *question;
        self.leases.questions.remove(&asker);
        self.answer_lease_question(asker, question, answer);
    }

    /// Ends what has waited too long, with etcd's errors. Another member has its own timeout.
    pub(in crate::member) fn time_out_lease_questions(&mut self, since_ticks: u64) {
        let error = if self.consensus.leader().is_some() {
            Error::Timeout
        } else {
            Error::NoLeader
        };
        for id in self.leases.take_clients(since_ticks) {
            self.reply(id, Err(error.clone()));
        }
    }
}

/// Going on.
impl Member {
    /// Everything that can be done now about what is asked of leases.
    pub(in crate::member) fn go_on_with_leases(&mut self) {
        self.follow_leadership();
        if self.leases.count() == 0 {
            return;
        }
        let open: Vec<(Asker, Question)> = self
            .leases
            .questions
            .iter()
            .map(|(asker, question)| (*asker, *question))
            .collect();
        let leads = self.consensus.role() == Role::Leader;
        for (asker, question) in open {
            let stage = match (leads, asker) {
                (true, _) => self.go_on_as_leader(asker, question),
                (false, Asker::Client(number)) => self.pass_on(number, question),
                (false, Asker::Peer { .. }) => {
                    self.answer_peer(asker, not_leader());
                    None
                }
            };
            match stage.zip(self.leases.questions.get_mut(&asker)) {
                Some((stage, question)) => question.stage = stage,
                None => {
                    self.leases.questions.remove(&asker);
                }
            }
        }
    }

    /// The stage that it is in now; nothing when it has been answered.
    fn go_on_as_leader(&mut self, asker: Asker, question: Question) -> Option<Stage> {
        let is_released =
            |index: Index, until_ticks: u64| self.applied >= index && self.now_ticks >= until_ticks;
        let stage = match question.stage {
            Stage::New | Stage::Asked(_) if self.config.has_bug(KnownBug::KeepAliveUnconfirmed) => {
                Stage::Confirmed {
                    index: Index(0),
                    begun_ticks: self.lease_clock_ticks(),
                }
            }
            stage => stage,
        };
        match stage {
            Stage::Forwarded { .. } => Some(Stage::New),
            Stage::Held { index, until_ticks } if is_released(index, until_ticks) => {
                Some(Stage::New)
            }
            Stage::Confirmed { index, begun_ticks }
                if self.applied >= index && self.leases.countdown().is_some() =>
            {
                // A successor gives an election timeout on top of what it begins with. An answer
                // that took longer to be confirmed could promise more than that.
                let waited_ticks = self.lease_clock_ticks().saturating_sub(begun_ticks);
                if waited_ticks >= u64::from(self.config.election_ticks) {
                    return Some(Stage::New);
                }
                match self.ask_countdown(question.asked) {
                    Ok(answer) => {
                        self.answer_lease_question(asker, question, answer);
                        None
                    }
                    Err(stage) => Some(stage),
                }
            }
            stage => Some(stage),
        }
    }

    /// The answer, or what is to be waited for.
    fn ask_countdown(&mut self, asked: LeaseAsk) -> Result<LeaseAnswer, Stage> {
        let now_ticks = self.lease_clock_ticks();
        let (leases, tick, applied) = (self.store.leases(), self.now_ticks, self.applied);
        let wait_for = |index: Index| Stage::Held {
            index,
            until_ticks: tick + u64::from(index <= applied),
        };
        let Some(countdown) = self.leases.countdown_mut() else {
            return Err(Stage::New);
        };
        match asked {
            LeaseAsk::TimeToLive(asked) => {
                let found = leases.get(asked.id);
                let remaining = countdown.remaining_seconds(asked.id, now_ticks);
                let Some((lease, ttl_seconds)) = found.zip(remaining) else {
                    return Ok(answer(NO_LEASE_TIME_TO_LIVE));
                };
                let keys = lease.keys().filter(|_| asked.keys).cloned().collect();
                Ok(LeaseAnswer {
                    granted_ttl_seconds: lease.granted_ttl_seconds,
                    keys,
                    ..answer(ttl_seconds)
                })
            }
            LeaseAsk::KeepAlive(id) => match countdown.renew(id, leases, applied, now_ticks) {
                Renewal::Renewed(ttl_seconds) => Ok(answer(ttl_seconds)),
                Renewal::NotFound => Ok(answer(NO_LEASE_KEEP_ALIVE)),
                Renewal::Wait(index) => Err(wait_for(index)),
                Renewal::Ended => Err(wait_for(Index(0))),
                Renewal::WipeFirst => {
                    let wipe = LeaseCheckpoint {
                        id,
                        remaining_ttl_seconds: 0,
                    };
                    let at = self.propose_checkpoint(vec![wipe]);
                    Err(wait_for(at.unwrap_or(Index(0))))
                }
            },
        }
    }

    /// Asks the leader; again when it has changed, or has not answered in a time.
    fn pass_on(&mut self, number: u64, question: Question) -> Option<Stage> {
        let leader = self.consensus.leader();
        let retry_ticks = u64::from(RETRY_MS.div_ceil(self.config.tick_ms.max(1)));
        match question.stage {
            Stage::Forwarded { to, at_ticks }
                if to == leader && self.now_ticks < at_ticks + retry_ticks =>
            {
                return Some(question.stage);
            }
            Stage::Held { until_ticks, .. } if self.now_ticks < until_ticks => {
                return Some(question.stage);
            }
            _ => {}
        }
        if !self.reaches_leader() {
            return Some(Stage::New);
        }
        let (lease, kind) = match question.asked {
            LeaseAsk::KeepAlive(id) => (id, LeaseQuestionKind::KeepAlive),
            LeaseAsk::TimeToLive(LeaseTimeToLive { id, keys: false }) => {
                (id, LeaseQuestionKind::TimeToLive)
            }
            LeaseAsk::TimeToLive(LeaseTimeToLive { id, keys: true }) => {
                (id, LeaseQuestionKind::TimeToLiveWithKeys)
            }
        };
        let body = WireBody::LeaseQuestion(LeaseQuestion {
            incarnation: self.config.incarnation.0,
            number,
            lease: lease.0,
            kind,
        });
        self.send_lease_frame(leader, body);
        Some(Stage::Forwarded {
            to: leader,
            at_ticks: self.now_ticks,
        })
    }
}

/// Answering.
impl Member {
    fn answer_lease_question(&mut self, asker: Asker, question: Question, answer: LeaseAnswer) {
        let Some(client) = question.client else {
            return self.answer_peer(asker, answer);
        };
        let ttl_seconds = answer.ttl_seconds;
        let mut header = self.reply_header();
        let reply = match question.asked {
            LeaseAsk::KeepAlive(id) => {
                // The leader renewed it some time ago. A client must not hear of a renewal at a
                // revision at which the lease was already gone.
                header.revision = question.since_revision;
                Reply::LeaseKeepAlive(LeaseKeepAliveReply { id, ttl_seconds })
            }
            LeaseAsk::TimeToLive(LeaseTimeToLive { id, .. }) => {
                Reply::LeaseTimeToLive(LeaseTimeToLiveReply {
                    id,
                    ttl_seconds,
                    granted_ttl_seconds: answer.granted_ttl_seconds,
                    keys: answer.keys,
                })
            }
        };
        self.outputs.push(Output::Reply {
            id: client,
            header,
            result: Ok(reply),
        });
    }

    fn answer_peer(&mut self, asker: Asker, answer: LeaseAnswer) {
        if let Asker::Peer {
            member,
            incarnation,
            number,
        } = asker
        {
            let body = WireBody::LeaseAnswer(LeaseAnswer {
                incarnation,
                number,
                ..answer
            });
            self.send_lease_frame(member, body);
        }
    }

    fn send_lease_frame(&mut self, to: MemberId, body: WireBody) {
        let from = self.config.id.0;
        let to = to.0;
        self.send_wire(WireFrame { from, to, body });
    }
}

/// An answer that says how long a lease lives, to whomever.
fn answer(ttl_seconds: i64) -> LeaseAnswer {
    LeaseAnswer {
        incarnation: 0,
        number: 0,
        not_leader: false,
        ttl_seconds,
        granted_ttl_seconds: 0,
        keys: Vec::new(),
    }
}

fn not_leader() -> LeaseAnswer {
    LeaseAnswer {
        not_leader: true,
        ..answer(0)
    }
}

/// What etcd answers to a keep-alive of a lease that is not there.
const NO_LEASE_KEEP_ALIVE: i64 = 0;
/// What etcd answers to who asks how long such a lease lives.
const NO_LEASE_TIME_TO_LIVE: i64 = -1;
/// The leader is asked again after this long without an answer, as for a read.
const RETRY_MS: u32 = 500;
