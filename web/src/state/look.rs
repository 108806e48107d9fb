//! How the page is arranged: what concerns no cluster.

use quorate_core::sim::Node;

/// Which panel a narrow screen shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Panel {
    Logs,
    Member,
    Client,
    Trace,
}

impl Panel {
    /// All of them, in their order.
    pub(crate) const ALL: [Panel; 4] = [Panel::Logs, Panel::Client, Panel::Member, Panel::Trace];
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

/// A member's menu, open at a place of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Menu {
    pub(crate) node: Node,
    pub(crate) x: i32,
    pub(crate) y: i32,
}
