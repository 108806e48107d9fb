//! The stage: members in a circle, links, messages under way.

use quorate_core::sim::Node;
use yew::prelude::*;

use super::View;
use super::link::link;
use super::member::{Drawing, member};
use super::message::{lost, message};
use crate::draw::layout::Layout;
use crate::draw::path::number;
use crate::draw::pill::pills;

/// The stage.
pub(crate) fn stage(view: &View<'_>) -> Html {
    let frame = view.frame();
    let layout = Layout::of(frame, view.state.compact);
    let drawing = Drawing {
        view,
        layout: &layout,
    };
    let nodes: Vec<Node> = frame.members.iter().map(|member| member.node).collect();
    let links = nodes.iter().flat_map(|one| {
        let others = nodes.iter().filter(move |other| *other > one);
        others.map(|other| link(&layout, *one, *other, frame.cuts.contains(&(*one, *other))))
    });
    html! {
        <svg class="stage" data-testid="stage" role="group"
            aria-label={view.words().stage}
            viewBox={format!("0 0 {} {}", number(layout.width), number(layout.height))}>
            <g class="links">{ for links }</g>
            <g class="members">
                { for frame.members.iter().map(|one| {
                    member(&drawing, one)
                }) }
            </g>
            <g class="lost-messages">
                { for frame.lost.iter().flat_map(|one| {
                    pills(std::slice::from_ref(&one.message))
                        .into_iter()
                        .map(|pill| lost(&layout, one, &pill, view.language()))
                }) }
            </g>
            <g class="messages">
                { for pills(&frame.messages).iter().map(|pill| {
                    message(&layout, pill, view.state.now_us(), view.language())
                }) }
            </g>
        </svg>
    }
}
