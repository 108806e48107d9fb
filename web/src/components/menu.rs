//! A thing's menu, where it was asked for: each deed that makes sense now.

use quorate_core::sim::{Frame, Node};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::View;
use crate::state::hands::actions;
use crate::state::{Deed, Menu, Message, SplitMove, Subject};
use crate::text::HandWords;

/// A line of the menu.
#[derive(Clone, PartialEq)]
struct Item {
    /// Its name in the document.
    name: String,
    label: String,
    /// The key that does the same.
    key: &'static str,
    message: Message,
}

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    menu: Menu,
    title: String,
    items: Vec<Item>,
    send: Callback<Message>,
}

/// The menu of a thing.
pub(crate) fn menu(view: &View<'_>, menu: Menu) -> Html {
    let title = title(view, menu.of);
    let items = items(view, menu.of);
    html! { <MenuView {menu} {title} {items} send={view.send.clone()} /> }
}

/// What a thing is called.
pub(crate) fn title(view: &View<'_>, of: Subject) -> String {
    let words = view.hands();
    match of {
        Subject::Member(node) => node.to_string(),
        Subject::Link(one, two) => format!("{} {one} – {two}", words.link),
        Subject::Entry(node, index) => format!("{} {index} · {node}", words.entry),
        Subject::Stage => view.words().stage.to_owned(),
        Subject::Time => format!("{} {}", view.words().event, view.state.engine.position()),
        Subject::Message(id) => {
            let frame = view.frame();
            let mut messages = frame.messages.iter().chain(&frame.held);
            messages.find(|message| message.id == id).map_or_else(
                || words.message.to_owned(),
                |message| {
                    format!(
                        "{} {} → {}",
                        message.summary.kind.name(),
                        message.from,
                        message.to
                    )
                },
            )
        }
    }
}

fn items(view: &View<'_>, of: Subject) -> Vec<Item> {
    let (words, frame) = (view.hands(), view.frame());
    let mut items: Vec<Item> = Vec::new();
    let mut add = |name: &str, label: &str, key: &'static str, message: Message| {
        items.push(Item {
            name: format!("menu-{name}"),
            label: label.to_owned(),
            key,
            message,
        });
    };
    if of == Subject::Time {
        add("fork", words.fork, "f", Message::Fork);
    }
    if let Subject::Member(_) = of {
        add("inside", words.open_inside, "o", Message::Inside(true));
    }
    let splits = matches!(of, Subject::Stage | Subject::Member(_));
    if splits && frame.members.len() > 1 {
        let begin = Message::Split(SplitMove::Begin);
        add("partition", words.partition, "p", begin);
    }
    for deed in Deed::of(of) {
        if matches!(of, Subject::Entry(..)) || actions(frame, *deed, of).is_some() {
            let label = label(words, frame, *deed, of);
            add(deed.name(), &label, key(*deed), Message::DoTo(*deed, of));
        }
    }
    items
}

/// What a deed is called here: what is so already is taken back.
fn label(words: &HandWords, frame: &Frame, deed: Deed, of: Subject) -> String {
    let way = |from: Node, to: Node| format!("{from} → {to}");
    let (is_so, way) = match (deed, of) {
        (_, Subject::Member(node)) => {
            let is_so = frame.member(node).is_some_and(|member| match deed {
                Deed::PauseOrResume => member.is_paused,
                Deed::HoldSync => member.disk.is_stalled,
                Deed::FillDisk => member.disk.is_full,
                _ => false,
            });
            (is_so, String::new())
        }
        (_, Subject::Message(id)) => {
            let is_held = frame.held.iter().any(|held| held.id == id);
            (is_held, String::new())
        }
        (_, Subject::Link(one, two)) => {
            let (from, to) = match deed {
                Deed::CutBack | Deed::HoldBack => (two, one),
                _ => (one, two),
            };
            let is_so = match deed {
                Deed::HoldThere | Deed::HoldBack => frame.holds.contains(&(Some(from), Some(to))),
                _ => {
                    frame.cuts.contains(&(one, two))
                        || frame.one_way_cuts.contains(&(one, two))
                        || frame.one_way_cuts.contains(&(two, one))
                }
            };
            (is_so, way(from, to))
        }
        _ => (false, String::new()),
    };
    let label = match is_so {
        true => words.taken_back(deed),
        false => words.deed(deed),
    };
    label.replace("{}", &way)
}

/// The key that does a deed.
fn key(deed: Deed) -> &'static str {
    match deed {
        Deed::Crash | Deed::Restart => "k",
        Deed::Isolate => "i",
        Deed::Heal => "P",
        Deed::Campaign => "t",
        Deed::PauseOrResume => "v",
        Deed::HoldSync => "y",
        Deed::Deliver => "⏎",
        Deed::Hold => "h",
        Deed::Drop => "d",
        Deed::Duplicate => "u",
        Deed::Swap => "s",
        Deed::Earlier => ",",
        Deed::Later => ".",
        Deed::CutOrMend => "x",
        Deed::Quicker | Deed::Slower => "[",
        Deed::Longer | Deed::Faster => "]",
        _ => "",
    }
}

/// The menu, over a cloth that closes it.
#[component]
fn MenuView(props: &Props) -> Html {
    let Menu { x, y, .. } = props.menu;
    let root = use_node_ref();
    {
        let root = root.clone();
        use_effect_with(props.menu, move |_| {
            let active = gloo::utils::document().active_element();
            let menu = root.cast::<HtmlElement>();
            let first = menu.and_then(|menu| menu.query_selector("button").ok().flatten());
            focus(first);
            // Who opened it has the focus again when it closes.
            move || focus(active)
        });
    }
    let close = props.send.reform(|_: MouseEvent| Message::CloseMenu);
    let away = {
        let send = props.send.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            send.emit(Message::CloseMenu);
        })
    };
    let walk = Callback::from(|event: KeyboardEvent| {
        let active = gloo::utils::document().active_element();
        let next = active.and_then(|active| match event.key().as_str() {
            "ArrowDown" => active.next_element_sibling(),
            "ArrowUp" => active.previous_element_sibling(),
            _ => None,
        });
        let is_item = |next: &web_sys::Element| next.tag_name() == "BUTTON";
        if let Some(next) = next.filter(is_item) {
            event.prevent_default();
            focus(Some(next));
        }
    });
    // Near the right or lower edge the menu opens to the other side.
    let height = 52 + 33 * props.items.len();
    let style = format!(
        "left:max(8px,min({x}px,100vw - 268px));top:max(8px,min({y}px,100vh - {height}px))"
    );
    html! {
        <>
            <div class="cloth" onclick={close} oncontextmenu={away}></div>
            <div class="menu" role="menu" aria-label={props.title.clone()} {style} ref={root}
                data-testid="menu" onkeydown={walk}>
                <b role="presentation">{ &props.title }</b>
                { for props.items.iter().map(|item| {
                    let message = item.message.clone();
                    let choose = props.send.reform(move |_: MouseEvent| message.clone());
                    html! {
                        <button role="menuitem" data-testid={item.name.clone()} onclick={choose}>
                            <span>{ &item.label }</span>
                            if !item.key.is_empty() { <kbd>{ item.key }</kbd> }
                        </button>
                    }
                }) }
            </div>
        </>
    }
}

fn focus(element: Option<web_sys::Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // What cannot take the focus leaves it where it is.
        let _ = element.focus();
    }
}
