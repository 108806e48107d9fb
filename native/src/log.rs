//! The server's log, as etcd's (the library `zap`): one JSON object a line, with the keys `level ts
//! caller msg` first, or the same for a reader at a console.
//!
//! Lines are written whole to every output; what cannot be written is lost, for a server must not
//! stop of its log. Nor does it wait for it: a thread of its own writes what a queue holds.

mod journal;
mod level;
mod line;
mod notice;
mod options;
mod outputs;
mod queue;
mod rejections;
mod rotated_file;
mod rotation;
mod trace;

use std::io;
use std::panic::Location;
use std::sync::Arc;

use serde_json::Value;

pub(crate) use level::LogLevel;
pub(crate) use line::time_text;
pub(crate) use notice::Notice;
pub(crate) use rejections::Rejections;

use line::{Format, Line};
use outputs::Outputs;
use queue::Queue;

/// Extra keys of a line, in the order in which they are printed.
pub(crate) type Fields<'a> = &'a [(&'static str, Value)];

/// The log of a tool: lines on standard error.
pub(crate) fn to_stderr() -> Logger {
    Logger::new(LogLevel::Info, Format::Json, Outputs::stderr())
}

/// Writes the log. A clone writes to the same place.
#[derive(Clone)]
pub(crate) struct Logger {
    lowest: LogLevel,
    format: Format,
    way: Arc<Way>,
}

/// How lines come to the outputs.
enum Way {
    /// Whoever says something waits for them.
    Straight(Outputs),
    /// Nobody does.
    Queue(Queue),
}

impl Logger {
    /// A log of all lines at this level or above.
    fn new(lowest: LogLevel, format: Format, outputs: Outputs) -> Self {
        Self {
            lowest,
            format,
            way: Arc::new(Way::Straight(outputs)),
        }
    }

    /// The same log, for which nobody waits any more.
    ///
    /// # Errors
    /// There is no thread to be had.
    pub(crate) fn queued(self) -> io::Result<Self> {
        let way = match Arc::try_unwrap(self.way) {
            Ok(Way::Straight(outputs)) => {
                let queue = Queue::start(outputs, self.format, queue::LINES_MAX)?;
                Arc::new(Way::Queue(queue))
            }
            Ok(queued) => Arc::new(queued),
            // Others write to it as it is.
            Err(shared) => shared,
        };
        Ok(Self { way, ..self })
    }

    /// Waits until all lines are written. Whoever ends the process calls it.
    pub(crate) fn flush(&self) {
        if let Way::Queue(queue) = &*self.way {
            queue.flush();
        }
    }

    /// A log that nobody reads.
    #[cfg(test)]
    pub(crate) fn silent() -> Self {
        Self::new(LogLevel::Fatal, Format::Json, Outputs::stderr())
    }

    /// A log in a file.
    #[cfg(test)]
    fn to_file(lowest: LogLevel, path: &std::path::Path) -> Self {
        let file = outputs::Output::file(path).expect("a file");
        Self::new(lowest, Format::Json, Outputs::new(vec![file]))
    }

    /// Whether lines of this level are written.
    pub(crate) fn is_on(&self, level: LogLevel) -> bool {
        level >= self.lowest
    }

    /// Every step.
    #[track_caller]
    pub(crate) fn debug(&self, message: &str, fields: Fields<'_>) {
        self.write(LogLevel::Debug, &here(Location::caller()), message, fields);
    }

    /// What an operator wants to read.
    #[track_caller]
    pub(crate) fn info(&self, message: &str, fields: Fields<'_>) {
        self.write(LogLevel::Info, &here(Location::caller()), message, fields);
    }

    /// Something is not as it should be.
    #[track_caller]
    pub(crate) fn warn(&self, message: &str, fields: Fields<'_>) {
        self.write(LogLevel::Warn, &here(Location::caller()), message, fields);
    }

    /// Something failed for good.
    #[track_caller]
    pub(crate) fn error(&self, message: &str, fields: Fields<'_>) {
        self.write(LogLevel::Error, &here(Location::caller()), message, fields);
    }

    /// The server cannot go on; it is up to the caller to end it. All lines are written then.
    #[track_caller]
    pub(crate) fn fatal(&self, message: &str, fields: Fields<'_>) {
        self.write(LogLevel::Fatal, &here(Location::caller()), message, fields);
    }

    /// A line that had to wait for the log.
    #[track_caller]
    pub(crate) fn notice(&self, notice: &Notice) {
        let caller = here(Location::caller());
        self.write(notice.level, &caller, &notice.message, &notice.fields);
    }

    fn write(&self, level: LogLevel, caller: &str, message: &str, fields: Fields<'_>) {
        if self.is_on(level) {
            let line = Line {
                level,
                time: &line::now(),
                caller,
                message,
                fields,
            };
            let text = line.render(self.format);
            match &*self.way {
                Way::Straight(outputs) => outputs.write(level, caller, &text),
                Way::Queue(queue) => queue.write(level, caller, text),
            }
        }
    }
}

/// `server/shutdown.rs:31`: the last two parts of the path, as zap's short caller.
fn here(location: &Location<'_>) -> String {
    let path = location.file();
    let start = path.rmatch_indices('/').nth(1).map_or(0, |(at, _)| at + 1);
    format!("{}:{}", &path[start..], location.line())
}
