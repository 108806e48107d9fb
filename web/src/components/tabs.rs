//! Which panel a narrow screen shows.

use yew::prelude::*;

use crate::state::{Message, Panel};
use crate::text::{Language, Words};

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) shown: Panel,
    pub(crate) language: Language,
    pub(crate) send: Callback<Message>,
}

/// The tabs; the style sheet hides them where all panels have room.
#[component]
pub(crate) fn Tabs(props: &Props) -> Html {
    let words = props.language.words();
    html! {
        <div class="tabs" role="tablist">
            { for Panel::ALL.iter().map(|panel| {
                let panel = *panel;
                html! {
                    <button role="tab" aria-selected={(panel == props.shown).to_string()}
                        data-testid={format!("tab-{}", name(panel))}
                        onclick={props.send.reform(move |_| Message::Panel(panel))}>
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

fn title(words: &Words, panel: Panel) -> &'static str {
    match panel {
        Panel::Logs => words.logs,
        Panel::Member => words.member,
        Panel::Client => words.clients,
        Panel::Trace => words.trace,
    }
}
