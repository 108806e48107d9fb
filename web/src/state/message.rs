//! What happens to the page.

use quorate_core::sim::{Action, Node};

use super::{Menu, Panel};
use crate::playback::Speed;

/// What happens to the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Message {
    StepForward,
    StepBack,
    JumpForward,
    JumpBack,
    Seek(u64),
    ToStart,
    ToEnd,
    PlayPause,
    /// So many milliseconds of the person's time have passed while it plays.
    Elapsed(f64),
    Speed(Speed),
    EveryEvent(bool),
    Act(Action),
    Undo,
    Put,
    Get,
    Key(String),
    Value(String),
    At(Node),
    Select(Node),
    /// Crashes the selected member, or restarts it when it is down.
    CrashOrRestart,
    Members(u32),
    Seed(u64),
    /// A scenario was opened: its file's name and its text.
    Scenario(String, String),
    ToggleLanguage,
    NextTheme,
    Compact(bool),
    Panel(Panel),
    Help(bool),
    OpenMenu(Menu),
    CloseMenu,
    Dismiss,
}
