//! One seed, carried out.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};

use quorate_core::sim::{
    Action, EventCause, Fault, Frame, Halt, OperationOutcome, Simulation, World,
};
use serde::{Deserialize, Serialize};

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// What there was in it.
    pub figures: Figures,
    /// The hash of its trace; of a run that panicked, 0.
    pub trace_hash: u64,
    /// What went wrong, if anything did.
    pub failure: Option<Box<Failure>>,
}

/// What a run says of the properties that were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All of them hold.
    Passed,
    /// None was seen to be violated, but of linearizability, and so of some watches and leases,
    /// nothing was found out: the audit was given up. That is not to have passed.
    Undecided,
    /// One is violated.
    Failed,
}

impl Outcome {
    /// What it says.
    pub fn verdict(&self) -> Verdict {
        match &self.failure {
            Some(_) => Verdict::Failed,
            None if self.figures.undecided > 0 => Verdict::Undecided,
            None => Verdict::Passed,
        }
    }
}

/// What there was in a run, or in many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Runs.
    pub seeds: u64,
    /// Events.
    pub events: u64,
    /// Virtual time, in microseconds.
    pub virtual_us: u64,
    /// Client operations that were asked.
    pub operations: u64,
    /// Those of them that were answered, or certainly failed.
    pub answered: u64,
    /// Those of them that had to be answered: nothing had been broken for long.
    pub answered_in_full: u64,
    /// Runs of which it was not found out whether what clients saw is linearizable.
    pub undecided: u64,
    /// Faults that took place, by kind.
    pub faults: BTreeMap<String, u64>,
}

/// Something that must not be.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which property was violated, or [`PANIC`], [`PLAN`] or [`SETTINGS`].
    pub property: String,
    /// Where the property is stated.
    pub source: String,
    /// What was seen.
    pub text: String,
    /// The event after which it was seen.
    pub event: u64,
    /// When, in virtual microseconds.
    pub at_us: u64,
    /// The world then; nothing after a panic.
    pub frame: Option<Frame>,
}

/// The property that a panic violates.
pub const PANIC: &str = "no panic";
/// Of a plan that does not do what it is to do.
pub const PLAN: &str = "plan";
/// Of settings that no world can be made of.
pub const SETTINGS: &str = "settings";

impl Failure {
    /// Whether a checker found it. Panics, and plans and settings that do not add up, are found by
    /// none.
    pub fn is_violation(&self) -> bool {
        ![PANIC, PLAN, SETTINGS].contains(&self.property.as_str())
    }
}

impl Figures {
    /// Adds another run's.
    pub fn add(&mut self, other: &Figures) {
        self.seeds += other.seeds;
        self.events += other.events;
        self.virtual_us += other.virtual_us;
        self.operations += other.operations;
        self.answered += other.answered;
        self.answered_in_full += other.answered_in_full;
        self.undecided += other.undecided;
        for (kind, count) in &other.faults {
            *self.faults.entry(kind.clone()).or_default() += count;
        }
    }
}

/// Carries a run out. Whatever happens in it, this comes back: a panic is a failure like others.
pub fn run(simulation: &Simulation) -> Outcome {
    let seed = simulation.history.config.seed;
    let at = Cell::new((0, 0));
    LAST_PANIC.take();
    IS_RUNNING.set(true);
    let caught = panic::catch_unwind(AssertUnwindSafe(|| run_unguarded(simulation, &at)));
    IS_RUNNING.set(false);
    caught.unwrap_or_else(|payload| {
        let (event, at_us) = at.get();
        Outcome {
            seed,
            figures: Figures {
                seeds: 1,
                events: event,
                virtual_us: at_us,
                ..Figures::default()
            },
            trace_hash: 0,
            failure: Some(Box::new(Failure {
                property: PANIC.to_owned(),
                source: "the core's contract: a step is total".to_owned(),
                text: LAST_PANIC.take().unwrap_or_else(|| said(payload.as_ref())),
                event: event + 1,
                at_us,
                frame: None,
            })),
        }
    })
}

/// Keeps what panics of a run say for the report, instead of printing it into the progress bar.
/// All others are told as ever.
pub fn keep_panics() {
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !IS_RUNNING.get() {
            return others(info);
        }
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let text = format!("{} at {place}", said(info.payload()));
        LAST_PANIC.set(Some(text));
    }));
}

