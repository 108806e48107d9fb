//! The rules of the protocol, each with a switch, and the banner that says which are off.

use quorate_core::rules::Rule;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use crate::state::Message;
use crate::text::HandWords;

/// The switches, behind a button of the head.
pub(crate) fn rules(view: &View<'_>) -> Html {
    let words = view.hands();
    let off = view.frame().config.missing_rules();
    html! {
        <details class="rules" name="popover">
            <summary class="chip" data-testid="rules">
                { words.rules }
                if !off.is_empty() { <b>{ format!("−{}", off.len()) }</b> }
            </summary>
            <div class="popover">
                <p class="hint">{ words.rules_hint }</p>
                { for Rule::ALL.into_iter().map(|rule| {
                    let change = view.on(move |event: Event| {
                        let input: HtmlInputElement = event.target_unchecked_into();
                        Message::Rule(rule, input.checked())
                    });
                    html! {
                        <label class="every">
                            <input type="checkbox" checked={!off.contains(&rule)}
                                data-testid={format!("rule-{rule}")} onchange={change} />
                            { name(words, rule) }
                        </label>
                    }
                }) }
            </div>
        </details>
    }
}

/// What runs is no Raft any more: which rules are off.
pub(crate) fn banner(view: &View<'_>) -> Html {
    let words = view.hands();
    let off = view.frame().config.missing_rules();
    if off.is_empty() {
        return html! {};
    }
    let names: Vec<&str> = off.iter().map(|rule| name(words, *rule)).collect();
    html! {
        <p class="notice modified" data-testid="modified" role="status">
            { icon(Icon::Cut) }
            <span>{ words.modified }{ " " }<b>{ names.join(", ") }</b></span>
        </p>
    }
}

fn name(words: &HandWords, rule: Rule) -> &'static str {
    let mut named = Rule::ALL.into_iter().zip(words.rule_names);
    named
        .find(|(other, _)| *other == rule)
        .map_or(rule.name(), |(_, name)| name)
}
