//! `quorate check disk DIR`: whether a disk is quick enough for a member's log.
//!
//! The notes' test with `fio`: small blocks are written one behind the other, each is synced
//! before the next is written, as a log does it. A disk will do when 99 of 100 syncs take less
//! than 10 ms.

mod probe;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use indicatif::ProgressBar;

use crate::cobra;
use crate::go::{GoDuration, humanized_bytes, io_error_text};
use crate::latency::rounded;
use probe::{BLOCK_BYTES, Measured, Probe};

/// Checks what a member stands on
#[derive(Debug, Parser)]
#[command(
    name = "quorate check",
    subcommand_required = true,
    arg_required_else_help = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measures how long a disk takes to sync small writes
    ///
    /// Writes 22 MiB in blocks of 2300 bytes, and syncs each (fdatasync), as a log does. Exit
    /// code 0 when 99 of 100 take less than 10 ms, 1 when they do not, 2 when it cannot be tried.
    Disk {
        /// How much to write, in MiB
        #[arg(long, default_value = "22", value_parser = clap::value_parser!(u64).range(1..=1_024))]
        size_mib: u64,
        /// A directory on the disk; the data directory's own is best
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
}

/// Runs it with the arguments behind `check`.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let arguments: Vec<_> = arguments.iter().map(Into::into).collect();
    let Command::Disk {
        size_mib,
        directory,
    } = match cobra::parse::<Arguments>(&arguments, None) {
        Ok(arguments) => arguments.command,
        Err(code) => return code,
    };
    match check(&directory, size_mib * 1_024 * 1_024) {
        Ok(measured) => match write!(io::stdout(), "{}", report(&directory, &measured)) {
            Ok(()) if is_quick(&measured) => ExitCode::SUCCESS,
            Ok(()) => ExitCode::FAILURE,
            // Whoever reads has had enough (`| head`).
            Err(_) => ExitCode::SUCCESS,
        },
        Err(reason) => {
            // Whoever cannot be told sees the exit code.
            let _ = writeln!(io::stderr(), "quorate: check disk: {reason}");
            ExitCode::from(EXIT_CANNOT_TRY)
        }
    }
}

fn check(directory: &Path, total_bytes: u64) -> Result<Measured, String> {
    let failed = |what: &str, error: &io::Error| {
        format!("{what} {}: {}", directory.display(), io_error_text(error))
    };
    let about = fs::metadata(directory).map_err(|error| failed("cannot use", &error))?;
    if !about.is_dir() {
        return Err(format!("{} is no directory", directory.display()));
    }
    let mut probe = Probe::create(directory).map_err(|error| failed("cannot write to", &error))?;
    // Hidden where no terminal is.
    let bar = ProgressBar::new(total_bytes);
    while probe.written_bytes() < total_bytes {
        probe
            .step()
            .map_err(|error| failed("cannot go on writing to", &error))?;
        bar.set_position(probe.written_bytes());
    }
    bar.finish_and_clear();
    Ok(probe.finish())
}

/// Times, a histogram, and the verdict.
fn report(directory: &Path, measured: &Measured) -> String {
    let seconds = measured.total.as_secs_f64();
    let syncs = &measured.syncs;
    let percentile = GoDuration(rounded(syncs.percentile(VERDICT_PERCENT))).to_string();
    let verdict = if is_quick(measured) { "PASS" } else { "FAIL" };
    format!(
        "{}: {} writes of {BLOCK_BYTES} bytes, each synced, {} in {}: {:.0} a second, {}/s\n\n\
         fdatasync, percentiles:\n{}\nfdatasync, histogram:\n{}\nslowest fdatasync: {}\n\
         {verdict}: 99th percentile under 10 ms (it is {percentile})\n",
        directory.display(),
        syncs.count(),
        humanized_bytes(measured.written_bytes),
        GoDuration(rounded(measured.total)),
        syncs.count() as f64 / seconds,
        humanized_bytes((measured.written_bytes as f64 / seconds) as u64),
        syncs.percentiles(&PERCENTS),
        syncs.bars(),
        GoDuration(rounded(syncs.slowest())),
    )
}

fn is_quick(measured: &Measured) -> bool {
    measured.syncs.percentile(VERDICT_PERCENT) < SYNC_MAX
}

/// The notes' bound.
const SYNC_MAX: Duration = Duration::from_millis(10);
/// For this share of all.
const VERDICT_PERCENT: f64 = 99.0;
/// fio's, as far as they say something.
const PERCENTS: [f64; 10] = [1.0, 5.0, 10.0, 50.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.99];
/// There was no measuring.
const EXIT_CANNOT_TRY: u8 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::Latencies;

    fn measured(slow: u32) -> Measured {
        let mut syncs = Latencies::new();
        for number in 0..1_000 {
            let is_slow = number < slow;
            syncs.record(Duration::from_millis(if is_slow { 30 } else { 1 }));
        }
        Measured {
            syncs,
            written_bytes: 2_300_000,
            total: Duration::from_secs(2),
        }
    }

    #[test]
    fn one_slow_sync_in_a_hundred_is_borne_and_two_are_not() {
        let good = report(Path::new("d"), &measured(10));
        assert!(good.starts_with("d: 1000 writes of 2300 bytes, each synced, 2.3 MB in 2s: 500 "));
        assert!(
            good.contains("\nPASS: 99th percentile under 10 ms (it is 1"),
            "{good}"
        );
        let bad = report(Path::new("d"), &measured(20));
        assert!(
            bad.contains("\nFAIL: 99th percentile under 10 ms (it is 30"),
            "{bad}"
        );
        assert!(bad.contains("   99.5% in 30"), "{bad}");
    }
}
