//! Running a program to its end.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a program said, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    /// Its exit code; nothing when a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it printed.
    pub(crate) output: String,
    /// What it complained of, without lines of a log.
    pub(crate) complaints: String,
    /// The lines of its log.
    pub(crate) log: String,
}

/// Runs a program with standard input.
pub(crate) fn run(program: impl AsRef<Path>, arguments: &[&str], input: &str) -> Ran {
    let mut command = Command::new(program.as_ref());
    command.args(arguments).env_remove("ETCDCTL_ENDPOINTS");
    run_command(command, input)
}

/// Runs a command with standard input.
pub(crate) fn run_command(mut command: Command, input: &str) -> Ran {
    let mut child = spawn(&mut command);
    // A program that reads nothing may have closed it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    let (log, complaints): (Vec<&str>, Vec<&str>) = complaints
        .lines()
        .partition(|line| line.starts_with("{\"level\""));
    Ran {
        code: output.status.code(),
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        complaints: complaints.join("\n"),
        log: log.join("\n"),
    }
}

/// Starts a command, its input and outputs in our hands.
pub(crate) fn spawn(command: &mut Command) -> Child {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}
