//! The help: what this is, and the keys.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::state::Message;
use crate::text::Language;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) language: Language,
    pub(crate) send: Callback<Message>,
}

/// The help, as a dialog over the page.
#[component]
pub(crate) fn Help(props: &Props) -> Html {
    let words = props.language.words();
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                // Fails only when it is open already.
                let _ = dialog.show_modal();
            }
        });
    }
    let close = props.send.reform(|_: MouseEvent| Message::Help(false));
    let cancel = props.send.reform(|_: Event| Message::Help(false));
    html! {
        <dialog class="help" ref={dialog} oncancel={cancel} aria-label={words.help}>
            <h2>{ words.title }</h2>
            { for words.help_paragraphs.iter().map(|text| html! { <p>{ *text }</p> }) }
            <h3>{ words.keys_head }</h3>
            <table>
                <tbody>{ for words.keys_table.iter().map(|(key, what)| html! {
                    <tr><th scope="row"><kbd>{ *key }</kbd></th><td>{ *what }</td></tr>
                }) }</tbody>
            </table>
            <button class="plain close" aria-label={words.close} onclick={close}>
                { icon(Icon::Close) }
            </button>
        </dialog>
    }
}
