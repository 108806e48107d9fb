//! The server has no switch for the protocol's rules, no known bug and no disk that fails on
//! demand: cargo says so, and so does the server itself.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::simulate;
use crate::test::Outcome;
use crate::torture;
use crate::workspace::Workspace;

/// Asks cargo who wants which feature of the core and of the server, then asks the server for a
/// modified Raft.
///
/// Both are asked of the whole workspace and without what only tests depend on, as `cargo xtask
/// play` and `cargo install` build the server: cargo joins the features that the packages of one
/// build want. (A build *for tests* joins what tests want as well. The server that `cargo test
/// --workspace` starts can therefore have the switches; nobody is handed that one.)
///
/// That cargo's answer would show a feature is seen by asking for one.
pub(super) fn check(workspace: &Workspace) -> Result<Outcome> {
    for Switch {
        package,
        feature,
        asked,
    } in SWITCHES
    {
        let line = format!("{package} feature \"{feature}\"");
        let without = features_of(workspace, package, &[])?;
        ensure!(
            !without.contains(&line),
            "the server has {line}:\n{without}"
        );
        let with = features_of(workspace, package, &["--features", asked])?;
        ensure!(
            with.contains(&line),
            "cargo does not tell of {line}, though it was asked for:\n{with}"
        );
    }
    server_refuses(workspace)?;
    Ok(Outcome::Passed)
}

fn features_of(workspace: &Workspace, package: &str, asked: &[&str]) -> Result<String> {
    let mut tree = workspace.cargo();
    tree.args(["tree", "--locked", "--workspace"]);
    tree.args(["--edges", "features,no-dev"]);
    process::output(tree.args(["--invert", package]).args(asked))
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

/// A feature that no server may have.
struct Switch {
    package: &'static str,
    feature: &'static str,
    /// What brings it, when it is asked for.
    asked: &'static str,
}

const SWITCHES: [Switch; 3] = [
    Switch {
        package: "quorate-core",
        feature: "modified-raft",
        asked: simulate::FEATURE,
    },
    Switch {
        package: "quorate-core",
        feature: "known-bugs",
        asked: simulate::FEATURE,
    },
    Switch {
        package: "quorate",
        feature: "torture",
        asked: torture::FEATURE,
    },
];
const SCENARIO: &str = "core/tests/golden/sim/without_check_quorum_a_deaf_leader_stays.txt";
const REFUSAL: &str = "this build has no modified Raft";
