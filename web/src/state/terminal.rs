//! The terminal: what each thing that happens in it does to the page.

use std::sync::Arc;

use quorate_core::sim::{Action, EventCause, Node, Operation};

use super::State;
use crate::terminal::{Asked, Complaint, Keep, Said, Show, Typed, typed};

/// What happens in the terminal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TerminalMessage {
    /// It is opened, or closed when it was open.
    Toggle,
    /// What is being typed.
    Draft(String),
    /// The line is done.
    Enter,
    /// The line that was entered before the one that is shown.
    Earlier,
    /// The one after it.
    Later,
    /// Ctrl-C.
    Interrupt,
    /// Whether time runs on until an answer comes.
    RunsOn(bool),
}

/// Time runs on over so many events, at most, for one line.
const RUN_ON_EVENTS: u32 = 6_000;

impl State {
    pub(super) fn type_in(&mut self, message: TerminalMessage) {
        match message {
            TerminalMessage::Toggle => self.terminal.is_open = !self.terminal.is_open,
            TerminalMessage::Draft(draft) => self.terminal.draft = draft,
            TerminalMessage::Enter => self.enter_line(),
            TerminalMessage::Earlier => self.terminal.earlier(),
            TerminalMessage::Later => self.terminal.later(),
            TerminalMessage::Interrupt => self.interrupt(),
            TerminalMessage::RunsOn(on) => self.terminal.runs_on = on,
        }
    }

    /// Brings what the terminal shows up to the moment that is shown.
    pub(super) fn refresh_terminal(&mut self) {
        if self.terminal.is_open && self.terminal.has_asked() {
            let frame = Arc::clone(&self.frame);
            let world = self.engine.world();
            self.terminal.refresh(&frame, world.client_history());
        }
    }

    fn enter_line(&mut self) {
        let line = self.terminal.enter();
        let at = self.form.at;
        if let Some((node, mut draft)) = self.terminal.txn.take() {
            let taken = draft.take(&line);
            match taken {
                Ok(Some(operation)) => {
                    let action = Action::Operation { node, operation };
                    self.ask(line, vec![(action, Show::Plain)]);
                }
                Ok(None) => {
                    self.terminal.say(line, node, Said::Nothing);
                    self.terminal.txn = Some((node, draft));
                }
                Err(complaint) => {
                    self.terminal.say(line, node, Said::Complaint(complaint));
                    self.terminal.txn = Some((node, draft));
                }
            }
            return;
        }
        match typed(&line, at, &self.frame) {
            Ok(Typed::Nothing) => self.terminal.say(line, at, Said::Nothing),
            Ok(Typed::Help) => self.terminal.say(line, at, Said::Help),
            Ok(Typed::Clear) => self.terminal.lines.clear(),
            Ok(Typed::Text(text)) => self.terminal.say(line, at, Said::Text(text)),
            Ok(Typed::Txn(node)) => {
                self.terminal.say(line, at, Said::Nothing);
                self.terminal.txn = Some((node, Default::default()));
            }
            Ok(Typed::KeepAlive(node, lease)) => {
                let operation = Operation::LeaseKeepAlive { lease };
                self.ask(
                    line,
                    vec![(Action::Operation { node, operation }, Show::Plain)],
                );
                self.terminal.keep(node, lease);
            }
            Ok(Typed::Interrupt) => self.interrupt(),
            Ok(Typed::Ask(questions)) => self.ask(line, questions),
            Err(complaint) => self.terminal.say(line, at, Said::Complaint(complaint)),
        }
    }

    /// Asks again for the lease that is kept alive, when it is time; only where the run ends, or
    /// it would be another run. Says whether it did.
    pub(super) fn keep_lease(&mut self) -> bool {
        let Some(keeping) = self.terminal.keeping else {
            return false;
        };
        let is_at_end = self.engine.position() == self.engine.moments().len() as u64;
        let position = self.engine.position();
        if !is_at_end || self.engine.history().action_after(position).is_some() {
            return false;
        }
        let frame = Arc::clone(&self.frame);
        let history = self.engine.world().client_history();
        match self.terminal.keep_on(&frame, history) {
            Keep::Wait => false,
            Keep::End => {
                self.terminal.keeping = None;
                false
            }
            Keep::Again => {
                let (node, lease) = (keeping.node, keeping.lease);
                let operation = Operation::LeaseKeepAlive { lease };
                let before = frame.operations.len();
                self.act(vec![Action::Operation { node, operation }]);
                let is_asked = self.frame.operations.len() > before;
                match is_asked {
                    true => self.terminal.kept_on(&Arc::clone(&self.frame)),
                    false => self.terminal.keeping = None,
                }
                true
            }
        }
    }

    fn interrupt(&mut self) {
        if self.terminal.keeping.take().is_some() {
            let at = self.form.at;
            return self.terminal.say("^C".to_owned(), at, Said::Nothing);
        }
        if let Some((node, _)) = self.terminal.txn.take() {
            return self.terminal.say("^C".to_owned(), node, Said::Nothing);
        }
        let at = self.form.at;
        match self.terminal.running_watch(&self.frame) {
            Some((node, operation)) => {
                let operation = Operation::WatchCancel { operation };
                self.act(vec![Action::Operation { node, operation }]);
                self.terminal.say("^C".to_owned(), at, Said::Nothing);
            }
            None => {
                let said = Said::Complaint(Complaint::NothingRuns);
                self.terminal.say("^C".to_owned(), at, said);
            }
        }
    }

    /// Asks, one question after the other, and lets time run until all are answered.
    fn ask(&mut self, line: String, questions: Vec<(Action, Show)>) {
        let at = questions.first().and_then(|(action, _)| node_of(action));
        let at = at.unwrap_or(self.form.at);
        let mut asked = Vec::new();
        for (action, show) in questions {
            let before = self.frame.operations.len();
            self.act(vec![action]);
            let refused = self
                .frame
                .last
                .as_ref()
                .and_then(|event| match &event.cause {
                    EventCause::Refused(_, reason) => Some(reason.clone()),
                    _ => None,
                });
            if let Some(reason) = refused {
                let said = Said::Complaint(Complaint::Refused(reason));
                return self.terminal.say(line, at, said);
            }
            if self.frame.operations.len() > before {
                asked.extend(Asked::newest(&self.frame, show));
            }
        }
        if self.terminal.runs_on {
            self.run_until_answered(&asked);
        }
        self.terminal.say(line, at, Said::Asked(asked));
    }

    fn run_until_answered(&mut self, asked: &[Asked]) {
        for _ in 0..RUN_ON_EVENTS {
            let frame = &self.frame;
            if !asked.iter().any(|one| one.is_waiting(frame)) {
                return;
            }
            if let Err(end) = self.engine.forward() {
                return self.say_when_over(Err(end));
            }
            self.frame = self.engine.frame();
        }
    }
}

fn node_of(action: &Action) -> Option<Node> {
    crate::terminal::asked_of(action)
}
