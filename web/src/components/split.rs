//! A partition that is being put together, for the keyboard and the finger.

use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use crate::state::{Message, Split, SplitMove};

/// The bar over the stage.
pub(crate) fn split_bar(view: &View<'_>, split: &Split) -> Html {
    let words = view.hands();
    let names = |is_there: bool| {
        let members = view.frame().members.iter().map(|member| member.node);
        let names = members
            .filter(|node| split.side.contains(node) == is_there)
            .map(|node| node.to_string());
        names.collect::<Vec<_>>().join(" ")
    };
    let step = |step: SplitMove| view.click(Message::Split(step));
    let sign = if split.one_way { "→ ✕" } else { "┃" };
    html! {
        <div class="notice split" role="status" data-testid="split">
            { icon(Icon::Cut) }
            <b>{ names(true) }</b><span class="sign" aria-hidden="true">{ sign }</span>
            <b>{ names(false) }</b>
            <span class="hint">{ words.partition_hint }</span>
            <label class="every">
                <input type="checkbox" data-testid="split-one-way" checked={split.one_way}
                    onchange={view.on(|_: Event| Message::Split(SplitMove::OneWay))} />
                { words.one_way }
            </label>
            <button class="primary" data-testid="split-cut" onclick={step(SplitMove::Cut)}>
                { words.cut }
            </button>
            <button data-testid="split-cancel" onclick={step(SplitMove::Cancel)}>
                { words.cancel }
            </button>
        </div>
    }
}
