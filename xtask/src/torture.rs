//! `cargo xtask torture`: builds the runner and a server whose disk fails on demand, and runs the
//! runner with the arguments as they stand; it explains itself.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::protoc;
use crate::workspace::Workspace;

/// Arguments that are handed on.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// See --help
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "OPTION"
    )]
    arguments: Vec<String>,
}

/// Rounds, as asked. The runner takes the place of this program.
///
/// # Errors
/// When a program cannot be built or started.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    build(workspace)?;
    process::replace_by(&mut runner(workspace, &options.arguments))
}

/// Rounds in a test: some rounds with three and five members; then a known bug, which must be
/// met.
pub(crate) fn rounds_and_a_bug(workspace: &Workspace) -> Result<()> {
    build(workspace)?;
    only_here_a_disk_fails(workspace)?;
    let some = ["--folder", FOLDER, "--rounds", ROUNDS];
    process::run(&mut runner(workspace, &some.map(str::to_owned)))?;
    let bug = [
        "--folder",
        FOLDER,
        "--known-bug",
        KNOWN_BUG,
        "--rounds",
        ROUNDS_WITH_BUG,
    ];
    process::run(&mut runner(workspace, &bug.map(str::to_owned)))
}

fn build(workspace: &Workspace) -> Result<()> {
    for (program, features) in [(RUNNER, None), (SERVER, Some(FEATURE))] {
        let mut build = workspace.cargo();
        build.args(["build", "--locked", "--quiet", "--workspace"]);
        build.args(["--bin", program]);
        protoc::find_for(&mut build, workspace)?;
        process::run(build.args(features.iter().flat_map(|feature| ["--features", feature])))?;
    }
    Ok(())
}

fn runner(workspace: &Workspace, arguments: &[String]) -> Command {
    let mut runner = Command::new(workspace.native_program(RUNNER));
    runner
        .current_dir(workspace.root())
        .arg("--server")
        .arg(workspace.native_program(SERVER))
        .args(arguments);
    runner
}

/// Looks into both servers: what makes a disk fail is in the one, and not in the other.
fn only_here_a_disk_fails(workspace: &Workspace) -> Result<()> {
    let mut build = workspace.cargo();
    process::run(build.args([
        "build",
        "--locked",
        "--quiet",
        "--workspace",
        "--bin",
        SHIPPED,
    ]))?;
    for (program, is_wanted) in [(SERVER, true), (SHIPPED, false)] {
        let path = workspace.native_program(program);
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let mark = MARK.as_bytes();
        let is_there = bytes.windows(mark.len()).any(|window| window == mark);
        ensure!(
            is_there == is_wanted,
            "{MARK} is {}in {}",
            if is_there { "" } else { "not " },
            path.display()
        );
    }
    Ok(())
}

/// The feature of the server that no build of the workspace has by itself.
pub(crate) const FEATURE: &str = "quorate/torture";
const RUNNER: &str = "quorate-torture";
const SERVER: &str = "quorate-torture-server";
const SHIPPED: &str = "quorate";
/// What all names begin with by which the runner speaks to the server.
const MARK: &str = "QUORATE_TORTURE_";
/// Where a test's rounds are: a longer run beside it keeps its state.
const FOLDER: &str = "target/torture/test";
/// Rounds that stand between a change and the main branch.
const ROUNDS: &str = "30";
/// A bug that shows within a round or two.
const KNOWN_BUG: &str = "linearizable-read-served-locally";
const ROUNDS_WITH_BUG: &str = "30";
