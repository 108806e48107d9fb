//! A history as JSON: what was done in a world, as the scenario that does the same.
//!
//! The form is described in `docs/simulator.md`, "A history as JSON".

mod misread;
mod places;

use quorate_core::sim::{History, Scenario, ScenarioError, World};

use self::misread::in_words;
use self::places::{Place, actions, field};

/// Whether a text is meant as a history.
pub(super) fn is_history(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Reads a history; errors name the place in it.
pub(super) fn scenario(name: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let wrong = |place: Place, text: String| ScenarioError {
        name: name.to_owned(),
        line: place.line,
        column: place.column,
        text,
    };
    let history: History = serde_json::from_str(text).map_err(|error| {
        let place = Place {
            line: error.line().max(1),
            column: error.column().max(1),
        };
        wrong(place, in_words(&error.to_string()))
    })?;
    if let Err(error) = history.config.check() {
        let text_of = format!("{}: {}", error.field, error.reason);
        return Err(wrong(field(text, error.field), text_of));
    }
    let places = actions(text);
    let place = |at: usize| places.get(at).copied().unwrap_or_default();
    let mut before = 0;
    for (at, planned) in history.actions.iter().enumerate() {
        let event = planned.after_event;
        if event > Scenario::EVENTS_MAX {
            let most = Scenario::EVENTS_MAX;
            let text = format!(
                "\"after_event\": {event} is more events than a run has; write {most} at most"
            );
            return Err(wrong(place(at), text));
        }
        if event < before {
            let text = format!(
                "\"after_event\": {event} stands behind {before}; write the actions in the order \
                 in which they are done"
            );
            return Err(wrong(place(at), text));
        }
        before = event;
    }
    // One line for the world, then one for each action.
    Scenario::parse(name, &Scenario::text_of(&history, before)).map_err(|error| {
        let at = error.line.saturating_sub(2);
        wrong(place(at), error.text)
    })?;
    let end = end_of(&history).map_err(|error| wrong(Place::default(), error.to_string()))?;
    // What goes wrong from now on is of the scenario that is printed.
    let name = format!("{name}, as a scenario");
    Scenario::parse(&name, &Scenario::text_of(&history, end))
}

/// A history does not say where it ends: some time behind its last action, or where it halts.
fn end_of(history: &History) -> Result<u64, quorate_core::sim::WorldError> {
    let mut world: World = history.begin()?;
    let last = history.actions.last().map_or(0, |last| last.after_event);
    while world.event_count() <= last && history.advance(&mut world).is_ok() {}
    let end_us = world.now_us().saturating_add(AFTERMATH_US);
    let is_due = |world: &World| {
        let next_us = world.next_event_at_us();
        next_us.is_some_and(|at_us| at_us <= end_us) && world.event_count() < Scenario::EVENTS_MAX
    };
    while is_due(&world) && world.step().is_ok() {}
    Ok(world.event_count().min(Scenario::EVENTS_MAX))
}

/// How long a history goes on behind its last action, in virtual microseconds.
const AFTERMATH_US: u64 = 10_000_000;

#[cfg(test)]
mod tests;
