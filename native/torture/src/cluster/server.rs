//! One member's process: started, signalled, killed, and looked after.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process};

/// How a member is started, and its process when there is one.
pub(crate) struct Server {
    start: Start,
    /// How much of the log has been searched for panics.
    log_searched_bytes: u64,
    life: Option<Life>,
    membership: Membership,
}

/// How a member stands to its cluster, by what the runner has asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Membership {
    /// It is a member.
    Member,
    /// It has been or is about to be removed: nobody starts it again, and it may end by itself.
    Leaving,
    /// It was added and is started as one that joins. Until it knows the cluster it may find that
    /// whom it asks does not know of it yet, and end.
    Joining,
}

/// How a member is started.
#[derive(Clone, Debug)]
pub(super) struct Start {
    /// The program.
    pub(super) program: PathBuf,
    /// Its flags.
    pub(super) flags: Vec<String>,
    /// What it is told beside the flags.
    pub(super) environment: Vec<(&'static str, String)>,
    /// Where its log is added to.
    pub(super) log: PathBuf,
    /// Where its data is.
    pub(super) data: PathBuf,
    /// The file that its disk obeys.
    pub(super) disk: PathBuf,
}

/// A process.
struct Life {
    child: Child,
    is_told_to_stop: bool,
}

/// What a disk is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DiskOrder {
    /// Nothing is wrong.
    Ok,
    /// Each call takes so many milliseconds longer.
    Slow(u64),
    /// The next write fails.
    FailWrite,
    /// The next sync fails.
    FailSync,
}

/// Whether a process is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// None.
    Down,
    /// It runs, or is paused.
    Up,
    /// It is about to end, as it was told or because its disk failed.
    Ending,
}

impl Server {
    /// A server that is down.
    pub(super) fn new(start: Start) -> Self {
        Self {
            start,
            log_searched_bytes: 0,
            life: None,
            membership: Membership::Member,
        }
    }

    /// It is about to be removed from the cluster: it is not started again.
    pub(crate) fn leave(&mut self) {
        self.membership = Membership::Leaving;
    }

    /// What it was is thrown away, its process and its data; another member is to be started
    /// with its name and its ports.
    pub(crate) fn begin_anew(&mut self) -> Result<()> {
        self.kill()?;
        match fs::remove_dir_all(&self.start.data) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let state = "--initial-cluster-state=";
        for flag in &mut self.start.flags {
            if flag.starts_with(state) {
                *flag = format!("{state}existing");
            }
        }
        self.membership = Membership::Joining;
        Ok(())
    }

    /// It knows the cluster now.
    pub(crate) fn has_joined(&mut self) {
        if self.membership == Membership::Joining {
            self.membership = Membership::Member;
        }
    }

