//! Known bugs: mistakes that implementations of Raft and etcd have made, to be put back one at a
//! time.
//!
//! A checker that has never met a bug proves nothing. `cargo xtask mutants` puts each of these
//! back and demands that a checker meets it. Their sites are where the mistake would be made:
//! `if self.config.has_bug(KnownBug::…)`. All that is said of one stands in `known_bug/table.rs`.
//!
//! Only with the feature `known-bugs` can one be put back; without it [`KnownBugs`] is empty and
//! [`KnownBugs::has`] the constant `false`, so that nothing of them is in a server.

use std::fmt;

mod table;

pub use table::KnownBug;

impl KnownBug {
    /// The bug of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|bug| bug.name() == name)
    }
}

impl fmt::Display for KnownBug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which bug is back: none, but in a build with known bugs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownBugs {
    #[cfg(feature = "known-bugs")]
    bug: Option<KnownBug>,
}

impl KnownBugs {
    /// Whether this build can put a bug back.
    pub const CAN_BE_BACK: bool = cfg!(feature = "known-bugs");

    /// With one bug put back, if this build can.
    #[cfg_attr(
        not(feature = "known-bugs"),
        expect(unused_variables, reason = "this build has no known bugs")
    )]
    pub fn with(bug: Option<KnownBug>) -> Self {
        Self {
            #[cfg(feature = "known-bugs")]
            bug,
        }
    }

    /// Whether a bug is back.
    #[cfg(feature = "known-bugs")]
    #[inline]
    pub fn has(self, bug: KnownBug) -> bool {
        self.bug == Some(bug)
    }

    /// Whether a bug is back: never, in this build.
    #[cfg(not(feature = "known-bugs"))]
    #[inline]
    pub const fn has(self, _: KnownBug) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bug_is_written_by_its_name() {
        for bug in KnownBug::ALL {
            let written = serde_json::to_string(bug).expect("a name");
            assert_eq!(written, format!("\"{bug}\""));
            assert_eq!(KnownBug::named(bug.name()), Some(*bug));
        }
        assert_eq!(KnownBug::named("no-such-bug"), None);
    }

    #[test]
    #[cfg(feature = "known-bugs")]
    fn a_bug_has_a_story_of_one_sentence_and_a_source() {
        for bug in KnownBug::ALL {
            let story = bug.story();
            assert!(
                story.starts_with(char::is_uppercase) && story.ends_with('.'),
                "{story}"
            );
            assert!(!story.contains("  "), "{story}");
            assert!(!bug.source().is_empty(), "{bug}");
        }
    }
}
