//! Which panel a narrow screen shows.

use yew::prelude::*;

use super::View;
use crate::state::{Message, Panel};
use crate::text::Words;

/// The tabs; the style sheet hides them where all panels have room.
pub(crate) fn tabs(view: &View<'_>) -> Html {
    let words = view.words();
    html! {
        <div class="tabs" role="tablist">
            { for Panel::ALL.iter().map(|panel| {
                let panel = *panel;
                html! {
                    <button role="tab" aria-selected={(panel == view.state.panel).to_string()}
                        data-testid={format!("tab-{}", name(panel))}
                        onclick={view.click(Message::Panel(panel))}>
                        { title(words, panel) }
                    </button>
                }
            }) }
        </div>
    }
}

/// A panel's name in the document.
pub(crate) fn name(panel: Panel) -> &'static str {
    match panel {
        Panel::Logs => "logs",
        Panel::Member => "member",
        Panel::Client => "client",
        Panel::Trace => "trace",
    }
}

/// What a panel is called.
pub(crate) fn title(words: &Words, panel: Panel) -> &'static str {
    match panel {
        Panel::Logs => words.logs,
        Panel::Member => words.member,
        Panel::Client => words.clients,
        Panel::Trace => words.trace,
    }
}
