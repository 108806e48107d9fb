//! A terminal in the page: etcdctl's commands, asked of the world's members.
//!
//! What is typed becomes [`Action`]s, so it is in the history, in the link and in a replay like
//! everything else. What comes back is printed as etcdctl prints it. The terminal itself keeps
//! only the lines: each shows what has come of its operation at the moment that is looked at, so
//! it goes back in time with the page.

mod answer;
mod arguments;
mod command;
mod complaint;
mod txn;
mod words;

use quorate_core::audit::{History, Outcome};
use quorate_core::command::{Command, Reply, WatchResponse};
use quorate_core::sim::{Action, Frame, Node, OperationFrame, OperationOutcome};

use self::answer::Answered;
pub(crate) use self::answer::Show;
pub(crate) use self::command::{HELP, Typed, typed};
pub(crate) use self::complaint::Complaint;
use self::txn::TxnDraft;

/// The terminal.
#[derive(Clone, Debug)]
pub(crate) struct Terminal {
    pub(crate) is_open: bool,
    /// Whether time runs on until what was asked is answered.
    pub(crate) runs_on: bool,
    /// What is being typed.
    pub(crate) draft: String,
    /// What was typed, oldest first.
    pub(crate) lines: Vec<Line>,
    /// A transaction that is being typed, and whom it will be asked of.
    pub(crate) txn: Option<(Node, TxnDraft)>,
    /// A lease that is being kept alive.
    pub(crate) keeping: Option<Keeping>,
    /// What was entered, oldest first; the arrow keys go through it.
    entered: Vec<String>,
    /// Where in `entered` the arrow keys are.
    at: usize,
}

/// A line that was entered, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// What was typed; nothing where the terminal speaks by itself.
    pub(crate) typed: String,
    /// Whom it asked.
    pub(crate) node: Node,
    pub(crate) said: Said,
}

/// What came of a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// Nothing is asked.
    Nothing,
    /// What can be typed.
    Help,
    /// As it stands.
    Text(String),
    /// What is wrong with it, and what would be right.
    Complaint(Complaint),
    /// Operations, each with what has come of it by now.
    Asked(Vec<Asked>),
}

/// One operation of a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// As the history names it.
    number: u64,
    text: String,
    asked_at_us: u64,
    show: Show,
    pub(crate) came: Came,
}

/// What has come of an operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Came {
    /// It has not been asked yet at this moment, or in this history.
    NotYet,
    Waiting,
    /// What etcdctl would print.
    Done(String),
    /// What etcdctl would print behind `Error:`.
    Failed(String),
}

/// A lease that is kept alive until somebody stops it, as by `lease keep-alive`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Keeping {
    pub(crate) node: Node,
    pub(crate) lease: i64,
    /// The operation by which it was asked for first: the first of its line.
    first: u64,
}

/// What is to be done about a lease that is kept alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// It waits: for an answer, or for its time.
    Wait,
    /// It is to be asked for again.
    Again,
    /// It is over: the lease has ended, or nobody could be asked.
    End,
}

impl Default for Terminal {
    fn default() -> Self {
        Self {
            is_open: false,
            runs_on: true,
            draft: String::new(),
            lines: Vec::new(),
            txn: None,
            keeping: None,
            entered: Vec::new(),
            at: 0,
        }
    }
}

/// Lines that are kept.
const LINES_MAX: usize = 200;

impl Terminal {
    /// Takes what was typed; it can be had again by the arrow keys.
    pub(crate) fn enter(&mut self) -> String {
        let line = std::mem::take(&mut self.draft);
        if !line.trim().is_empty() && self.entered.last() != Some(&line) {
            self.entered.push(line.clone());
        }
        self.at = self.entered.len();
        line
    }

    /// What was entered before what is shown.
    pub(crate) fn earlier(&mut self) {
        self.at = self.at.saturating_sub(1);
        self.draft = self.entered.get(self.at).cloned().unwrap_or_default();
    }

    /// What was entered after it.
    pub(crate) fn later(&mut self) {
        self.at = (self.at + 1).min(self.entered.len());
        self.draft = self.entered.get(self.at).cloned().unwrap_or_default();
    }

    /// Adds a line.
    pub(crate) fn say(&mut self, typed: String, node: Node, said: Said) {
        self.lines.push(Line { typed, node, said });
        if self.lines.len() > LINES_MAX {
            self.lines.remove(0);
        }
    }

    /// Whether what it shows of the past or future of an operation may have changed with the frame.
    pub(crate) fn has_asked(&self) -> bool {
        let mut lines = self.lines.iter();
        lines.any(|line| matches!(line.said, Said::Asked(_)))
    }

    /// The last watch that goes on, and whom it asked.
    pub(crate) fn running_watch(&self, frame: &Frame) -> Option<(Node, u64)> {
        let lines = self.lines.iter().rev();
        lines
            .filter_map(|line| match &line.said {
                Said::Asked(asked) => Some((line.node, asked.first()?)),
                _ => None,
            })
            .find(|(_, asked)| {
                let found = asked.found(frame);
                found.is_some_and(|found| {
                    found.text.starts_with("watch ")
                        && found.outcome == OperationOutcome::Done("watching".to_owned())
                })
            })
            .map(|(node, asked)| (node, asked.number))
    }

