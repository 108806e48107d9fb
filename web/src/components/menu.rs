//! A member's menu, where it was asked for.

use quorate_core::sim::Action;
use yew::prelude::*;

use crate::state::{Menu, Message};
use crate::text::Language;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) menu: Menu,
    pub(crate) down: bool,
    pub(crate) language: Language,
    pub(crate) send: Callback<Message>,
}

/// The menu, over a cloth that closes it.
#[component]
pub(crate) fn MenuView(props: &Props) -> Html {
    let words = props.language.words();
    let Menu { node, x, y } = props.menu;
    let first = use_node_ref();
    {
        let first = first.clone();
        use_effect_with(props.menu, move |_| {
            if let Some(element) = first.cast::<web_sys::HtmlElement>() {
                // The menu is open all the same when it cannot take the focus.
                let _ = element.focus();
            }
        });
    }
    let act = |action: Action| {
        props
            .send
            .reform(move |_: MouseEvent| Message::Act(action.clone()))
    };
    let close = props.send.reform(|_: MouseEvent| Message::CloseMenu);
    let away = {
        let send = props.send.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            send.emit(Message::CloseMenu);
        })
    };
    // Near the right or lower edge the menu opens to the other side.
    let style = format!("left:min({x}px,100vw - 190px);top:min({y}px,100vh - 190px)");
    html! {
        <>
            <div class="cloth" onclick={close} oncontextmenu={away}></div>
            <div class="menu" role="menu" aria-label={node.to_string()} {style}>
                <b>{ node.to_string() }</b>
                if props.down {
                    <button ref={first} role="menuitem" data-testid="menu-restart"
                        onclick={act(Action::Restart { node })}>
                        { words.restart }
                    </button>
                } else {
                    <button ref={first} role="menuitem" data-testid="menu-crash"
                        onclick={act(Action::Crash { node })}>
                        { words.crash }
                    </button>
                }
                <button role="menuitem" data-testid="menu-isolate"
                    onclick={act(Action::Isolate { node })}>
                    { words.isolate }
                </button>
                <button role="menuitem" data-testid="menu-heal" onclick={act(Action::Heal)}>
                    { words.heal }
                </button>
            </div>
        </>
    }
}
