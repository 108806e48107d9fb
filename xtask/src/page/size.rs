//! The budget of the page's first load: what a visitor fetches before anything can be seen.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::page::compress::{files, with_ending};

/// All files of the first load together, in brotli: what is reached, and a little room. The aim is
/// 300 KB. Sorted lists in place of B-trees took 270 of 1,760 KB of code away, sorting by insertion
/// another 100; the page's parts and texts, which grew from 50 to 250 KB with stage, panels, lessons
/// and tools, took more. To be had next: parts that are seen only when they are opened.
const FIRST_LOAD_LIMIT_BYTES: u64 = 556 * 1024;

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
