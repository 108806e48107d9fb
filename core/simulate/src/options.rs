//! What `cargo xtask simulate` is asked, and the commands that ask it again.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;

use crate::say::quoted;

/// Run a simulated cluster for each seed, on all cores, and stop at the first seed that breaks a
/// property
#[derive(Clone, Debug, Parser)]
#[command(name = "simulate", bin_name = "cargo xtask simulate", after_help = AFTER_HELP)]
pub struct Options {
    /// How many seeds; without this and --minutes, 1000
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub seeds: Option<u64>,
    /// The first seed
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub from: u64,
    /// For how long at most; without --seeds, as many seeds as there is time for
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(1..=MINUTES_MAX))]
    pub minutes: Option<u64>,
    /// Runs with so many operations of clients each, instead of as long as the seed draws
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub operations: Option<u64>,
    /// The seeds that failed once, and no others
    #[arg(long, conflicts_with_all = ["seeds", "from", "minutes", "resume", "operations"])]
    pub regressions: bool,
    /// Make the first failure as small as it gets
    #[arg(long)]
    pub shrink: bool,
    /// Go on where the run from this first seed, with these operations, was stopped
    #[arg(long)]
    pub resume: bool,
    /// Go on behind a failure, up to this many
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = clap::value_parser!(u64).range(1..=FAILURES_MAX)
    )]
    pub failures: u64,
    /// Write each seed's verdict and hash here
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Where failures, and the state of long runs, are written
    #[arg(long, value_name = "FOLDER", default_value = FOLDER)]
    pub folder: PathBuf,
}

impl Options {
    /// Whether there are as many seeds as it is asked for.
    ///
    /// # Errors
    /// When there are not.
    pub fn check(&self) -> Result<()> {
        ensure!(
            self.from <= SEED_MAX,
            "--from {} is no seed: the last one is {SEED_MAX}",
            self.from
        );
        let left = END - self.from;
        ensure!(
            self.count() <= left,
            "--from {} leaves {left} seeds, not {}: the last one is {SEED_MAX}",
            self.from,
            self.count()
        );
        Ok(())
    }

    /// The seed behind the last one.
    pub fn end(&self) -> u64 {
        self.from + self.count()
    }

    /// Whether time alone ends it.
    pub fn is_endless(&self) -> bool {
        self.seeds.is_none() && self.minutes.is_some()
    }

    /// What is asked of each seed.
    pub fn asked(&self) -> Vec<String> {
        let operations = self.operations.iter();
        operations
            .map(|count| format!("--operations {count}"))
            .collect()
    }

    /// The command that goes on with this run.
    pub fn resume_command(&self) -> String {
        self.long_command(self.from, self.seeds, "--resume ")
    }

    /// The command that runs from a seed on to where this run would end, as a run of its own.
    pub fn rest_command(&self, from: u64) -> String {
        let seeds = (!self.is_endless()).then(|| self.end().saturating_sub(from).max(1));
        self.long_command(from, seeds, "")
    }

    /// The command that runs one seed again.
    pub fn seed_command(&self, seed: u64) -> String {
        let mut command = format!("cargo xtask simulate --seeds 1 --from {seed}");
        for option in self.asked() {
            command += &format!(" {option}");
        }
        command + &self.folder_option()
    }

    fn long_command(&self, from: u64, seeds: Option<u64>, resume: &str) -> String {
        let mut command = format!("cargo xtask simulate {resume}--from {from}");
        let numbers = [
            ("seeds", seeds),
            ("minutes", self.minutes),
            ("operations", self.operations),
            ("failures", Some(self.failures).filter(|count| *count != 1)),
        ];
        for (name, number) in numbers {
            if let Some(number) = number {
                command += &format!(" --{name} {number}");
            }
        }
        if self.shrink {
            command += " --shrink";
        }
        // Another run has another log.
        if let Some(log) = self.log.as_ref().filter(|_| !resume.is_empty()) {
            command += &format!(" --log {}", quoted(&log.to_string_lossy()));
        }
        command + &self.folder_option()
    }

