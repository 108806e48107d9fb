//! The clients' lane: each operation from when it was asked to when it was answered, on the axis of
//! time, and what the audit says of all of them.

use quorate_core::sim::{Node, OperationFrame, OperationOutcome};
use yew::prelude::*;

use super::View;
use super::outlook::question;
use crate::details::Verdict;
use crate::draw::path::number;
use crate::draw::spans::{Row, Window, rows};
use crate::state::Message;

/// The lane.
pub(crate) fn clients_lane(view: &View<'_>) -> Html {
    let frame = view.frame();
    let verdict = view.state.details.verdict();
    let broken: &[u64] = match &verdict {
        Verdict::Broken { operations, .. } => operations,
        _ => &[],
    };
    let window = Window::of(frame);
    html! {
        <div class="clients-lane" data-testid="clients-lane">
            <div class="lane-head">
                { verdict_line(view, &verdict) }
                { question(view) }
            </div>
            <div class="spans" role="list">
                { for rows(frame, window).iter().map(|row| self::row(view, window, row, broken)) }
            </div>
        </div>
    }
}

fn verdict_line(view: &View<'_>, verdict: &Verdict) -> Html {
    let words = view.tools();
    let (class, text) = match verdict {
        Verdict::Nothing => return html! { <span class="verdict-line"></span> },
        Verdict::Linearizable { unacknowledged: 0 } => ("good", words.linearizable.to_owned()),
        Verdict::Linearizable { unacknowledged } => (
            "good",
            format!(
                "{} · {unacknowledged} {}",
                words.linearizable, words.unacknowledged
            ),
        ),
        Verdict::Undecided => ("undecided", words.undecided.to_owned()),
        Verdict::Broken { property, text, .. } => ("violation", format!("◆ {property}: {text}")),
    };
    html! {
        <p class={classes!("verdict-line", class)} data-testid="verdict" data-verdict={class}>
            { text }
        </p>
    }
}

fn row(view: &View<'_>, window: Window, row: &Row<'_>, broken: &[u64]) -> Html {
    html! {
        <div class="span-row">
            { for row.operations.iter().map(|operation| {
                span(view, window, operation, broken.contains(&operation.number))
            }) }
        </div>
    }
}

fn span(view: &View<'_>, window: Window, operation: &OperationFrame, is_broken: bool) -> Html {
    let (class, answer) = match &operation.outcome {
        OperationOutcome::Waiting => ("waiting", String::new()),
        OperationOutcome::Done(answer) => ("done", answer.clone()),
        OperationOutcome::Failed(why) => ("failed", why.clone()),
        OperationOutcome::Unknown(why) => ("unknown", why.clone()),
    };
    let (start, width) = window.place(operation);
    let style = format!("left:{}%;width:{}%", number(start), number(width));
    let outcome = view.language().outcome(&operation.outcome);
    let spoken = format!(
        "{} {} {}: {outcome} {answer}",
        operation.number, operation.node, operation.text
    );
    let event = view.state.engine.event_at_us(operation.asked_at_us);
    html! {
        <button role="listitem" class={classes!("plain", "span", class, is_broken.then_some("violation"))}
            {style} title={spoken.clone()} aria-label={spoken} data-outcome={class}
            onclick={view.click(Message::Seek(event))}>
            <b>{ name(operation.node) }</b>
            <span>{ operation.text.clone() }</span>
            if answer != "OK" && !answer.is_empty() { <i>{ answer }</i> }
            if is_broken { <em>{ "◆" }</em> }
        </button>
    }
}

fn name(node: Node) -> String {
    format!("→{node}")
}
