//! A command of etcdctl that goes on printing.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin};
use std::sync::{Arc, Mutex};
use std::thread;

use super::wait::wait_for;

/// A command that runs; it is killed when this is dropped.
pub(crate) struct EtcdctlStream {
    child: Child,
    input: Option<ChildStdin>,
    lines: Arc<Mutex<Vec<String>>>,
}

impl EtcdctlStream {
    /// Reads what a child prints, as it comes.
    pub(crate) fn of(mut child: Child) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let output = BufReader::new(child.stdout.take().unwrap());
        let printed = lines.clone();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                printed.lock().unwrap().push(line);
            }
        });
        Self {
            input: child.stdin.take(),
            child,
            lines,
        }
    }

    /// Writes a line to its standard input.
    pub(crate) fn say(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{line}").unwrap();
    }

    /// Its process.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// What it has printed so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Waits until it has printed so many lines; these.
    pub(crate) fn wait_for_lines(&self, count: usize) -> Vec<String> {
        wait_for(&format!("{count} lines of etcdctl"), || {
            let lines = self.lines();
            (lines.len() >= count).then_some(lines)
        })
    }
}

impl Drop for EtcdctlStream {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