    fn folder_option(&self) -> String {
        if self.folder.as_os_str() == FOLDER {
            return String::new();
        }
        format!(" --folder {}", quoted(&self.folder.to_string_lossy()))
    }

    fn count(&self) -> u64 {
        match (self.seeds, self.minutes) {
            (Some(seeds), _) => seeds,
            (None, Some(_)) => END.saturating_sub(self.from),
            (None, None) => SEEDS,
        }
    }
}

/// The last seed: the one behind it, to go on with, is still a number.
const SEED_MAX: u64 = u64::MAX - 1;
/// The seed behind the last one.
const END: u64 = SEED_MAX + 1;
const SEEDS: u64 = 1_000;
/// Each failure is kept with its members until the end.
const FAILURES_MAX: u64 = 1_000;
/// A year.
const MINUTES_MAX: u64 = 366 * 24 * 60;
const FOLDER: &str = "target/simulate";
const AFTER_HELP: &str = "\
A seed draws a cluster, its settings, what clients ask and what breaks meanwhile; the same seed gives
the same run on every machine. docs/simulator.md tells what is looked at, and how to go on from a
failure; `cargo xtask mutants` proves that the checkers see.

Exit code: 0 when no seed failed, 1 when one did, 2 when it could not be done as asked. When it was
stopped and none had failed: 130 by Ctrl-C, 143 by SIGTERM; where it stood is saved, and the command
that goes on is printed.";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, clap::Error> {
        Options::try_parse_from(line.split(' '))
    }

    fn options(line: &str) -> Options {
        parsed(line).expect("they can be read")
    }

    #[test]
    fn what_would_do_nothing_is_refused() {
        for line in [
            "x --failures 0",
            "x --seeds 0",
            "x --minutes 0",
            "x --operations 0",
        ] {
            assert!(parsed(line).is_err(), "{line}");
        }
        let said = |line: &str| {
            options(line)
                .check()
                .expect_err("no such seeds")
                .to_string()
        };
        assert_eq!(
            said("x --from 18446744073709551610"),
            "--from 18446744073709551610 leaves 5 seeds, not 1000: the last one is \
             18446744073709551614"
        );
        assert!(said("x --from 18446744073709551615 --minutes 1").contains("no seed"));
        assert!(said("x --from 1 --seeds 18446744073709551615").contains("leaves"));
        for line in [
            "x --from 18446744073709551610 --seeds 5",
            "x --minutes 1 --from 9",
            "x",
        ] {
            let options = options(line);
            options.check().expect("they are there");
            assert!(options.end() > options.from);
        }
    }

    #[test]
    fn the_command_that_goes_on_asks_the_same() {
        let options = options(
            "x --from 5 --seeds 90 --minutes 3 --operations 20 --failures 4 --shrink \
             --log a/b.log --folder c",
        );
        let command = options.resume_command();
        assert_eq!(
            command,
            "cargo xtask simulate --resume --from 5 --seeds 90 --minutes 3 --operations 20 \
             --failures 4 --shrink --log a/b.log --folder c"
        );
        let again = parsed(command.trim_start_matches("cargo xtask ")).expect("it can be read");
        assert_eq!(again.resume_command(), command);
        assert_eq!(
            parsed("x").expect("read").resume_command(),
            "cargo xtask simulate --resume --from 0"
        );
        assert_eq!(
            options.rest_command(65),
            "cargo xtask simulate --from 65 --seeds 30 --minutes 3 --operations 20 --failures 4 \
             --shrink --folder c"
        );
    }

    #[test]
    fn the_command_of_one_seed_asks_the_same_of_it() {
        assert_eq!(
            options("x --operations 20 --failures 4 --folder c").seed_command(12),
            "cargo xtask simulate --seeds 1 --from 12 --operations 20 --folder c"
        );
    }

    #[test]
    fn help_says_what_it_does_and_where_more_is() {
        use clap::CommandFactory;
        let help = Options::command().render_help().to_string();
        assert!(help.starts_with("Run a simulated cluster"), "{help}");
        assert!(
            help.contains("Usage: cargo xtask simulate [OPTIONS]"),
            "{help}"
        );
        assert!(help.contains("docs/simulator.md"), "{help}");
    }
}
