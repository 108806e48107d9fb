//! What the page is at a moment, and how each thing that happens to it changes it.
//!
//! [`State::reduce`] is the only way: it looks at nothing but the state and the message, so a
//! session can be tested, and told, as a list of messages.

mod beside;
mod entry;
mod files;
pub(crate) mod hands;
mod look;
mod message;
mod outlook;
mod subject;
mod terminal;
mod unfold;

use std::collections::BTreeMap;
use std::sync::Arc;

use quorate_core::sim::{Action, Frame, Node, Violation, WorldConfig};

pub(crate) use beside::Beside;
pub(crate) use files::{Files, FilesMessage};
pub(crate) use hands::{Deed, Split, SplitMove};
pub(crate) use look::{Form, Menu, Panel, Room, Theme};
pub(crate) use message::Message;
pub(crate) use outlook::{COUNT, Outlook, OutlookMessage};
pub(crate) use subject::Subject;
pub(crate) use terminal::TerminalMessage;

use crate::details::Details;
use crate::draw::layout::{Layout, Point};
use crate::engine::{BranchName, End, Engine};
use crate::lesson::{LessonMessage, Lessons};
use crate::marks::Turn;
use crate::permalink::{LinkError, Permalink};
use crate::playback::{Playback, Speed, pace};
use crate::terminal::Terminal;
use crate::text::Language;

/// The page at a moment.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) engine: Engine,
    /// The picture at the engine's position.
    pub(crate) frame: Arc<Frame>,
    /// The picture one event before it: what the last event changed is told.
    pub(crate) before: Option<Arc<Frame>>,
    /// The pictures of each event of the last step, while it is unfolded.
    pub(crate) unfolded: Option<Vec<Arc<Frame>>>,
    /// A branch that is shown beside this one.
    pub(crate) beside: Option<Beside>,
    /// What a person calls branches, besides their letters.
    pub(crate) branch_names: Vec<(BranchName, String)>,
    /// The clock while it plays.
    pub(crate) playback: Option<Playback>,
    pub(crate) speed: Speed,
    /// Whether a step passes over nothing.
    pub(crate) every_event: bool,
    pub(crate) selected: Node,
    /// What the hand is on: the selected member, or a thing of it.
    pub(crate) subject: Subject,
    /// What the mouse is over.
    pub(crate) hover: Option<Subject>,
    /// A partition that is being put together.
    pub(crate) split: Option<Split>,
    /// Where a hand put members.
    pub(crate) moved: BTreeMap<Node, Point>,
    /// Whether the selected member follows the arrow keys.
    pub(crate) grabbed: bool,
    /// Whether the selected member is opened like a clock.
    pub(crate) inside: bool,
    pub(crate) panel: Panel,
    pub(crate) form: Form,
    pub(crate) language: Language,
    pub(crate) theme: Theme,
    /// Whether nothing travels, whatever the system says.
    pub(crate) still: bool,
    pub(crate) room: Room,
    pub(crate) help: bool,
    pub(crate) menu: Option<Menu>,
    pub(crate) notice: Option<Notice>,
    /// The course, and the lesson that is open.
    pub(crate) lessons: Lessons,
    /// What is looked at more closely than the frame shows it.
    pub(crate) details: Details,
    pub(crate) terminal: Terminal,
    /// The scenario and the link, while they are looked at.
    pub(crate) files: Option<Files>,
    /// What may still become of the moments of this run, while it is looked at.
    pub(crate) outlook: Option<Outlook>,
}

/// Something a person should know, until they go on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Notice {
    /// The link that was opened could not be used.
    BadLink(LinkError),
    /// An action in the past began another branch; the one that was left, and how many events of
    /// it lie ahead.
    Forked {
        at: u64,
        left: BranchName,
        ahead: u64,
    },
    /// Nothing to stop at in so many events.
    Quiet { events: u64 },
    /// No turn of such a kind ahead, or behind.
    NoTurn { turn: Turn, ahead: bool },
    /// An entry did not come to be as safe as was asked, in all that was looked at.
    NeverSo,
    /// What a hand wanted to do makes no sense now.
    Nothing,
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
/// How far an arrow key moves a member that is held.
const MOVE_STEP: f64 = 16.0;

