//! The one thing that the hand is on, and what the last event changed of it.

mod entry;
mod link;
mod member;
mod message;

use yew::prelude::*;

use super::View;
use crate::state::Subject;

/// The inspector.
pub(crate) fn inspector(view: &View<'_>) -> Html {
    let state = view.state;
    let content = match state.subject {
        Subject::Message(id) => message::message(view, id),
        Subject::Link(one, two) => link::link(view, one, two),
        Subject::Entry(node, index) => entry::entry(view, node, index),
        Subject::Member(_) | Subject::Stage | Subject::Time => member::member(view, state.selected),
    };
    html! {
        <div class="inspector" data-testid="inspector">
            <p class="who">
                <b>{ super::menu::title(view, state.subject) }</b>
            </p>
            { content }
        </div>
    }
}

/// A fact, with what it was before the last event when that changed it.
fn fact(view: &View<'_>, name: &'static str, now: String, was: Option<String>) -> Html {
    let was = was.filter(|was| *was != now);
    let class = classes!(was.is_some().then_some("changed"));
    html! {
        <div {class}>
            <dt>{ name }</dt>
            <dd>
                { now }
                if let Some(was) = was {
                    <del><span class="sr">{ view.hands().changed }{ " " }</span>{ was }</del>
                }
            </dd>
        </div>
    }
}
