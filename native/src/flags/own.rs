//! Flags of Quorate's own.

use super::definition::{Flag, Group};

/// The group.
pub(super) const GROUP: Group = Group {
    title: "Quorate's own",
    flags: &[
        Flag::version(
            "etcd-version",
            "3.6.14",
            "Which etcd this server says it is: '3.5.30' for those who ask for that one.",
        ),
        Flag::text(
            "playground-dir",
            "",
            "Directory with the playground's built page, served under /play/ on the client port.",
        ),
    ],
};
