//! A link between two members: whole or cut, straight or bent when it takes longer than others.

use quorate_core::sim::{Frame, Node};
use yew::prelude::*;

use super::View;
use crate::draw::layout::{Layout, Point, unit};
use crate::draw::path::{number, translate};
use crate::state::hands::latency_us;
use crate::state::{Menu, Message, Subject};

/// The name of a link's element in the document.
pub(crate) fn element_id(one: Node, other: Node) -> String {
    format!("link-{}-{}", one.0, other.0)
}

/// A link's line; a cut one is open in the middle, between two strokes.
pub(crate) fn link(
    view: &View<'_>,
    frame: &Frame,
    layout: &Layout,
    one: Node,
    other: Node,
) -> Html {
    let is_cut = frame.cuts.contains(&(one, other));
    let lost_there = frame.one_way_cuts.contains(&(one, other));
    let lost_back = frame.one_way_cuts.contains(&(other, one));
    let is_here = std::ptr::eq(frame, view.frame());
    let subject = Subject::link(one, other);
    let selected = is_here && view.state.subject == subject;
    let middle = layout.on_link(one, other, 0.5, 0.0);
    // Which end it is drawn from does not matter, but each has its own side for what it sends.
    let kind = if is_cut { "cut" } else { "link" };
    let class = classes!(
        "link",
        is_cut.then_some("cut"),
        selected.then_some("selected")
    );
    let path = curve(layout, one, other);
    let menu = view.on(move |event: MouseEvent| {
        event.prevent_default();
        event.stop_propagation();
        Message::OpenMenu(Menu {
            of: subject,
            x: event.client_x(),
            y: event.client_y(),
        })
    });
    let (_, max_us) = latency_us(frame, one, other);
    let is_slow = frame.latencies.iter().any(|slow| slow.link == (one, other));
    html! {
        <g key={format!("{kind}-{}-{}", one.0, other.0)} {class}
            data-cut={is_cut.then(|| format!("{one}-{other}"))}>
            if is_cut {
                <path class="open" d={path.clone()} />
                <circle class="gap" r="9" cx={number(middle.x)} cy={number(middle.y)} />
                { strokes(layout, one, other) }
            } else {
                <path class="whole" d={path.clone()} />
                if lost_there { { barrier(layout, one, other) } }
                if lost_back { { barrier(layout, other, one) } }
            }
            if is_slow && !is_cut {
                <text class="label" x={number(middle.x)} y={number(middle.y - 6.0)}>
                    { format!("≤ {} ms", max_us.div_ceil(1_000)) }
                </text>
            }
            if is_here {
                <path class="hit" id={element_id(one, other)} data-testid={element_id(one, other)}
                    d={path} tabindex="-1" role="img"
                    aria-label={format!("{} {one} – {other}", view.hands().link)}
                    data-link={format!("{}-{}", one.0, other.0)}
                    onclick={view.click(Message::Look(subject))} oncontextmenu={menu} />
            }
        </g>
    }
}

/// The way between two members.
fn curve(layout: &Layout, one: Node, other: Node) -> String {
    let (start, end) = (layout.place(one), layout.place(other));
    let place = |point: Point| format!("{} {}", number(point.x), number(point.y));
    if layout.bend(one, other) == 0.0 {
        return format!("M{}L{}", place(start), place(end));
    }
    bent(layout, one, other, layout.bend(one, other))
}

/// A way that is bent so far in its middle, to the left of who goes to the higher number.
pub(crate) fn bent(layout: &Layout, one: Node, other: Node, bend: f64) -> String {
    let (start, end) = (layout.place(one), layout.place(other));
    let (dx, dy) = unit(start, end);
    // A curve of the second degree reaches half as far as its handle.
    let handle = Point {
        x: f64::midpoint(start.x, end.x) + dy * bend * 2.0,
        y: f64::midpoint(start.y, end.y) - dx * bend * 2.0,
    };
    format!(
        "M{} {}Q{} {} {} {}",
        number(start.x),
        number(start.y),
        number(handle.x),
        number(handle.y),
        number(end.x),
        number(end.y)
    )
}

/// The two strokes of a cut, across the link.
fn strokes(layout: &Layout, one: Node, other: Node) -> Html {
    let (dx, dy) = unit(layout.place(one), layout.place(other));
    let middle = layout.on_link(one, other, 0.5, 0.0);
    let stroke = |along: f64| {
        let (x, y) = (middle.x + dx * along, middle.y + dy * along);
        html! {
            <line class="stroke" x1={number(x - dy * 8.0)} y1={number(y + dx * 8.0)}
                x2={number(x + dy * 8.0)} y2={number(y - dx * 8.0)} />
        }
    };
    html! { <>{ stroke(-6.0) }{ stroke(6.0) }</> }
}

/// What ends the way from one to the other: a bar with a point that does not get through.
fn barrier(layout: &Layout, from: Node, to: Node) -> Html {
    let (dx, dy) = unit(layout.place(from), layout.place(to));
    let at = layout.on_link(from, to, 0.42, 14.0);
    let place = format!(
        "{} rotate({})",
        translate(at),
        number(dy.atan2(dx).to_degrees())
    );
    html! {
        <g class="barrier" data-cut={format!("{from}→{to}")} transform={place}>
            <path class="stroke" d="M8 -8V8M-10 0H3M-1 -4L3 0L-1 4" />
        </g>
    }
}
