//! The server has no switch for the protocol's rules and no known bug: cargo says so, and so does
//! the server itself.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::simulate;
use crate::test::Outcome;
use crate::workspace::Workspace;

/// Asks cargo who wants which feature of the core, then asks the server for a modified Raft.
///
/// Both are asked of the whole workspace and without what only tests depend on, as `cargo xtask
/// play` and `cargo install` build the server: cargo joins the features that the packages of one
/// build want. (A build *for tests* joins what tests want as well. The server that `cargo test
/// --workspace` starts can therefore have the switches; nobody is handed that one.)
///
/// That cargo's answer would show a feature is seen by asking for one.
pub(super) fn check(workspace: &Workspace) -> Result<Outcome> {
    let without = features_of_core(workspace, &[])?;
    for feature in SWITCHES {
        ensure!(
            !without.contains(feature),
            "the server's core has {feature}:\n{without}"
        );
    }
    let with = features_of_core(workspace, &["--features", simulate::FEATURE])?;
    for feature in SWITCHES {
        ensure!(
            with.contains(feature),
            "cargo does not tell of {feature}, though it was asked for:\n{with}"
        );
    }
    server_refuses(workspace)?;
    Ok(Outcome::Passed)
}

fn features_of_core(workspace: &Workspace, asked: &[&str]) -> Result<String> {
    let mut tree = workspace.cargo();
    tree.args(["tree", "--locked", "--workspace"]);
    tree.args(["--edges", "features,no-dev"]);
    process::output(tree.args(["--invert", "quorate-core"]).args(asked))
}

/// Has the server, built as for `cargo xtask play`, replay a scenario that needs a rule off.
fn server_refuses(workspace: &Workspace) -> Result<()> {
    let mut build = workspace.cargo();
    process::run(build.args(["build", "--locked", "--workspace", "--bin", "quorate"]))?;
    let replay = Command::new(workspace.native_program("quorate"))
        .current_dir(workspace.root())
        .args(["replay", SCENARIO])
        .stdin(Stdio::null())
        .output()
        .context("cannot start the server's program")?;
    let said = String::from_utf8_lossy(&replay.stderr);
    ensure!(
        !replay.status.success() && said.contains(REFUSAL),
        "`quorate replay {SCENARIO}` did not end with \"{REFUSAL}\" but with {}:\n{said}",
        replay.status
    );
    Ok(())
}

const SWITCHES: [&str; 2] = [
    "quorate-core feature \"modified-raft\"",
    "quorate-core feature \"known-bugs\"",
];
const SCENARIO: &str = "core/tests/golden/sim/without_check_quorum_a_deaf_leader_stays.txt";
const REFUSAL: &str = "this build has no modified Raft";