thread_local! {
    /// Whether a run is under way on this thread.
    static IS_RUNNING: Cell<bool> = const { Cell::new(false) };
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn run_unguarded(simulation: &Simulation, at: &Cell<(u64, u64)>) -> Outcome {
    let seed = simulation.history.config.seed;
    let mut figures = Figures {
        seeds: 1,
        ..Figures::default()
    };
    let mut world = match simulation.begin() {
        Ok(world) => world,
        Err(error) => {
            return Outcome {
                seed,
                figures,
                trace_hash: 0,
                failure: Some(Box::new(Failure {
                    property: SETTINGS.to_owned(),
                    source: "the simulator".to_owned(),
                    text: error.to_string(),
                    event: 0,
                    at_us: 0,
                    frame: None,
                })),
            };
        }
    };
    let failure = loop {
        at.set((world.event_count(), world.now_us()));
        let next = simulation.advance(&mut world);
        if let Some(refusal) = refused_demand(&world) {
            break Some(Box::new(refusal));
        }
        if let EventCause::Acted(action) = &world.last_event().cause
            && let Some(kind) = fault_kind(action)
        {
            *figures.faults.entry(kind).or_default() += 1;
        }
        match next {
            Ok(true) => {}
            Ok(false) | Err(Halt::Idle) => break None,
            Err(Halt::Violated(violation)) => {
                break Some(Box::new(Failure {
                    property: violation.property.to_owned(),
                    source: violation.source.to_owned(),
                    text: violation.text.clone(),
                    event: violation.event,
                    at_us: violation.at_us,
                    frame: Some(world.frame()),
                }));
            }
        }
    };
    figures.events = world.event_count();
    figures.virtual_us = world.now_us();
    figures.operations = world.operations().len() as u64;
    let is_known = |outcome: &OperationOutcome| {
        matches!(
            outcome,
            OperationOutcome::Done(_) | OperationOutcome::Failed(_)
        )
    };
    let answered = world.operations().iter();
    figures.answered = answered
        .filter(|operation| is_known(&operation.outcome))
        .count() as u64;
    figures.answered_in_full = world.answered_in_full();
    figures.undecided = u64::from(world.is_undecided());
    Outcome {
        seed,
        figures,
        trace_hash: world.trace_hash().value(),
        failure,
    }
}

/// A plan whose demand of liveness was refused has not made all whole, and would show nothing.
fn refused_demand(world: &World) -> Option<Failure> {
    match &world.last_event().cause {
        EventCause::Refused(Action::Fault(Fault::DemandLiveness { .. }), reason) => Some(Failure {
            property: PLAN.to_owned(),
            source: "the simulator".to_owned(),
            text: format!("liveness could not be demanded: {reason}"),
            event: world.event_count(),
            at_us: world.now_us(),
            frame: Some(world.frame()),
        }),
        _ => None,
    }
}

/// What a fault is called in the figures; nothing for what a client does.
fn fault_kind(action: &Action) -> Option<String> {
    let kind = match action {
        Action::Put { .. }
        | Action::Get { .. }
        | Action::Delete { .. }
        | Action::Compact { .. }
        | Action::Operation { .. } => return None,
        Action::Fault(fault) => return Some(variant_name(fault)),
        _ => variant_name(action),
    };
    Some(kind)
}

/// The name under which a value is written: its kind, without what is in it.
fn variant_name<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(serde_json::Value::Object(fields)) => fields
            .keys()
            .next()
            .cloned()
            .unwrap_or_else(|| "unknown".to_owned()),
        _ => "unknown".to_owned(),
    }
}

fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "it said nothing".to_owned())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// What came of a run, as far as a verdict goes.
    pub(crate) fn outcome(seed: u64, verdict: Verdict) -> Outcome {
        let failure = || Failure {
            property: "liveness".to_owned(),
            source: "a test".to_owned(),
            text: "nobody leads".to_owned(),
            event: 12,
            at_us: 3,
            frame: None,
        };
        Outcome {
            seed,
            figures: Figures {
                seeds: 1,
                undecided: u64::from(verdict == Verdict::Undecided),
                ..Figures::default()
            },
            trace_hash: seed + 1,
            failure: (verdict == Verdict::Failed).then(|| Box::new(failure())),
        }
    }

    /// So much is unknown in these that the search gives up without a hint of what was stored, as
    /// far as they still draw what they drew.
    const HARD: [u64; 3] = [31369, 31260, 31857];

    #[test]
    fn a_run_whose_order_is_hard_to_find_is_decided() {
        for seed in HARD {
            let outcome = run(&Simulation::of(seed, None));
            assert_eq!(outcome.verdict(), Verdict::Passed, "seed {seed}");
        }
    }

    #[test]
    fn an_outcome_is_told_apart() {
        for verdict in [Verdict::Passed, Verdict::Undecided, Verdict::Failed] {
            assert_eq!(outcome(1, verdict).verdict(), verdict);
        }
    }
}
