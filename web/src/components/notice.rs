//! A notice: something a person should know, until they go on.

use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use crate::state::{Message, Notice};

/// The notice.
pub(crate) fn notice(view: &View<'_>, notice: &Notice) -> Html {
    let words = view.words();
    let violated = matches!(notice, Notice::Violated(_));
    html! {
        <div class={classes!("notice", violated.then_some("violation"))} role="status"
            data-testid="notice">
            <span>{ view.language().notice(notice) }</span>
            if matches!(notice, Notice::Forked { .. }) && view.state.engine.can_undo() {
                <button onclick={view.click(Message::Undo)}>
                    { icon(Icon::Undo) }{ words.undo }
                </button>
            }
            <button class="plain" aria-label={words.dismiss}
                onclick={view.click(Message::Dismiss)}>
                { icon(Icon::Close) }
            </button>
        </div>
    }
}
