//! The head of the page: which world this is, and how the page looks.

use std::sync::Arc;

use quorate_core::sim::Frame;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::icon::{Icon, icon, logo};
use crate::permalink::{LinkError, Wanted};
use crate::state::{Message, Theme};
use crate::text::Language;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) frame: Arc<Frame>,
    pub(crate) language: Language,
    pub(crate) theme: Theme,
    pub(crate) send: Callback<Message>,
}

/// The head.
#[component]
pub(crate) fn Header(props: &Props) -> Html {
    let words = props.language.words();
    let send = &props.send;
    let hash = format!("{:016x}", props.frame.trace_hash);
    let (theme_icon, theme_title) = match props.theme {
        Theme::Auto => (Icon::Half, words.theme_auto),
        Theme::Light => (Icon::Sun, words.theme_light),
        Theme::Dark => (Icon::Moon, words.theme_dark),
    };
    html! {
        <header>
            <h1>{ logo() }{ "Quorate" }</h1>
            { members(props) }
            { seed(props) }
            <span class="chip hash" title={words.trace_hash_title}>
                { words.trace_hash }{ " " }
                <code data-testid="trace-hash">{ hash }</code>
            </span>
            <span class="grow"></span>
            <button class="chip" data-testid="language" lang={props.language.other().tag()}
                onclick={send.reform(|_| Message::ToggleLanguage)}>
                { words.switch_language }
            </button>
            <button class="chip" data-testid="theme" title={theme_title} aria-label={theme_title}
                onclick={send.reform(|_| Message::NextTheme)}>
                { icon(theme_icon) }
            </button>
            <button class="chip" data-testid="help" title={words.help} aria-label={words.help}
                onclick={send.reform(|_| Message::Help(true))}>
                { icon(Icon::Question) }
            </button>
        </header>
    }
}

fn members(props: &Props) -> Html {
    let now = props.frame.config.members;
    let change = props.send.reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        Message::Members(if select.value() == "5" { 5 } else { 3 })
    });
    html! {
        <label class="chip">
            { props.language.words().members }
            <select data-testid="members" onchange={change}>
                { for [3_u32, 5].iter().map(|count| html! {
                    <option value={count.to_string()} selected={*count == now}>
                        { count.to_string() }
                    </option>
                }) }
            </select>
        </label>
    }
}

fn seed(props: &Props) -> Html {
    let words = props.language.words();
    let now = props.frame.config.seed.to_string();
    let change = {
        let (send, language) = (props.send.clone(), props.language);
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let text = input.value();
            match text.trim().parse() {
                Ok(seed) => {
                    input.set_custom_validity("");
                    send.emit(Message::Seed(seed));
                }
                Err(_) => {
                    input.set_custom_validity(&language.link_error(&LinkError {
                        name: "seed".to_owned(),
                        value: text,
                        wanted: Wanted::Seed,
                    }));
                    input.report_validity();
                }
            }
        })
    };
    let again = Callback::from(|event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        input.set_custom_validity("");
    });
    // The one place where chance comes from outside: which world one looks at.
    let new = props
        .send
        .reform(|_| Message::Seed((js_sys::Math::random() * 10_000.0) as u64));
    html! {
        <span class="chip seed">
            <label>{ words.seed }
                <input data-testid="seed" value={now} inputmode="numeric" size="5" maxlength="20"
                    onchange={change} oninput={again} />
            </label>
            <button class="plain" data-testid="new-seed" title={words.new_seed}
                aria-label={words.new_seed} onclick={new}>{ icon(Icon::Dice) }</button>
        </span>
    }
}
