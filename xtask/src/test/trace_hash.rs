//! One seed, one trace: the core built for wasm and natively must tell the same story.
//!
//! The package `quorate-trace` wraps the simulator twice: as a wasm module that exports
//! `run(seed, members) -> hash`, and as the native program `trace-hash`, which prints a line
//! `seed members hash` for each run. `core/wasm/compare.mjs` runs the module under node for each
//! of these lines, and refuses a module that imports anything: a core without imports has no
//! clock, no entropy and no I/O.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::protoc;
use crate::setup::Tool;
use crate::test::Outcome;
use crate::workspace::Workspace;

const PACKAGE: &str = "quorate-trace";
const PROGRAM: &str = "trace-hash";
const MODULE: &str = "wasm32-unknown-unknown/wasm/quorate_trace.wasm";
const SCRIPT: &str = "core/wasm/compare.mjs";

const SEEDS: &str = "0..24";
const SIZES: &str = "3,5";

/// 24 seeds, each with three members and with five.
const RUNS: usize = 48;

/// Builds both, runs the native one, and has its lines compared with what the module gives.
pub(super) fn check(workspace: &Workspace) -> Result<Outcome> {
    Tool::WasmTarget.ensure(workspace)?;
    let node = Tool::Node.ensure(workspace)?;
    let mut build = workspace.cargo();
    build.args([
        "build",
        "--locked",
        "--quiet",
        "--package",
        PACKAGE,
        "--lib",
    ]);
    protoc::find_for(&mut build, workspace)?;
    process::run(build.args(["--profile", "wasm", "--target", "wasm32-unknown-unknown"]))?;
    let mut build = workspace.cargo();
    process::run(build.args([
        "build",
        "--locked",
        "--quiet",
        "--workspace",
        "--bin",
        PROGRAM,
    ]))?;

    let native = process::output(Command::new(workspace.native_program(PROGRAM)).args([
        "--seeds",
        SEEDS,
        "--members",
        SIZES,
    ]))?;
    check_native(&native)?;
    process::run_with_input(
        Command::new(node)
            .arg(workspace.root().join(SCRIPT))
            .arg(workspace.target().join(MODULE)),
        &native,
    )?;
    Ok(Outcome::Passed)
}

/// Refuses runs that are too few, runs that failed (hash 0), and hashes that are alike: a hash
/// that does not depend on its seed would agree with anything.
fn check_native(lines: &str) -> Result<()> {
    let hashes = lines
        .lines()
        .map(|line| line.rsplit_once(' ').map(|(_, hash)| hash))
        .collect::<Option<Vec<_>>>()
        .context("a line that is not `seed members hash`")?;
    ensure!(
        hashes.len() == RUNS,
        "{} runs instead of {RUNS}",
        hashes.len()
    );
    let failed = hashes
        .iter()
        .filter(|hash| hash.bytes().all(|digit| digit == b'0'))
        .count();
    ensure!(failed == 0, "{failed} runs could not be made");
    let different = hashes.iter().collect::<BTreeSet<_>>().len();
    ensure!(
        different == RUNS,
        "only {different} of {RUNS} hashes are different"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(hashes: impl IntoIterator<Item = usize>) -> String {
        let runs = hashes.into_iter().enumerate();
        runs.map(|(run, hash)| format!("{} 3 {hash:016x}\n", run / 2))
            .collect()
    }

    #[test]
    fn runs_that_differ_pass() {
        check_native(&lines(1..=RUNS)).expect("as many as wanted, all different");
    }

    #[test]
    fn missing_failed_and_constant_runs_are_refused() {
        for wrong in [
            lines(1..RUNS),
            lines(0..RUNS),
            lines(vec![7; RUNS]),
            "\n".repeat(RUNS),
        ] {
            assert!(check_native(&wrong).is_err(), "{wrong}");
        }
    }
}
