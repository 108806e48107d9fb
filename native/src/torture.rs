//! What only the torture test's build of the server can do; a build without the feature `torture`
//! does not have this file.
//!
//! The runner (`native/torture`) says by environment variables what is to go wrong.

use std::env;
use std::path::PathBuf;

use quorate_core::known_bug::{KnownBug, KnownBugs};
use quorate_core::member::MemberConfig;

/// A known bug that is put back.
const KNOWN_BUG: &str = "QUORATE_TORTURE_KNOWN_BUG";
/// The size of a log segment in bytes: small ones are cut and let go often.
const SEGMENT_SIZE: &str = "QUORATE_TORTURE_SEGMENT_BYTES";
/// A file that says how the disk fails, see `disk::faults`.
const DISK: &str = "QUORATE_TORTURE_DISK";
/// Set when a kill is to lose what was not synced, as a power failure does.
const LOSE_UNSYNCED: &str = "QUORATE_TORTURE_LOSE_UNSYNCED";

/// A member's configuration, with what the runner wants changed.
pub(crate) fn adjusted(mut config: MemberConfig) -> MemberConfig {
    if let Ok(name) = env::var(KNOWN_BUG) {
        let bug = KnownBug::named(&name);
        assert!(bug.is_some(), "{KNOWN_BUG}: there is no bug {name}");
        config.bugs = KnownBugs::with(bug);
    }
    if let Ok(size) = env::var(SEGMENT_SIZE) {
        let Ok(size) = size.parse() else {
            panic!("{SEGMENT_SIZE}: {size} is no size");
        };
        config.segment_size_bytes = size;
    }
    config
}

/// The file that says how the disk fails, if the runner named one.
pub(crate) fn disk_orders() -> Option<PathBuf> {
    env::var_os(DISK).map(PathBuf::from)
}

/// Whether a kill is to lose what was not synced.
pub(crate) fn loses_unsynced() -> bool {
    env::var_os(LOSE_UNSYNCED).is_some()
}
