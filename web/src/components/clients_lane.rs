//! The clients' lane: each operation from when it was asked to when it was answered, on the axis of
//! the other lanes, and what the audit says of all of them.

use quorate_core::sim::{OperationFrame, OperationOutcome};
use yew::prelude::*;

use super::View;
use super::outlook::question;
use crate::details::Verdict;
use crate::draw::axis::{Axis, LENGTH};
use crate::draw::path::number;
use crate::draw::spans::{Span, Words, rows};
use crate::state::Message;

/// What a letter takes of the axis: on a screen that is wide, and on one that is narrow.
const LETTER: (f64, f64) = (10.5, 21.0);

/// What the audit says, and the question what else might have come.
pub(crate) fn clients_head(view: &View<'_>) -> Html {
    let verdict = view.state.details.verdict();
    html! {
        <div class="lane-head">
            { verdict_line(view, &verdict) }
            { question(view) }
        </div>
    }
}

/// The lane.
pub(crate) fn clients_lane(view: &View<'_>, axis: Axis) -> Html {
    let verdict = view.state.details.verdict();
    let broken: &[u64] = match &verdict {
        Verdict::Broken { operations, .. } => operations,
        _ => &[],
    };
    let engine = &view.state.engine;
    let letter = if view.state.room.compact {
        LETTER.1
    } else {
        LETTER.0
    };
    let rows = rows(
        view.frame(),
        axis.at(engine.position()),
        |us| axis.at(engine.event_at_us(us)),
        |operation| letter * (4 + words(operation).chars().count()) as f64,
    );
    html! {
        <>
            <span class="lane-name" aria-hidden="true">{ view.tools().clients_lane }</span>
            <div class="spans" data-testid="clients-lane" role={(!rows.is_empty()).then_some("list")}>
                { for rows.iter().map(|row| html! {
                    <div class="span-row" role="presentation">
                        { for row.iter().map(|span| {
                            self::span(view, span, broken.contains(&span.operation.number))
                        }) }
                    </div>
                }) }
            </div>
        </>
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

fn span(view: &View<'_>, span: &Span<'_>, is_broken: bool) -> Html {
    let operation = span.operation;
    let class = match operation.outcome {
        OperationOutcome::Waiting => "waiting",
        OperationOutcome::Done(_) => "done",
        OperationOutcome::Failed(_) => "failed",
        OperationOutcome::Unknown(_) => "unknown",
    };
    let place = |from: f64, to: f64, of: f64| {
        let (left, width) = (number(from / of * 100.0), number((to - from) / of * 100.0));
        format!("left:{left}%;width:{width}%")
    };
    let width = (span.to - span.from).max(1.0);
    let bar = place(span.start - span.from, span.end - span.from, width);
    let share = number((span.end - span.start) / width * 100.0);
    let (side, style) = match span.words {
        Words::Within => (None, None),
        Words::Behind => (None, Some(format!("padding-left:calc({share}% + 4px)"))),
        Words::Before => (
            Some("before"),
            Some(format!("padding-right:calc({share}% + 4px)")),
        ),
    };
    let outcome = view.language().outcome(&operation.outcome);
    let answer = answer(operation);
    // It begins with what is seen, so that it can be asked for by that.
    let spoken = format!("{}: {outcome}", words(operation));
    let event = view.state.engine.event_at_us(operation.asked_at_us);
    html! {
        <div role="listitem" class="span-box" style={place(span.from, span.to, LENGTH)}>
            <button class={classes!("plain", "span", class, side, is_broken.then_some("violation"))}
                {style}
                title={spoken.clone()} aria-label={spoken} data-outcome={class}
                onclick={view.click(Message::Seek(event))}>
                <s style={bar}></s>
                <b>{ format!("→{}", operation.node) }</b>{ " " }
                <span>{ operation.text.clone() }</span>{ " " }
                if !answer.is_empty() { <i>{ answer.to_owned() }</i> }
                if is_broken { <em aria-hidden="true">{ "◆" }</em> }
            </button>
        </div>
    }
}

/// What it was answered, where that says more than the span does.
fn answer(operation: &OperationFrame) -> &str {
    match &operation.outcome {
        OperationOutcome::Waiting => "",
        OperationOutcome::Done(answer) if answer == "OK" => "",
        OperationOutcome::Done(answer)
        | OperationOutcome::Failed(answer)
        | OperationOutcome::Unknown(answer) => answer,
    }
}

/// All that stands in its box.
fn words(operation: &OperationFrame) -> String {
    format!(
        "→{} {} {}",
        operation.node,
        operation.text,
        answer(operation)
    )
}
