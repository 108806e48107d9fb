//! The rules of `deny.toml`, checked by cargo-deny.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::process;
use crate::setup::Tool;
use crate::test::Outcome;
use crate::workspace::Workspace;

/// The database of advisories is a git repository; where it cannot be fetched in this time it
/// cannot be fetched.
const FETCH_TIMEOUT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Bans, licences and sources always; advisories where their database can be reached.
pub(super) fn check(workspace: &Workspace) -> Result<Outcome> {
    let deny = Tool::CargoDeny.ensure(workspace)?;
    let cargo_deny = |arguments: &[&str]| {
        let mut command = Command::new(&deny);
        command
            .current_dir(workspace.root())
            .args(["--locked"])
            .args(arguments);
        command
    };
    process::run(&mut cargo_deny(&["check", "bans", "licenses", "sources"]))?;
    if !fetch(&mut cargo_deny(&["fetch", "db"]))? {
        println!("  skipped: the database of advisories cannot be reached from here");
        return Ok(Outcome::PassedWithout(
            "without advisories: no way to their database",
        ));
    }
    process::run(&mut cargo_deny(&["check", "advisories"]))?;
    Ok(Outcome::Passed)
}

/// Whether the command succeeds in time. Its words are not shown: where there is no way to the
/// database it says so at length.
fn fetch(command: &mut Command) -> Result<bool> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut fetch = command.spawn()?;
    let deadline = Instant::now() + FETCH_TIMEOUT;
    while Instant::now() < deadline {
        if let Some(status) = fetch.try_wait()? {
            return Ok(status.success());
        }
        thread::sleep(POLL_INTERVAL);
    }
    fetch.kill()?;
    fetch.wait()?;
    Ok(false)
}
