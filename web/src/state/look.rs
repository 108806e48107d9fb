//! How the page is arranged: what concerns no cluster.

use quorate_core::sim::Node;

use super::Subject;

/// A panel. Where there is room the first four share a place beside the stage, the member is
/// under them and the others are under the stage; on a narrow screen one is shown at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Panel {
    /// All logs, side by side.
    Logs,
    /// Files, segments, snapshots.
    Disk,
    /// Keys and their revisions, watches, leases.
    Kv,
    /// What the last event left, in the words of etcd's log.
    Raw,
    /// The one thing that is looked at.
    Member,
    /// Clients.
    Client,
    /// Who was what, when.
    Lanes,
}

impl Panel {
    /// All of them, in their order.
    pub(crate) const ALL: [Panel; 7] = [
        Panel::Logs,
        Panel::Disk,
        Panel::Kv,
        Panel::Raw,
        Panel::Member,
        Panel::Client,
        Panel::Lanes,
    ];

    /// Whether it shares the place beside the stage, where there is room for more than one.
    pub(crate) fn is_beside(self) -> bool {
        matches!(self, Panel::Logs | Panel::Disk | Panel::Kv | Panel::Raw)
    }
}

/// What a client would ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) at: Node,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system has it.
    Auto,
    Light,
    Dark,
}

impl Theme {
    /// Its name in the document and in storage.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme of a name; as the system has it for any other.
    pub(crate) fn of_name(name: &str) -> Self {
        match name {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::Auto,
        }
    }

    /// What comes after it when one goes round.
    pub(crate) fn next(self) -> Self {
        match self {
            Theme::Auto => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Auto,
        }
    }
}

/// How much room the stage has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    /// Whether the screen is narrow: small members, letters as large as ever.
    pub(crate) compact: bool,
    /// Whether it is low: small members there, too.
    pub(crate) low: bool,
    /// Width in thousandths of the height.
    pub(crate) width_per_mille: u32,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            compact: false,
            low: false,
            width_per_mille: 1_500,
        }
    }
}

/// A menu, open at a place of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Menu {
    pub(crate) of: Subject,
    pub(crate) x: i32,
    pub(crate) y: i32,
}
