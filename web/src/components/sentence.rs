//! What just happened, in words; spoken when one steps.

use yew::prelude::*;

use super::View;
use super::rich::rich;
use crate::state::Message;
use crate::text;

/// The sentence.
pub(crate) fn sentence(view: &View<'_>) -> Html {
    let told = text::sentence(view.language(), view.frame());
    // While it plays, a voice could not keep up.
    let live = if view.is_playing() { "off" } else { "polite" };
    html! {
        <>
        { unfold(view) }
        <p class="sentence" data-testid="sentence" aria-live={live} aria-atomic="true">
            <span class="cause">{ rich(&told.cause) }</span>
            { for told.consequences.iter().map(|text| html! {
                <span class="consequence">{ " " }{ rich(text) }</span>
            }) }
        </p>
        </>
    }
}

/// How many events the step passed over, and what each of them was.
fn unfold(view: &View<'_>) -> Html {
    let passed = view.state.passed_over();
    if passed == 0 || view.is_playing() {
        return html! {};
    }
    let unfolded = view.state.unfolded.as_deref();
    let label = format!("+{passed} {}", view.hands().passed_over);
    html! {
        <div class="unfold">
            <button class="plain" data-testid="unfold" title={label.clone()} aria-label={label}
                aria-expanded={unfolded.is_some().to_string()} onclick={view.click(Message::Unfold)}>
                { format!("+{passed}") }
            </button>
            if let Some(frames) = unfolded {
                <ol class="popover" data-testid="unfolded">
                    { for frames.iter().map(|frame| html! {
                        <li><button class="plain" onclick={view.click(Message::Seek(frame.event_count))}>
                            <small>{ frame.event_count.to_string() }</small>
                            <span>{ rich(&text::sentence(view.language(), frame).cause) }</span>
                        </button></li>
                    }) }
                </ol>
            }
        </div>
    }
}
