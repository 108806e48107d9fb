//! Lessons: the map of the course, the panel of the one that is open, the note beside the log, and
//! the page for teachers.

mod brought;
mod done;
mod map;
mod note;
mod panel;
mod plain;
mod prose;

use quorate_lessons::Beat;
use yew::prelude::*;

use self::prose::prose;
use super::View;
use crate::lesson::{LessonMessage, LessonWords, Session, words};
use crate::state::Message;

/// What of lessons is on the page.
pub(crate) fn lesson(view: &View<'_>) -> Html {
    let lessons = &view.state.lessons;
    let session = lessons.session.as_ref();
    html! {
        <>
            if lessons.map_open { { map::map(view) } }
            if let Some(session) = session {
                { panel::panel(view, session) }
                if session.note_open {
                    <div class="cloth dim"
                        onclick={learn(view, LessonMessage::Note(false))}></div>
                    { note::note(view, session) }
                }
            } else if lessons.wanted.as_ref().is_some_and(|id| !id.is_empty()) {
                <aside class="lesson" data-testid="lesson">
                    <p class="hint">{ words(view.language()).loading }</p>
                </aside>
            }
        </>
    }
}

/// The page for teachers, if it is asked for and there.
pub(crate) fn plain_page(view: &View<'_>) -> Option<Html> {
    let session = view.state.lessons.session.as_ref()?;
    Some(plain::plain(view, session, session.plain.as_ref()?))
}

/// The button that opens the map.
pub(crate) fn opener(view: &View<'_>) -> Html {
    html! {
        <button class="chip" data-testid="lessons" onclick={learn(view, LessonMessage::Map(true))}>
            { words(view.language()).lessons }
        </button>
    }
}

/// Sends a message to the lessons at a click.
fn learn(view: &View<'_>, message: LessonMessage) -> Callback<MouseEvent> {
    view.click(Message::Lesson(message))
}

fn close(view: &View<'_>, message: LessonMessage) -> Html {
    let label = words(view.language()).close;
    html! {
        <button class="plain close" title={label} aria-label={label} data-testid="lesson-close"
            onclick={learn(view, message)}>
            { super::icon::icon(super::icon::Icon::Close) }
        </button>
    }
}

/// Questions of the notes' author that belong to the lesson, with their answers open or not.
fn questions(words: &LessonWords, session: &Session, open: bool) -> Html {
    if session.texts.questions.is_empty() {
        return html! {};
    }
    html! {
        <section class="asked">
            <h3>{ words.questions }</h3>
            { for session.texts.questions.iter().map(|(question, answer)| html! {
                <details {open}>
                    <summary>{ prose(question) }</summary>
                    <p>{ prose(answer) }</p>
                </details>
            }) }
        </section>
    }
}

/// Where more stands about what a beat tells.
fn sources(words: &LessonWords, beat: &Beat) -> Html {
    if beat.sources.is_empty() {
        return html! {};
    }
    html! {
        <p class="sources">
            { words.read_more }{ ": " }
            { for beat.sources.iter().enumerate().map(|(place, source)| html! {
                <>
                    if place > 0 { { " · " } }
                    <a href={source.url.clone()} target="_blank" rel="noopener">{ &source.name }</a>
                </>
            }) }
        </p>
    }
}
