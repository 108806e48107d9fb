//! Flags of Quorate's own.

use super::definition::{Flag, Group};

/// The group.
pub(super) const GROUP: Group = Group {
    title: "Playground",
    flags: &[Flag::text(
        "playground-dir",
        "",
        "Directory with the playground's built page, served under /play/ on the client port.",
    )],
};
