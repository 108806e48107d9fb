//! The pictures of the README, made anew from the page in headless Chromium.

use std::process::Command;

use anyhow::Result;

use crate::page;
use crate::process;
use crate::setup::Tool;
use crate::workspace::Workspace;

/// Builds the page when it is not current and has `web/tests/page/picture.mjs` draw it into
/// `docs/pictures`.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let dist = page::build(workspace)?;
    let node = Tool::Node.ensure(workspace)?;
    let chromium = Tool::Chromium.ensure(workspace)?;
    Tool::PageModules.ensure(workspace)?;
    process::run(
        Command::new(node)
            .arg("picture.mjs")
            .current_dir(workspace.page_tests())
            .env("QUORATE_CHROMIUM", chromium)
            .env("QUORATE_DIST", dist),
    )
}
