//! What can be broken and mended with one press: a row of buttons under the stage.

use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use crate::state::hands::actions;
use crate::state::{Deed, Menu, Message, SplitMove, Subject};

/// The row.
pub(crate) fn faults(view: &View<'_>) -> Html {
    let (words, hands) = (view.words(), view.hands());
    let node = view.state.selected;
    let member = Subject::Member(node);
    let deed = |test: &'static str, sign: Icon, word: &'static str, deed: Deed, of: Subject| {
        html! {
            <button data-testid={test} disabled={actions(view.frame(), deed, of).is_none()}
                onclick={view.click(Message::DoTo(deed, of))}>
                { icon(sign) }{ word }
            </button>
        }
    };
    let more = view.on(move |event: MouseEvent| {
        Message::OpenMenu(Menu {
            of: member,
            x: event.client_x(),
            y: event.client_y(),
        })
    });
    html! {
        <div class="faults" role="toolbar" aria-label={words.faults}>
            <b class="of">{ node.to_string() }</b>
            if view.state.is_down(node) {
                { deed("restart", Icon::Restart, words.restart, Deed::Restart, member) }
            } else {
                { deed("crash", Icon::Power, words.crash, Deed::Crash, member) }
            }
            { deed("isolate", Icon::Cut, words.isolate, Deed::Isolate, member) }
            <button data-testid="more" aria-label={hands.more} title={hands.more}
                aria-haspopup="menu" onclick={more}>{ icon(Icon::More) }</button>
            <button data-testid="inside" aria-pressed={view.state.inside.to_string()}
                onclick={view.click(Message::Inside(!view.state.inside))}>
                { icon(Icon::Inside) }
                { if view.state.inside { hands.close_inside } else { hands.open_inside } }
            </button>
            <span class="grow"></span>
            <button data-testid="partition"
                onclick={view.click(Message::Split(SplitMove::Begin))}>
                { icon(Icon::Cut) }{ hands.partition }
            </button>
            { deed("heal", Icon::Heal, words.heal, Deed::Heal, Subject::Stage) }
            <button data-testid="undo" disabled={!view.state.engine.can_undo()}
                onclick={view.click(Message::Undo)}>
                { icon(Icon::Undo) }{ words.undo }
            </button>
        </div>
    }
}
