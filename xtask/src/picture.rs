//! The pictures of the README, made anew from the page in headless Chromium.

use anyhow::Result;

use crate::page;
use crate::process;
use crate::workspace::Workspace;

/// Builds the page when it is not current and has `web/tests/page/picture.mjs` draw it into
/// `docs/pictures`.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    process::run(page::node(workspace)?.arg("picture.mjs"))
}