impl State {
    /// The page of a link: an address's query, or what its fragment says.
    pub(crate) fn of_query(query: &str, language: Language, theme: Theme) -> Self {
        let (link, error) = Permalink::read(query);
        let notice = error.map(Notice::BadLink);
        let mut engine = Engine::of(&link);
        Self {
            frame: engine.frame(),
            before: engine.frame_before(),
            engine,
            unfolded: None,
            beside: None,
            branch_names: Vec::new(),
            playback: None,
            speed: Speed::NORMAL,
            every_event: false,
            selected: Node(1),
            subject: Subject::Member(Node(1)),
            hover: None,
            split: None,
            moved: BTreeMap::new(),
            grabbed: false,
            inside: false,
            panel: Panel::Logs,
            form: Form {
                key: "x".to_owned(),
                value: "1".to_owned(),
                at: Node(1),
            },
            language,
            theme,
            still: false,
            room: Room::default(),
            help: false,
            menu: None,
            notice,
            lessons: Lessons::of_query(query.trim_start_matches(['!', '~'])),
            details: Details::default(),
            terminal: Terminal::default(),
            files: None,
            outlook: None,
        }
    }

    /// What stands in the address: the run, and the lesson that is open.
    pub(crate) fn query(&self) -> String {
        self.engine.permalink().query() + &self.lessons.query()
    }

    /// Virtual time as it is drawn, in microseconds.
    pub(crate) fn now_us(&self) -> u64 {
        match &self.playback {
            Some(playback) => playback.now_us(),
            None => self.frame.now_us,
        }
    }

    /// A branch's letter, and what a person calls it.
    pub(crate) fn branch_title(&self, branch: BranchName) -> String {
        match self.branch_name(branch) {
            "" => branch.to_string(),
            name => format!("{branch} · {name}"),
        }
    }

    /// What a person calls a branch; nothing at first.
    pub(crate) fn branch_name(&self, branch: BranchName) -> &str {
        let mut named = self.branch_names.iter();
        let found = named.find(|(named, _)| *named == branch);
        found.map_or("", |(_, name)| name)
    }

    /// The stage's measures.
    pub(crate) fn layout(&self) -> Layout {
        Layout::of(&self.frame, self.room, &self.moved)
    }

    /// The page after a message.
    pub(crate) fn reduce(mut self, message: Message) -> Self {
        let before = self.engine.position();
        match message {
            Message::StepForward
            | Message::StepBack
            | Message::JumpForward
            | Message::JumpBack
            | Message::JumpTo(..)
            | Message::Seek(_)
            | Message::ToStart
            | Message::ToEnd => self.travel(&message),
            Message::PlayPause => self.play_or_pause(),
            Message::Elapsed(elapsed_ms) => self.play(elapsed_ms),
            Message::Act(action) => self.act(vec![action]),
            Message::Do(deed) => self.do_to(deed, self.subject),
            Message::DoTo(deed, subject) => {
                self.look_at(subject);
                self.do_to(deed, subject);
            }
            Message::Split(step) => self.split(step),
            Message::Stroke(stroke, one_way) => {
                let layout = self.layout();
                self.act(hands::stroke_actions(
                    &self.frame,
                    &layout,
                    &stroke,
                    one_way,
                ));
            }
            Message::Put => self.put(),
            Message::Get => self.act(vec![Action::Get {
                node: self.form.at,
                key: self.form.key.clone(),
            }]),
            Message::Undo | Message::Fork | Message::Switch(_) => self.go_over(&message),
            Message::Lesson(message) => self.learn(message),
            Message::Seed(seed) if self.lessons.session.is_some() => {
                self.learn(LessonMessage::Restart(Some(seed)));
            }
            Message::Members(members) => self.begin(|config| config.members = members),
            Message::Seed(seed) => self.begin(|config| config.seed = seed),
            Message::Rule(rule, holds) => {
                self.begin(|config| config.switch_rule(rule, holds));
            }
            Message::Scenario(name, text) => self.open(&name, &text),
            Message::Terminal(message) => self.type_in(message),
            Message::Files(message) => self.handle_files(message),
            Message::Outlook(message) => self.look_out(message),
            other => self.arrange(other),
        }
        self.settle(before);
        if self.keep_lease() {
            self.settle(before);
        }
        self.follow_lesson();
        self.look_closer();
        self
    }

    /// Makes what an open panel shows beyond the frame, and asks the audit when clients have seen
    /// something new.
    fn look_closer(&mut self) {
        let frame = Arc::clone(&self.frame);
        let node = self.selected;
        let is_looked_at = matches!(self.panel, Panel::Disk | Panel::Kv);
        if is_looked_at && !self.details.is_of(&frame, node) {
            self.details.look(&frame, node, self.engine.world());
        }
        if self.details.is_unjudged(&frame) {
            self.details.judge(self.engine.world());
        }
        self.refresh_terminal();
        self.forget_old_outlook();
    }