    /// Starts it, if it is down and belongs to the cluster.
    pub(crate) fn start(&mut self) -> Result<()> {
        if self.life.is_some() || self.membership == Membership::Leaving {
            return Ok(());
        }
        self.order(DiskOrder::Ok)?;
        match fs::remove_file(self.failed_path()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let Start {
            program,
            flags,
            environment,
            log,
            ..
        } = &self.start;
        let log = File::options().create(true).append(true).open(log)?;
        let child = Command::new(program)
            .args(flags)
            .envs(environment.iter().cloned())
            .env("QUORATE_TORTURE_RUNNER", std::process::id().to_string())
            .env("QUORATE_TORTURE_DISK", &self.start.disk)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            // A Ctrl-C at the terminal is for the runner, which ends all others.
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        self.life = Some(Life {
            child,
            is_told_to_stop: false,
        });
        Ok(())
    }

    /// `kill -9`, and waits until it is gone.
    pub(crate) fn kill(&mut self) -> Result<()> {
        if let Some(mut life) = self.life.take() {
            life.child.kill()?;
            life.child.wait()?;
        }
        Ok(())
    }

    /// SIGTERM.
    pub(crate) fn terminate(&mut self) -> Result<()> {
        if let Some(life) = &mut self.life {
            life.is_told_to_stop = true;
        }
        self.signal(Signal::TERM)
    }

    /// SIGSTOP.
    pub(crate) fn pause(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// SIGCONT; does nothing to a process that is not paused.
    pub(crate) fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    /// Tells the disk what to do from now on.
    pub(crate) fn order(&self, order: DiskOrder) -> Result<()> {
        let text = match order {
            DiskOrder::Ok => "ok".to_owned(),
            DiskOrder::Slow(milliseconds) => format!("slow {milliseconds}"),
            DiskOrder::FailWrite => "fail write".to_owned(),
            DiskOrder::FailSync => "fail sync".to_owned(),
        };
        let disk = &self.start.disk;
        fs::write(disk, text).with_context(|| format!("cannot write {}", disk.display()))
    }

    /// Whether a process is there. That it ended without a reason is an error: the text says how.
    pub(crate) fn presence(&mut self) -> Result<Presence, String> {
        let has_disk_failed = self.failed_path().exists();
        let Some(life) = &mut self.life else {
            return Ok(Presence::Down);
        };
        let is_told_to_stop = life.is_told_to_stop;
        let status = match life.child.try_wait() {
            Ok(Some(status)) => status,
            Ok(None) if is_told_to_stop || has_disk_failed => return Ok(Presence::Ending),
            Ok(None) => return Ok(Presence::Up),
            Err(error) => return Err(format!("its process cannot be waited for: {error}")),
        };
        self.life = None;
        // Said before the process ends, but maybe after it was looked for above.
        let has_disk_failed = self.failed_path().exists();
        let is_right = is_right_end(status, is_told_to_stop, has_disk_failed)
            || match self.membership {
                Membership::Member => false,
                // As etcd's does, when it hears that it is removed.
                Membership::Leaving => status.code() == Some(0),
                Membership::Joining => status.code() == Some(1) && self.was_not_let_in(),
            };
        if is_right {
            Ok(Presence::Down)
        } else {
            Err(format!("its process ended by itself, with {status}"))
        }
    }

    /// The first panic that its log tells of, in what has been added since the last search.
    pub(crate) fn new_panic(&mut self) -> Result<Option<String>> {
        let mut file = match File::open(&self.start.log) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        file.seek(SeekFrom::Start(self.log_searched_bytes))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        self.log_searched_bytes += bytes.len() as u64;
        let text = String::from_utf8_lossy(&bytes);
        let found = text.lines().find(|line| line.contains("panicked at"));
        Ok(found.map(str::to_owned))
    }

    /// Whether the last that it has logged is that nobody it asked knows of it, or is there.
    fn was_not_let_in(&self) -> bool {
        let log = fs::read_to_string(&self.start.log).unwrap_or_default();
        let last = log.lines().last().unwrap_or_default();
        NOT_LET_IN.iter().any(|reason| last.contains(reason))
    }

    /// Where its disk says that it has failed.
    fn failed_path(&self) -> PathBuf {
        self.start.disk.with_extension("failed")
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let Some(life) = &self.life else {
            return Ok(());
        };
        let pid = i32::try_from(life.child.id())?;
        let pid = Pid::from_raw(pid).context("a process has a number")?;
        // Until it is waited for, the number is not another process's.
        Ok(kill_process(pid, signal)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.kill();
    }
}

/// Whether a process ended as it should have.
fn is_right_end(status: ExitStatus, is_told_to_stop: bool, has_disk_failed: bool) -> bool {
    let is_stopped = status.signal() == Some(Signal::TERM.as_raw());
    (is_told_to_stop && is_stopped) || (has_disk_failed && status.code() == Some(1))
}

/// Why a member that joins ends, and may try again.
const NOT_LET_IN: [&str; 3] = [
    "error validating peerURLs",
    "cannot fetch cluster info from peer urls",
    // Whoever it asked has not heard yet that the one before it, at the same URL, is gone.
    "has already been bootstrapped",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_must_have_a_reason_to_end() {
        let stopped = ExitStatus::from_raw(15);
        let failed = ExitStatus::from_raw(1 << 8);
        let panicked = ExitStatus::from_raw(101 << 8);
        assert!(is_right_end(stopped, true, false));
        assert!(!is_right_end(stopped, false, false));
        assert!(is_right_end(failed, false, true));
        assert!(!is_right_end(failed, true, false));
        assert!(!is_right_end(panicked, true, true));
    }
}
