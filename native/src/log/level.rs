//! How bad a line is.

/// zap's levels, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LogLevel {
    /// Every step.
    Debug,
    /// What an operator wants to read.
    Info,
    /// Something is not as it should be.
    Warn,
    /// Something failed for good.
    Error,
    /// A line that should never be written.
    Panic,
    /// The server ends.
    Fatal,
}

impl LogLevel {
    /// Reads the value of `--log-level`; the flag's table has checked it.
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "debug" => Self::Debug,
            "warn" => Self::Warn,
            "error" => Self::Error,
            "dpanic" | "panic" => Self::Panic,
            "fatal" => Self::Fatal,
            _ => Self::Info,
        }
    }

    /// As a line has it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Panic => "panic",
            Self::Fatal => "fatal",
        }
    }
}
