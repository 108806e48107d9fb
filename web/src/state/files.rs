//! Scenarios as text and runs as files: what is edited, opened and saved.

use quorate_core::sim::Scenario;

use super::State;
use crate::permalink::MOST_EVENTS;
use crate::permalink::Permalink;

/// The scenario that is looked at, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Files {
    pub(crate) text: String,
    /// What is wrong with it, or was not as it expected, with line and column.
    pub(crate) error: Option<String>,
    /// Whether it has been run as it stands.
    pub(crate) has_run: bool,
    /// Whether the link has been copied.
    pub(crate) copied: bool,
}

/// What happens to links and files.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FilesMessage {
    /// They are looked at, with this run as a scenario.
    Open,
    Close,
    /// The scenario is edited.
    Edit(String),
    /// The scenario is run.
    Run,
    /// The scenario is this run's, up to the event that is shown.
    TakeRun,
    Copied,
}

impl State {
    pub(super) fn handle_files(&mut self, message: FilesMessage) {
        let text = self.run_text();
        let files = match message {
            FilesMessage::Close => {
                self.files = None;
                return;
            }
            FilesMessage::Run => return self.run_edited(),
            FilesMessage::Open | FilesMessage::TakeRun => Files {
                text,
                ..Files::default()
            },
            FilesMessage::Edit(text) => Files {
                text,
                ..Files::default()
            },
            FilesMessage::Copied => Files {
                copied: true,
                ..self.files.clone().unwrap_or_default()
            },
        };
        self.files = Some(files);
    }

    /// This run, up to the event that is shown, as a scenario that does the same.
    pub(crate) fn run_text(&self) -> String {
        Scenario::text_of(self.engine.history(), self.engine.position())
    }

    /// Runs a scenario and stands at its end; all that was done in it can be walked through.
    /// Answers what is wrong with it, or was not as it expected.
    pub(super) fn run_scenario(&mut self, name: &str, text: &str) -> Option<String> {
        let scenario = match Scenario::parse(name, text) {
            Ok(scenario) => scenario,
            Err(error) => return Some(error.to_string()),
        };
        let outcome = match scenario.run(&mut |_| {}) {
            Ok(outcome) => outcome,
            Err(error) => return Some(error.to_string()),
        };
        let history = outcome.history;
        self.show(&Permalink {
            members: history.config.members,
            seed: history.config.seed,
            at: outcome.event_count.min(MOST_EVENTS),
            actions: history
                .actions
                .into_iter()
                .map(|planned| (planned.after_event, planned.action))
                .collect(),
            world: Some(history.config),
        });
        let failure = outcome.failures.first();
        failure.map(ToString::to_string)
    }

    fn run_edited(&mut self) {
        let Some(files) = self.files.take() else {
            return;
        };
        let error = self.run_scenario("scenario", &files.text);
        self.files = Some(Files {
            has_run: error.is_none(),
            error,
            ..files
        });
    }
}
