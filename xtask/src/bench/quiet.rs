//! Whether the machine does nothing else meanwhile.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Waits for a quiet machine, and remembers when it was none.
#[derive(Debug)]
pub(super) struct Quiet {
    is_impatient: bool,
    /// The share of the machine that others took before each round, in percent.
    others_percent: Vec<f64>,
}

impl Quiet {
    pub(super) fn new(is_impatient: bool) -> Self {
        Self {
            is_impatient,
            others_percent: Vec::new(),
        }
    }

    /// Waits until others leave the machine alone, but not for ever.
    pub(super) fn wait(&mut self) -> Result<()> {
        let start = Instant::now();
        let mut is_told = false;
        loop {
            let busy = busy_percent()?;
            let has_waited = self.is_impatient || start.elapsed() > WAIT_MAX;
            if busy <= QUIET_PERCENT || has_waited {
                self.others_percent.push(busy);
                return Ok(());
            }
            if !is_told {
                println!("  waiting for a quiet machine: others take {busy:.0} % of it");
                is_told = true;
            }
            thread::sleep(LOOK_TIME);
        }
    }

    /// In words, for the report.
    pub(super) fn text(&self) -> String {
        let most = self.others_percent.iter().copied().fold(0.0, f64::max);
        if most <= QUIET_PERCENT {
            return format!("The machine was quiet: others took at most {most:.0} % of it.");
        }
        format!("**The machine was not quiet**: others took up to {most:.0} % of it.")
    }
}

/// The share of all cores' time that was not idle over a little while, in percent.
fn busy_percent() -> Result<f64> {
    let (busy, total) = cpu_times()?;
    thread::sleep(LOOK_TIME);
    let (busy_then, total_then) = cpu_times()?;
    let total = total_then.saturating_sub(total).max(1);
    Ok(busy_then.saturating_sub(busy) as f64 * 100.0 / total as f64)
}

/// Of all cores since the start of the machine: ticks that were not idle, and all.
fn cpu_times() -> Result<(u64, u64)> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().context("/proc/stat is empty")?;
    read_cpu_line(line).with_context(|| format!("/proc/stat: {line}"))
}

fn read_cpu_line(line: &str) -> Option<(u64, u64)> {
    let numbers = line.strip_prefix("cpu ")?.split_whitespace();
    let numbers: Vec<u64> = numbers
        .map(|number| number.parse().ok())
        .collect::<Option<_>>()?;
    // Behind user, nice and system: idle, and waiting for a disk. Guests are in user already.
    let total: u64 = numbers.iter().take(8).sum();
    let idle = numbers.get(3)? + numbers.get(4)?;
    Some((total - idle, total))
}

/// Others may take as much.
const QUIET_PERCENT: f64 = 5.0;
const LOOK_TIME: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_a_disk_is_idle() {
        let line = "cpu  100 20 30 800 50 0 0 0 7 0";
        assert_eq!(read_cpu_line(line), Some((150, 1_000)));
        assert_eq!(read_cpu_line("cpu0 1 2"), None);
    }

    #[test]
    fn a_machine_that_was_not_quiet_is_said_to_be_none() {
        let mut quiet = Quiet::new(true);
        quiet.others_percent = vec![1.0, 2.0];
        assert!(quiet.text().starts_with("The machine was quiet"));
        quiet.others_percent.push(60.0);
        assert!(quiet.text().contains("not quiet**: others took up to 60 %"));
    }
}
