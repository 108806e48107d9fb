//! `quorate-torture-server`: the server as `cargo xtask torture` runs it, with a disk that fails
//! on demand; never without its runner.

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use rustix::process::{Pid, Signal, getppid, set_parent_process_death_signal};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The runner's process id.
const RUNNER: &str = "QUORATE_TORTURE_RUNNER";

fn main() -> ExitCode {
    if let Err(error) = follow_runner() {
        eprintln!("quorate-torture-server: {error}");
        return ExitCode::FAILURE;
    }
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    quorate::run(&arguments)
}

/// Has the kernel end this process with its runner, however that one ends.
fn follow_runner() -> Result<(), String> {
    let runner = env::var(RUNNER)
        .ok()
        .and_then(|pid| Pid::from_raw(pid.parse().ok()?))
        .ok_or("`cargo xtask torture` starts this program")?;
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|error| error.to_string())?;
    // It may have ended before the kernel was asked.
    if getppid() == Some(runner) {
        Ok(())
    } else {
        Err("the runner is gone".to_owned())
    }
}
