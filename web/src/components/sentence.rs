//! What just happened, in words; spoken when one steps.

use yew::prelude::*;

use super::View;
use super::rich::rich;
use crate::text;

/// The sentence.
pub(crate) fn sentence(view: &View<'_>) -> Html {
    let told = text::sentence(view.language(), view.frame());
    // While it plays, a voice could not keep up.
    let live = if view.is_playing() { "off" } else { "polite" };
    html! {
        <p class="sentence" data-testid="sentence" aria-live={live} aria-atomic="true">
            <span class="cause">{ rich(&told.cause) }</span>
            { for told.consequences.iter().map(|text| html! {
                <span class="consequence">{ " " }{ rich(text) }</span>
            }) }
        </p>
    }
}
