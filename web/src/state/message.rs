//! What happens to the page.

use quorate_core::rules::Rule;
use quorate_core::sim::{Action, Node};

use super::hands::{Deed, SplitMove};
use super::{FilesMessage, Menu, OutlookMessage, Panel, Room, Subject, TerminalMessage};
use crate::draw::layout::Point;
use crate::engine::BranchName;
use crate::lesson::LessonMessage;
use crate::marks::Turn;
use crate::playback::Speed;

/// What happens to the page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Message {
    // Time.
    StepForward,
    StepBack,
    JumpForward,
    JumpBack,
    /// To the next turn of a kind; back to the last one when false.
    JumpTo(Turn, bool),
    Seek(u64),
    ToStart,
    ToEnd,
    PlayPause,
    /// So many milliseconds of the person's time have passed while it plays.
    Elapsed(f64),
    Speed(Speed),
    EveryEvent(bool),
    /// The events that the last step passed over are told one by one; or not any more.
    Unfold,
    // Branches.
    Fork,
    Switch(BranchName),
    /// Shows a branch beside this one; or none any more.
    Compare(Option<BranchName>),
    /// A branch is given a name by a person; an empty one takes it away.
    NameBranch(BranchName, String),
    Undo,
    // What is done to the cluster.
    Act(Action),
    /// What a hand does to the thing it is on.
    Do(Deed),
    /// To a thing, which the hand is on from then on.
    DoTo(Deed, Subject),
    /// A partition that is being put together.
    Split(SplitMove),
    /// A line drawn across the stage: the links that it crosses are cut, or one way of them.
    Stroke(Vec<Point>, bool),
    Put,
    Get,
    Key(String),
    Value(String),
    At(Node),
    // The world.
    Members(u32),
    Seed(u64),
    /// A rule holds, or does not: the world begins anew.
    Rule(Rule, bool),
    /// A scenario was opened: its file's name and its text.
    Scenario(String, String),
    /// In the terminal.
    Terminal(TerminalMessage),
    /// About links and files.
    Files(FilesMessage),
    /// About what may still become of a moment.
    Outlook(OutlookMessage),
    // The page.
    Select(Node),
    Look(Subject),
    /// The mouse is over a thing, or over nothing any more.
    Hover(Option<Subject>),
    /// The next link of the selected member.
    NextLink,
    /// The entry so many rows below and columns to the right.
    NextEntry(i32, i32),
    /// A member is put elsewhere on the stage, in its units.
    Move(Node, Point),
    /// The selected member follows the arrow keys, or does not.
    Grab(bool),
    /// One member opened like a clock, or the stage.
    Inside(bool),
    ToggleLanguage,
    NextTheme,
    /// Nothing travels, whatever the system says.
    Still(bool),
    Room(Room),
    Panel(Panel),
    Help(bool),
    OpenMenu(Menu),
    /// The menu of the thing the hand is on, wherever that is.
    OpenMenuHere,
    CloseMenu,
    Dismiss,
    // Lessons.
    Lesson(LessonMessage),
}
