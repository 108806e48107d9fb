//! Taking away from a failing run what its failure does not need.
//!
//! Delta debugging (Zeller, Hildebrandt, 2002) over the actions: leave out a part, see whether the
//! same property is still violated, and keep what remains if it is; first halves, then smaller
//! and smaller parts. Then the same with the members, and with every setting that is not the
//! default.

use quorate_core::sim::{Action, History, PlannedAction, Simulation, WorldConfig};
use serde_json::{Map, Value};

use crate::run::{Outcome, run};

/// A run that is being made smaller.
pub struct Shrinker {
    best: Simulation,
    property: String,
    tries_left: u32,
    /// How many runs it took.
    pub tries: u32,
}

impl Shrinker {
    /// For a run that violates a property, with a bound on how many runs are tried.
    pub fn new(simulation: Simulation, property: &str, tries_max: u32) -> Self {
        Self {
            best: simulation,
            property: property.to_owned(),
            tries_left: tries_max,
            tries: 0,
        }
    }

    /// Makes it as small as it gets. The result violates the same property: of what is smaller, a
    /// run that passes is not kept, and one that is undecided is not, either.
    pub fn shrink(mut self) -> (Simulation, u32) {
        self.end_with_the_failure();
        loop {
            let before = self.best.history.clone();
            self.drop_actions();
            self.drop_members();
            self.reset_settings();
            if self.best.history == before || self.tries_left == 0 {
                break;
            }
        }
        self.end_with_the_failure();
        (self.best, self.tries)
    }

    /// Keeps a smaller run if it still fails.
    fn keep(&mut self, candidate: Simulation) -> bool {
        if self.tries_left == 0 {
            return false;
        }
        self.tries_left -= 1;
        self.tries += 1;
        let fails = fails_by(&run(&candidate), &self.property);
        if fails {
            self.best = candidate;
        }
        fails
    }

    /// Nothing behind the failure matters; but of a run that ends there the audit, which has less
    /// to go by, may find out nothing, and then it is left as it is.
    fn end_with_the_failure(&mut self) {
        let Some(failure) = run(&self.best).failure else {
            return;
        };
        let mut ended = self.best.clone();
        ended.history.truncate(failure.event);
        ended.events = failure.event;
        if ended != self.best && fails_by(&run(&ended), &self.property) {
            self.best = ended;
        }
    }

    fn drop_actions(&mut self) {
        let mut size = self.best.history.actions.len().div_ceil(2);
        while size > 0 && self.tries_left > 0 {
            let mut at = 0;
            let mut shrunk = false;
            while at < self.best.history.actions.len() {
                let mut candidate = self.best.clone();
                let end = (at + size).min(candidate.history.actions.len());
                candidate.history.actions.drain(at..end);
                // The failure may come a little later without them.
                candidate.events = self.best.events + EVENTS_LATER_MAX;
                if self.keep(candidate) {
                    self.end_with_the_failure();
                    shrunk = true;
                } else {
                    at = end;
                }
            }
            if size == 1 && !shrunk {
                return;
            }
            size = if size == 1 { 1 } else { size / 2 };
        }
    }

    fn drop_members(&mut self) {
        while self.best.history.config.members > 1 {
            let mut candidate = self.best.clone();
            candidate.history.config.members -= 1;
            let members = candidate.history.config.members;
            let has_stranger = |planned: &PlannedAction| names_above(&planned.action, members);
            candidate
                .history
                .actions
                .retain(|planned| !has_stranger(planned));
            candidate.events += EVENTS_LATER_MAX;
            if !self.keep(candidate) {
                return;
            }
            self.end_with_the_failure();
        }
    }

    fn reset_settings(&mut self) {
        let defaults = fields(&WorldConfig::default());
        for (name, value) in fields(&self.best.history.config) {
            let kept = ["seed", "members", "known_bug", "rules_off"].contains(&name.as_str());
            let Some(default) = defaults.get(&name).filter(|default| **default != value) else {
                continue;
            };
            if kept {
                continue;
            }
            let mut all = fields(&self.best.history.config);
            all.insert(name, default.clone());
            let Ok(config) = serde_json::from_value(Value::Object(all)) else {
                continue;
            };
            let candidate = Simulation {
                history: History {
                    config,
                    actions: self.best.history.actions.clone(),
                },
                events: self.best.events + EVENTS_LATER_MAX,
            };
            if self.keep(candidate) {
                self.end_with_the_failure();
            }
        }
    }
}

/// Whether a run is known to violate a property. Of one that is undecided nothing is known.
fn fails_by(outcome: &Outcome, property: &str) -> bool {
    let failure = outcome.failure.as_ref();
    failure.is_some_and(|failure| failure.property == property)
}

fn fields(config: &WorldConfig) -> Map<String, Value> {
    match serde_json::to_value(config) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// Whether an action names a member above a number. Nodes are written as numbers in fields of
/// these names.
fn names_above(action: &Action, members: u32) -> bool {
    fn any(value: &Value, is_node: bool, members: u32) -> bool {
        match value {
            Value::Number(number) => {
                is_node
                    && number
                        .as_u64()
                        .is_some_and(|node| node > u64::from(members))
            }
            Value::Array(values) => values.iter().any(|value| any(value, is_node, members)),
            Value::Object(fields) => fields.iter().any(|(name, value)| {
                any(value, is_node || NODE_FIELDS.contains(&&**name), members)
            }),
            _ => false,
        }
    }
    serde_json::to_value(action).is_ok_and(|value| any(&value, false, members))
}

const NODE_FIELDS: [&str; 7] = ["node", "from", "to", "nodes", "groups", "target", "new"];
/// How much later a failure may come when something is left out.
const EVENTS_LATER_MAX: u64 = 2_000;

#[cfg(test)]
mod tests {
    use quorate_core::sim::{Node, Operation};

    use super::*;
    use crate::run::Verdict;
    use crate::run::tests::outcome;

    #[test]
    fn an_undecided_run_is_not_kept_for_one_that_fails() {
        assert!(fails_by(&outcome(1, Verdict::Failed), "liveness"));
        assert!(!fails_by(&outcome(1, Verdict::Failed), "linearizability"));
        assert!(!fails_by(&outcome(1, Verdict::Undecided), "liveness"));
        assert!(!fails_by(&outcome(1, Verdict::Passed), "liveness"));
    }

    #[test]
    fn an_action_names_its_members() {
        let crash = Action::Crash { node: Node(4) };
        assert!(names_above(&crash, 3) && !names_above(&crash, 4));
        let put = Action::Put {
            node: Node(1),
            key: "9".to_owned(),
            value: "9".to_owned(),
        };
        assert!(!names_above(&put, 1));
        assert!(!names_above(&Action::Heal, 1));
        let of = |operation| Action::Operation {
            node: Node(1),
            operation,
        };
        let (target, new) = (Node(4), Node(4));
        let remove = of(Operation::MemberRemove { target });
        assert!(names_above(&remove, 3) && !names_above(&remove, 4));
        let learner = false;
        let add = of(Operation::MemberAdd { new, learner });
        assert!(names_above(&add, 3) && !names_above(&add, 4));
    }
}
