//! When a step is done.

use super::Scenario;
use super::action::integer;
use super::units::{duration_text, duration_us, time_of_day_us};
use super::words::{Cursor, Read, Word, Wrong};

/// A moment at which a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// In virtual microseconds since the beginning.
    Time(u64),
    /// A time of day, in microseconds since midnight.
    TimeOfDay(u64),
    /// Behind so many events.
    Event(u64),
}

/// The time of day at which virtual time begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// In microseconds since midnight.
    pub(super) at_us: u64,
    /// The line that says so.
    pub(super) line: usize,
}

impl Moment {
    /// What stands behind `at`.
    pub(super) fn read(cursor: &mut Cursor<'_>, origin: Option<Origin>) -> Read<Self> {
        if cursor.take("event") {
            return event(cursor, "behind which event: at event 137 …").map(Self::Event);
        }
        let word = cursor.next("a time: 1.5s since the beginning, or 19:04:07.868")?;
        if !word.text.contains(':') {
            return duration_us(word, &word.text).map(Self::Time);
        }
        let at_us = time_of_day_us(&word.text).ok_or_else(|| no_time_of_day(word))?;
        match origin {
            Some(_) => Ok(Self::TimeOfDay(at_us)),
            None => Err(word.wrong(
                "nothing says when the clock starts; write `clock starts 18:58:03.208` before",
            )),
        }
    }

    /// The virtual time of a moment that is not counted in events, seen from now; what is wrong
    /// when it is past.
    pub(super) fn at_us(self, now_us: u64, origin: Option<Origin>) -> Result<u64, String> {
        let origin_us = origin.map_or(0, |origin| origin.at_us);
        match self {
            Self::Time(at_us) if at_us >= now_us => Ok(at_us),
            Self::Time(at_us) => Err(format!(
                "{} since the beginning is past: it is {} now; write a later time",
                duration_text(at_us),
                milliseconds(now_us)
            )),
            Self::TimeOfDay(at_us) => {
                let now_of_day_us = (origin_us + now_us % DAY_US) % DAY_US;
                let ahead_us = (at_us + DAY_US - now_of_day_us) % DAY_US;
                if ahead_us <= AHEAD_US_MAX {
                    return Ok(now_us + ahead_us);
                }
                Err(format!(
                    "{} is past: it is {} now; write a time of the next twelve hours",
                    time_of_day(at_us),
                    time_of_day(now_of_day_us)
                ))
            }
            Self::Event(_) => Ok(now_us),
        }
    }
}

/// The next word as a count of events.
pub(super) fn event(cursor: &mut Cursor<'_>, wanted: &str) -> Read<u64> {
    let word = cursor.next(wanted)?;
    let event = integer(word, &word.text)?;
    if event > Scenario::EVENTS_MAX {
        return Err(word.wrong(format!(
            "{event} is more events than a scenario has; write {} at most",
            Scenario::EVENTS_MAX
        )));
    }
    Ok(event)
}

pub(super) fn no_time_of_day(word: &Word) -> Wrong {
    word.wrong(format!(
        "\"{}\" is no time of day; write hours, minutes and seconds: 19:04:07.868",
        word.text
    ))
}

/// A time since the beginning, exactly.
fn milliseconds(at_us: u64) -> String {
    match at_us % 1_000 {
        0 => format!("{}ms", at_us / 1_000),
        part => format!("{}.{part:03}ms", at_us / 1_000),
    }
}

/// A time of day, exactly.
fn time_of_day(at_us: u64) -> String {
    let text = super::units::time_of_day_text(at_us);
    match at_us % 1_000 {
        0 => text,
        part => format!("{text}{part:03}"),
    }
}

const DAY_US: u64 = 24 * 3_600_000_000;
/// A time of day that comes within half a day is meant to come; any other was meant to be past.
const AHEAD_US_MAX: u64 = DAY_US / 2;
