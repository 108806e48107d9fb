//! The `protoc` that `raft` is built with for wasm.
//!
//! Of the two libraries that can hold `raft`'s messages, the page takes `prost` (`core/Cargo.toml`
//! says why), and its generator asks for a `protoc`. None has to be on the machine: the crate
//! `protobuf-build` carries one along, but looks for it only when it generates for the other.

use std::env;
use std::env::consts::{ARCH, OS};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;
use crate::workspace::Workspace;

const CRATE: &str = "protobuf-build";
const VARIABLE: &str = "PROTOC";

/// Lets a command that builds for wasm find a `protoc`: the person's own, or the one carried along.
///
/// # Errors
/// When there is none for this machine.
pub(crate) fn find_for(command: &mut Command, workspace: &Workspace) -> Result<()> {
    if env::var_os(VARIABLE).is_none() && which::which("protoc").is_err() {
        command.env(VARIABLE, carried_along(workspace)?);
    }
    Ok(())
}

fn carried_along(workspace: &Workspace) -> Result<PathBuf> {
    let mut query = workspace.cargo();
    query.args(["metadata", "--locked", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&process::output(&mut query)?)?;
    let packages = metadata["packages"].as_array();
    let manifest = packages
        .into_iter()
        .flatten()
        .find(|package| package["name"] == CRATE)
        .and_then(|package| package["manifest_path"].as_str())
        .with_context(|| format!("{CRATE} is not among the dependencies"))?;
    let program = match (OS, ARCH) {
        ("linux", "x86_64") => "protoc-linux-x86_64",
        ("linux", "aarch64") => "protoc-linux-aarch_64",
        // Apple's own processors run it too.
        ("macos", _) => "protoc-osx-x86_64",
        ("windows", _) => "protoc-win32.exe",
        _ => "protoc",
    };
    let path = Path::new(manifest).with_file_name("bin").join(program);
    anyhow::ensure!(
        path.is_file(),
        "no protoc for {OS} on {ARCH}: install one (`apt-get install protobuf-compiler`)"
    );
    Ok(path)
}
