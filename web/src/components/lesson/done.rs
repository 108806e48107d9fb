//! What stands at a lesson's end: what was shown, in how many steps, and what is open now.

use quorate_lessons::Unlock;
use yew::prelude::*;

use super::super::View;
use super::super::icon::{Icon, icon};
use super::{learn, prose};
use crate::lesson::{LessonMessage, LessonWords, Session};
use crate::permalink::Permalink;

/// The end; nothing while the goals have not been met.
pub(super) fn done(view: &View<'_>, words: &LessonWords, session: &Session) -> Html {
    let done = view.state.lessons.progress.of(&session.lesson.id);
    let is_now = session.steps.is_some();
    // The harder variation has an end of its own.
    let is_done = is_now || done.steps.is_some() && !session.is_harder;
    if !is_done {
        return html! {};
    }
    let task = session.task();
    // Only what the learner did just now is the learner's own run.
    let is_own = is_now && !session.is_shown && !session.is_away;
    let link = is_own.then(|| view.state.engine.permalink());
    let next = view.state.lessons.map.as_ref();
    let next = next.and_then(|map| map.next(&session.lesson.id));
    html! {
        <section class="done" data-testid="lesson-done">
            <p class="shown">{ icon(Icon::Tick) }<span>{ prose(&session.texts.shown) }</span></p>
            if session.is_shown {
                <p>{ words.was_shown }</p>
            } else if let Some(steps) = session.steps {
                <p data-testid="lesson-steps">
                    { format!("{}: {steps} · {}: {}", words.steps, words.par, task.par) }
                </p>
            }
            if let Some(link) = link {
                <p><a data-testid="lesson-own-run" href={link.query()}>{ words.own_run }</a></p>
                if let Some(switch) = session.lesson.unlocks {
                    <p><a data-testid="lesson-unlocked" href={without(&link, switch).query()}>
                        { words.unlocked }{ " " }<code>{ switch.name() }</code></a></p>
                }
            }
            if let Some(next) = next {
                <button class="wide" data-testid="lesson-following"
                    onclick={learn(view, LessonMessage::Open(next.id.clone()))}>
                    { words.next_lesson }{ ": " }{ next.title(view.language()).to_owned() }
                </button>
            }
        </section>
    }
}

/// The same run with something switched off.
fn without(link: &Permalink, switch: Unlock) -> Permalink {
    let mut link = link.clone();
    let mut world = link.world.take().unwrap_or(quorate_core::sim::WorldConfig {
        members: link.members,
        seed: link.seed,
        ..quorate_core::sim::WorldConfig::default()
    });
    switch.switch_off(&mut world);
    link.world = Some(world);
    link
}
