//! A client: what it asks, of whom, and what came of it.

use std::sync::Arc;

use quorate_core::sim::{Frame, Node, OperationFrame, OperationOutcome};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::state::{Form, Message};
use crate::text::Language;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) frame: Arc<Frame>,
    pub(crate) form: Form,
    pub(crate) language: Language,
    pub(crate) send: Callback<Message>,
}

/// More operations than this are not listed.
const LISTED: usize = 30;

/// The form and the list of operations, newest first.
#[component]
pub(crate) fn Client(props: &Props) -> Html {
    let words = props.language.words();
    let operations = &props.frame.operations;
    html! {
        <>
            { form(props) }
            <h3>{ words.operations }</h3>
            <ol class="operations" data-testid="operations">
                { for operations.iter().rev().take(LISTED).map(|one| operation(props.language, one)) }
            </ol>
            if operations.is_empty() {
                <p class="hint">{ words.no_operations }</p>
            }
        </>
    }
}

fn form(props: &Props) -> Html {
    let words = props.language.words();
    let send = &props.send;
    let submit = {
        let send = send.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send.emit(Message::Put);
        })
    };
    let key = send.reform(|event: InputEvent| Message::Key(text_of(&event)));
    let value = send.reform(|event: InputEvent| Message::Value(text_of(&event)));
    let at = send.reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        Message::At(Node(select.value().parse().unwrap_or(1)))
    });
    let empty = props.form.key.is_empty();
    html! {
        <form class="client" onsubmit={submit} autocomplete="off">
            <label><span>{ words.key }</span>
                <input data-testid="put-key" value={props.form.key.clone()} oninput={key}
                    maxlength="40" spellcheck="false" autocapitalize="off" /></label>
            <label><span>{ words.value }</span>
                <input data-testid="put-value" value={props.form.value.clone()} oninput={value}
                    maxlength="40" spellcheck="false" autocapitalize="off" /></label>
            <label><span>{ words.at }</span>
                <select data-testid="put-at" onchange={at}>
                    { for props.frame.members.iter().map(|member| html! {
                        <option value={member.node.0.to_string()}
                            selected={member.node == props.form.at}>
                            { member.node.to_string() }
                        </option>
                    }) }
                </select></label>
            <button class="primary" type="submit" data-testid="put" disabled={empty}>
                { words.put }</button>
            <button type="button" data-testid="get" disabled={empty}
                onclick={send.reform(|_| Message::Get)}>{ words.get }</button>
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
            if let Some(answer) = answer { <span class="answer">{ answer.clone() }</span> }
            if let Some(took) = took { <small class="took">{ took }</small> }
        </li>
    }
}

fn text_of(event: &InputEvent) -> String {
    let input: HtmlInputElement = event.target_unchecked_into();
    input.value()
}
