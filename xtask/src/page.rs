//! Building the page: trunk, then one style sheet, the lessons, compressed copies of its files, then
//! the check of its size.
//!
//! All of it is skipped when nothing that goes into it has changed since the last build.

mod bundle;
mod compress;
mod size;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::protoc;
use crate::setup::Tool;
use crate::simulate;
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// What the page is made of: when none of these changes, neither does the page.
const INPUTS: [&str; 8] = [
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "trunk.toml",
    "core",
    "lessons",
    "web",
    "xtask/src/page",
];

/// Builds the page when it is not current and gives its folder.
///
/// # Errors
/// When a tool is missing or trunk fails.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    let dist = workspace.dist();
    let built = workspace.root().join("target/page.stamp");
    let compiler = process::output(Command::new("rustc").arg("-vV"))?;
    let stamp = Stamp::of(workspace.root(), &INPUTS, &[&compiler])?;
    if stamp.is_in(&built) && dist.join("index.html").is_file() {
        println!("  the page is current: {}", dist.display());
    } else {
        run_trunk(workspace)?;
        simulate::pack_lessons(workspace, &dist.join("lessons"))?;
        bundle::all(&dist)?;
        compress::all(&dist)?;
        stamp.write(&built)?;
    }
    Ok(dist)
}

/// Node in the folder of the page's tests, with a page that is current and a Chromium to open it in.
pub(crate) fn node(workspace: &Workspace) -> Result<Command> {
    let dist = build(workspace)?;
    let node = Tool::Node.ensure(workspace)?;
    let chromium = Tool::Chromium.ensure(workspace)?;
    Tool::PageModules.ensure(workspace)?;
    let mut command = Command::new(node);
    command
        .current_dir(workspace.page_tests())
        .env("QUORATE_CHROMIUM", chromium)
        .env("QUORATE_DIST", dist);
    Ok(command)
}

/// Builds the page, and holds it to the budget of its first load.
///
/// # Errors
/// As [`build`], and when the first load is larger than its budget. A page that is a little too
/// large still works, so only what judges a change asks for this.
pub(crate) fn build_within_budget(workspace: &Workspace) -> Result<()> {
    size::check(&build(workspace)?)
}

/// Runs trunk with our wasm-bindgen before any other in the `PATH`: it would try to download one
/// whose version differs from the crate's.
fn run_trunk(workspace: &Workspace) -> Result<()> {
    Tool::WasmTarget.ensure(workspace)?;
    let wasm_bindgen = Tool::WasmBindgen.ensure(workspace)?;
    let trunk = Tool::Trunk.ensure(workspace)?;
    // trunk is told to stay off the network, so that a build is the lock file's and no other.
    process::run(workspace.cargo().args(["fetch", "--locked", "--quiet"]))?;
    let mut build = Command::new(trunk);
    build
        .args(["--config", "trunk.toml", "build"])
        .current_dir(workspace.root())
        .env("PATH", path_with(&wasm_bindgen)?)
        .env("CARGO_TARGET_DIR", workspace.target())
        // trunk reads NO_COLOR as a flag that takes a value.
        .env_remove("NO_COLOR");
    protoc::find_for(&mut build, workspace)?;
    process::run(&mut build)
}

/// The `PATH` with the folder of `program` before all others.
fn path_with(program: &Path) -> Result<std::ffi::OsString> {
    let folder = program
        .parent()
        .context("a program lies in a folder")?
        .to_path_buf();
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = [folder].into_iter().chain(env::split_paths(&rest));
    Ok(env::join_paths(folders)?)
}
