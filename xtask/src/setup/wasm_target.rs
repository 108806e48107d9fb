//! The standard library for `wasm32-unknown-unknown`, which rustup brings.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::setup::announce;

/// The name of the target in rustc's words.
pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// Looks into the compiler's own folder, and asks rustup when the target is not there.
pub(super) fn ensure() -> Result<PathBuf> {
    let sysroot = process::output(Command::new("rustc").args(["--print", "sysroot"]))?;
    let library = PathBuf::from(sysroot.trim())
        .join("lib/rustlib")
        .join(TARGET);
    if !library.is_dir() {
        announce(&format!("{TARGET} by rustup (seconds, once)"));
        process::run(Command::new("rustup").args(["target", "add", TARGET]))
            .context("without rustup, install Rust's standard library for wasm by hand")?;
    }
    Ok(library)
}
