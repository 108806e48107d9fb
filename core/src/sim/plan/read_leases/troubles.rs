//! What befalls a leader that reads by its lease.

use super::{PEACE_EVENTS_MAX, ReadLeases};
use crate::sim::action::{Action, Node};
use crate::sim::fault::{Fault, Keeps};
use crate::sim::operation::Operation;
use crate::sim::rehearsal::Rehearsal;
use crate::trace::MessageKind;

/// A trouble.
#[derive(Clone, Copy)]
pub(super) enum Trouble {
    CutOff,
    LateAnswers,
    HandOver,
    VoterForgets,
    StandStill,
    TermHeardOf,
    Removal,
}

impl Trouble {
    /// Those that can befall the leader now.
    pub(super) fn possible(plan: &ReadLeases) -> Vec<Self> {
        let mut possible = vec![
            Self::CutOff,
            Self::LateAnswers,
            Self::HandOver,
            Self::VoterForgets,
            Self::StandStill,
        ];
        // A candidate that asks first whether it would be elected raises nobody's term, and one of
        // five takes more than one vote.
        if plan.nodes.len() == 3 && !plan.pre_vote {
            possible.push(Self::TermHeardOf);
        }
        // Of three that remain two can elect a third against its leader.
        if plan.nodes.len() > 3 && plan.may_remove {
            possible.push(Self::Removal);
        }
        possible
    }
}

impl ReadLeases {
    pub(super) fn trouble(&mut self, trouble: Trouble, leader: Node, others: &[Node]) {
        match trouble {
            Trouble::CutOff => self.cut_off(leader),
            Trouble::LateAnswers => self.answer_late(leader, others),
            Trouble::HandOver => self.hand_over(leader, others),
            Trouble::VoterForgets => self.forget(leader, others),
            Trouble::StandStill => self.stand_still(leader),
            Trouble::TermHeardOf => self.hear_of_a_term(leader, others),
            Trouble::Removal => self.remove(leader, others),
        }
    }

    fn cut_off(&mut self, leader: Node) {
        self.rehearsal.act(Action::Isolate { node: leader });
        self.contest(Some(leader), 3_000_000);
    }

    /// What the leader hears is a second old or more, and then nobody hears it any more.
    fn answer_late(&mut self, leader: Node, others: &[Node]) {
        let (slow, rest) = others.split_at(self.nodes.len() / 2);
        for to in slow {
            self.fault(Fault::Latency {
                from: leader,
                to: *to,
                min_us: 600_000,
                max_us: 1_200_000,
            });
        }
        self.contest(None, 3_000_000);
        for to in rest {
            self.rehearsal.act(Action::Cut {
                from: leader,
                to: *to,
            });
        }
        self.contest(None, 1_000_000);
        for to in slow {
            self.fault(Fault::CutOneWay {
                from: leader,
                to: *to,
            });
        }
        self.contest(Some(leader), 4_000_000);
    }

    /// The order to stand for election is long under way; the leader has given the transfer up.
    fn hand_over(&mut self, leader: Node, others: &[Node]) {
        let (to, rest) = (others[0], &others[1..]);
        self.fault(Fault::Latency {
            from: leader,
            to,
            min_us: 1_500_000,
            max_us: 2_000_000,
        });
        self.rehearsal.pass(2_500_000);
        self.ask(leader, Operation::MoveLeader { target: to });
        let leads = |rehearsal: &Rehearsal| rehearsal.leads(to);
        self.rehearsal.until(PEACE_EVENTS_MAX, leads);
        for from in rest {
            self.fault(Fault::CutOneWay {
                from: *from,
                to: leader,
            });
        }
        self.contest(Some(leader), 1_000_000);
    }

    /// A voter that a lease rests on restarts, and somebody who has not heard the leader for long
    /// asks for its vote.
    fn forget(&mut self, leader: Node, others: &[Node]) {
        let (voters, rest) = others.split_at(self.nodes.len() / 2);
        // All have all there is: nobody is refused for its log.
        self.rehearsal.pass(500_000);
        for to in rest {
            self.rehearsal.act(Action::Cut {
                from: leader,
                to: *to,
            });
        }
        self.rehearsal.pass(2_500_000);
        self.rehearsal.act(Action::Isolate { node: leader });
        for node in voters {
            let (node, keeps) = (*node, Keeps::All);
            self.fault(Fault::CrashKeeping { node, keeps });
            self.rehearsal.act(Action::Restart { node });
        }
        // A connection takes a moment.
        self.rehearsal.pass(40_000);
        if let Some(node) = rest.first() {
            // Its clock jumps: nobody counts on it.
            self.fault(Fault::Campaign { node: *node });
        }
        self.contest(Some(leader), 1_200_000);
    }

