//! Draws of what clients ask.

use super::space::{Step, believe_again, cry_wolf, make_room};
use super::{Phase, Planner};
use crate::collections::InOrder;
use crate::prng::Prng;
use crate::sim::action::{Action, Node};
use crate::sim::operation::Operation;
use crate::sim::revision_choice::RevisionChoice;

/// How often clients of one seed ask for what. Swarm testing (Groce et al. 2012): a load that
/// leaves some kinds out reaches states that one with all of them does not.
#[derive(Debug)]
pub(super) struct Weights {
    weights: [u64; KINDS.len()],
}

impl Weights {
    /// Puts and reads are in every load, of the rest about half.
    pub(super) fn new(prng: &mut Prng) -> Self {
        let mut weights = [0; KINDS.len()];
        for (weight, (_, usual, is_always)) in weights.iter_mut().zip(KINDS) {
            if is_always || prng.chance(500) {
                *weight = prng.between(1, 2 * usual);
            }
        }
        Self { weights }
    }

    fn draw(&self, prng: &mut Prng) -> Kind {
        let mut at = prng.below(self.weights.iter().sum());
        for (weight, (kind, _, _)) in self.weights.iter().zip(KINDS) {
            if at < *weight {
                return kind;
            }
            at -= weight;
        }
        Kind::Get
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Put,
    Get,
    Delete,
    Compact,
    RangeAll,
    RangeOld,
    RangeAlone,
    Swap,
    PutAll,
    PutAndGetOld,
    Lease,
    Watch,
    WatchStall,
    WatchProgress,
    MoveLeader,
}

/// Each kind, its usual weight, and whether no load is without it.
const KINDS: [(Kind, u64, bool); 15] = [
    (Kind::Put, 40, true),
    (Kind::Get, 25, true),
    (Kind::Delete, 6, false),
    (Kind::Compact, 3, false),
    (Kind::RangeAll, 8, false),
    (Kind::RangeOld, 5, false),
    (Kind::RangeAlone, 8, false),
    (Kind::Swap, 12, false),
    (Kind::PutAll, 6, false),
    (Kind::PutAndGetOld, 4, false),
    (Kind::Lease, 6, false),
    (Kind::Watch, 2, false),
    (Kind::WatchStall, 3, false),
    (Kind::WatchProgress, 2, false),
    (Kind::MoveLeader, 1, false),
];

/// Clients that watch everything from the beginning on: what they hear says in which order all
/// was written, also that which nobody was told of.
pub(in crate::sim) fn observers(nodes: &[Node]) -> Vec<Action> {
    let last = nodes.last().filter(|_| nodes.len() > 1);
    let watch = |node: &Node| Action::Operation {
        node: *node,
        operation: Operation::Watch {
            key: "k".to_owned(),
            end: "l".to_owned(),
            revision: 1.into(),
        },
    };
    nodes.first().into_iter().chain(last).map(watch).collect()
}

impl Planner {
    pub(super) fn work(&mut self) {
        if self.space.is_scarce() {
            let (asked, all) = (self.all_asked(), self.nodes.clone());
            self.do_all(believe_again(&asked, &all));
            let steps = make_room(&mut self.prng, &asked, &all);
            self.do_all(steps);
        }
        while self.phase() != Phase::Over {
            if !self.change_members() {
                self.ask();
            }
            self.wait();
        }
    }

    pub(super) fn ask(&mut self) {
        if self.space.is_time(&mut self.prng) {
            return self.see_to_space();
        }
        let Some(node) = self.draw_asked() else {
            return;
        };
        self.operation_count += 1;
        let key = self.draw_key();
        let action = match self.weights.draw(&mut self.prng) {
            Kind::Put => {
                let value = self.next_value();
                Action::Put { node, key, value }
            }
            Kind::Get => Action::Get { node, key },
            Kind::Delete => Action::Delete { node, key },
            Kind::Compact => {
                let revision = self.draw_revision();
                Action::Compact { node, revision }
            }
            kind => {
                let operation = self.draw_operation(kind, key);
                Action::Operation { node, operation }
            }
        };
        self.plan(action);
    }

