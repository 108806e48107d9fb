//! A message under way, or one that was just lost.

use quorate_core::sim::{LossReason, LostMessage};
use yew::prelude::*;

use crate::draw::layout::{Layout, Point};
use crate::draw::path::{number, translate};
use crate::draw::pill::Pill;
use crate::text::Language;

/// The name of a message's element in the document, by which the animation finds it.
pub(crate) fn element_id(message: u64) -> String {
    format!("message-{message}")
}

/// A message under way.
pub(crate) fn message(layout: &Layout, pill: &Pill, now_us: u64, language: Language) -> Html {
    let title = format!(
        "{} → {}: {} ({} {})",
        pill.from,
        pill.to,
        language.message(&pill.summary),
        pill.summary.kind.name(),
        pill.term_label(),
    );
    html! {
        <g key={pill.id} id={element_id(pill.id)} class={class(pill)} tabindex="0" role="img"
            data-kind={pill.summary.kind.name()}
            transform={translate(pill.place(layout, now_us))}>
            <title>{ title }</title>
            { nub(layout, pill) }
            { body(pill) }
        </g>
    }
}

/// A message that was lost in the last event: where it was lost, and why.
pub(crate) fn lost(layout: &Layout, lost: &LostMessage, pill: &Pill, language: Language) -> Html {
    let share = match lost.reason {
        // On this side of the cut's mark.
        LossReason::Cut => 0.3,
        LossReason::Chance | LossReason::NotConnected | LossReason::Dropped => 0.5,
        LossReason::Down => 0.88,
    };
    let at = pill.place_at(layout, share);
    html! {
        <g key={format!("lost-{}", pill.id)} class={classes!(class(pill), "lost")}
            transform={translate(at)}>
            { body(pill) }
            <text class="why" y="24">{ language.loss(lost.reason) }</text>
        </g>
    }
}

fn class(pill: &Pill) -> Classes {
    classes!(
        "pill",
        term_class(pill.summary.term.0),
        pill.verdict().map(|_| "hollow"),
    )
}

/// The class that fills with a term's colour.
pub(crate) fn term_class(term: u64) -> String {
    match term {
        0 => "term-0".to_owned(),
        term => format!("term-{}", (term - 1) % 6 + 1),
    }
}

const TICK: &str = "M-4 0L-1 3.5L4.5 -3.5";
const CROSS: &str = "M-3.5 -3.5L3.5 3.5M3.5 -3.5L-3.5 3.5";

fn body(pill: &Pill) -> Html {
    let (width, height) = pill.size();
    let mark = pill.verdict();
    let middle = if mark.is_some() { -6.5 } else { 0.0 };
    html! {
        <>
            <rect x={number(-width / 2.0)} y={number(-height / 2.0)} width={number(width)}
                height={number(height)} rx="7" />
            <text class="label" x={number(middle)} y="4">
                { pill.label() }
                if pill.summary.term.0 > 0 {
                    <tspan class="of-term" dx="4">{ pill.term_label() }</tspan>
                }
            </text>
            if let Some(granted) = mark {
                <path class="verdict" transform={translate(Point { x: width / 2.0 - 11.0, y: 0.0 })}
                    d={if granted { TICK } else { CROSS }} />
            }
        </>
    }
}

fn nub(layout: &Layout, pill: &Pill) -> Html {
    let (at, angle) = pill.nub(layout);
    let place = format!("{} rotate({})", translate(at), number(angle));
    html! { <path class="nub" d="M-3 -4L9 0L-3 4Z" transform={place} /> }
}
