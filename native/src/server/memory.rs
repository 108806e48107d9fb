//! What the kernel is told of the process's memory.

use std::io;

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::thread::disable_transparent_huge_pages;

/// Keeps in RAM what the process has and whatever it will have (`--memory-mlock`).
pub(super) fn lock() -> io::Result<()> {
    mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE)?;
    Ok(())
}

/// Has memory come in small pages from now on. Each thread allocates in a place of its own, and
/// with pages of 2 MiB the first few bytes there take as much: an idle server had 20 MiB that way
/// and has 4 now, and puts were no slower in paired runs.
pub(crate) fn use_small_pages() {
    // A kernel that has no large pages has nothing to switch off.
    let _ = disable_transparent_huge_pages(true);
}
