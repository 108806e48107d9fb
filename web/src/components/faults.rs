//! What can be broken and mended: a row of buttons under the stage.

use quorate_core::sim::{Action, Node};
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::state::Message;
use crate::text::Language;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) selected: Node,
    /// Whether the selected member is down.
    pub(crate) down: bool,
    /// Whether any link is cut.
    pub(crate) cut: bool,
    pub(crate) can_undo: bool,
    pub(crate) language: Language,
    pub(crate) send: Callback<Message>,
}

/// The row.
#[component]
pub(crate) fn Faults(props: &Props) -> Html {
    let words = props.language.words();
    let node = props.selected;
    let act = |action: Action| {
        props
            .send
            .reform(move |_: MouseEvent| Message::Act(action.clone()))
    };
    html! {
        <div class="faults" role="toolbar" aria-label={words.faults}>
            <b class="of">{ node.to_string() }</b>
            <button data-testid="crash" disabled={props.down}
                onclick={act(Action::Crash { node })}>
                { icon(Icon::Power) }{ words.crash }
            </button>
            <button data-testid="restart" disabled={!props.down}
                onclick={act(Action::Restart { node })}>
                { icon(Icon::Restart) }{ words.restart }
            </button>
            <button data-testid="isolate" onclick={act(Action::Isolate { node })}>
                { icon(Icon::Cut) }{ words.isolate }
            </button>
            <span class="grow"></span>
            <button data-testid="heal" disabled={!props.cut} onclick={act(Action::Heal)}>
                { icon(Icon::Heal) }{ words.heal }
            </button>
            <button data-testid="undo" disabled={!props.can_undo}
                onclick={props.send.reform(|_| Message::Undo)}>
                { icon(Icon::Undo) }{ words.undo }
            </button>
        </div>
    }
}
