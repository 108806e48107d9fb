//! A note of what a real cluster logged, line by line, and whether this one says the same.

use quorate_core::sim::{Expectation, Frame, Node};

use crate::goal::expectation;
use crate::{LessonError, Task};

/// The log of a real cluster, as somebody wrote it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its lines, in the order of their times.
    pub lines: Vec<NoteLine>,
}

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteLine {
    /// The time of day, as it is written.
    pub time: String,
    /// The same as virtual time, in microseconds.
    pub at_us: u64,
    /// Of which member.
    pub who: String,
    /// The same as a machine, if it is one of the start's.
    pub node: Option<Node>,
    /// What it says, as it is written.
    pub words: String,
    /// The condition of that, as it is written.
    pub condition: String,
    /// When this cluster says the same; or the id of the text that tells why it does not.
    pub same: Result<Expectation, String>,
}

/// Where this cluster said what a line of the note says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// The event.
    pub event: u64,
    /// The place in what the event brought: 0 for what was done, then line by line of its trace,
    /// and behind them how things stand.
    pub place: usize,
    /// The virtual time, in microseconds.
    pub at_us: u64,
}

/// How a line of the note stands against the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was said, and nothing that the note has later was said before.
    Same(Said),
    /// It was said, but something that the note has later came first.
    OutOfOrder(Said),
    /// It was not said, or not yet.
    NotSaid,
    /// The note has it and the core cannot.
    Differs,
}

impl Note {
    pub(crate) fn read(file: &str, task: &Task, text: &str) -> Result<Self, LessonError> {
        let mut lines: Vec<NoteLine> = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |text: &str| LessonError::new(file, at + 1, text);
            let (head, words) = line
                .split_once(" | ")
                .ok_or_else(|| wrong("write `TIME WHO CONDITION | WORDS`"))?;
            let mut parts = head.splitn(3, ' ');
            let (Some(time), Some(who), Some(same)) = (parts.next(), parts.next(), parts.next())
            else {
                return Err(wrong("write `TIME WHO CONDITION | WORDS`"));
            };
            let at_us = task.start.virtual_us(time).ok_or_else(|| {
                wrong("the start lacks `clock starts TIME`, or this time is before it or none")
            })?;
            if lines.last().is_some_and(|before| before.at_us > at_us) {
                return Err(wrong("lines stand in the order of their times"));
            }
            let condition = same.to_owned();
            let same = match same.strip_prefix("differs ") {
                Some(id) => Err(id.to_owned()),
                None => Ok(expectation(file, at + 1, &task.start, head, same)?),
            };
            lines.push(NoteLine {
                time: time.to_owned(),
                at_us,
                who: who.to_owned(),
                node: task.start.member(who),
                words: words.to_owned(),
                condition,
                same,
            });
        }
        Ok(Self { lines })
    }

    /// The ids of the texts that tell why the core differs.
    pub fn differences(&self) -> impl Iterator<Item = &str> {
        self.lines
            .iter()
            .filter_map(|line| line.same.as_ref().err().map(String::as_str))
    }
}

/// Compares a note with a run, picture by picture.
///
/// Each member's lines are looked for in their order, each within a minute of its time; one that is
/// not said does not keep the next from being found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteTracker {
    said: Vec<Option<Said>>,
}

impl NoteTracker {
    /// Nothing has been said yet.
    pub fn new(note: &Note) -> Self {
        Self {
            said: vec![None; note.lines.len()],
        }
    }

    /// Looks at the picture behind the next event.
    pub fn see(&mut self, note: &Note, frame: &Frame) {
        let is_near = |line: &NoteLine| line.at_us.abs_diff(frame.now_us) <= NEAR_US;
        for (place, line) in note.lines.iter().enumerate() {
            let Ok(same) = &line.same else { continue };
            let is_open = is_near(line)
                && !self.is_passed(note, place)
                && !self.is_taken(note, place, frame.event_count);
            if is_open && same.holds(frame).is_ok() {
                let said = Said {
                    event: frame.event_count,
                    place: place_in(frame, line.node, same),
                    at_us: frame.now_us,
                };
                if let Some(one) = self.said.get_mut(place) {
                    *one = Some(said);
                }
            }
        }
    }

    /// What came behind an event has not been said any more.
    pub fn forget_after(&mut self, event: u64) {
        for said in &mut self.said {
            *said = said.filter(|said| said.event <= event);
        }
    }

    /// Each line's verdict, as things stand at an event.
    pub fn verdicts(&self, note: &Note, event: u64) -> Vec<Verdict> {
        let mut there = self.clone();
        there.forget_after(event);
        let places = 0..note.lines.len();
        places.map(|place| there.verdict(note, place)).collect()
    }

    /// Whether this line, or one behind it of the same member, was said already.
    fn is_passed(&self, note: &Note, place: usize) -> bool {
        let Some(line) = note.lines.get(place) else {
            return true;
        };
        let mut later = note.lines.iter().zip(&self.said).skip(place);
        later.any(|(other, said)| other.who == line.who && said.is_some())
    }

    /// Whether this event said the same for an earlier line of the member.
    fn is_taken(&self, note: &Note, place: usize, event: u64) -> bool {
        let Some(line) = note.lines.get(place) else {
            return true;
        };
        let mut earlier = note.lines.iter().zip(&self.said).take(place);
        earlier.any(|(other, said)| {
            let is_now = said.is_some_and(|said| said.event == event);
            is_now && (&other.who, &other.same) == (&line.who, &line.same)
        })
    }

    fn verdict(&self, note: &Note, place: usize) -> Verdict {
        let (Some(line), Some(Some(here))) = (note.lines.get(place), self.said.get(place)) else {
            let differs = note.lines.get(place).is_some_and(|line| line.same.is_err());
            return if differs {
                Verdict::Differs
            } else {
                Verdict::NotSaid
            };
        };
        let mut later = note.lines.iter().zip(&self.said).skip(place + 1);
        let is_late = later.any(|(other, there)| {
            let Some(there) = there else { return false };
            // A member says one thing after the other; of two members' lines the note has the order
            // only where their times differ.
            if other.who == line.who {
                return (there.event, there.place) < (here.event, here.place);
            }
            other.at_us > line.at_us && there.event < here.event
        });
        if is_late {
            Verdict::OutOfOrder(*here)
        } else {
            Verdict::Same(*here)
        }
    }
}

/// Where in what the last event brought it stands what is said.
fn place_in(frame: &Frame, node: Option<Node>, same: &Expectation) -> usize {
    let Some(last) = &frame.last else { return 0 };
    let Some(text) = same.traced() else {
        return last.trace.len() + 1;
    };
    let is_of = |id| {
        let mut members = frame.members.iter();
        members.any(|member| member.id == id && Some(member.node) == node)
    };
    let mut lines = last.trace.iter();
    let place = lines.position(|line| is_of(line.member) && line.to_string().contains(text));
    place.map_or(0, |place| place + 1)
}

/// What is said a minute later is something else.
const NEAR_US: u64 = 60_000_000;
