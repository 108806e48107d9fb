//! `cargo xtask simulate`, `mutants` and `lesson`: builds the programs of the packages
//! `quorate-simulate` and `quorate-lessons` and runs them with the arguments as they stand; they
//! explain themselves.

use std::path::Path;
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

/// Seeds, with the very core that the server has. The program takes the place of this one.
///
/// # Errors
/// When the program cannot be built or started.
pub(crate) fn simulate(workspace: &Workspace, options: &Options) -> Result<()> {
    process::replace_by(&mut program(workspace, SIMULATE, &[], &options.arguments)?)
}

/// Known bugs, with a core that can put them back. The program takes the place of this one.
///
/// # Errors
/// When the program cannot be built or started.
pub(crate) fn mutants(workspace: &Workspace, options: &Options) -> Result<()> {
    let features = ["--features", FEATURE];
    process::replace_by(&mut program(
        workspace,
        MUTANTS,
        &features,
        &options.arguments,
    )?)
}

/// Lessons: makes, previews and packs them. The program takes the place of this one.
///
/// # Errors
/// When the program cannot be built or started.
pub(crate) fn lesson(workspace: &Workspace, options: &Options) -> Result<()> {
    process::replace_by(&mut program(workspace, LESSONS, &[], &options.arguments)?)
}

/// Packs the lessons into a folder of the page.
pub(crate) fn pack_lessons(workspace: &Workspace, into: &Path) -> Result<()> {
    let arguments = ["pack".to_owned(), into.display().to_string()];
    process::run(&mut program(workspace, LESSONS, &[], &arguments)?)
}

/// Seeds in a test: those that failed once, then so many.
pub(crate) fn seeds(workspace: &Workspace, count: u32) -> Result<()> {
    let regressions = ["--regressions".to_owned()];
    process::run(&mut program(workspace, SIMULATE, &[], &regressions)?)?;
    let seeds = ["--seeds".to_owned(), count.to_string()];
    process::run(&mut program(workspace, SIMULATE, &[], &seeds)?)
}

/// Known bugs in a test: all of them.
pub(crate) fn all_mutants(workspace: &Workspace) -> Result<()> {
    process::run(&mut program(
        workspace,
        MUTANTS,
        &["--features", FEATURE],
        &[],
    )?)
}

/// Builds a program, with the whole workspace's features, so that only the core is built anew, and
/// answers how it is run.
fn program(
    workspace: &Workspace,
    name: &str,
    features: &[&str],
    arguments: &[String],
) -> Result<Command> {
    let mut build = workspace.cargo();
    build.args(["build", "--locked", "--quiet", "--workspace", "--bin", name]);
    protoc::find_for(&mut build, workspace)?;
    process::run(build.args(features))?;
    let mut program = Command::new(workspace.native_program(name));
    program.current_dir(workspace.root()).args(arguments);
    Ok(program)
}

const SIMULATE: &str = "quorate-simulate";
const MUTANTS: &str = "quorate-mutants";
const LESSONS: &str = "quorate-lessons";
/// The feature of the package that no build of the workspace has by itself.
pub(crate) const FEATURE: &str = "quorate-simulate/known-bugs";
