//! Lines on their way to outputs that may be slow: a full disk, a pipe that nobody reads. Whoever
//! has something to say does not wait for them, the thread of the member least of all.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::LogLevel;
use super::line::{self, Format, Line};
use super::outputs::Outputs;

/// Lines that wait; what comes beyond is dropped, and counted.
pub(super) const LINES_MAX: usize = 16_384;
/// How long an end waits for the last lines to be written.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);
/// The pause before a full queue is tried again by whoever waits for room.
const PAUSE: Duration = Duration::from_millis(5);

/// Hands lines to a thread that writes them. It ends when this is dropped.
pub(super) struct Queue {
    lines: SyncSender<Item>,
    dropped: Arc<AtomicU64>,
}

enum Item {
    Line {
        level: LogLevel,
        caller: String,
        text: String,
    },
    /// All before it is to be written; then somebody is told.
    Flush(Sender<()>),
}

impl Queue {
    /// Starts the thread.
    pub(super) fn start(outputs: Outputs, format: Format, lines_max: usize) -> io::Result<Self> {
        let (sender, lines) = sync_channel(lines_max);
        let dropped = Arc::new(AtomicU64::new(0));
        let writer = Writer {
            outputs,
            format,
            dropped: dropped.clone(),
        };
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || writer.run(&lines))?;
        Ok(Self {
            lines: sender,
            dropped,
        })
    }

    /// Hands over a line, or drops it. What is fatal is waited for: the process ends of it.
    pub(super) fn write(&self, level: LogLevel, caller: &str, text: String) {
        let line = Item::Line {
            level,
            caller: caller.to_owned(),
            text,
        };
        if level == LogLevel::Fatal {
            let deadline = Instant::now() + FLUSH_TIMEOUT;
            self.send_by(deadline, line);
            self.flush();
        } else if self.lines.try_send(line).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until all that was handed over is written, for a while.
    pub(super) fn flush(&self) {
        let deadline = Instant::now() + FLUSH_TIMEOUT;
        let (written, is_written) = channel();
        if self.send_by(deadline, Item::Flush(written)) {
            let left = deadline.saturating_duration_since(Instant::now());
            match is_written.recv_timeout(left) {
                Ok(()) | Err(RecvTimeoutError::Disconnected | RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Waits for room until then; whether there was any.
    fn send_by(&self, deadline: Instant, mut item: Item) -> bool {
        loop {
            match self.lines.try_send(item) {
                Ok(()) => return true,
                Err(TrySendError::Full(again)) if Instant::now() < deadline => item = again,
                Err(_) => return false,
            }
            thread::sleep(PAUSE);
        }
    }
}

/// What the thread works on.
struct Writer {
    outputs: Outputs,
    format: Format,
    dropped: Arc<AtomicU64>,
}

impl Writer {
    fn run(self, lines: &Receiver<Item>) {
        for item in lines {
            match item {
                Item::Line {
                    level,
                    caller,
                    text,
                } => self.outputs.write(level, &caller, &text),
                Item::Flush(written) => {
                    self.tell_dropped();
                    // Who waited may have had enough.
                    let _ = written.send(());
                    continue;
                }
            }
            self.tell_dropped();
        }
        self.tell_dropped();
    }

    fn tell_dropped(&self) {
        let count = self.dropped.swap(0, Ordering::Relaxed);
        if count == 0 {
            return;
        }
        let caller = super::here(std::panic::Location::caller());
        let line = Line {
            level: LogLevel::Warn,
            time: &line::now(),
            caller: &caller,
            message: "lines of the log were dropped: its outputs are too slow",
            fields: &[("count", json!(count))],
        };
        let text = line.render(self.format);
        self.outputs.write(LogLevel::Warn, &caller, &text);
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read;
    use std::os::fd::OwnedFd;

    use serde_json::Value;

    use super::super::outputs::Output;
    use super::*;

    #[test]
    fn nobody_waits_for_a_slow_output_and_no_line_goes_without_a_word() {
        const LINES: u64 = 1_000;
        let (mut reader, writer) = io::pipe().expect("a pipe");
        let output = Output::File(File::from(OwnedFd::from(writer)));
        let outputs = Outputs::new(vec![output]);
        let queue = Queue::start(outputs, Format::Json, 10).expect("a thread");
        // More than a pipe holds: nobody reads it yet.
        for _ in 0..LINES {
            let text = format!("{{\"pad\":\"{}\"}}\n", "x".repeat(1_024));
            queue.write(LogLevel::Info, "here", text);
        }
        assert!(queue.dropped.load(Ordering::Relaxed) > 0);
        let all = thread::spawn(move || {
            let mut text = String::new();
            reader.read_to_string(&mut text).map(|_| text)
        });
        queue.write(LogLevel::Fatal, "here", "{\"last\":true}\n".to_owned());
        drop(queue);
        let text = all.join().expect("no panic").expect("a text");
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("whole"))
            .collect();
        let count = |key: &str| lines.iter().filter(|line| !line[key].is_null()).count() as u64;
        let told: u64 = lines.iter().filter_map(|line| line["count"].as_u64()).sum();
        assert!(told > 0);
        assert_eq!(count("pad") + told, LINES);
        assert_eq!(count("last"), 1);
    }
}
