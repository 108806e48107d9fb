//! A message under way, held, just arrived or just lost.

use quorate_core::sim::{LossReason, LostMessage, MessageFrame};
use yew::prelude::*;

use super::View;
use crate::draw::layout::{Layout, Point};
use crate::draw::path::{number, translate};
use crate::draw::pill::Pill;
use crate::state::{Menu, Message, Subject};
use crate::text::Language;

/// The name of a message's element in the document, by which the animation finds it.
pub(crate) fn element_id(message: u64) -> String {
    format!("message-{message}")
}

/// The name of the element of the message that has just arrived.
pub(crate) const ARRIVED: &str = "arrived";

/// A message under way: one that can be pressed, at this moment, with its name or, where there are
/// very many, as a shape alone; or one to be looked at.
pub(crate) fn message(
    view: &View<'_>,
    layout: &Layout,
    pill: &Pill,
    at: Point,
    pressed: Option<(u64, bool)>,
) -> Html {
    let Some((now_us, lettered)) = pressed else {
        return html! {
            <g key={pill.id} class={class(pill)} transform={translate(at)}>
                { nub(layout, pill) }
                { body(pill) }
            </g>
        };
    };
    let left_us = pill.arrives_at_us.saturating_sub(now_us);
    let when = format!("{} {} ms", view.hands().arrives_in, left_us.div_ceil(1_000));
    let inner = match lettered {
        true => html! { <>{ nub(layout, pill) }{ body(pill) }</> },
        false => html! { <path class="body" d={pill.outline()} /> },
    };
    hand(view, pill, at, &when, classes!(), inner)
}

/// A message that is kept back, in a place of its receiver's inbox.
pub(crate) fn held(view: &View<'_>, layout: &Layout, message: &MessageFrame, slot: usize) -> Html {
    let pill = Pill::of(message);
    let at = layout.in_inbox(message.to, slot);
    hand(
        view,
        &pill,
        at,
        view.hands().held,
        classes!("held"),
        body(&pill),
    )
}

fn hand(view: &View<'_>, pill: &Pill, at: Point, when: &str, more: Classes, inner: Html) -> Html {
    let subject = Subject::Message(pill.id);
    let selected = view.state.subject == subject;
    // It begins with what is seen, so that it can be asked for by that.
    let title = format!(
        "{} {}, {} → {}: {} ({}), {when}",
        pill.label(),
        pill.term_label(),
        pill.from,
        pill.to,
        view.language().message(&pill.summary),
        pill.summary.kind.name(),
    );
    let menu = view.on(move |event: MouseEvent| {
        event.prevent_default();
        event.stop_propagation();
        Message::OpenMenu(Menu {
            of: subject,
            x: event.client_x(),
            y: event.client_y(),
        })
    });
    html! {
        <g key={pill.id} id={element_id(pill.id)} tabindex="0" role="button"
            class={classes!(class(pill), more, selected.then_some("selected"))}
            data-kind={pill.summary.kind.name()} data-message={pill.id.to_string()}
            data-way={format!("{}-{}", pill.from.0, pill.to.0)}
            transform={translate(at)} aria-label={title.clone()}
            onclick={view.click(Message::Look(subject))}
            onfocus={view.on(move |_: FocusEvent| Message::Look(subject))}
            oncontextmenu={menu}>
            <title>{ title }</title>
            { inner }
        </g>
    }
}

/// The message that has just arrived: seen only while it comes to its end.
pub(crate) fn arrived(layout: &Layout, pill: &Pill) -> Html {
    html! {
        <g key={ARRIVED} id={ARRIVED} class={classes!(class(pill), "arrived")} opacity="0"
            transform={translate(pill.place_at(layout, 1.0))}>
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
    let mark = pill.verdict();
    let middle = if mark.is_some() { -6.5 } else { 0.0 };
    html! {
        <>
            <path class="body" d={pill.outline()} />
            <text class="label" x={number(middle)} y="4">
                { pill.label() }
                if pill.summary.term.0 > 0 {
                    // A space, not a shift: what is read is what is spoken.
                    { " " }
                    <tspan class="of-term">{ pill.term_label() }</tspan>
                }
            </text>
            if let Some(granted) = mark {
                <path class="verdict" transform={translate(Point { x: pill.mark_at(), y: 0.0 })}
                    d={if granted { TICK } else { CROSS }} />
            }
        </>
    }
}

fn nub(layout: &Layout, pill: &Pill) -> Html {
    let (at, angle) = pill.nub(layout);
    let place = format!("{} rotate({})", translate(at), number(angle));
    html! { <path class="nub" d="M-4 -5.5L8 0L-4 5.5" transform={place} /> }
}
