//! One seed, one trace: the core built for wasm and natively must tell the same story.
//!
//! The package `quorate-trace` wraps the simulator twice: as a wasm module that exports
//! `run(seed, members) -> hash`, and as the native program `trace-hash`. Node runs the first
//! (`trace_hash.mjs`, which also refuses a module that imports anything: a core without imports
//! has no clock, no entropy and no I/O). Both print one line for each seed and size of cluster.

use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::process;
use crate::setup::Tool;
use crate::test::Outcome;
use crate::workspace::Workspace;

const PACKAGE: &str = "quorate-trace";
const MODULE: &str = "wasm32-unknown-unknown/wasm/quorate_trace.wasm";
const SCRIPT: &str = "xtask/src/test/trace_hash.mjs";

/// Seeds `0..SEEDS`, each with three members and with five.
const SEEDS: usize = 24;
const CLUSTER_SIZES: usize = 2;

/// Builds both, runs both, compares line by line.
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
    process::run(build.args(["--profile", "wasm", "--target", "wasm32-unknown-unknown"]))?;
    let mut build = workspace.cargo();
    process::run(build.args([
        "build",
        "--locked",
        "--quiet",
        "--workspace",
        "--bin",
        "trace-hash",
    ]))?;

    let seeds = SEEDS.to_string();
    let native = workspace.native_program("trace-hash");
    let native = process::output(Command::new(native).arg(&seeds))?;
    let wasm = process::output(
        Command::new(node)
            .arg(workspace.root().join(SCRIPT))
            .arg(workspace.target().join(MODULE))
            .arg(&seeds),
    )?;
    compare(&native, &wasm)?;
    println!(
        "  {} traces agree, and the module imports nothing",
        SEEDS * CLUSTER_SIZES
    );
    println!("  the last: {}", native.lines().last().unwrap_or_default());
    Ok(Outcome::Passed)
}

/// Refuses the first line in which the two differ, or a number of lines that is not the one asked
/// for, or hashes that are all alike (a hash that does not depend on its seed proves nothing).
fn compare(native: &str, wasm: &str) -> Result<()> {
    for (native, wasm) in native.lines().zip(wasm.lines()) {
        if native != wasm {
            bail!("the traces differ:\n  native: {native}\n  wasm:   {wasm}");
        }
    }
    for (host, lines) in [("native", native), ("wasm", wasm)] {
        let count = lines.lines().count();
        ensure!(
            count == SEEDS * CLUSTER_SIZES,
            "{host} printed {count} lines, not {} seeds in {CLUSTER_SIZES} sizes",
            SEEDS
        );
    }
    let mut hashes = native
        .lines()
        .map(|line| line.rsplit_once("hash=").map(|(_, hash)| hash))
        .collect::<Option<Vec<_>>>()
        .context("a line without hash=")?;
    hashes.sort_unstable();
    hashes.dedup();
    ensure!(
        hashes.len() == SEEDS * CLUSTER_SIZES,
        "only {} of {} hashes are different from one another",
        hashes.len(),
        SEEDS * CLUSTER_SIZES
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(hash: impl Fn(usize) -> usize) -> String {
        (0..SEEDS * CLUSTER_SIZES)
            .map(|line| format!("seed={} hash={:016x}\n", line / 2, hash(line)))
            .collect()
    }

    #[test]
    fn equal_lines_with_different_hashes_pass() {
        let same = lines(|line| line);
        compare(&same, &same).expect("they are equal");
    }

    #[test]
    fn a_difference_a_missing_line_and_a_constant_hash_fail() {
        let native = lines(|line| line);
        let other = lines(|line| if line == 7 { 99 } else { line });
        assert!(
            compare(&native, &other)
                .expect_err("line 7")
                .to_string()
                .contains("seed=3")
        );
        let short = native.lines().take(5).collect::<Vec<_>>().join("\n");
        assert!(compare(&native, &short).is_err());
        let constant = lines(|_| 1);
        assert!(compare(&constant, &constant).is_err());
    }
}
