//! What the open lesson makes of the run that the page shows.

use quorate_core::sim::{EventCause, Frame, History, Node, World};
use quorate_core::trace::Level;
use quorate_lessons::{LessonError, Note, NoteTracker, RoleTracker, Run, Task, Tracker, may_show};

/// Walks behind the page's run and looks at each event once.
#[derive(Debug)]
pub(super) struct Follower {
    history: History,
    world: World,
    pub(super) tracker: Tracker,
    pub(super) book: Book,
    /// The event behind which the learner came in.
    entry: u64,
}

/// What is written down beside a note.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) said: NoteTracker,
    pub(super) roles: RoleTracker,
    /// What was logged: the event, whose it is, and the text.
    log: Vec<(u64, Option<Node>, String)>,
}

impl Follower {
    /// Begins in a run, at the event at which the learner comes in.
    ///
    /// # Errors
    /// That there can be no such world.
    pub(super) fn new(
        task: &Task,
        note: Option<&Note>,
        run: &Run,
        entry: u64,
    ) -> Result<Self, LessonError> {
        // What a note tells may begin earlier.
        let mut world = run.world(if note.is_some() { 1 } else { entry })?;
        let history = run.history.clone();
        let mut book = Book {
            said: note.map(NoteTracker::new).unwrap_or_default(),
            ..Book::default()
        };
        while world.event_count() < entry && history.advance(&mut world).is_ok() {
            if may_show(&world) {
                book.write(note, &world.frame());
            }
        }
        Ok(Self {
            tracker: Tracker::new(task, &world.frame()),
            book,
            history,
            world,
            entry,
        })
    }

    /// Follows to a place of a history, which may have parted from the one that was followed. False
    /// when it is another world's, or has parted before the learner came in.
    pub(super) fn follow(
        &mut self,
        task: &Task,
        note: Option<&Note>,
        history: &History,
        position: u64,
    ) -> bool {
        if history.config != self.history.config {
            return false;
        }
        if history.actions != self.history.actions {
            let common = history.common_events(&self.history);
            if common < self.entry {
                return false;
            }
            self.history = history.clone();
            if common < self.world.event_count() {
                let Ok(world) = history.replay(common) else {
                    return false;
                };
                self.world = world;
                self.tracker.forget_after(common);
                self.book.forget_after(common);
            }
        }
        while self.world.event_count() < position && self.history.advance(&mut self.world).is_ok() {
            if may_show(&self.world) {
                let frame = self.world.frame();
                self.tracker.see(task, &frame);
                self.book.write(note, &frame);
            }
        }
        true
    }
}

impl Book {
    fn write(&mut self, note: Option<&Note>, frame: &Frame) {
        let (Some(note), Some(last)) = (note, &frame.last) else {
            return;
        };
        self.said.see(note, frame);
        self.roles.see(frame);
        let event = frame.event_count;
        if let EventCause::Acted(action) = &last.cause {
            self.log.push((event, None, format!("acted {action}")));
        }
        let told = last.trace.iter();
        for trace in told.filter(|trace| trace.kind.level() > Level::Debug) {
            let mut members = frame.members.iter();
            let member = members.find(|member| member.id == trace.member);
            let node = member.map(|member| member.node);
            self.log.push((event, node, trace.to_string()));
        }
    }

    fn forget_after(&mut self, event: u64) {
        self.said.forget_after(event);
        self.roles.forget_after(event);
        self.log.retain(|(at, ..)| *at <= event);
    }

    /// The line at an event that has a text in it, of a member or of what was done.
    pub(super) fn line(&self, event: u64, node: Option<Node>, text: &str) -> Option<&str> {
        let is_it = |(at, of, line): &&(u64, Option<Node>, String)| {
            *at == event && (of.is_none() || *of == node) && line.contains(text)
        };
        self.log.iter().find(is_it).map(|(.., line)| line.as_str())
    }
}
