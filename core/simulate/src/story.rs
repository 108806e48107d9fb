//! A failing run as a scenario: what `quorate replay` shows, and what stays behind as a golden.

use quorate_core::sim::{History, Scenario};

use crate::run::Failure;

/// The scenario that does what was done up to a failure, and expects it.
pub fn text(history: &History, failure: &Failure) -> String {
    let mut done = history.clone();
    done.truncate(failure.event);
    let mut text = format!(
        "# Seed {}: {} ({}).\n# {}\n",
        history.config.seed,
        failure.property,
        failure.source,
        failure.text.replace('\n', "\n# ")
    );
    text += &Scenario::text_of(&done, failure.event);
    if failure.is_violation() {
        text += &format!("expect violation \"{}\"\n", failure.property);
    }
    text
}

/// Whether a scenario fails as it should.
///
/// # Errors
/// What it does instead.
pub fn replays(text: &str, failure: &Failure) -> Result<(), String> {
    if !failure.is_violation() {
        return Ok(());
    }
    let scenario = Scenario::parse("story", text).map_err(|error| error.to_string())?;
    let outcome = scenario
        .run(&mut |_| {})
        .map_err(|error| error.to_string())?;
    let violated = outcome.violation.map(|violation| violation.property);
    if violated == Some(failure.property.as_str()) {
        return Ok(());
    }
    Err(match outcome.failures.first() {
        Some(error) => error.to_string(),
        None => "nothing is violated".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use quorate_core::sim::{Action, Fault, Node, PlannedAction, Simulation, WorldConfig};

    use super::*;
    use crate::run::run;
    use crate::shrink::Shrinker;

    /// No cluster elects within a microsecond: a violation that takes no bug.
    fn impatient() -> Simulation {
        let put = |after_event| PlannedAction {
            after_event,
            action: Action::Put {
                node: Node(2),
                key: "x".to_owned(),
                value: after_event.to_string(),
            },
        };
        let mut history = History::new(WorldConfig::default());
        history.actions.extend((30..60).map(put));
        history.actions.push(PlannedAction {
            after_event: 60,
            action: Action::Fault(Fault::DemandLiveness { within_us: 1 }),
        });
        let events = 2_000;
        Simulation { history, events }
    }

    #[test]
    fn a_failure_can_be_had_again_from_its_text() {
        let simulation = impatient();
        let failure = run(&simulation).failure.expect("it fails");
        assert_eq!(failure.property, "liveness");
        let text = text(&simulation.history, &failure);
        assert!(text.contains("put x=59 at n2"), "{text}");
        replays(&text, &failure).expect("in the same way");
        let patient = text.replace("demand-liveness 1us", "demand-liveness 30s");
        assert!(replays(&patient, &failure).is_err());
    }

    #[test]
    fn what_a_failure_does_not_need_is_taken_away() {
        let (small, _) = Shrinker::new(impatient(), "liveness", 500).shrink();
        assert_eq!(small.history.actions.len(), 1);
        assert!(small.history.config.members <= 2);
        let failure = run(&small).failure.expect("it fails");
        replays(&text(&small.history, &failure), &failure).expect("in the same way");
    }

    #[test]
    fn the_first_example_of_the_docs_holds_for_any_seed() {
        let docs = include_str!("../../../docs/simulator.md");
        let begin = docs
            .find("# A put survives its leader.")
            .expect("it is there");
        let length = docs[begin..].find("```").expect("it ends");
        let text = &docs[begin..begin + length];
        for seed in 0..50 {
            let example = Scenario::parse("docs", text).expect("it can be read");
            let outcome = example.with_seed(seed).run(&mut |_| {}).expect("a world");
            assert!(outcome.violation.is_none(), "seed {seed}");
            assert!(
                outcome.failures.is_empty(),
                "seed {seed}: {:?}",
                outcome.failures
            );
        }
    }
}
