//! What the keys do: all that a mouse can do, a key can do.

use quorate_core::sim::{Action, Node};

use crate::state::{Deed, Menu, Message, SplitMove, State, Subject, TerminalMessage};

/// A key as it was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key<'a> {
    /// Its name, as browsers give it: `a`, `ArrowLeft`, ` `.
    pub(crate) name: &'a str,
    pub(crate) shift: bool,
    /// Whether ctrl, alt or meta is held: then the key is the browser's.
    pub(crate) command: bool,
    /// The element that has the focus.
    pub(crate) focus: Focus,
}

/// What kind of element has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    /// Nothing that wants keys.
    Page,
    /// A button: the space bar and Enter are its own.
    Button,
    /// An entry of the logs: a button, and the arrow keys go from one to the next.
    Entry,
    /// A slider: the keys that move it are its own.
    Slider,
    /// A field one types in, a list one chooses from: all keys are its own.
    Field,
}

/// What a key means now; nothing when it is not ours.
pub(crate) fn message(state: &State, key: Key<'_>) -> Option<Message> {
    if state.menu.is_some() {
        return (key.name == "Escape").then_some(Message::CloseMenu);
    }
    if let Some(close) = state.lessons.uncover() {
        return (key.name == "Escape").then_some(Message::Lesson(close));
    }
    // An open dialog has the keys to itself, and closes by Escape without us.
    if key.command || state.help || state.files.is_some() || key.focus == Focus::Field {
        return None;
    }
    let moves = key.name.starts_with("Arrow") || ["Home", "End"].contains(&key.name);
    if key.focus == Focus::Slider && moves && !key.shift {
        return None;
    }
    let special = if state.split.is_some() {
        while_splitting(key)
    } else if state.grabbed {
        while_grabbed(state, key)
    } else if key.focus == Focus::Entry {
        in_logs(key)
    } else {
        None
    };
    special
        .or_else(|| in_time(key))
        .or_else(|| on_subject(state, key))
        .or_else(|| anywhere(state, key))
}

/// While a partition is put together: who stands where.
fn while_splitting(key: Key<'_>) -> Option<Message> {
    let step = match key.name {
        "Enter" if key.focus != Focus::Button => SplitMove::Cut,
        "Escape" => SplitMove::Cancel,
        "o" => SplitMove::OneWay,
        digit => SplitMove::Toggle(node(digit)?),
    };
    Some(Message::Split(step))
}

/// While a member is held: it follows the arrow keys.
fn while_grabbed(state: &State, key: Key<'_>) -> Option<Message> {
    Some(match key.name {
        "ArrowLeft" => state.moved_by(-1.0, 0.0),
        "ArrowRight" => state.moved_by(1.0, 0.0),
        "ArrowUp" => state.moved_by(0.0, -1.0),
        "ArrowDown" => state.moved_by(0.0, 1.0),
        "Enter" | "Escape" | "g" => Message::Grab(false),
        _ => return None,
    })
}

fn in_logs(key: Key<'_>) -> Option<Message> {
    Some(match key.name {
        "ArrowLeft" => Message::NextEntry(0, -1),
        "ArrowRight" => Message::NextEntry(0, 1),
        "ArrowUp" => Message::NextEntry(-1, 0),
        "ArrowDown" => Message::NextEntry(1, 0),
        _ => return None,
    })
}

fn in_time(key: Key<'_>) -> Option<Message> {
    Some(match (key.name, key.shift) {
        (" ", true) => Message::PlayPause,
        (" ", false) if matches!(key.focus, Focus::Page | Focus::Slider) => Message::StepForward,
        ("ArrowRight", true) => Message::JumpForward,
        ("ArrowRight", false) => Message::StepForward,
        ("ArrowLeft", true) => Message::JumpBack,
        ("ArrowLeft", false) => Message::StepBack,
        ("Home", _) => Message::ToStart,
        ("End", _) => Message::ToEnd,
        ("f", _) => Message::Fork,
        ("z", _) => Message::Undo,
        _ => return None,
    })
}

