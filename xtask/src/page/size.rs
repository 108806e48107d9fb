//! The budget of the page's first load: what a visitor fetches before anything can be seen.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::page::compress::{files, with_ending};

/// All files of the first load together, in brotli. The aim is 300 KB; leases, watches, faults,
/// scenarios, membership, quotas and versions have come into the core since it was met, and have
/// to be made smaller.
const FIRST_LOAD_LIMIT_BYTES: u64 = 484 * 1024;

/// Texts of lessons are fetched one at a time when a lesson is opened.
const FETCHED_LATER: &str = "lessons";

/// Prints each file's size as sent and fails when the sum is over the budget.
pub(super) fn check(dist: &Path) -> Result<()> {
    let mut total = 0;
    for file in files(dist)? {
        let name = file.strip_prefix(dist)?;
        if name.starts_with(FETCHED_LATER) {
            continue;
        }
        let bytes = fs::metadata(with_ending(&file, "br"))?.len();
        println!("  {bytes:>8} bytes in brotli  {}", name.display());
        total += bytes;
    }
    println!("  {total:>8} bytes in all, of {FIRST_LOAD_LIMIT_BYTES} allowed at first load");
    ensure!(total > 0, "there is no file in {}", dist.display());
    ensure!(
        total <= FIRST_LOAD_LIMIT_BYTES,
        "the page's first load is {total} bytes in brotli; the budget is {FIRST_LOAD_LIMIT_BYTES}"
    );
    Ok(())
}
