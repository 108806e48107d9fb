//! The stage: members in a circle, links, messages under way.

use std::sync::Arc;

use quorate_core::sim::{Frame, MessageFrame, Node};
use yew::prelude::*;

use super::link::link;
use super::member::{Drawing, member};
use super::message::{lost, message};
use crate::draw::layout::Layout;
use crate::draw::pill::pills;
use crate::state;
use crate::text::Language;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) frame: Arc<Frame>,
    /// Virtual time as it is drawn, in microseconds.
    pub(crate) now_us: u64,
    pub(crate) selected: Node,
    pub(crate) compact: bool,
    pub(crate) language: Language,
    pub(crate) send: Callback<state::Message>,
}

/// The stage.
#[component]
pub(crate) fn Stage(props: &Props) -> Html {
    let frame: &Frame = &props.frame;
    let layout = Layout::new(frame.config.members, props.compact);
    let drawing = Drawing {
        frame,
        layout: &layout,
        language: props.language,
        send: &props.send,
    };
    let nodes: Vec<Node> = frame.members.iter().map(|member| member.node).collect();
    let links = nodes.iter().flat_map(|one| {
        let others = nodes.iter().filter(move |other| *other > one);
        others.map(|other| link(&layout, *one, *other, frame.cuts.contains(&(*one, *other))))
    });
    html! {
        <svg class="stage" data-testid="stage" role="group"
            aria-label={props.language.words().stage}
            viewBox={format!("0 0 {} {}", layout.width, layout.height)}>
            <g class="links">{ for links }</g>
            <g class="members">
                { for frame.members.iter().map(|one| {
                    member(&drawing, one, one.node == props.selected)
                }) }
            </g>
            <g class="lost-messages">
                { for frame.lost.iter().flat_map(|one| {
                    pills(std::slice::from_ref(&one.message))
                        .into_iter()
                        .map(|pill| lost(&layout, one, &pill, props.language))
                }) }
            </g>
            <g class="messages">{ for messages(&layout, &frame.messages, props) }</g>
        </svg>
    }
}

fn messages<'a>(
    layout: &'a Layout,
    under_way: &[MessageFrame],
    props: &'a Props,
) -> impl Iterator<Item = Html> + 'a {
    pills(under_way)
        .into_iter()
        .map(|pill| message(layout, &pill, props.now_us, props.language))
}
