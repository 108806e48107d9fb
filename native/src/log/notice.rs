//! Lines that are known before the log is.

use serde_json::Value;

use super::LogLevel;

/// A line that waits for a log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Notice {
    /// How bad it is.
    pub(crate) level: LogLevel,
    /// What it says.
    pub(crate) message: String,
    /// Its extra keys.
    pub(crate) fields: Vec<(&'static str, Value)>,
}

impl Notice {
    /// What an operator wants to read.
    pub(crate) fn info(message: impl Into<String>) -> Self {
        Self::new(LogLevel::Info, message)
    }

    /// Something is not as it should be.
    pub(crate) fn warn(message: impl Into<String>) -> Self {
        Self::new(LogLevel::Warn, message)
    }

    fn new(level: LogLevel, message: impl Into<String>) -> Self {
        Self {
            level,
            message: message.into(),
            fields: Vec::new(),
        }
    }

    /// The same line with one more key.
    pub(crate) fn with(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.fields.push((key, value.into()));
        self
    }
}