/// What the hand is on.
fn on_subject(state: &State, key: Key<'_>) -> Option<Message> {
    let deed = match (state.subject, key.name) {
        (Subject::Message(_), "Enter") if key.focus == Focus::Page => Deed::Deliver,
        (Subject::Message(_), "d") => Deed::Drop,
        (Subject::Message(_), "h") => Deed::Hold,
        (Subject::Message(_), "u") => Deed::Duplicate,
        (Subject::Message(_), "s") => Deed::Swap,
        (Subject::Message(_), ",") => Deed::Earlier,
        (Subject::Message(_), ".") => Deed::Later,
        (Subject::Link(..), "x") => Deed::CutOrMend,
        (Subject::Link(..), "[") => Deed::Quicker,
        (Subject::Link(..), "]") => Deed::Longer,
        _ => {
            let member = Subject::Member(state.selected);
            let deed = match key.name {
                "k" if state.is_down(state.selected) => Deed::Restart,
                "k" => Deed::Crash,
                "i" => Deed::Isolate,
                "t" => Deed::Campaign,
                "v" => Deed::PauseOrResume,
                "y" => Deed::HoldSync,
                "[" => Deed::Slower,
                "]" => Deed::Faster,
                _ => return None,
            };
            return Some(Message::DoTo(deed, member));
        }
    };
    Some(Message::Do(deed))
}

fn anywhere(state: &State, key: Key<'_>) -> Option<Message> {
    Some(match key.name {
        "p" => Message::Split(SplitMove::Begin),
        "P" => Message::Act(Action::Heal),
        "w" => Message::Put,
        "r" => Message::Get,
        "l" => Message::NextLink,
        "e" => Message::NextEntry(0, 0),
        "g" => Message::Grab(true),
        "o" => Message::Inside(!state.inside),
        "Escape" if state.inside => Message::Inside(false),
        "Escape" => Message::Dismiss,
        "m" => Message::OpenMenuHere,
        "M" => Message::OpenMenu(Menu {
            of: Subject::Stage,
            x: 200,
            y: 160,
        }),
        "?" => Message::Help(true),
        "`" => Message::Terminal(TerminalMessage::Toggle),
        digit => Message::Select(node(digit)?),
    })
}

fn node(digit: &str) -> Option<Node> {
    match digit.parse() {
        Ok(node @ 1..=9) => Some(Node(node)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Theme;
    use crate::text::Language;

    fn page() -> State {
        State::of_query("", Language::English, Theme::Auto)
    }

    fn press_on(state: &State, name: &str, shift: bool, focus: Focus) -> Option<Message> {
        let key = Key {
            name,
            shift,
            command: false,
            focus,
        };
        message(state, key)
    }

    fn press(name: &str, shift: bool, focus: Focus) -> Option<Message> {
        press_on(&page(), name, shift, focus)
    }

    #[test]
    fn the_space_bar_steps_and_with_shift_plays() {
        assert_eq!(press(" ", false, Focus::Page), Some(Message::StepForward));
        assert_eq!(press(" ", true, Focus::Page), Some(Message::PlayPause));
        assert_eq!(press(" ", false, Focus::Button), None);
    }

    #[test]
    fn who_types_is_left_alone() {
        for name in ["k", " ", "ArrowLeft", "1", "?", "m", "d", "p"] {
            assert_eq!(press(name, false, Focus::Field), None, "{name}");
        }
    }

    #[test]
    fn an_open_dialog_has_the_keys_to_itself() {
        let page = page().reduce(Message::Files(crate::state::FilesMessage::Open));
        for name in ["Escape", " ", "k", "ArrowRight"] {
            assert_eq!(press_on(&page, name, false, Focus::Button), None, "{name}");
        }
    }

    #[test]
    fn a_slider_keeps_what_moves_it_and_leaves_the_rest() {
        assert_eq!(press("ArrowLeft", false, Focus::Slider), None);
        assert_eq!(press("Home", false, Focus::Slider), None);
        assert_eq!(press(" ", false, Focus::Slider), Some(Message::StepForward));
        assert_eq!(press("f", false, Focus::Slider), Some(Message::Fork));
    }

    #[test]
    fn digits_select() {
        assert_eq!(
            press("3", false, Focus::Button),
            Some(Message::Select(Node(3)))
        );
        assert_eq!(press("0", false, Focus::Page), None);
    }

    #[test]
    fn arrows_are_the_entries_own_and_the_held_members() {
        let left = |state: &State, focus| press_on(state, "ArrowLeft", false, focus);
        let mut page = page();
        assert_eq!(left(&page, Focus::Page), Some(Message::StepBack));
        assert_eq!(left(&page, Focus::Entry), Some(Message::NextEntry(0, -1)));
        page.grabbed = true;
        assert!(matches!(
            left(&page, Focus::Page),
            Some(Message::Move(Node(1), _))
        ));
    }

    #[test]
    fn while_a_partition_is_put_together_digits_choose_sides() {
        let page = page().reduce(Message::Split(SplitMove::Begin));
        let digit = press_on(&page, "2", false, Focus::Page);
        assert_eq!(digit, Some(Message::Split(SplitMove::Toggle(Node(2)))));
        let enter = press_on(&page, "Enter", false, Focus::Page);
        assert_eq!(enter, Some(Message::Split(SplitMove::Cut)));
    }
}
