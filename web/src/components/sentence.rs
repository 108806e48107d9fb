//! What just happened, in words; spoken when one steps.

use std::sync::Arc;

use quorate_core::sim::Frame;
use yew::prelude::*;

use super::rich::rich;
use crate::text::{Language, sentence};

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) frame: Arc<Frame>,
    pub(crate) language: Language,
    /// While it plays, a voice could not keep up.
    pub(crate) silent: bool,
}

/// The sentence.
#[component]
pub(crate) fn SentenceView(props: &Props) -> Html {
    let told = sentence(props.language, &props.frame);
    let live = if props.silent { "off" } else { "polite" };
    html! {
        <p class="sentence" data-testid="sentence" aria-live={live} aria-atomic="true">
            <span class="cause">{ rich(&told.cause) }</span>
            { for told.consequences.iter().map(|text| html! {
                <span class="consequence">{ " " }{ rich(text) }</span>
            }) }
        </p>
    }
}
