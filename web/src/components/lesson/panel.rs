//! The open lesson: its beats, one at a time, its goal beside how things stand, and one button that
//! goes on.

use quorate_lessons::{Answer, Beat, BeatKind};
use yew::prelude::*;

use super::super::View;
use super::super::icon::{Icon, icon};
use super::brought::brought;
use super::done::done;
use super::{close, learn, prose, questions, sources};
use crate::lesson::{LessonMessage, LessonWords, Session, cause, words};
use crate::state::Message;

/// The panel.
pub(super) fn panel(view: &View<'_>, session: &Session) -> Html {
    let words = words(view.language());
    let beat = session.texts.beats.get(session.beat);
    let is_last = session.beat + 1 >= session.texts.beats.len();
    let next = if is_last { words.to_map } else { words.next };
    let is_folded = session.is_folded;
    html! {
        <aside class={classes!("lesson", is_folded.then_some("folded"))} data-testid="lesson"
            data-beat={session.beat.to_string()} aria-label={session.texts.title.clone()}>
            <header>
                <h2>{ &session.texts.title }</h2>
                { fold(view, words, is_folded) }
                { close(view, LessonMessage::Close) }
            </header>
            { beats(view, session) }
            // Another beat begins at its top, however far the last one was scrolled.
            <div class="beat" aria-live="polite" tabindex="0" key={session.beat}>
                if let Some(beat) = beat { { of_beat(view, words, session, beat) } }
            </div>
            <footer>
                { time(view) }
                <button class="primary" data-testid="lesson-next"
                    onclick={learn(view, LessonMessage::Next)}>{ next }</button>
            </footer>
        </aside>
    }
}

/// The sheet of a narrow screen folds down to its head, so that what lies under it can be seen.
fn fold(view: &View<'_>, words: &LessonWords, is_folded: bool) -> Html {
    let label = if is_folded { words.unfold } else { words.fold };
    html! {
        <button class="plain fold" title={label} aria-label={label} data-testid="lesson-fold"
            aria-expanded={(!is_folded).to_string()}
            onclick={learn(view, LessonMessage::Fold(!is_folded))}>
            { icon(if is_folded { Icon::Up } else { Icon::Down }) }
        </button>
    }
}

/// Back, step and play once more, where the sheet covers those of the page.
fn time(view: &View<'_>) -> Html {
    let words = view.words();
    let play = if view.is_playing() {
        (Icon::Pause, words.pause)
    } else {
        (Icon::Play, words.play)
    };
    let one = |(sign, label): (Icon, &'static str), message| {
        html! {
            <button title={label} aria-label={label} onclick={view.click(message)}>
                { icon(sign) }
            </button>
        }
    };
    html! {
        <span class="time">
            { one((Icon::StepBack, words.step_back), Message::StepBack) }
            { one((Icon::StepForward, words.step), Message::StepForward) }
            { one(play, Message::PlayPause) }
        </span>
    }
}

/// The beats as a row of dots: those that were reached can be gone to.
fn beats(view: &View<'_>, session: &Session) -> Html {
    let words = words(view.language());
    html! {
        <ol class="beats">
            { for session.texts.beats.iter().enumerate().map(|(place, beat)| {
                let label = words.beat(beat.kind);
                let current = (place == session.beat).then_some("step");
                html! {
                    <li>
                        <button aria-current={current} disabled={place > session.reached}
                            onclick={learn(view, LessonMessage::Beat(place))}>{ label }</button>
                    </li>
                }
            }) }
        </ol>
    }
}

fn of_beat(view: &View<'_>, words: &LessonWords, session: &Session, beat: &Beat) -> Html {
    let is_task = matches!(beat.kind, BeatKind::Do | BeatKind::Harder);
    let is_watched = is_task || beat.kind == BeatKind::See;
    html! {
        <>
            { for beat.paragraphs.iter().map(|text| html! { <p>{ prose(text) }</p> }) }
            if !beat.answers.is_empty() { { answers(view, words, session, beat) } }
            if is_task { { offers(view, session) } }
            if is_watched && session.lesson.note.is_some() {
                <button class="wide" data-testid="lesson-note"
                    onclick={learn(view, LessonMessage::Note(true))}>{ words.open_note }</button>
            }
            if is_watched { { goals(view, words, session) } }
            if is_task { { help(view, words, session) } }
            { sources(words, beat) }
            if beat.kind == BeatKind::Check || beat.kind == BeatKind::Harder {
                { done(view, words, session) }
            }
            if beat.kind == BeatKind::Check { { questions(words, session, false) } }
        </>
    }
}

