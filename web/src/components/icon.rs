//! Icons, drawn here: a font may lack any sign.

use yew::prelude::*;

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    ToStart,
    StepBack,
    StepForward,
    Play,
    Pause,
    JumpBack,
    JumpForward,
    Dice,
    Sun,
    Moon,
    Half,
    Question,
    Close,
    Undo,
    Tick,
    Cross,
    Clock,
    Power,
    Restart,
    Cut,
    Heal,
    Fork,
    More,
    Inside,
    Terminal,
    Share,
    Up,
    Down,
}

impl Icon {
    /// What it is drawn with, on a field of 24 by 24: a path, and whether it is filled.
    fn path(self) -> (&'static str, bool) {
        match self {
            Icon::ToStart => ("M6 5v14M19 6l-9 6 9 6z", true),
            Icon::StepBack => ("M16 6l-9 6 9 6z", true),
            Icon::StepForward => ("M8 6l9 6-9 6z", true),
            Icon::Play => ("M7 5l12 7-12 7z", true),
            Icon::Pause => ("M8 5v14M16 5v14", false),
            Icon::JumpBack => ("M12 6l-8 6 8 6zM21 6l-8 6 8 6z", true),
            Icon::JumpForward => ("M3 6l8 6-8 6zM12 6l8 6-8 6z", true),
            Icon::Dice => (
                "M5 4h14a1 1 0 011 1v14a1 1 0 01-1 1H5a1 1 0 01-1-1V5a1 1 0 011-1zM8.5 8.5h.01\
                 M15.5 8.5h.01M12 12h.01M8.5 15.5h.01M15.5 15.5h.01",
                false,
            ),
            Icon::Sun => (
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M4 12H2M22 12h-2M5 5l1.4 1.4\
                 M17.6 17.6L19 19M19 5l-1.4 1.4M6.4 17.6L5 19",
                false,
            ),
            Icon::Moon => ("M20 14.5A8.5 8.5 0 119.5 4a7 7 0 0010.5 10.5z", false),
            Icon::Half => (
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 7h7M12 12h9M12 17h7",
                false,
            ),
            Icon::Terminal => ("M4 5h16v14H4zM7.5 9l3 3-3 3M13 15h4", false),
            Icon::Share => ("M12 15V4M8 7.5L12 3.5l4 4M6 11H5v9h14v-9h-1", false),
            Icon::Up => ("M6 15l6-6 6 6", false),
            Icon::Down => ("M6 9l6 6 6-6", false),
            Icon::Question => ("M9 9a3 3 0 115 2.2c-1.2.9-2 1.5-2 3M12 18h.01", false),
            Icon::Close | Icon::Cross => ("M6 6l12 12M18 6L6 18", false),
            Icon::Undo => ("M8 5L4 9l4 4M4 9h10a5.5 5.5 0 010 11h-4", false),
            Icon::Tick => ("M5 12.5l4.5 4.5L19 7.5", false),
            Icon::Clock => ("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.5 2", false),
            Icon::Power => ("M12 3v9M6.5 7a8 8 0 1011 0", false),
            Icon::Restart => ("M20 5v5h-5M20 10a8 8 0 10.5 5", false),
            Icon::Cut => ("M4 12h5M15 12h5M10.5 7l-1.5 10M15 7l-1.5 10", false),
            Icon::Fork => (
                "M7 4v16M7 13c6 0 10-2 10-8M17 5a1.5 1.5 0 1 0 .01 0M7 4a1.5 1.5 0 1 0 .01 0",
                false,
            ),
            Icon::More => ("M5 12h.01M12 12h.01M19 12h.01", false),
            Icon::Inside => (
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 12h.01",
                false,
            ),
            Icon::Heal => (
                "M10 14a4 4 0 005.7 0l3-3a4 4 0 00-5.7-5.7l-1 1M14 10a4 4 0 00-5.7 0l-3 3\
                 a4 4 0 005.7 5.7l1-1",
                false,
            ),
        }
    }
}

/// An icon's drawing; it says nothing to who does not see it.
pub(crate) fn icon(icon: Icon) -> Html {
    let (path, filled) = icon.path();
    html! {
        <svg class={classes!("icon", filled.then_some("filled"))} viewBox="0 0 24 24"
            aria-hidden="true" focusable="false">
            <path d={path} />
        </svg>
    }
}

/// Quorate's sign: a ring of five segments, three of them with us.
pub(crate) fn logo() -> Html {
    html! {
        <svg class="logo" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <g fill="none" stroke-width="4">
                <path class="with" d="M12.6 3a9 9 0 0 1 7.8 5.7" />
                <path class="with" d="M20.9 11.4a9 9 0 0 1-4.6 8.5" />
                <path class="with" d="M14.2 20.7a9 9 0 0 1-9.3-3.2" />
                <path class="without" d="M3.6 15.2a9 9 0 0 1 .8-8" />
                <path class="without" d="M6.2 5.1A9 9 0 0 1 10 3.2" />
            </g>
            <circle class="middle" cx="12" cy="12" r="3" />
        </svg>
    }
}