    /// Brings the pictures to where the engine stands.
    fn settle(&mut self, before: u64) {
        if self.engine.position() != before {
            self.frame = self.engine.frame();
            self.unfolded = None;
        }
        let is_before = |frame: &Arc<Frame>| frame.event_count + 1 == self.frame.event_count;
        if self.engine.position() != before || !self.before.as_ref().is_some_and(is_before) {
            self.before = self.engine.frame_before();
        }
        if !self.subject.is_in(&self.frame) {
            self.subject = Subject::Member(self.selected);
        }
        if self.menu.is_some_and(|menu| !menu.of.is_in(&self.frame)) {
            self.menu = None;
        }
        if let Some(beside) = &mut self.beside {
            beside.follow(&self.engine, &self.frame);
        }
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
            Message::Unfold => self.unfold(),
            Message::Key(key) => self.form.key = key,
            Message::Value(value) => self.form.value = value,
            Message::At(node) => self.form.at = node,
            Message::Select(node) => match self.split {
                Some(_) => self.split(SplitMove::Toggle(node)),
                None => self.look_at(Subject::Member(node)),
            },
            Message::Look(subject) => self.look_at(subject),
            Message::Hover(subject) => self.hover = subject,
            Message::NextLink => self.next_link(),
            Message::NextEntry(down, right) => self.next_entry(down, right),
            Message::Move(node, place) => {
                let place = self.layout().inside(place);
                self.moved.insert(node, place);
            }
            Message::Grab(on) => self.grabbed = on,
            Message::Inside(open) => {
                self.inside = open;
                self.menu = None;
            }
            Message::Compare(branch) => {
                self.menu = None;
                let left = self.engine.left();
                let found = branch.and_then(|name| left.iter().find(|left| left.name == name));
                self.beside = found.map(Beside::of);
            }
            Message::NameBranch(branch, name) => {
                self.branch_names.retain(|(named, _)| *named != branch);
                if !name.is_empty() {
                    self.branch_names.push((branch, name));
                }
            }
            Message::ToggleLanguage => self.language = self.language.other(),
            Message::NextTheme => self.theme = self.theme.next(),
            Message::Still(still) => self.still = still,
            Message::Room(room) => self.room = room,
            Message::Panel(panel) => self.panel = panel,
            Message::Help(open) => self.help = open,
            Message::OpenMenu(menu) if menu.of.is_in(&self.frame) => {
                self.look_at(menu.of);
                self.menu = Some(menu);
            }
            Message::CloseMenu => self.menu = None,
            Message::Dismiss => self.notice = None,
            _ => {}
        }
    }

    fn look_at(&mut self, subject: Subject) {
        self.menu = None;
        if !subject.is_in(&self.frame) || matches!(subject, Subject::Stage | Subject::Time) {
            return;
        }
        self.subject = subject;
        if let Some(node) = subject.node(&self.frame)
            && node != self.selected
        {
            self.selected = node;
            self.form.at = node;
            self.grabbed = false;
        }
    }

    /// The selected member's next link, round and round.
    fn next_link(&mut self) {
        let own = self.selected;
        let others: Vec<Node> = self
            .frame
            .members
            .iter()
            .map(|member| member.node)
            .filter(|node| *node != own)
            .collect();
        let here = others
            .iter()
            .position(|other| self.subject == Subject::link(own, *other));
        let next = here.map_or(0, |here| (here + 1) % others.len());
        if let Some(other) = others.get(next) {
            self.subject = Subject::link(own, *other);
        }
    }

    /// Moves the selected member with the arrow keys.
    pub(crate) fn moved_by(&self, right: f64, down: f64) -> Message {
        let place = self.layout().place(self.selected);
        let place = Point {
            x: place.x + right * MOVE_STEP,
            y: place.y + down * MOVE_STEP,
        };
        Message::Move(self.selected, place)
    }

    fn do_to(&mut self, deed: Deed, subject: Subject) {
        self.menu = None;
        if let Subject::Entry(node, index) = subject {
            return self.go_to_entry(deed, node, index);
        }
        match hands::actions(&self.frame, deed, subject) {
            Some(actions) => self.act(actions),
            None => self.notice = Some(Notice::Nothing),
        }
    }

    fn split(&mut self, step: SplitMove) {
        self.menu = None;
        self.notice = None;
        match (step, &mut self.split) {
            (SplitMove::Begin, None) if self.frame.members.len() > 1 => {
                let side = [self.selected].into();
                self.split = Some(Split {
                    side,
                    one_way: false,
                });
            }
            (SplitMove::Toggle(node), Some(split)) if Subject::Member(node).is_in(&self.frame) => {
                if split.side.contains(&node) {
                    split.side.remove(&node);
                } else {
                    split.side.insert(node);
                }
            }
            (SplitMove::OneWay, Some(split)) => split.one_way = !split.one_way,
            (SplitMove::Cut, Some(split)) => {
                let actions = hands::split_actions(&self.frame, split);
                self.split = None;
                self.act(actions);
            }
            (SplitMove::Cancel, _) => self.split = None,
            _ => {}
        }
    }

    fn go_over(&mut self, message: &Message) {
        self.notice = None;
        self.playback = None;
        self.menu = None;
        let was = self.engine.name();
        match message {
            Message::Undo => self.engine.undo(),
            Message::Fork => self.engine.fork(),
            Message::Switch(name) => {
                let is_beside = self.beside.as_ref().is_some_and(|one| one.name == *name);
                if self.engine.switch(*name) && is_beside {
                    let left = self.engine.left();
                    let was = left.iter().find(|left| left.name == was);
                    self.beside = was.map(Beside::of);
                }
            }
            _ => {}
        }
        // The branch beside this one may have become this one.
        let left = self.engine.left();
        self.beside
            .take_if(|beside| left.iter().all(|left| left.name != beside.name));
        self.frame = self.engine.frame();
        if matches!(message, Message::Fork) {
            self.notice = Some(Notice::Forked {
                at: self.engine.position(),
                left: was,
                ahead: 0,
            });
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
            Message::JumpTo(turn, true) => {
                let start = self.engine.position();
                let is_it = |mark: crate::marks::Mark| mark.turn == Some(*turn);
                let found = self.engine.forward_to(SEARCH_EVENTS, is_it);
                if matches!(found, Ok(Some(_))) {
                    Ok(())
                } else {
                    self.notice = Some(Notice::NoTurn {
                        turn: *turn,
                        ahead: true,
                    });
                    self.engine.seek(start)
                }
            }
            Message::JumpTo(turn, false) => {
                match self.engine.last_before(|mark| mark.turn == Some(*turn)) {
                    Some(event) => self.engine.seek(event),
                    None => {
                        self.notice = Some(Notice::NoTurn {
                            turn: *turn,
                            ahead: false,
                        });
                        Ok(())
                    }
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

    pub(crate) fn play_or_pause(&mut self) {
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
        self.act(vec![Action::Put {
            node: at,
            key,
            value,
        }]);
    }

    pub(super) fn act(&mut self, actions: Vec<Action>) {
        self.menu = None;
        self.notice = None;
        if actions.is_empty() {
            self.notice = Some(Notice::Nothing);
            return;
        }
        crate::panic::doing(&actions);
        let (at, left) = (self.engine.position(), self.engine.name());
        match self.engine.act(actions) {
            Ok(0) => {}
            Ok(ahead) => self.notice = Some(Notice::Forked { at, left, ahead }),
            Err(end) => self.say_when_over(Err(end)),
        }
        self.frame = self.engine.frame();
    }

    /// Opens a scenario's file: it is run, and can be edited.
    fn open(&mut self, name: &str, text: &str) {
        let error = self.run_scenario(name, text);
        if self.files.is_some() {
            self.files = Some(Files {
                text: text.to_owned(),
                has_run: error.is_none(),
                error: error.clone(),
                copied: false,
            });
        }
        self.notice = error.map(Notice::Scenario);
    }

    /// Begins a world anew with other settings.
    fn begin(&mut self, change: impl FnOnce(&mut WorldConfig)) {
        let mut config = WorldConfig::clone(&self.frame.config);
        change(&mut config);
        let plain = WorldConfig {
            members: config.members,
            seed: config.seed,
            ..WorldConfig::default()
        };
        self.show(&Permalink {
            members: config.members,
            seed: config.seed,
            world: (config != plain && config.check().is_ok()).then_some(config),
            ..Permalink::default()
        });
    }

    pub(crate) fn show(&mut self, link: &Permalink) {
        let members = link.members;
        self.engine = Engine::of(link);
        self.frame = self.engine.frame();
        self.before = None;
        self.beside = None;
        self.playback = None;
        self.notice = None;
        self.menu = None;
        self.split = None;
        self.moved.clear();
        self.selected = Node(self.selected.0.min(members));
        self.subject = Subject::Member(self.selected);
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
