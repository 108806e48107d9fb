//! The map of the course: its parts, its lessons, and what is done.

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::View;
use super::super::icon::{Icon, icon};
use super::{close, learn};
use crate::lesson::{Entry, LessonMessage, LessonWords, Map, browser, words};
use crate::state::Message;

/// The map, over a cloth that closes it.
pub(super) fn map(view: &View<'_>) -> Html {
    let words = words(view.language());
    let lessons = &view.state.lessons;
    html! {
        <>
            <div class="cloth dim" onclick={learn(view, LessonMessage::Map(false))}></div>
            <section class="curriculum" role="dialog" aria-label={words.lessons}
                data-testid="lesson-map">
                <header>
                    <h2>{ words.lessons }</h2>
                    { close(view, LessonMessage::Map(false)) }
                </header>
                if let Some(why) = &lessons.failure {
                    <p class="hint">{ words.not_loaded }{ " " }<code>{ why.clone() }</code></p>
                }
                <div class="parts">
                    if let Some(map) = &lessons.map {
                        { for parts(map).into_iter().map(|part| of_part(view, words, map, part)) }
                    } else if lessons.failure.is_none() {
                        <p class="hint">{ words.loading }</p>
                    }
                </div>
                { keeping(view, words) }
            </section>
        </>
    }
}

fn parts(map: &Map) -> Vec<usize> {
    let mut parts: Vec<usize> = map.entries.iter().map(|entry| entry.part).collect();
    parts.dedup();
    parts
}

fn of_part(view: &View<'_>, words: &LessonWords, map: &Map, part: usize) -> Html {
    let title = words.parts.get(part.wrapping_sub(1)).copied().unwrap_or("");
    let entries = map.entries.iter().filter(|entry| entry.part == part);
    html! {
        <section>
            <h3>{ format!("{part} · {title}") }</h3>
            <ol>{ for entries.map(|entry| of_entry(view, words, map, entry)) }</ol>
        </section>
    }
}

fn of_entry(view: &View<'_>, words: &LessonWords, map: &Map, entry: &Entry) -> Html {
    let language = view.language();
    let progress = &view.state.lessons.progress;
    let done = progress.of(&entry.id);
    let missing: Vec<&str> = entry
        .needs
        .iter()
        .filter(|id| progress.of(id).steps.is_none())
        .filter_map(|id| Some(map.entry(id)?.title(language)))
        .collect();
    let state = match (done.steps, done.harder_steps) {
        (None, _) => None,
        (Some(_), None) => Some(words.done.to_owned()),
        (Some(_), Some(_)) => Some(format!("{}, {}", words.done, words.harder_done)),
    };
    html! {
        <li class={state.as_ref().map(|_| "done")}>
            <button data-testid={format!("lesson-{}", entry.id)}
                onclick={learn(view, LessonMessage::Open(entry.id.clone()))}>
                <span class="sign">{ icon(if state.is_some() { Icon::Tick } else { Icon::Play }) }</span>
                <b>{ entry.title(language).to_owned() }</b>
                <small>
                    { format!("{} {}", entry.minutes, words.minutes) }
                    if let Some(state) = state { { format!(" · {state}") } }
                    if !missing.is_empty() {
                        { format!(" · {}: {}", words.needs, missing.join(", ")) }
                    }
                </small>
            </button>
            <span class="plainly">
                <a href={format!("?lesson={}", entry.id)}>{ words.link }</a>
                <a href={format!("?lesson={}&plain", entry.id)}>{ words.plain }</a>
            </span>
        </li>
    }
}

/// Where progress is kept, and how it is taken elsewhere.
fn keeping(view: &View<'_>, words: &LessonWords) -> Html {
    let send = view.send.clone();
    let change = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            let send = send.clone();
            let read = Closure::once(move |text: JsValue| {
                let text = text.as_string().unwrap_or_default();
                send.emit(Message::Lesson(LessonMessage::Import(text)));
            });
            let _ = file.text().then(&read);
            // It is called once, later, and frees itself then.
            read.forget();
        }
        // So that the same file can be opened again.
        input.set_value("");
    });
    html! {
        <footer>
            <span>{ words.kept_here }</span>
            <a data-testid="lesson-export" download="quorate-lessons.txt"
                href={browser::as_file(&view.state.lessons.progress.write())}>{ words.export }</a>
            if view.state.lessons.bad_import {
                <span role="alert" data-testid="lesson-import-error">{ words.bad_import }</span>
            }
            <label>{ words.import }
                <input type="file" accept=".txt,text/plain" class="sr"
                    data-testid="lesson-import" onchange={change} /></label>
        </footer>
    }
}
