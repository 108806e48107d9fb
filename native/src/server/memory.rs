//! Memory that the kernel never swaps out (`--memory-mlock`).

use std::io;

use rustix::mm::{MlockAllFlags, mlockall};

/// Keeps in RAM what the process has and whatever it will have.
pub(super) fn lock() -> io::Result<()> {
    mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE)?;
    Ok(())
}
