//! `cargo xtask simulate` and `cargo xtask mutants`: builds the two programs of the package
//! `quorate-simulate` and runs them with the arguments as they stand; they explain themselves.

use std::process::Command;

use anyhow::Result;

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

/// Seeds, with the very core that the server has.
///
/// # Errors
/// When the program cannot be built, or a seed fails.
pub(crate) fn simulate(workspace: &Workspace, options: &Options) -> Result<()> {
    run_program(workspace, SIMULATE, &[], &options.arguments)
}

/// Known bugs, with a core that can put them back.
///
/// # Errors
/// When the program cannot be built, or a bug is not caught.
pub(crate) fn mutants(workspace: &Workspace, options: &Options) -> Result<()> {
    run_program(
        workspace,
        MUTANTS,
        &["--features", FEATURE],
        &options.arguments,
    )
}

/// As [`simulate`], in a test: the seeds that failed once, then so many.
pub(crate) fn seeds(workspace: &Workspace, count: u32) -> Result<()> {
    run_program(workspace, SIMULATE, &[], &["--regressions".to_owned()])?;
    run_program(
        workspace,
        SIMULATE,
        &[],
        &["--seeds".to_owned(), count.to_string()],
    )
}

/// As [`mutants`], in a test: all of them.
pub(crate) fn all_mutants(workspace: &Workspace) -> Result<()> {
    run_program(workspace, MUTANTS, &["--features", FEATURE], &[])
}

/// Built with the whole workspace's features, so that only the core is built anew.
fn run_program(
    workspace: &Workspace,
    program: &str,
    features: &[&str],
    arguments: &[String],
) -> Result<()> {
    let mut build = workspace.cargo();
    build.args([
        "build",
        "--locked",
        "--quiet",
        "--workspace",
        "--bin",
        program,
    ]);
    protoc::find_for(&mut build, workspace)?;
    process::run(build.args(features))?;
    let mut program = Command::new(workspace.native_program(program));
    process::run(program.current_dir(workspace.root()).args(arguments))
}

const SIMULATE: &str = "quorate-simulate";
const MUTANTS: &str = "quorate-mutants";
/// The feature of the package that no build of the workspace has by itself.
pub(crate) const FEATURE: &str = "quorate-simulate/known-bugs";
