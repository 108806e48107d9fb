//! The server has no switch for the protocol's rules and no known bug: cargo itself says so.

use anyhow::{Result, ensure};

use crate::process;
use crate::simulate;
use crate::test::Outcome;
use crate::workspace::Workspace;

/// Asks cargo who wants which feature of the core, in the build that gives the server.
///
/// The question is asked of the whole workspace, since cargo joins the features that its packages
/// want. That the answer would show them is seen by asking for one.
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
    Ok(Outcome::Passed)
}

fn features_of_core(workspace: &Workspace, asked: &[&str]) -> Result<String> {
    let mut tree = workspace.cargo();
    tree.args(["tree", "--locked", "--workspace", "--edges", "features"]);
    process::output(tree.args(["--invert", "quorate-core"]).args(asked))
}

const SWITCHES: [&str; 2] = [
    "quorate-core feature \"modified-raft\"",
    "quorate-core feature \"known-bugs\"",
];
