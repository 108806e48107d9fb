//! What cargo itself checks: formatting, lints, documentation, native tests.
//!
//! All of these select the whole workspace, so that cargo settles on one set of features and
//! builds each crate once.

use anyhow::Result;

use crate::process;
use crate::setup;
use crate::test::Outcome;
use crate::workspace::Workspace;

/// `cargo fmt --check`.
pub(super) fn format(workspace: &Workspace) -> Result<Outcome> {
    process::run(workspace.cargo().args(["fmt", "--all", "--check"]))?;
    Ok(Outcome::Passed)
}

/// `cargo clippy`, tests and programs included.
pub(super) fn lints(workspace: &Workspace) -> Result<Outcome> {
    let mut clippy = workspace.cargo();
    clippy.args([
        "clippy",
        "--locked",
        "--quiet",
        "--workspace",
        "--all-targets",
    ]);
    process::run(clippy.args(["--", "-D", "warnings"]))?;
    Ok(Outcome::Passed)
}

/// `cargo doc` of our own packages.
pub(super) fn docs(workspace: &Workspace) -> Result<Outcome> {
    let mut doc = workspace.cargo();
    doc.args(["doc", "--locked", "--quiet", "--workspace", "--no-deps"]);
    process::run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Outcome::Passed)
}

/// `cargo test`, told where the tools of the process tests are.
///
/// The servers are built before the tests, so that a test that starts one finds it.
pub(super) fn native_tests(workspace: &Workspace) -> Result<Outcome> {
    let mut build = workspace.cargo();
    process::run(build.args(["build", "--locked", "--quiet", "--workspace", "--bins"]))?;
    let mut tests = workspace.cargo();
    tests.args(["test", "--locked", "--workspace"]);
    setup::name_native_test_tools(workspace, &mut tests)?;
    process::run(&mut tests)?;
    Ok(Outcome::Passed)
}
