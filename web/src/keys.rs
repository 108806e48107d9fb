//! What the keys do: all that a mouse can do, a key can do.

use quorate_core::sim::{Action, Node};

use crate::state::{Message, State};

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
    /// A field one types in, a list one chooses from, a slider: all keys are its own.
    Field,
}

/// What a key means now; nothing when it is not ours.
pub(crate) fn message(state: &State, key: Key<'_>) -> Option<Message> {
    if state.menu.is_some() && key.name == "Escape" {
        return Some(Message::CloseMenu);
    }
    // An open dialog has the keys to itself, and closes by Escape without us.
    if key.command || state.help || key.focus == Focus::Field {
        return None;
    }
    let node = state.selected;
    match (key.name, key.shift) {
        (" ", true) => Some(Message::PlayPause),
        (" ", false) if key.focus == Focus::Page => Some(Message::StepForward),
        ("ArrowRight", true) => Some(Message::JumpForward),
        ("ArrowRight", false) => Some(Message::StepForward),
        ("ArrowLeft", true) => Some(Message::JumpBack),
        ("ArrowLeft", false) => Some(Message::StepBack),
        ("Home", _) => Some(Message::ToStart),
        ("End", _) => Some(Message::ToEnd),
        ("k", _) => Some(Message::CrashOrRestart),
        ("i", _) => Some(Message::Act(Action::Isolate { node })),
        ("h", _) => Some(Message::Act(Action::Heal)),
        ("w", _) => Some(Message::Put),
        ("r", _) => Some(Message::Get),
        ("z", _) => Some(Message::Undo),
        ("?", _) => Some(Message::Help(true)),
        (digit, _) => match digit.parse() {
            Ok(node @ 1..=7) => Some(Message::Select(Node(node))),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Theme;
    use crate::text::Language;

    fn press(name: &str, shift: bool, focus: Focus) -> Option<Message> {
        let state = State::of_query("", Language::English, Theme::Auto);
        let key = Key {
            name,
            shift,
            command: false,
            focus,
        };
        message(&state, key)
    }

    #[test]
    fn the_space_bar_steps_and_with_shift_plays() {
        assert_eq!(press(" ", false, Focus::Page), Some(Message::StepForward));
        assert_eq!(press(" ", true, Focus::Page), Some(Message::PlayPause));
        assert_eq!(press(" ", false, Focus::Button), None);
    }

    #[test]
    fn who_types_is_left_alone() {
        for name in ["k", " ", "ArrowLeft", "1", "?"] {
            assert_eq!(press(name, false, Focus::Field), None, "{name}");
        }
    }

    #[test]
    fn digits_select() {
        assert_eq!(
            press("3", false, Focus::Button),
            Some(Message::Select(Node(3)))
        );
        assert_eq!(press("8", false, Focus::Page), None);
    }
}
