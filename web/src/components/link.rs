//! A link between two members, whole or cut.

use quorate_core::sim::Node;
use yew::prelude::*;

use crate::draw::layout::Layout;
use crate::draw::path::number;

/// A link's line; a cut one is open in the middle, between two strokes.
pub(crate) fn link(layout: &Layout, one: Node, other: Node, cut: bool) -> Html {
    let (start, end) = (layout.place(one), layout.place(other));
    let at = |share: f64| {
        (
            start.x + (end.x - start.x) * share,
            start.y + (end.y - start.y) * share,
        )
    };
    let line = |from: (f64, f64), to: (f64, f64), class: &'static str| {
        html! {
            <line {class} x1={number(from.0)} y1={number(from.1)}
                x2={number(to.0)} y2={number(to.1)} />
        }
    };
    // Another key for a cut one: it is another element, not one whose attributes were changed.
    let kind = if cut { "cut" } else { "link" };
    let name = format!("{kind}-{}-{}", one.0, other.0);
    if !cut {
        return html! { <g key={name} class="link">{ line(at(0.0), at(1.0), "whole") }</g> };
    }
    let length = (end.x - start.x).hypot(end.y - start.y).max(1.0);
    let across = (
        (start.y - end.y) / length * 8.0,
        (end.x - start.x) / length * 8.0,
    );
    let stroke = |share: f64| {
        let (x, y) = at(share);
        line(
            (x - across.0, y - across.1),
            (x + across.0, y + across.1),
            "stroke",
        )
    };
    let gap = 7.0 / length;
    html! {
        <g key={name} class="link cut" data-cut={format!("{one}-{other}")}>
            { line(at(0.0), at(0.5 - gap), "open") }
            { line(at(0.5 + gap), at(1.0), "open") }
            { stroke(0.5 - gap) }
            { stroke(0.5 + gap) }
        </g>
    }
}
