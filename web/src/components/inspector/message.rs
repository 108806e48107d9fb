//! A message under way or held.

use yew::prelude::*;

use super::fact;
use crate::components::View;

/// What is in a message, and when it will arrive.
pub(super) fn message(view: &View<'_>, id: u64) -> Html {
    let (words, hands, frame) = (view.words(), view.hands(), view.frame());
    let mut messages = frame.messages.iter().chain(&frame.held);
    let Some(message) = messages.find(|message| message.id == id) else {
        return html! {};
    };
    let is_held = frame.held.iter().any(|held| held.id == id);
    let left_us = message.arrives_at_us.saturating_sub(frame.now_us);
    let when = match is_held {
        true => hands.held.to_owned(),
        false => format!("{} {} ms", hands.arrives_in, left_us.div_ceil(1_000)),
    };
    let summary = &message.summary;
    html! {
        <>
            <p>{ view.language().message(summary) }{ " · " }{ when }</p>
            <dl class="facts">
                { fact(view, words.term, summary.term.to_string(), None) }
                { fact(view, words.index, summary.index.to_string(), None) }
                { fact(view, hands.log_term, summary.log_term.to_string(), None) }
                { fact(view, hands.entries, summary.entries.to_string(), None) }
                { fact(view, words.commit, summary.commit.to_string(), None) }
            </dl>
        </>
    }
}