/// What can be answered. After the first tap all replies that were asked for stay.
fn answers(view: &View<'_>, words: &LessonWords, session: &Session, beat: &Beat) -> Html {
    let chosen = session.answers.get(&session.beat).copied();
    let one = |(place, answer): (usize, &Answer)| {
        let is_chosen = chosen == Some(place);
        let shows_right = chosen.is_some() && answer.is_right;
        html! {
            <li class={classes!(is_chosen.then_some("chosen"), shows_right.then_some("right"))}>
                <button data-testid="lesson-answer" aria-pressed={is_chosen.to_string()}
                    onclick={learn(view, LessonMessage::Answer(place))}>
                    if shows_right {
                        { icon(Icon::Tick) }<span class="sr">{ words.right }{ ": " }</span>
                    }
                    <span>{ prose(&answer.text) }</span>
                </button>
                if is_chosen { <p>{ prose(&answer.reply) }</p> }
            </li>
        }
    };
    html! { <ol class="answers">{ for beat.answers.iter().enumerate().map(one) }</ol> }
}

/// Buttons that do what the lesson is about; all else that the page can do is there, too.
fn offers(view: &View<'_>, session: &Session) -> Html {
    html! {
        <div class="offers">
            { for session.lesson.offers(session.is_harder).filter_map(|offer| {
                let text = session.texts.offers.get(&offer.id)?;
                Some(html! {
                    <button data-testid={format!("offer-{}", offer.id)}
                        onclick={view.click(Message::Act(offer.action.clone()))}>{ prose(text) }</button>
                })
            }) }
        </div>
    }
}

/// The goals, ticked or not, and how the cluster stands and why.
fn goals(view: &View<'_>, words: &LessonWords, session: &Session) -> Html {
    let task = session.task();
    let standing = &session.standing;
    html! {
        <section class="goals" data-testid="lesson-goals"
            data-done={standing.done.is_some().to_string()}>
            <h3>{ words.goal }{ time_of_day(view, session) }</h3>
            <ul>
                { for task.goals.iter().zip(&standing.goals).map(|(goal, is_met)| {
                    // Once all were met together they stay so.
                    let is_met = *is_met || standing.done.is_some();
                    html! {
                        <li class={is_met.then_some("met")} data-met={is_met.to_string()}>
                            { icon(if is_met { Icon::Tick } else { Icon::Clock }) }
                            <span>{ session.texts.goals.get(&goal.id).map(|text| prose(text)) }</span>
                        </li>
                    }
                }) }
            </ul>
            if session.is_away {
                <p class="stands">{ words.away }</p>
            } else if standing.done.is_none() {
                <p class="stands" data-testid="lesson-cause">
                    <b>{ words.now }{ ": " }</b>
                    { cause(view.language(), &session.cause) }
                </p>
            }
            if let Some((place, _)) = standing.wrong { { mistake(view, words, session, place) } }
            if standing.done.is_some() {
                { seen(session, "reached", html! { <p class="reached">{ words.reached }</p> }) }
            }
        </section>
    }
}

/// The time of day, in a lesson whose clock has one.
fn time_of_day(view: &View<'_>, session: &Session) -> Html {
    if session.task().start.clock_starts_us().is_none() {
        return html! {};
    }
    let time = session.time_of_day(view.frame().now_us);
    html! { <time data-testid="lesson-time">{ format!(" · {time}") }</time> }
}

/// What went wrong, why, and the way back.
fn mistake(view: &View<'_>, words: &LessonWords, session: &Session, place: usize) -> Html {
    let task = session.task();
    let wrong = task.wrongs.get(place);
    let reply = wrong.and_then(|wrong| session.texts.wrongs.get(&wrong.name));
    let told = html! {
        <div class="mistake" role="status" data-testid="lesson-mistake">
            <p>{ reply.map(|text| prose(text)) }</p>
            <button data-testid="lesson-to-mistake"
                onclick={learn(view, LessonMessage::ToMistake)}>{ words.to_mistake }</button>
        </div>
    };
    seen(session, &format!("wrong-{place}"), told)
}

/// What has come about in this beat is brought into sight; what stood there before is not.
fn seen(session: &Session, name: &str, told: Html) -> Html {
    if session.is_news {
        return brought(name, told);
    }
    told
}

/// Hints in three steps, then the solution; and the start again.
fn help(view: &View<'_>, words: &LessonWords, session: &Session) -> Html {
    let hints = session.hints();
    let shown = session.hints;
    html! {
        <section class="hints">
            <ol>{ for hints.iter().take(shown).map(|hint| html! { <li>{ prose(hint) }</li> }) }</ol>
            <div class="offers">
                if shown < hints.len() {
                    <button data-testid="lesson-hint" onclick={learn(view, LessonMessage::Hint)}>
                        { format!("{} {}/{}", words.hint, shown + 1, hints.len()) }
                    </button>
                } else {
                    <button data-testid="lesson-solve" onclick={learn(view, LessonMessage::Solve)}>
                        { words.solve }
                    </button>
                }
                <button data-testid="lesson-restart"
                    onclick={learn(view, LessonMessage::Restart(None))}>{ words.restart }</button>
                <button data-testid="lesson-seed"
                    onclick={view.on(|_: MouseEvent| another_seed())}>
                    { words.other_seed }</button>
            </div>
        </section>
    }
}

/// The lesson's start with another seed.
fn another_seed() -> Message {
    let seed = (js_sys::Math::random() * 10_000.0) as u64;
    Message::Lesson(LessonMessage::Restart(Some(seed)))
}
