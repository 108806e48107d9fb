//! A notice: something a person should know, until they go on.

use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::state::{Message, Notice};
use crate::text::Language;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) notice: Notice,
    pub(crate) language: Language,
    pub(crate) send: Callback<Message>,
}

/// The notice.
#[component]
pub(crate) fn NoticeView(props: &Props) -> Html {
    let words = props.language.words();
    let violated = matches!(props.notice, Notice::Violated(_));
    html! {
        <div class={classes!("notice", violated.then_some("violation"))} role="status"
            data-testid="notice">
            <span>{ props.language.notice(&props.notice) }</span>
            if matches!(props.notice, Notice::Forked { .. }) {
                <button onclick={props.send.reform(|_| Message::Undo)}>
                    { icon(Icon::Undo) }{ words.undo }
                </button>
            }
            <button class="plain" aria-label={words.dismiss}
                onclick={props.send.reform(|_| Message::Dismiss)}>
                { icon(Icon::Close) }
            </button>
        </div>
    }
}