    /// Keeps the lease alive that the last line has asked for.
    pub(crate) fn keep(&mut self, node: Node, lease: i64) {
        self.keeping = self.lines.last().and_then(|line| match &line.said {
            Said::Asked(asked) => Some(Keeping {
                node,
                lease,
                first: asked.first()?.number,
            }),
            _ => None,
        });
    }

    /// The line of the lease that is kept alive.
    fn kept(&mut self) -> Option<&mut Vec<Asked>> {
        let first = self.keeping?.first;
        let mut lines = self.lines.iter_mut().rev();
        lines.find_map(|line| match &mut line.said {
            Said::Asked(asked) if asked.first().is_some_and(|one| one.number == first) => {
                Some(asked)
            }
            _ => None,
        })
    }

    /// What is to be done about the lease that is kept alive. As etcd's client does, it asks again
    /// when a third of the time to live has passed.
    pub(crate) fn keep_on(&mut self, frame: &Frame, history: &History) -> Keep {
        let Some(last) = self.kept().and_then(|asked| asked.last()) else {
            return Keep::End;
        };
        let Some(found) = last.found(frame) else {
            // At this moment, or in this branch, it was never asked for.
            return Keep::Wait;
        };
        if found.outcome == OperationOutcome::Waiting {
            return Keep::Wait;
        }
        let mut operations = history.operations.iter();
        let reply = operations.find(|operation| operation.number == last.number);
        let Some(Outcome::Done {
            reply: Reply::LeaseKeepAlive(reply),
            ..
        }) = reply.map(|operation| &operation.outcome)
        else {
            return Keep::End;
        };
        let wait_us = u64::try_from(reply.ttl_seconds).unwrap_or(0) * 1_000_000 / 3;
        let since_us = frame.now_us
            - found
                .answered_at_us
                .unwrap_or(frame.now_us)
                .min(frame.now_us);
        match wait_us {
            0 => Keep::End,
            _ if since_us >= wait_us => Keep::Again,
            _ => Keep::Wait,
        }
    }

    /// Adds the newest operation to the line of the lease that is kept alive.
    pub(crate) fn kept_on(&mut self, frame: &Frame) {
        let newest = Asked::newest(frame, Show::Plain);
        if let Some(asked) = self.kept() {
            asked.extend(newest);
        }
    }

    /// Brings every line up to the moment that is shown.
    pub(crate) fn refresh(&mut self, frame: &Frame, history: &History) {
        for line in &mut self.lines {
            if let Said::Asked(asked) = &mut line.said {
                for one in asked {
                    one.came = one.came_at(frame, history);
                }
            }
        }
    }
}

impl Asked {
    /// What the newest operation of a frame is, as it was asked by a line.
    pub(crate) fn newest(frame: &Frame, show: Show) -> Option<Self> {
        let operation = frame.operations.last()?;
        Some(Self {
            number: operation.number,
            text: operation.text.clone(),
            asked_at_us: operation.asked_at_us,
            show,
            came: Came::Waiting,
        })
    }

    /// Whether it waits for an answer.
    pub(crate) fn is_waiting(&self, frame: &Frame) -> bool {
        let found = self.found(frame);
        found.is_some_and(|found| found.outcome == OperationOutcome::Waiting)
    }

    fn found<'a>(&self, frame: &'a Frame) -> Option<&'a OperationFrame> {
        let at = usize::try_from(self.number.checked_sub(1)?).ok()?;
        let operation = frame.operations.get(at)?;
        // In another history the same number may be another operation's.
        let is_same = operation.text == self.text && operation.asked_at_us == self.asked_at_us;
        is_same.then_some(operation)
    }

    fn came_at(&self, frame: &Frame, history: &History) -> Came {
        let Some(operation) = self.found(frame) else {
            return Came::NotYet;
        };
        match &operation.outcome {
            OperationOutcome::Waiting => Came::Waiting,
            OperationOutcome::Failed(why) | OperationOutcome::Unknown(why) => {
                Came::Failed(why.clone())
            }
            OperationOutcome::Done(short) => Came::Done(self.printed(history, short)),
        }
    }

    fn printed(&self, history: &History, short: &str) -> String {
        let mut watches = history.watches.iter();
        if let Some(watch) = watches.find(|watch| watch.number == self.number) {
            let sessions = watch.sessions.iter();
            let responses = sessions.flat_map(|session| &session.responses);
            let heard: Vec<&WatchResponse> = responses.map(|(_, response)| response).collect();
            return answer::watched(&heard);
        }
        let mut operations = history.operations.iter();
        let found = operations.find(|operation| operation.number == self.number);
        match found.map(|found| (found.node, &found.command, &found.outcome)) {
            Some((node, command, Outcome::Done { header, reply })) => {
                let answered = Answered {
                    node: Node(u32::try_from(node).unwrap_or(0)),
                    command,
                    header,
                    reply,
                };
                answer::printed(&answered, self.show)
            }
            _ => short.to_owned(),
        }
    }
}

/// Whom an action asks.
pub(crate) fn asked_of(action: &Action) -> Option<Node> {
    match action {
        Action::Put { node, .. }
        | Action::Get { node, .. }
        | Action::Delete { node, .. }
        | Action::Compact { node, .. }
        | Action::Operation { node, .. } => Some(*node),
        _ => None,
    }
}

/// The key of a command that has one, for what is printed of its answer.
fn lease_of(command: &Command) -> i64 {
    match command {
        Command::LeaseRevoke(lease) | Command::LeaseKeepAlive(lease) => lease.0,
        Command::LeaseTimeToLive(asked) => asked.id.0,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
