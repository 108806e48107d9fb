//! Node.js, which a machine that develops web pages has: found, never installed.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::process;

/// The oldest major version whose test runner the page's tests can use.
const OLDEST_MAJOR: u32 = 20;

/// Finds node and checks its version; npm must be beside it.
pub(super) fn ensure() -> Result<PathBuf> {
    let node = which::which("node").context("node is not in PATH: install Node.js 20 or newer")?;
    which::which("npm").context("npm is not in PATH: install it (it comes with Node.js)")?;
    let said = process::output(Command::new(&node).arg("--version"))?;
    let major = said
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|number| number.parse::<u32>().ok())
        .with_context(|| format!("node says its version is {said:?}"))?;
    ensure!(
        major >= OLDEST_MAJOR,
        "node {major} is too old: {OLDEST_MAJOR} or newer is needed"
    );
    Ok(node)
}
