//! The node modules of the page's tests, as their lock file names them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::setup::announce;
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// Runs `npm ci` when the lock file is not the one that was installed last.
pub(super) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.page_tests();
    let modules = folder.join("node_modules");
    let stamp = Stamp::of(&folder, &["package.json", "package-lock.json"], &[])?;
    let installed = modules.join(".quorate-stamp");
    if !stamp.is_in(&installed) {
        announce("playwright-core and @axe-core/playwright by npm (seconds, once a clone)");
        process::run(
            Command::new("npm")
                .args([
                    "ci",
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    "--loglevel=error",
                ])
                .current_dir(&folder),
        )?;
        stamp.write(&installed)?;
    }
    Ok(modules)
}
