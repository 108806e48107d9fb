//! What the page is at a moment, and how each thing that happens to it changes it.
//!
//! [`State::reduce`] is the only way: it looks at nothing but the state and the message, so a
//! session can be tested, and told, as a list of messages.

mod look;
mod message;

use std::sync::Arc;

use quorate_core::sim::{Action, Frame, Node, Scenario, Violation};

pub(crate) use look::{Form, Menu, Panel, Theme};
pub(crate) use message::Message;

use crate::engine::{End, Engine};
use crate::permalink::{LinkError, MOST_EVENTS, Permalink};
use crate::playback::{Playback, Speed, pace};
use crate::text::Language;

/// The page at a moment.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) engine: Engine,
    /// The picture at the engine's position.
    pub(crate) frame: Arc<Frame>,
    /// The clock while it plays.
    pub(crate) playback: Option<Playback>,
    pub(crate) speed: Speed,
    /// Whether a step passes over nothing.
    pub(crate) every_event: bool,
    pub(crate) selected: Node,
    pub(crate) panel: Panel,
    pub(crate) form: Form,
    pub(crate) language: Language,
    pub(crate) theme: Theme,
    /// Whether the screen is narrow.
    pub(crate) compact: bool,
    pub(crate) help: bool,
    pub(crate) menu: Option<Menu>,
    pub(crate) notice: Option<Notice>,
}

/// Something a person should know, until they go on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Notice {
    /// The link that was opened could not be used.
    BadLink(LinkError),
    /// An action in the past replaced the future.
    Forked { at: u64, lost: u64 },
    /// Nothing to stop at in so many events.
    Quiet { events: u64 },
    /// All members are down.
    Over,
    /// A property was violated.
    Violated(Violation),
    /// The run is as long as a run may be.
    TooLong,
    /// What is wrong with a scenario, or was not as it expected, with line and column.
    Scenario(String),
}

/// A step or a jump that finds nothing in so many events gives up.
const SEARCH_EVENTS: u64 = 1_000;
/// More events than this are never handled between two pictures.
const EVENTS_A_PICTURE: u32 = 200;
/// More of a person's time than this does not pass between two pictures: the page was hidden.
const LONGEST_ELAPSED_MS: f64 = 100.0;

impl State {
    /// The page of an address's query.
    pub(crate) fn of_query(query: &str, language: Language, theme: Theme) -> Self {
        let (link, notice) = match Permalink::parse(query) {
            Ok(link) => (link, None),
            Err(error) => (Permalink::default(), Some(Notice::BadLink(error))),
        };
        let mut engine = Engine::of(&link);
        Self {
            frame: engine.frame(),
            engine,
            playback: None,
            speed: Speed::NORMAL,
            every_event: false,
            selected: Node(1),
            panel: Panel::Logs,
            form: Form {
                key: "x".to_owned(),
                value: "1".to_owned(),
                at: Node(1),
            },
            language,
            theme,
            compact: false,
            help: false,
            menu: None,
            notice,
        }
    }

    /// Virtual time as it is drawn, in microseconds.
    pub(crate) fn now_us(&self) -> u64 {
        match &self.playback {
            Some(playback) => playback.now_us(),
            None => self.frame.now_us,
        }
    }

    /// The page after a message.
    pub(crate) fn reduce(mut self, message: Message) -> Self {
        let before = self.engine.position();
        match message {
            Message::StepForward
            | Message::StepBack
            | Message::JumpForward
            | Message::JumpBack
            | Message::Seek(_)
            | Message::ToStart
            | Message::ToEnd => self.travel(&message),
            Message::PlayPause => self.play_or_pause(),
            Message::Elapsed(elapsed_ms) => self.play(elapsed_ms),
            Message::Act(action) => self.act(action),
            Message::Put => self.put(),
            Message::Get => self.act(Action::Get {
                node: self.form.at,
                key: self.form.key.clone(),
            }),
            Message::Undo => {
                self.notice = None;
                self.playback = None;
                self.engine.undo();
                self.frame = self.engine.frame();
            }
            Message::CrashOrRestart => {
                let node = self.selected;
                self.act(if self.is_down(node) {
                    Action::Restart { node }
                } else {
                    Action::Crash { node }
                });
            }
            Message::Members(members) => self.begin(members, self.frame.config.seed),
            Message::Seed(seed) => self.begin(self.frame.config.members, seed),
            Message::Scenario(name, text) => self.open(&name, &text),
            other => self.arrange(other),
        }
        if self.engine.position() != before {
            self.frame = self.engine.frame();
        }
        self
    }

    /// Whether a member is down.
    pub(crate) fn is_down(&self, node: Node) -> bool {
        let mut members = self.frame.members.iter();
        members.any(|member| member.node == node && member.view.is_none())
    }

