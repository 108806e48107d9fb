//! What can be broken and mended: a row of buttons under the stage.

use quorate_core::sim::Action;
use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use crate::state::Message;

/// The row.
pub(crate) fn faults(view: &View<'_>) -> Html {
    let words = view.words();
    let node = view.state.selected;
    let down = view.state.is_down(node);
    html! {
        <div class="faults" role="toolbar" aria-label={words.faults}>
            <b class="of">{ node.to_string() }</b>
            <button data-testid="crash" disabled={down}
                onclick={view.act(Action::Crash { node })}>
                { icon(Icon::Power) }{ words.crash }
            </button>
            <button data-testid="restart" disabled={!down}
                onclick={view.act(Action::Restart { node })}>
                { icon(Icon::Restart) }{ words.restart }
            </button>
            <button data-testid="isolate" onclick={view.act(Action::Isolate { node })}>
                { icon(Icon::Cut) }{ words.isolate }
            </button>
            <span class="grow"></span>
            <button data-testid="heal" disabled={view.frame().cuts.is_empty()}
                onclick={view.act(Action::Heal)}>
                { icon(Icon::Heal) }{ words.heal }
            </button>
            <button data-testid="undo" disabled={!view.state.engine.can_undo()}
                onclick={view.click(Message::Undo)}>
                { icon(Icon::Undo) }{ words.undo }
            </button>
        </div>
    }
}
