//! What `cargo xtask torture` is asked, and the commands that ask it again.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;
use quorate_simulate::say::quoted;

/// Run real servers while processes are killed, links cut and disks failed, and audit what their
/// clients saw
#[derive(Clone, Debug, Parser)]
#[command(name = "torture", bin_name = "cargo xtask torture", after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// How many rounds
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100,
        value_parser = clap::value_parser!(u64).range(1..=ROUNDS_MAX)
    )]
    pub(crate) rounds: u64,
    /// The seed of the first cluster; the next one has the next number
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Clusters of this size alone; otherwise even seeds have 3 members and odd ones 5
    #[arg(long, value_name = "3|5", value_parser = ["3", "5"])]
    pub(crate) members: Option<String>,
    /// For how long at most
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(1..=MINUTES_MAX))]
    pub(crate) minutes: Option<u64>,
    /// Go on where the run from this seed, with these members, was stopped
    #[arg(long, conflicts_with = "known_bug")]
    pub(crate) resume: bool,
    /// Put a known bug back, and go on until it is met
    #[arg(long, value_name = "NAME")]
    pub(crate) known_bug: Option<String>,
    /// Write a line for each round here
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// Where data, logs, failures and the state of long runs are
    #[arg(long, value_name = "FOLDER", default_value = FOLDER)]
    pub(crate) folder: PathBuf,
    /// The server, built with the feature `torture`
    #[arg(
        long,
        value_name = "FILE",
        default_value = "target/debug/quorate-torture-server"
    )]
    pub(crate) server: PathBuf,
}

impl Options {
    /// Whether there are seeds enough.
    ///
    /// # Errors
    /// When there are not.
    pub(crate) fn check(&self) -> Result<()> {
        // Each cluster has a round at least.
        ensure!(
            self.seed.checked_add(self.rounds).is_some(),
            "--seed {} leaves {} seeds, which is too few for {} rounds; begin with a smaller one",
            self.seed,
            u64::MAX - self.seed,
            self.rounds
        );
        Ok(())
    }

    /// What is asked of each cluster.
    pub(crate) fn asked(&self) -> Vec<String> {
        let members = self.members.iter();
        members.map(|count| format!("--members {count}")).collect()
    }

    /// The command that goes on with this run.
    pub(crate) fn resume_command(&self) -> String {
        let mut command = self.command("--resume ", self.seed, self.rounds);
        if let Some(minutes) = self.minutes {
            command += &format!(" --minutes {minutes}");
        }
        if let Some(log) = &self.log {
            command += &format!(" --log {}", quoted(&log.to_string_lossy()));
        }
        command
    }

    /// The command that begins a run at a seed.
    pub(crate) fn begin_command(&self, seed: u64, rounds: u64) -> String {
        self.command("", seed, rounds)
    }

    fn command(&self, resume: &str, seed: u64, rounds: u64) -> String {
        let mut command = format!("cargo xtask torture {resume}--seed {seed} --rounds {rounds}");
        for option in self.asked() {
            command += &format!(" {option}");
        }
        if self.folder.as_os_str() != FOLDER {
            command += &format!(" --folder {}", quoted(&self.folder.to_string_lossy()));
        }
        command
    }
}

const FOLDER: &str = "target/torture";
/// At a second and a half a round, four years.
const ROUNDS_MAX: u64 = 100_000_000;
/// A year.
const MINUTES_MAX: u64 = 366 * 24 * 60;
const AFTER_HELP: &str = "\
A cluster of three or five real processes lives for ten rounds; its seed determines the faults, though
not the run, for time is real. docs/simulator.md, \"On real processes\", tells what is broken and what
must hold.

Exit code: 0 when no round failed (with --known-bug: when the bug was met), 1 when one did, 2 when it
could not be done as asked. When it was stopped and none had failed: 130 by Ctrl-C, 143 by SIGTERM;
where it stood is saved, and the command that goes on is printed. A second Ctrl-C does not wait for the
end of the round.";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, clap::Error> {
        Options::try_parse_from(line.split(' '))
    }

    #[test]
    fn what_would_do_nothing_is_refused() {
        for line in ["x --rounds 0", "x --minutes 0", "x --resume --known-bug x"] {
            assert!(parsed(line).is_err(), "{line}");
        }
        let late = parsed("x --seed 18446744073709551610").expect("it can be read");
        let error = late.check().expect_err("too few seeds").to_string();
        assert!(error.contains("leaves 5 seeds"), "{error}");
        parsed("x")
            .expect("it can be read")
            .check()
            .expect("enough");
    }

    #[test]
    fn the_command_that_goes_on_asks_the_same() {
        let line = "x --seed 4 --rounds 50 --members 3 --minutes 9 --log l --folder f --resume";
        let command = parsed(line).expect("it can be read").resume_command();
        assert_eq!(
            command,
            "cargo xtask torture --resume --seed 4 --rounds 50 --members 3 --folder f \
             --minutes 9 --log l"
        );
        let again = parsed(command.trim_start_matches("cargo xtask ")).expect("it can be read");
        assert_eq!(again.resume_command(), command);
    }
}