    /// Room is made, or what an alarm forbids is seen.
    fn see_to_space(&mut self) {
        let (asked, all) = (self.all_asked(), self.nodes.clone());
        let steps = if self.phase() == Phase::Faults && self.prng.chance(150) {
            cry_wolf(&mut self.prng, &asked, &all)
        } else {
            make_room(&mut self.prng, &asked, &all)
        };
        self.do_all(steps);
    }

    fn do_all(&mut self, steps: Vec<Step>) {
        for (action, wait) in steps {
            self.operation_count += 1;
            self.plan(action);
            self.event += wait;
        }
    }

    fn draw_operation(&mut self, kind: Kind, key: String) -> Operation {
        let all = |revision: RevisionChoice, serializable| Operation::Range {
            key: "k".to_owned(),
            end: "l".to_owned(),
            revision,
            serializable,
        };
        match kind {
            Kind::RangeOld => all(self.draw_revision(), false),
            Kind::RangeAlone => all(RevisionChoice::DEFAULT, true),
            Kind::Swap => {
                let back = self.prng.below(6);
                let expected = self
                    .write_count
                    .checked_sub(back)
                    .map(|at| format!("v{at}"));
                let value = self.next_value();
                Operation::CompareAndSwap {
                    key,
                    expected: expected.filter(|_| back > 0),
                    value,
                }
            }
            Kind::PutAll => {
                let mut keys = vec![key, self.draw_key(), self.draw_key()];
                keys.order();
                keys.dedup();
                let pairs = keys.into_iter().map(|key| (key, self.next_value()));
                Operation::PutAll {
                    pairs: pairs.collect(),
                }
            }
            Kind::PutAndGetOld => Operation::PutAndGetOld {
                key,
                value: self.next_value(),
                revision: self.draw_revision(),
            },
            Kind::WatchStall => Operation::WatchStall {
                operation: self.draw_observer(),
                on: self.prng.chance(500),
            },
            Kind::WatchProgress => Operation::WatchProgress {
                operation: self.draw_observer(),
            },
            Kind::Lease => self.draw_lease(key),
            Kind::Watch => Operation::Watch {
                key: "k".to_owned(),
                end: "l".to_owned(),
                revision: if self.prng.chance(500) {
                    self.draw_revision()
                } else {
                    RevisionChoice::DEFAULT
                },
            },
            Kind::MoveLeader => Operation::MoveLeader {
                target: self.draw().unwrap_or(Node(1)),
            },
            _ => all(RevisionChoice::DEFAULT, false),
        }
    }

    /// Few leases, so that what is asked is about one that is there.
    fn draw_lease(&mut self, key: String) -> Operation {
        let lease = self.prng.between(1, 3).cast_signed();
        match self.prng.below(10) {
            0..=2 => Operation::LeaseGrant {
                lease,
                ttl_seconds: self.prng.between(1, 10).cast_signed(),
            },
            3 => Operation::LeaseRevoke { lease },
            4 | 5 => Operation::LeaseKeepAlive { lease },
            6 => Operation::LeaseTimeToLive { lease },
            _ => Operation::PutWithLease {
                key,
                value: self.next_value(),
                lease,
            },
        }
    }

    /// The operation that began one of the first watches, see [`observers`].
    fn draw_observer(&mut self) -> u64 {
        self.prng.between(1, self.nodes.len().min(2) as u64)
    }

    fn draw_key(&mut self) -> String {
        format!("k{}", self.prng.between(1, 5))
    }

    /// Any, or one about the newest: there is where something can go wrong.
    fn draw_revision(&mut self) -> RevisionChoice {
        if self.prng.chance(500) {
            let all = self.write_count + 1;
            return RevisionChoice::Number(self.prng.between(1, all).cast_signed());
        }
        RevisionChoice::Newest(self.prng.below(12).cast_signed() - 8)
    }

    /// Every value is put once: whoever reads it knows who put it.
    fn next_value(&mut self) -> String {
        self.write_count += 1;
        format!("v{}", self.write_count)
    }
}