    /// What concerns the page alone.
    fn arrange(&mut self, message: Message) {
        match message {
            Message::Speed(speed) => self.speed = speed,
            Message::EveryEvent(every) => self.every_event = every,
            Message::Key(key) => self.form.key = key,
            Message::Value(value) => self.form.value = value,
            Message::At(node) => self.form.at = node,
            Message::Select(node) if node.0 >= 1 && node.0 as usize <= self.frame.members.len() => {
                self.selected = node;
                self.form.at = node;
                self.menu = None;
            }
            Message::ToggleLanguage => self.language = self.language.other(),
            Message::NextTheme => self.theme = self.theme.next(),
            Message::Compact(compact) => self.compact = compact,
            Message::Panel(panel) => self.panel = panel,
            Message::Help(open) => self.help = open,
            Message::OpenMenu(menu) => self.menu = Some(menu),
            Message::CloseMenu => self.menu = None,
            Message::Dismiss => self.notice = None,
            _ => {}
        }
    }

    fn travel(&mut self, message: &Message) {
        self.playback = None;
        self.notice = None;
        self.menu = None;
        let every = self.every_event;
        let end = self.engine.moments().len() as u64;
        let came = match message {
            Message::StepForward => {
                let found = self
                    .engine
                    .forward_to(SEARCH_EVENTS, |mark| every || mark.visible);
                found.map(|found| self.say_when_quiet(found.is_none()))
            }
            Message::JumpForward => {
                let start = self.engine.position();
                match self
                    .engine
                    .forward_to(SEARCH_EVENTS, |mark| mark.turn.is_some())
                {
                    Ok(Some(_)) => Ok(()),
                    Ok(None) => {
                        self.say_when_quiet(true);
                        self.engine.seek(start)
                    }
                    Err(end) => Err(end),
                }
            }
            Message::StepBack => {
                self.engine.back_to(|mark| every || mark.visible);
                Ok(())
            }
            Message::JumpBack => {
                self.engine.back_to(|mark| mark.turn.is_some());
                Ok(())
            }
            Message::Seek(event) => self.engine.seek(*event),
            Message::ToEnd => self.engine.seek(end),
            _ => self.engine.seek(1),
        };
        self.say_when_over(came);
    }

    fn play_or_pause(&mut self) {
        self.notice = None;
        self.menu = None;
        self.playback = match self.playback {
            Some(_) => None,
            None => Some(Playback::at(self.frame.now_us)),
        };
    }

    fn play(&mut self, elapsed_ms: f64) {
        let Some(mut playback) = self.playback else {
            return;
        };
        let share = f64::from(self.speed.0) / 1000.0;
        let mut budget_ms = elapsed_ms.clamp(0.0, LONGEST_ELAPSED_MS) * share;
        for _ in 0..EVENTS_A_PICTURE {
            let Some(due_us) = self.engine.next_at_us() else {
                return self.say_when_over(Err(End::Idle));
            };
            match playback.advance(budget_ms, pace(&self.frame), due_us) {
                Some(left_ms) => budget_ms = left_ms,
                None => break,
            }
            match self.engine.forward() {
                Ok(mark) if mark.turn.is_some() => playback.rest(),
                Ok(_) => {}
                Err(end) => return self.say_when_over(Err(end)),
            }
            self.frame = self.engine.frame();
        }
        self.playback = Some(playback);
    }

    fn put(&mut self) {
        let Form { key, value, at } = self.form.clone();
        // The next put should not look like the last one: numbers count on.
        if let Ok(number) = value.parse::<u32>() {
            self.form.value = number.saturating_add(1).to_string();
        }
        self.act(Action::Put {
            node: at,
            key,
            value,
        });
    }

    fn act(&mut self, action: Action) {
        self.menu = None;
        self.notice = None;
        let at = self.engine.position();
        match self.engine.act(action) {
            Ok(0) => {}
            Ok(lost) => self.notice = Some(Notice::Forked { at, lost }),
            Err(end) => self.say_when_over(Err(end)),
        }
        self.frame = self.engine.frame();
    }

    /// Runs a scenario and stands at its end; all that was done in it can be walked through.
    fn open(&mut self, name: &str, text: &str) {
        let scenario = match Scenario::parse(name, text) {
            Ok(scenario) => scenario,
            Err(error) => return self.notice = Some(Notice::Scenario(error.to_string())),
        };
        let outcome = match scenario.run(&mut |_| {}) {
            Ok(outcome) => outcome,
            Err(error) => return self.notice = Some(Notice::Scenario(error.to_string())),
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
        self.notice = failure.map(|error| Notice::Scenario(error.to_string()));
    }

    fn begin(&mut self, members: u32, seed: u64) {
        self.show(&Permalink {
            members,
            seed,
            ..Permalink::default()
        });
    }

    fn show(&mut self, link: &Permalink) {
        let members = link.members;
        self.engine = Engine::of(link);
        self.frame = self.engine.frame();
        self.playback = None;
        self.notice = None;
        self.menu = None;
        self.selected = Node(self.selected.0.min(members));
        self.form.at = Node(self.form.at.0.min(members));
    }

    fn say_when_quiet(&mut self, quiet: bool) {
        if quiet {
            self.notice = Some(Notice::Quiet {
                events: SEARCH_EVENTS,
            });
        }
    }

    fn say_when_over(&mut self, came: Result<(), End>) {
        let Err(end) = came else {
            return;
        };
        self.playback = None;
        self.notice = Some(match end {
            End::Idle => Notice::Over,
            End::Violated(violation) => Notice::Violated(violation),
            End::TooLong => Notice::TooLong,
        });
    }
}

#[cfg(test)]
mod tests;
