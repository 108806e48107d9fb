//! The note beside the log: each line of it is ticked when the core has said the same.

use quorate_core::collections::InOrder;
use quorate_core::sim::Node;
use quorate_lessons::{NoteLine, Verdict};
use yew::prelude::*;

use super::super::View;
use super::super::icon::{Icon, icon};
use super::{close, prose};
use crate::lesson::{LessonMessage, LessonWords, Session, role, verdict, words};
use crate::text::Language;

/// The note and the log, side by side, and the two tables.
pub(super) fn note(view: &View<'_>, session: &Session) -> Html {
    let words = words(view.language());
    let Some(note) = &session.lesson.note else {
        return html! {};
    };
    let verdicts = session.verdicts(view.frame().event_count);
    let same = verdicts
        .iter()
        .filter(|verdict| matches!(verdict, Verdict::Same(_)))
        .count();
    html! {
        <section class="note-beside" role="dialog" aria-label={words.open_note}
            data-testid="note">
            <header>
                <h2>{ words.open_note }</h2>
                <span data-testid="note-count">
                    { format!("{same} / {} {}", note.lines.len(), words.ticked) }
                </span>
                { close(view, LessonMessage::Note(false)) }
            </header>
            <div class="scrolls" tabindex="0">
                <table class="lines">
                    <thead><tr>
                        <th colspan="3">{ words.note }</th>
                        <td></td>
                        <th colspan="2">{ words.log }</th>
                    </tr></thead>
                    <tbody>
                        { for note.lines.iter().zip(&verdicts).map(|(line, verdict)| {
                            row(view.language(), words, session, line, *verdict)
                        }) }
                    </tbody>
                </table>
                { tables(view, words, session) }
            </div>
        </section>
    }
}

fn row(
    language: Language,
    words: &LessonWords,
    session: &Session,
    line: &NoteLine,
    verdict_of: Verdict,
) -> Html {
    let (class, sign, said) = match verdict_of {
        Verdict::Same(said) => ("same", Icon::Tick, Some(said)),
        Verdict::OutOfOrder(said) => ("moved", Icon::Question, Some(said)),
        Verdict::NotSaid => ("unsaid", Icon::Clock, None),
        Verdict::Differs => ("differs", Icon::Cross, None),
    };
    let why = line.same.as_ref().err();
    let why = why.and_then(|id| session.texts.differences.get(id));
    html! {
        <tr class={class} data-verdict={class}>
            <td class="time">{ &line.time }</td>
            <td>{ &line.who }</td>
            <td class="words"><code>{ &line.words }</code></td>
            <td class="sign">
                { icon(sign) }<span class="sr">{ verdict(language, &verdict_of) }</span>
            </td>
            <td class="time">
                if let Some(said) = said { { session.time_of_day(said.at_us) } }
            </td>
            <td class="words">
                if let Some(said) = said {
                    <code>{ session.said(line, said.event) }</code>
                } else if let Some(why) = why {
                    { prose(why) }
                } else {
                    { words.nothing }
                }
            </td>
        </tr>
    }
}

/// The note's closing table, and the same from the trace.
fn tables(view: &View<'_>, words: &LessonWords, session: &Session) -> Html {
    let table = &session.texts.table;
    let mut members: Vec<&str> = table.iter().map(|(who, ..)| who.as_str()).collect();
    members.dedup();
    let mut terms: Vec<u64> = table.iter().map(|(_, term, _)| *term).collect();
    terms.order();
    terms.dedup();
    if members.is_empty() {
        return html! {};
    }
    let event = view.frame().event_count;
    let language = view.language();
    let cell = |who: &str, term: u64| {
        let theirs = table
            .iter()
            .find(|(other, then, _)| (other.as_str(), *then) == (who, term))
            .map(|(.., cell)| cell.clone());
        let start = &session.lesson.task.start;
        let names = |node: Node| start.name_of(node);
        let node = start.member(who);
        let roles = node.map(|node| session.roles().of(node, term, event));
        let ours: Vec<String> = roles
            .unwrap_or_default()
            .into_iter()
            .map(|seen| role(language, &names, seen))
            .collect();
        html! {
            <>
                <td>{ theirs }</td>
                <td class="ours">{ ours.join(" → ") }</td>
            </>
        }
    };
    html! {
        <table class="terms" tabindex="0" aria-label={words.own_table}>
            <thead>
                <tr>
                    <td></td>
                    { for terms.iter().map(|term| html! {
                        <th colspan="2">{ format!("{} {term}", words.term) }</th>
                    }) }
                </tr>
                <tr>
                    <td></td>
                    { for terms.iter().map(|_| html! {
                        <>
                            <th>{ words.note_table }</th>
                            <th>{ words.own_table }</th>
                        </>
                    }) }
                </tr>
            </thead>
            <tbody>
                { for members.iter().map(|who| html! {
                    <tr>
                        <th scope="row">{ (*who).to_owned() }</th>
                        { for terms.iter().map(|term| cell(who, *term)) }
                    </tr>
                }) }
            </tbody>
        </table>
    }
}
