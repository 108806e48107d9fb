//! A lesson as a page to read: for teachers, with its pictures in their order.

use quorate_lessons::{Beat, BeatKind, Task};
use yew::prelude::*;

use super::super::View;
use super::super::stage::second_stage;
use super::{prose, questions, sources};
use crate::draw::layout::Layout;
use crate::lesson::{LessonWords, Plain, Session, words};

/// The page.
pub(super) fn plain(view: &View<'_>, session: &Session, plain: &Plain) -> Html {
    let words = words(view.language());
    let texts = &session.texts;
    html! {
        <article class="plain-lesson" role="main" data-testid="plain-lesson">
            <header>
                <h1>{ &texts.title }</h1>
                <p>
                    { format!("{} {} · ", session.lesson.minutes, words.minutes) }
                    <a href={format!("?lesson={}", session.lesson.id)}>{ words.play_it }</a>
                </p>
            </header>
            { for texts.beats.iter().map(|beat| of_beat(view, words, session, plain, beat)) }
            <section>
                <h2>{ words.goal }</h2>
                { each(words, session, |task| {
                    let goals = task.goals.iter();
                    list("ul", goals.filter_map(|goal| texts.goals.get(&goal.id)))
                }) }
                <p><b>{ prose(&texts.shown) }</b></p>
                <details>
                    <summary>{ words.solution }</summary>
                    { each(words, session, |task| html! { <pre>{ task.whole() }</pre> }) }
                </details>
            </section>
            <section data-testid="plain-mistakes">
                <h2>{ words.mistakes }</h2>
                { each(words, session, |task| {
                    let wrongs = task.wrongs.iter();
                    list("ul", wrongs.filter_map(|wrong| texts.wrongs.get(&wrong.name)))
                }) }
            </section>
            <section class="hints">
                <h2>{ words.hints }</h2>
                { list("ol", texts.hints.iter()) }
                if !texts.harder_hints.is_empty() {
                    <h3>{ words.beat(BeatKind::Harder) }</h3>
                    { list("ol", texts.harder_hints.iter()) }
                }
            </section>
            { questions(words, session, true) }
        </article>
    }
}

/// Something of the task, and the same of the harder one under a head of its own.
fn each(words: &LessonWords, session: &Session, show: impl Fn(&Task) -> Html) -> Html {
    html! {
        <>
            { show(&session.lesson.task) }
            if let Some(harder) = &session.lesson.harder {
                <h3>{ words.beat(BeatKind::Harder) }</h3>
                { show(harder) }
            }
        </>
    }
}

fn list<'a>(tag: &'static str, texts: impl Iterator<Item = &'a String>) -> Html {
    html! { <@{tag}>{ for texts.map(|text| html! { <li>{ prose(text) }</li> }) }</@> }
}

fn of_beat(
    view: &View<'_>,
    words: &LessonWords,
    session: &Session,
    plain: &Plain,
    beat: &Beat,
) -> Html {
    html! {
        <section>
            <h2>{ words.beat(beat.kind) }</h2>
            { for beat.paragraphs.iter().map(|text| html! { <p>{ prose(text) }</p> }) }
            if !beat.answers.is_empty() {
                <ul class="answers">
                    { for beat.answers.iter().map(|answer| html! {
                        <li class={answer.is_right.then_some("right")}>
                            <b>{ prose(&answer.text) }</b>{ " " }{ prose(&answer.reply) }
                        </li>
                    }) }
                </ul>
            }
            { sources(words, beat) }
            if beat.kind == BeatKind::See { { pictures(view, words, session, plain) } }
        </section>
    }
}

/// The stage at each moment that matters.
fn pictures(view: &View<'_>, words: &LessonWords, session: &Session, plain: &Plain) -> Html {
    html! {
        <div class="pictures" aria-label={words.pictures}>
            { for plain.pictures.iter().map(|(id, frame)| {
                let layout = Layout::of(frame, view.state.room, &view.state.moved);
                html! {
                    <figure>
                        { second_stage(view, frame, &layout) }
                        <figcaption>
                            { session.texts.pictures.get(id).map(|text| prose(text)) }
                        </figcaption>
                    </figure>
                }
            }) }
        </div>
    }
}
