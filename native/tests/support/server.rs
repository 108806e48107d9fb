//! One server process.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;

use super::tools::QUORATE;
use super::wait::wait_for;

/// A server that is killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    log: PathBuf,
    /// Lines of the log that an earlier life wrote.
    old_lines: usize,
}

impl Server {
    /// Starts one; its log is added to a file.
    pub(crate) fn start(flags: &[String], folder: &Path, log: &Path) -> Self {
        Self::start_with(flags, &[], folder, log)
    }

    /// Starts one in an environment.
    pub(crate) fn start_with(
        flags: &[String],
        environment: &[(&str, &str)],
        folder: &Path,
        log: &Path,
    ) -> Self {
        let mut command = Command::new(QUORATE);
        command.args(flags).envs(environment.iter().copied());
        Self::spawn(command, folder, log)
    }

    /// Starts one with a limit, in the words of a shell's `ulimit`.
    pub(crate) fn start_within(limit: &str, flags: &[String], folder: &Path, log: &Path) -> Self {
        let mut command = Command::new("sh");
        let line = format!("ulimit {limit} && exec \"$0\" \"$@\"");
        command.args(["-c", &line, QUORATE]).args(flags);
        Self::spawn(command, folder, log)
    }

    fn spawn(mut command: Command, folder: &Path, log: &Path) -> Self {
        let old_lines = fs::read_to_string(log).map_or(0, |text| text.lines().count());
        let file = File::options().create(true).append(true).open(log).unwrap();
        let child = command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .unwrap();
        Self {
            child,
            log: log.to_owned(),
            old_lines,
        }
    }

    /// What this life has logged, line by line.
    pub(crate) fn log(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.log).unwrap();
        // The last line may be half written.
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        whole
            .lines()
            .skip(self.old_lines)
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
            .collect()
    }

    /// The first line with this message, if it has been logged.
    pub(crate) fn line(&self, message: &str) -> Option<Value> {
        self.log().into_iter().find(|line| line["msg"] == message)
    }

    /// Waits for a line with this message.
    pub(crate) fn wait_for_line(&self, message: &str) -> Value {
        wait_for(message, || self.line(message))
    }

    /// How much memory it has, as the kernel counts it.
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.status_bytes("VmRSS:")
    }

    /// How much of it is never swapped out.
    pub(crate) fn locked_memory_bytes(&self) -> u64 {
        self.status_bytes("VmLck:")
    }

    /// How many files it has open.
    pub(crate) fn open_files(&self) -> usize {
        let files = fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        files.unwrap().count()
    }

    /// How many it may have open: the soft limit, and the hard one.
    pub(crate) fn open_files_max(&self) -> [String; 2] {
        let limits = fs::read_to_string(format!("/proc/{}/limits", self.child.id())).unwrap();
        let line = limits
            .lines()
            .find_map(|line| line.strip_prefix("Max open files"));
        let mut words = line.unwrap().split_whitespace().map(str::to_owned);
        [words.next().unwrap(), words.next().unwrap()]
    }

    fn status_bytes(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name));
        let kilobytes: u64 = line
            .unwrap()
            .split_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        kilobytes * 1_024
    }

    /// Sends a signal by its name (`TERM`).
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// `kill -9`, and waits until it is gone.
    pub(crate) fn crash(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        wait_for("the server's end", || self.child.try_wait().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
