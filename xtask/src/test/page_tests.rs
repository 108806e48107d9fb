//! The page in a real browser: node's test runner drives headless Chromium by playwright-core.

use std::fs;

use anyhow::{Result, ensure};

use crate::page;
use crate::process;
use crate::test::Outcome;
use crate::workspace::Workspace;

/// Builds the page when it is not current and runs every `*.test.mjs` of the page's tests.
pub(super) fn check(workspace: &Workspace) -> Result<Outcome> {
    let mut node = page::node(workspace)?;
    let folder = workspace.page_tests();
    let mut tests = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            tests.push(name);
        }
    }
    tests.sort();
    ensure!(
        !tests.is_empty(),
        "there is no *.test.mjs in {}",
        folder.display()
    );
    process::run(node.args(["--test", "--test-reporter=spec"]).args(tests))?;
    Ok(Outcome::Passed)
}
