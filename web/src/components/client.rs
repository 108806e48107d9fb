//! A client: what it asks, of whom, and what came of it.

use quorate_core::sim::{Node, OperationFrame, OperationOutcome};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use crate::state::Message;
use crate::text::Language;

/// More operations than this are not listed.
const LISTED: usize = 30;

/// The form and the list of operations, newest first.
pub(crate) fn client(view: &View<'_>) -> Html {
    let words = view.words();
    let operations = &view.frame().operations;
    html! {
        <>
            { form(view) }
            <h3>{ words.operations }</h3>
            <ol class="operations" data-testid="operations">
                { for operations.iter().rev().take(LISTED).map(|one| {
                    operation(view.language(), one)
                }) }
            </ol>
            if operations.is_empty() {
                <p class="hint">{ words.no_operations }</p>
            }
        </>
    }
}

fn form(view: &View<'_>) -> Html {
    let words = view.words();
    let submit = view.on(|event: SubmitEvent| {
        event.prevent_default();
        Message::Put
    });
    let key = view.on(|event: InputEvent| Message::Key(text_of(&event)));
    let value = view.on(|event: InputEvent| Message::Value(text_of(&event)));
    let at = view.on(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        Message::At(Node(select.value().parse().unwrap_or(1)))
    });
    let empty = view.state.form.key.is_empty();
    html! {
        <form class="client" onsubmit={submit} autocomplete="off">
            <label><span>{ words.key }</span>
                <input data-testid="put-key" value={view.state.form.key.clone()} oninput={key}
                    maxlength="40" spellcheck="false" autocapitalize="off" /></label>
            <label><span>{ words.value }</span>
                <input data-testid="put-value" value={view.state.form.value.clone()} oninput={value}
                    maxlength="40" spellcheck="false" autocapitalize="off" /></label>
            <label><span>{ words.at }</span>
                <select data-testid="put-at" onchange={at}>
                    { for view.frame().members.iter().map(|member| html! {
                        <option value={member.node.0.to_string()}
                            selected={member.node == view.state.form.at}>
                            { member.node.to_string() }
                        </option>
                    }) }
                </select></label>
            <button class="primary" type="submit" data-testid="put" disabled={empty}>
                { words.put }</button>
            <button type="button" data-testid="get" disabled={empty}
                onclick={view.click(Message::Get)}>{ words.get }</button>
        </form>
    }
}

fn operation(language: Language, operation: &OperationFrame) -> Html {
    let (class, sign, answer) = match &operation.outcome {
        OperationOutcome::Waiting => ("waiting", Icon::Clock, None),
        OperationOutcome::Done(answer) => ("done", Icon::Tick, Some(answer)),
        OperationOutcome::Failed(why) => ("failed", Icon::Cross, Some(why)),
        OperationOutcome::Unknown(why) => ("unknown", Icon::Question, Some(why)),
    };
    let took = operation
        .answered_at_us
        .map(|at| format!("{} ms", at.saturating_sub(operation.asked_at_us) / 1000));
    let outcome = language.outcome(&operation.outcome);
    // `OK` says nothing that the outcome does not.
    let answer = answer.filter(|answer| answer.as_str() != "OK");
    html! {
        <li key={operation.number} {class} data-outcome={class}>
            { icon(sign) }
            <code>{ &operation.text }</code>
            <small>{ operation.node.to_string() }</small>
            <span class="outcome">{ outcome }</span>
            if let Some(took) = took { <small class="took">{ took }</small> }
            if let Some(answer) = answer { <span class="answer">{ answer.clone() }</span> }
        </li>
    }
}

fn text_of(event: &InputEvent) -> String {
    let input: HtmlInputElement = event.target_unchecked_into();
    input.value()
}
