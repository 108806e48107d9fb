//! The three members together: started, awaited, watched, stopped one after the other.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::play::health::is_healthy;
use crate::play::member::{Member, SPECS};
use crate::play::{POLL_INTERVAL, StopSignal};

/// A start with a long WAL to read takes seconds; one that takes this long is stuck.
const READY_TIMEOUT: Duration = Duration::from_secs(60);

/// A leader gives up handing its leadership on after 7 s; then it must end.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// The members that run.
pub(super) struct Cluster {
    members: Vec<Member>,
}

impl Cluster {
    /// Starts all members.
    pub(super) fn start(program: &Path, folder: &Path, dist: &Path) -> Result<Cluster> {
        let mut cluster = Cluster {
            members: Vec::new(),
        };
        for spec in &SPECS {
            cluster
                .members
                .push(Member::start(spec, program, folder, dist)?);
        }
        Ok(cluster)
    }

    /// The members that run.
    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// Whether none runs.
    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Waits until every member says that it is ready and is healthy; `false` when somebody asked
    /// to stop before that.
    ///
    /// # Errors
    /// When a member ends or is not ready in time: with its last words.
    pub(super) fn wait_until_ready(&mut self, stop: &StopSignal) -> Result<bool> {
        let deadline = Instant::now() + READY_TIMEOUT;
        for member in &mut self.members {
            while !(member.says_ready() && is_healthy(&member.spec.client_url())) {
                if stop.is_raised() {
                    return Ok(false);
                }
                if let Some(status) = member.ended()? {
                    let name = member.spec.name;
                    bail!(
                        "{name} ended with {status} at start\n{}",
                        member.last_words()
                    );
                }
                if Instant::now() > deadline {
                    let name = member.spec.name;
                    let seconds = READY_TIMEOUT.as_secs();
                    bail!(
                        "{name} is not ready after {seconds} s\n{}",
                        member.last_words()
                    );
                }
                thread::sleep(POLL_INTERVAL);
            }
            println!("  {} is ready and healthy", member.spec.name);
        }
        Ok(true)
    }

    /// Forgets each member that has ended, and tells a person what it said last and how to bring
    /// it back.
    pub(super) fn tell_of_the_dead(&mut self) -> Result<()> {
        let mut running = Vec::new();
        for mut member in self.members.drain(..) {
            match member.ended()? {
                None => running.push(member),
                Some(status) => {
                    println!("\n{} ended: {status}", member.spec.name);
                    print!("{}", member.last_words());
                    println!("  start it again in another terminal (and end it there) with\n");
                    println!("    {}\n", member.command_line());
                }
            }
        }
        self.members = running;
        Ok(())
    }

    /// Stops the members one after the other, so that a leader finds somebody to hand its
    /// leadership to. A second signal, or a member that takes too long, ends in SIGKILL.
    pub(super) fn stop(&mut self, stop: &StopSignal) -> Result<()> {
        let asked_so_far = stop.count();
        println!("\nstopping");
        for mut member in self.members.drain(..) {
            member.ask_to_stop();
            let deadline = Instant::now() + STOP_TIMEOUT;
            loop {
                if let Some(status) = member.ended()? {
                    println!("  {} ended: {status}", member.spec.name);
                    break;
                }
                if Instant::now() > deadline || stop.count() > asked_so_far {
                    println!("  {} did not end in time and is killed", member.spec.name);
                    member.kill();
                    break;
                }
                thread::sleep(POLL_INTERVAL);
            }
        }
        Ok(())
    }
}

impl Drop for Cluster {
    /// No member outlives this command, however it ends.
    fn drop(&mut self) {
        for member in &self.members {
            member.ask_to_stop();
        }
        let deadline = Instant::now() + STOP_TIMEOUT;
        for member in &mut self.members {
            while Instant::now() < deadline && matches!(member.ended(), Ok(None)) {
                thread::sleep(POLL_INTERVAL);
            }
            member.kill();
        }
    }
}
