//! How a command fails: what is said, and the exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use super::client::CallError;

/// etcdctl's exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The server said no, or something else went wrong.
    Error = 1,
    /// No connection.
    BadConnection = 2,
    /// What came from standard input is wrong.
    InvalidInput = 3,
    /// A flag has a value that is not supported.
    BadFeature = 4,
    /// What was to go on has ended.
    Interrupted = 5,
    /// The arguments are wrong.
    BadArguments = 128,
}

/// Why a command ends without success.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The process's exit code.
    pub(crate) code: u8,
    /// Printed behind `Error: `; nothing when all has been said.
    pub(crate) text: Option<String>,
}

impl Failure {
    /// A failure with a message.
    pub(crate) fn new(exit: Exit, text: impl ToString) -> Self {
        Self {
            code: exit as u8,
            text: Some(text.to_string()),
        }
    }

    /// The arguments are wrong.
    pub(crate) fn arguments(text: impl ToString) -> Self {
        Self::new(Exit::BadArguments, text)
    }

    /// Says what failed, if anything did; the process's exit code.
    pub(crate) fn exit_code(result: Result<(), Self>) -> ExitCode {
        let Err(Self { code, text }) = result else {
            return ExitCode::SUCCESS;
        };
        if let Some(text) = text {
            // Whoever cannot be told sees the exit code.
            let _ = writeln!(io::stderr(), "Error: {text}");
        }
        ExitCode::from(code)
    }

    /// A failure of which all has been said.
    pub(crate) fn silent(code: u8) -> Self {
        Self { code, text: None }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        Self::new(Exit::Error, error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // Whoever reads has had enough (`| head`).
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::silent(0);
        }
        Self::new(Exit::Error, error)
    }
}
