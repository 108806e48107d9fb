//! Connections that were closed because of what came over them.
//!
//! Each is worth a line, and ten thousand of them a second are worth no more than a few: a log
//! that anybody can fill is a way to harm a server.

use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Logger;
use crate::socket::Remote;

/// Lines in a row.
const LINES_MAX: u32 = 20;
/// After so long without a line the next ones are written again.
const PERIOD: Duration = Duration::from_secs(1);

/// Tells of rejected connections, so many in a period. A clone counts with it.
#[derive(Clone)]
pub(crate) struct Rejections {
    message: &'static str,
    logger: Logger,
    period: Arc<Mutex<Period>>,
}

struct Period {
    begun: Instant,
    written: u32,
    left_out: u64,
}

impl Rejections {
    /// Lines with a message.
    pub(crate) fn new(message: &'static str, logger: &Logger) -> Self {
        Self {
            message,
            logger: logger.clone(),
            period: Arc::new(Mutex::new(Period {
                begun: Instant::now(),
                written: 0,
                left_out: 0,
            })),
        }
    }

    /// The same, with lines of another message.
    pub(crate) fn named(&self, message: &'static str) -> Self {
        Self {
            message,
            ..self.clone()
        }
    }

    /// A connection was closed for a reason.
    pub(crate) fn reject(&self, address: Remote, reason: &str) {
        let fields = vec![
            ("remote-addr", json!(address.to_string())),
            ("error", json!(reason)),
        ];
        self.warn(self.message, fields);
    }

    /// A connection was closed for a reason that has a line of its own.
    pub(crate) fn warn(&self, message: &str, mut fields: Vec<(&'static str, Value)>) {
        let Some(left_out) = self.take() else { return };
        if left_out > 0 {
            fields.push(("rejections-left-out", json!(left_out)));
        }
        self.logger.warn(message, &fields);
    }

    /// A connection ended with an error. That the network broke, or the client went away, is
    /// nobody's fault and every step's news only.
    pub(crate) fn ended(&self, address: Remote, error: &(dyn Error + 'static)) {
        let reason = chain(error);
        if is_of_network(error) {
            let fields = [
                ("remote-addr", json!(address.to_string())),
                ("error", json!(reason)),
            ];
            self.logger.debug("connection ended", &fields);
        } else {
            self.reject(address, &reason);
        }
    }

    /// How many lines were left out before this one; nothing when this one is.
    fn take(&self) -> Option<u64> {
        let mut period = self.period.lock().unwrap_or_else(PoisonError::into_inner);
        if period.begun.elapsed() >= PERIOD {
            period.begun = Instant::now();
            period.written = 0;
        }
        if period.written == LINES_MAX {
            period.left_out += 1;
            return None;
        }
        period.written += 1;
        Some(std::mem::take(&mut period.left_out))
    }
}

/// An error and what it comes of.
struct Sources<'a>(Option<&'a (dyn Error + 'static)>);

impl<'a> Iterator for Sources<'a> {
    type Item = &'a (dyn Error + 'static);

    fn next(&mut self) -> Option<Self::Item> {
        let error = self.0?;
        self.0 = error.source();
        Some(error)
    }
}

fn sources<'a>(error: &'a (dyn Error + 'static)) -> Sources<'a> {
    Sources(Some(error))
}

fn is_of_network(error: &(dyn Error + 'static)) -> bool {
    sources(error)
        .filter_map(|error| error.downcast_ref::<io::Error>())
        // What cannot be read as HTTP is told as an error of input, too.
        .any(|error| error.kind() != io::ErrorKind::InvalidData)
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    for error in sources(error) {
        let word = error.to_string();
        if !words.last().is_some_and(|last| last.contains(&word)) {
            words.push(word);
        }
    }
    words.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::LogLevel;

    #[test]
    fn a_flood_is_told_by_its_first_lines_and_its_number() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("log");
        let logger = Logger::to_file(LogLevel::Info, &path);
        let rejections = Rejections::new("rejected", &logger);
        let address = Remote::Tcp(([127, 0, 0, 1], 5).into());
        for _ in 0..1_000 {
            rejections.reject(address, "garbage");
        }
        rejections.period.lock().expect("no panic").begun -= PERIOD;
        rejections.reject(address, "garbage");
        let text = std::fs::read_to_string(path).expect("written");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() <= 2 * LINES_MAX as usize + 1, "{}", lines.len());
        assert!(lines[0].contains("\"remote-addr\":\"127.0.0.1:5\""));
        assert!(text.contains("\"rejections-left-out\":"), "{text}");
    }

    #[test]
    fn the_network_is_told_apart_from_what_came_over_it() {
        let broken = io::Error::from(io::ErrorKind::ConnectionReset);
        assert!(is_of_network(&broken));
        let garbage = io::Error::new(io::ErrorKind::InvalidData, "no HTTP");
        assert!(!is_of_network(&garbage));
        assert!(!is_of_network(&std::fmt::Error));
    }
}
