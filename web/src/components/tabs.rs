//! Which panel is shown where several share a place.

use yew::prelude::*;

use super::View;
use crate::state::{Message, Panel};
use crate::text::Language;

/// The tabs; where there is room, the style sheet hides those of panels with a place of their own.
pub(crate) fn tabs(view: &View<'_>) -> Html {
    let language = view.language();
    html! {
        <div class="tabs" role="tablist">
            { for Panel::ALL.iter().map(|panel| {
                let panel = *panel;
                let class = classes!((!panel.is_beside()).then_some("elsewhere"));
                html! {
                    <button role="tab" {class} id={format!("tab-{}", name(panel))}
                        aria-selected={(panel == view.state.panel).to_string()}
                        aria-controls={format!("panel-{}", name(panel))}
                        data-testid={format!("tab-{}", name(panel))}
                        onclick={view.click(Message::Panel(panel))}>
                        { title(language, panel) }
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
        Panel::Disk => "disk",
        Panel::Kv => "kv",
        Panel::Raw => "raw",
        Panel::Member => "member",
        Panel::Client => "client",
        Panel::Lanes => "lanes",
    }
}

/// What a panel is called.
pub(crate) fn title(language: Language, panel: Panel) -> &'static str {
    let (words, hands) = (language.words(), language.hands());
    match panel {
        Panel::Logs => words.logs,
        Panel::Disk => hands.disk,
        Panel::Kv => hands.kv,
        Panel::Raw => hands.raw,
        Panel::Member => hands.look_at,
        Panel::Client => words.clients,
        Panel::Lanes => hands.lanes,
    }
}
