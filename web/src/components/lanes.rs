//! Who was what, when: a lane a member, with term bands, commit ticks, fault and violation marks.

use quorate_core::sim::Node;
use yew::prelude::*;

use super::View;
use super::clients_lane::clients_lane;
use super::member::{role_name, role_shape};
use super::message::term_class;
use crate::draw::axis::{Axis, LENGTH};
use crate::draw::path::number;
use crate::lanes::{Lane, Part};
use crate::state::Message;
use crate::text::seconds;

/// Of a band narrower than this the term has no room.
const TERM_ROOM: f64 = 26.0;

/// The lanes.
pub(crate) fn lanes(view: &View<'_>) -> Html {
    let engine = &view.state.engine;
    let axis = Axis::of(engine);
    let lanes = engine.lanes();
    let here = axis.at(engine.position());
    html! {
        <div class="lanes" data-testid="lanes">
            { clients_lane(view, axis) }
            { terms(view, axis) }
            { for lanes.members.iter().enumerate().map(|(at, lane)| {
                self::lane(view, axis, Node(at as u32 + 1), lane)
            }) }
            <div class="cursor" aria-hidden="true">
                <i style={format!("left:{}%", number(here / LENGTH * 100.0))}></i>
            </div>
        </div>
    }
}

/// The bands of the terms, from the event on at which somebody was in one.
fn terms(view: &View<'_>, axis: Axis) -> Html {
    let terms = &view.state.engine.lanes().terms;
    let bands = terms.iter().enumerate().map(|(at, (from, term))| {
        let until = terms.get(at + 1).map_or(axis.last(), |(next, _)| *next);
        let (start, width) = (axis.at(*from), axis.at(until) - axis.at(*from));
        let style = format!(
            "left:{}%;width:{}%",
            number(start / LENGTH * 100.0),
            number(width / LENGTH * 100.0)
        );
        html! {
            <span class={classes!("band", term_class(*term))} {style}>
                if width > TERM_ROOM && *term > 0 { { format!("t{term}") } }
            </span>
        }
    });
    html! {
        <>
            <span class="lane-name" aria-hidden="true">{ view.words().term }</span>
            <div class="bands" aria-hidden="true">{ for bands }</div>
        </>
    }
}

fn lane(view: &View<'_>, axis: Axis, node: Node, lane: &Lane) -> Html {
    let part = lane.parts.last().map_or(Part::Down, |(_, part)| *part);
    let selected = node == view.state.selected;
    html! {
        <>
            <button class={classes!("plain", "lane-name", selected.then_some("selected"))}
                tabindex="-1" onclick={view.click(Message::Select(node))}>
                { node.to_string() }
                <svg class={classes!("role", part_name(part))} viewBox="-9 -9 18 18"
                    aria-hidden="true">
                    { match part {
                        Part::Plays(role) => role_shape(role, 6.0),
                        Part::Learns => html! { <circle class="shape" r="4" /> },
                        Part::Down => html! { <circle class="shape" r="6" /> },
                    } }
                </svg>
            </button>
            <svg class="lane" viewBox="0 0 1000 14" preserveAspectRatio="none" role="img"
                data-testid={format!("lane-{}", node.0)}
                aria-label={spoken(view, node, lane)}>
                { for spans(axis, lane) }
                <path class="commits" d={ticks(axis, &lane.commits)} />
                <path class="faults" d={crosses(axis, &lane.faults)} />
                if let Some(event) = view.state.engine.lanes().violation {
                    <path class="violation" d={format!("M{} 0V14", number(axis.at(event)))} />
                }
            </svg>
        </>
    }
}

fn spans(axis: Axis, lane: &Lane) -> impl Iterator<Item = Html> {
    lane.parts
        .iter()
        .enumerate()
        .map(move |(at, (from, part))| {
            let until = lane
                .parts
                .get(at + 1)
                .map_or(axis.last(), |(next, _)| *next);
            let (x, width) = (axis.at(*from), axis.at(until) - axis.at(*from));
            // The roles differ in height, too: nothing is said by colour alone.
            let (y, height) = match part {
                Part::Down => (6.5, 1.0),
                Part::Learns => (5.0, 4.0),
                Part::Plays(role) => match role_name(*role) {
                    "leader" => (1.0, 12.0),
                    "candidate" | "pre-candidate" => (2.5, 9.0),
                    _ => (4.0, 6.0),
                },
            };
            html! {
                <rect class={part_name(*part)} x={number(x)} y={number(y)}
                    width={number(width.max(1.0))} height={number(height)} />
            }
        })
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Down => "down",
        Part::Learns => "learner",
        Part::Plays(role) => role_name(role),
    }
}

fn ticks(axis: Axis, events: &[u64]) -> String {
    let ticks = events
        .iter()
        .map(|event| format!("M{} 4V10", number(axis.at(*event))));
    ticks.collect()
}

fn crosses(axis: Axis, events: &[u64]) -> String {
    let crosses = events.iter().map(|event| {
        let x = axis.at(*event);
        let (left, right) = (number(x - 3.0), number(x + 3.0));
        format!("M{left} 2L{right} 12M{right} 2L{left} 12")
    });
    crosses.collect()
}

/// The lane in words: what the member was, from when on.
fn spoken(view: &View<'_>, node: Node, lane: &Lane) -> String {
    let words = view.words();
    let moments = view.state.engine.moments();
    let parts = lane.parts.iter().rev().take(5).rev().map(|(from, part)| {
        let at = moments.get(*from as usize - 1).map_or(0, |one| one.at_us);
        let part = match part {
            Part::Down => words.roles.down,
            Part::Learns => words.standings.learner,
            Part::Plays(role) => words.role(*role),
        };
        format!("{} s {part}", seconds(at))
    });
    format!("{node}: {}", parts.collect::<Vec<_>>().join(", "))
}
