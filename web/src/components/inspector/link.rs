//! A link between two members.

use quorate_core::sim::Node;
use yew::prelude::*;

use super::fact;
use crate::components::View;
use crate::state::hands::latency_us;

/// How each direction of a link is.
pub(super) fn link(view: &View<'_>, one: Node, two: Node) -> Html {
    let (hands, frame) = (view.hands(), view.frame());
    let way = |from: Node, to: Node| {
        let is_cut = frame.cuts.contains(&(one, two)) || frame.one_way_cuts.contains(&(from, to));
        let under_way = frame.messages.iter();
        let count = under_way
            .filter(|message| message.from == from && message.to == to)
            .count();
        let state = if is_cut { hands.is_cut } else { hands.whole };
        html! {
            <div>
                <dt>{ format!("{from} → {to}") }</dt>
                <dd>{ format!("{state} · {count} {}", hands.under_way) }</dd>
            </div>
        }
    };
    let (min_us, max_us) = latency_us(frame, one, two);
    let latency = format!("{} – {} ms", min_us / 1_000, max_us.div_ceil(1_000));
    html! {
        <dl class="facts">
            { way(one, two) }
            { way(two, one) }
            { fact(view, hands.latency, latency, None) }
        </dl>
    }
}
