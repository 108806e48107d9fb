//! The stage: members on an oval, links, messages under way and held.
//!
//! What is seen and what can be pressed are two layers: the upper one holds each member and,
//! behind it, the messages to it in the order in which they will be delivered, so that Tab goes
//! through them so.

use quorate_core::sim::{EventCause, Frame, MessageFrame, Node};
use yew::prelude::*;

use super::View;
use super::link::link;
use super::member::{Drawing, member, member_hand};
use super::message::{arrived, held, lost, message};
use crate::draw::apart::places;
use crate::draw::layout::Layout;
use crate::draw::path::number;
use crate::draw::pill::{Pill, pills};
use crate::state::{Menu, Message, Subject};

/// The line that is being drawn across the stage.
pub(crate) const STROKE: &str = "stroke";
/// Of more messages than this only the outlines are drawn: letters cost most.
const LETTERED: usize = 150;
/// More held messages than this are not drawn one by one.
const HELD_SHOWN: usize = 6;

/// The stage, with all that a hand can do on it.
pub(crate) fn stage(view: &View<'_>) -> Html {
    let layout = view.state.layout();
    let menu = view.on(|event: MouseEvent| {
        event.prevent_default();
        Message::OpenMenu(Menu {
            of: Subject::Stage,
            x: event.client_x(),
            y: event.client_y(),
        })
    });
    html! {
        <svg class="stage" id="stage" data-testid="stage" role="group"
            aria-label={view.words().stage} oncontextmenu={menu}
            viewBox={format!("0 0 {} {}", number(layout.width), number(layout.height))}>
            { scenery(view, view.frame(), &layout) }
            <path id={STROKE} d="" />
            { hands(view, &layout) }
        </svg>
    }
}

/// Another branch's stage: to be looked at.
pub(crate) fn second_stage(view: &View<'_>, frame: &Frame, layout: &Layout) -> Html {
    let pills = pills(&frame.messages);
    let places = places(&pills, frame, layout, frame.now_us, true);
    html! {
        <svg class="stage second" data-testid="second-stage" aria-hidden="true"
            viewBox={format!("0 0 {} {}", number(layout.width), number(layout.height))}>
            { scenery(view, frame, layout) }
            { for pills.iter().zip(places).map(|(pill, at)| message(view, layout, pill, at, None)) }
        </svg>
    }
}

/// Links, members and lost messages: what is seen.
fn scenery(view: &View<'_>, frame: &Frame, layout: &Layout) -> Html {
    let nodes: Vec<Node> = frame.members.iter().map(|member| member.node).collect();
    let links = nodes.iter().flat_map(|one| {
        let others = nodes.iter().filter(move |other| *other > one);
        others.map(|other| link(view, frame, layout, *one, *other))
    });
    let drawing = Drawing {
        view,
        frame,
        layout,
    };
    html! {
        <>
            <g class="links">{ for links }</g>
            <g class="members">
                { for frame.members.iter().map(|one| member(&drawing, one)) }
            </g>
            <g class="lost-messages">
                { for frame.lost.iter().flat_map(|one| {
                    pills(std::slice::from_ref(&one.message))
                        .into_iter()
                        .map(|pill| lost(layout, one, &pill, view.language()))
                }) }
            </g>
        </>
    }
}

/// What can be pressed.
fn hands(view: &View<'_>, layout: &Layout) -> Html {
    let frame = view.frame();
    let under_way = pills(&frame.messages);
    let now_us = view.state.now_us();
    let places = places(&under_way, frame, layout, now_us, !view.is_playing());
    let lettered = under_way.len() <= LETTERED;
    let delivered = match frame.last.as_ref().map(|event| &event.cause) {
        Some(EventCause::Delivered(message)) => Some(message),
        _ => None,
    };
    html! {
        <>
        <g class="arrivals">
            if let Some(delivered) = delivered { { arrived(layout, &Pill::of(delivered)) } }
        </g>
        <g class="messages">
            { for frame.members.iter().map(|one| html! {
                <g key={format!("hand-{}", one.node.0)}>
                    { member_hand(view, layout, one) }
                    { for under_way.iter().zip(&places).filter(|(pill, _)| pill.to == one.node)
                        .map(|(pill, at)| message(view, layout, pill, *at, Some((now_us, lettered)))) }
                    { inbox(view, layout, one.node) }
                </g>
            }) }
        </g>
        </>
    }
}

/// The messages that are kept back from a member, in the order in which they were sent.
fn inbox(view: &View<'_>, layout: &Layout, node: Node) -> Html {
    let mut all = view.frame().held.iter().filter(|one| one.to == node);
    let first: Vec<&MessageFrame> = all.by_ref().take(HELD_SHOWN).collect();
    let more = all.count();
    let label = layout.in_inbox(node, first.len());
    html! {
        <>
            { for first.iter().enumerate().map(|(slot, one)| held(view, layout, one, slot)) }
            if !first.is_empty() {
                <text class="label" x={number(label.x)} y={number(label.y)}>
                    { view.hands().inbox }
                    if more > 0 { { format!(" +{more}") } }
                </text>
            }
        </>
    }
}
