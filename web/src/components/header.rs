//! The head of the page: which world this is, and how the page looks.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon, logo};
use crate::permalink::{LinkError, Wanted};
use crate::state::{FilesMessage, Message, TerminalMessage, Theme};

/// The head.
pub(crate) fn header(view: &View<'_>) -> Html {
    let (words, tools) = (view.words(), view.tools());
    let hash = format!("{:016x}", view.frame().trace_hash);
    let (theme_icon, theme_title) = match view.state.theme {
        Theme::Auto => (Icon::Half, words.theme_auto),
        Theme::Light => (Icon::Sun, words.theme_light),
        Theme::Dark => (Icon::Moon, words.theme_dark),
    };
    html! {
        <header>
            <h1>{ logo() }{ "Quorate" }</h1>
            { super::lesson::opener(view) }
            { members(view) }
            { seed(view) }
            { super::rules::rules(view) }
            <span class="chip hash" title={words.trace_hash_title}>
                { words.trace_hash }{ " " }
                <code data-testid="trace-hash">{ hash }</code>
            </span>
            <span class="grow"></span>
            <button class="chip" data-testid="terminal-toggle" title={tools.terminal_title}
                aria-label={tools.terminal_title} aria-expanded={view.state.terminal.is_open.to_string()}
                onclick={view.click(Message::Terminal(TerminalMessage::Toggle))}>
                { icon(Icon::Terminal) }
            </button>
            <button class="chip" data-testid="share" title={tools.share_title}
                onclick={view.click(Message::Files(FilesMessage::Open))}>
                { icon(Icon::Share) }{ tools.share }
            </button>
            <button class="chip" data-testid="language" lang={view.language().other().tag()}
                onclick={view.click(Message::ToggleLanguage)}>
                { words.switch_language }
            </button>
            <button class="chip" data-testid="theme" title={theme_title} aria-label={theme_title}
                onclick={view.click(Message::NextTheme)}>
                { icon(theme_icon) }
            </button>
            <button class="chip" data-testid="help" title={words.help} aria-label={words.help}
                onclick={view.click(Message::Help(true))}>
                { icon(Icon::Question) }
            </button>
        </header>
    }
}

fn members(view: &View<'_>) -> Html {
    let now = view.frame().config.members;
    let change = view.on(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        Message::Members(select.value().parse().unwrap_or(3))
    });
    html! {
        <label class="chip">
            { view.words().members }
            <select data-testid="members" onchange={change}>
                { for (1..=7_u32).map(|count| html! {
                    <option value={count.to_string()} selected={count == now}>
                        { count.to_string() }
                    </option>
                }) }
            </select>
        </label>
    }
}

fn seed(view: &View<'_>) -> Html {
    let words = view.words();
    let now = view.frame().config.seed.to_string();
    let change = {
        let (send, language) = (view.send.clone(), view.language());
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
    let new = view.on(|_: MouseEvent| Message::Seed((js_sys::Math::random() * 10_000.0) as u64));
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