    /// The leader stands still, and wakes up cut off.
    fn stand_still(&mut self, leader: Node) {
        self.rehearsal.act(Action::Isolate { node: leader });
        self.fault(Fault::Pause { node: leader });
        self.contest(Some(leader), 3_500_000);
        self.fault(Fault::Resume { node: leader });
        self.contest(Some(leader), 1_000_000);
    }

    /// A voter hears of a candidate's term before the candidate asks, by its answer to what
    /// somebody who led before had sent; the leader is cut off, and its lease rests on that voter.
    fn hear_of_a_term(&mut self, first: Node, others: &[Node]) {
        let [leader, candidate] = *others else {
            return;
        };
        self.hold(first, candidate, true);
        self.rehearsal.pass(250_000);
        self.ask(first, Operation::MoveLeader { target: leader });
        let leads = |rehearsal: &Rehearsal| rehearsal.leads(leader);
        if !self.rehearsal.until(STEP_EVENTS_MAX, leads) {
            return;
        }
        // All have all there is: nobody is refused for its log.
        self.rehearsal.pass(500_000);
        self.hold(candidate, first, true);
        self.rehearsal.act(Action::Isolate { node: leader });
        // Its clock jumps: nobody counts on it.
        self.fault(Fault::Campaign { node: candidate });
        self.deliver(first, candidate, MessageKind::Heartbeat);
        // Its disk takes a moment.
        self.rehearsal.pass(30_000);
        self.deliver(candidate, first, MessageKind::AppendResponse);
        self.deliver(candidate, first, MessageKind::Vote);
        self.hold(first, candidate, false);
        self.hold(candidate, first, false);
        self.contest(Some(leader), 1_200_000);
    }

    /// The leader is removed, and hears of a later term while nobody answers its goodbye. The one
    /// that is elected in that term is cut off, and then somebody answers.
    fn remove(&mut self, removed: Node, others: &[Node]) {
        let [leader, answers, ..] = *others else {
            return;
        };
        self.may_remove = false;
        self.ask(removed, Operation::MemberRemove { target: removed });
        let end = self.rehearsal.last(removed);
        let has = |rehearsal: &Rehearsal| rehearsal.last(leader) >= end;
        self.rehearsal.until(STEP_EVENTS_MAX, has);
        // So it still asks for that vote as well.
        self.hold(removed, leader, true);
        let is_committed = |rehearsal: &Rehearsal| rehearsal.commit(removed) >= end;
        self.rehearsal.until(STEP_EVENTS_MAX, is_committed);
        self.nodes.retain(|node| *node != removed);
        for other in others.iter().filter(|other| **other != leader) {
            self.hold(*other, removed, true);
        }
        // Voters have kept what they promised.
        self.rehearsal.pass(1_300_000);
        self.fault(Fault::Campaign { node: leader });
        let has_heard = |rehearsal: &Rehearsal| {
            let term = rehearsal.term(leader);
            rehearsal.term(removed) >= term || rehearsal.leads(leader)
        };
        self.rehearsal.until(STEP_EVENTS_MAX, has_heard);
        self.hold(leader, removed, true);
        self.contest(None, 500_000);
        self.rehearsal.act(Action::Isolate { node: leader });
        self.hold(answers, removed, false);
        self.contest(Some(leader), 1_200_000);
    }

    fn ask(&mut self, node: Node, operation: Operation) {
        self.asked += 1;
        self.rehearsal.act(Action::Operation { node, operation });
    }

    fn hold(&mut self, from: Node, to: Node, on: bool) {
        let (from, to) = (Some(from), Some(to));
        self.fault(Fault::Hold { from, to, on });
    }

    /// Messages of a kind that are kept back arrive.
    fn deliver(&mut self, from: Node, to: Node, kind: MessageKind) {
        for message in self.rehearsal.held(from, to, kind) {
            self.fault(Fault::Deliver { message });
        }
    }
}

/// Events that a step of a trouble may take.
const STEP_EVENTS_MAX: u64 = 120;
