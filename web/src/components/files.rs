//! Links and files: the link to this moment, and the scenario that is edited, run, opened, saved.

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlDialogElement, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::browser;
use crate::state::{Files as Draft, FilesMessage, Message};
use crate::text::Language;

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) draft: Draft,
    /// What the link to this moment says.
    pub(crate) query: String,
    pub(crate) language: Language,
    pub(crate) send: Callback<Message>,
}

/// Links and files, as a dialog over the page.
#[component]
pub(crate) fn Files(props: &Props) -> Html {
    let (words, tools) = (props.language.words(), props.language.tools());
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
    let say = |message: FilesMessage| {
        props
            .send
            .reform(move |_: MouseEvent| Message::Files(message.clone()))
    };
    let cancel = props
        .send
        .reform(|_: Event| Message::Files(FilesMessage::Close));
    let edit = props.send.reform(|event: InputEvent| {
        let area: HtmlTextAreaElement = event.target_unchecked_into();
        Message::Files(FilesMessage::Edit(area.value()))
    });
    let link = use_state(String::new);
    {
        let (link, query) = (link.clone(), props.query.clone());
        use_effect_with(query, move |query| {
            browser::link_to(query, move |text| link.set(text));
        });
    }
    let copy = {
        let (send, link) = (props.send.clone(), link.clone());
        Callback::from(move |_: MouseEvent| {
            browser::copy(&link);
            send.emit(Message::Files(FilesMessage::Copied));
        })
    };
    let draft = &props.draft;
    let file = format!(
        "data:text/plain;charset=utf-8,{}",
        String::from(js_sys::encode_uri_component(&draft.text))
    );
    html! {
        <dialog class="help files" ref={dialog} oncancel={cancel} data-testid="files"
            aria-label={tools.share_title}>
            <h2>{ tools.share }</h2>
            <p class="link">
                <input readonly=true data-testid="link" aria-label={tools.copy_link}
                    value={(*link).clone()} />
                <button class="primary" data-testid="copy-link" onclick={copy}>
                    { if draft.copied { tools.copied } else { tools.copy_link } }
                </button>
            </p>
            <h3>{ tools.scenario }</h3>
            <p class="hint">{ tools.scenario_hint }</p>
            <textarea data-testid="scenario-text" rows="12" spellcheck="false" oninput={edit}
                aria-label={tools.scenario} value={draft.text.clone()} />
            if let Some(error) = &draft.error {
                <p class="complaint" role="alert" data-testid="scenario-error">{ error.clone() }</p>
            }
            if draft.has_run {
                <p class="hint" role="status" data-testid="scenario-ran">{ tools.ran }</p>
            }
            <p class="actions">
                <button class="primary" data-testid="scenario-run" onclick={say(FilesMessage::Run)}>
                    { tools.run }</button>
                <button data-testid="scenario-take" onclick={say(FilesMessage::TakeRun)}>
                    { tools.this_run }</button>
                <a class="button" data-testid="scenario-save" href={file} download="quorate-run.txt">
                    { tools.save_file }</a>
                { open_file(props, tools.open_file) }
            </p>
            <button class="plain close" aria-label={words.close} onclick={say(FilesMessage::Close)}>
                { icon(Icon::Close) }
            </button>
        </dialog>
    }
}

/// Opens a scenario's file. The browser's own control is there, unseen, for the keyboard.
fn open_file(props: &Props, title: &'static str) -> Html {
    let send = props.send.clone();
    let change = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            let send = send.clone();
            let name = file.name();
            let read = Closure::once(move |text: JsValue| {
                let text = text.as_string().unwrap_or_default();
                send.emit(Message::Scenario(name, text));
            });
            let _ = file.text().then(&read);
            // It is called once, later, and frees itself then.
            read.forget();
        }
        // So that the same file can be opened again.
        input.set_value("");
    });
    html! {
        <label class="button">
            { title }
            <input type="file" accept=".txt,text/plain" data-testid="scenario" onchange={change} />
        </label>
    }
}
