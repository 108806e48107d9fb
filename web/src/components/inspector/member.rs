//! A member: what it knows, and what a leader notes on the others.

use quorate_core::id::MemberId;
use quorate_core::member::{MemberView, ProgressView};
use quorate_core::sim::{Frame, Node};
use yew::prelude::*;

use super::fact;
use crate::components::View;
use crate::text::Words;

/// What can be told of a member.
pub(super) fn member(view: &View<'_>, node: Node) -> Html {
    let words = view.words();
    let frame = view.frame();
    let Some(member) = frame.member(node) else {
        return html! {};
    };
    let before = view.state.before.as_deref();
    let before = before.and_then(|before| before.view(node));
    match &member.view {
        Some(seen) => html! {
            <>
                { facts(view, seen, before) }
                { progress(words, frame, seen) }
            </>
        },
        None => html! {
            <p class="hint">
                { member.failure.clone().unwrap_or_else(|| words.is_down.to_owned()) }
            </p>
        },
    }
}

fn facts(view: &View<'_>, now: &MemberView, before: Option<&MemberView>) -> Html {
    let words = view.words();
    let frame = view.frame();
    let fact = |name: &'static str, read: &dyn Fn(&MemberView) -> String| {
        fact(view, name, read(now), before.map(read))
    };
    let who = |id: MemberId| name(frame, id).unwrap_or_else(|| words.nobody.to_owned());
    // Behind a snapshot the log may be empty.
    let log = |seen: &MemberView| {
        let last = seen.log.last().map(|entry| entry.index);
        last.map_or(words.none.to_owned(), |last| {
            format!("{} – {last}", seen.log_offset.0 + 1)
        })
    };
    html! {
        <dl class="facts">
            { fact(words.role, &|seen| words.role(seen.role).to_owned()) }
            { fact(words.term, &|seen| seen.term.to_string()) }
            { fact(words.vote, &|seen| who(seen.vote)) }
            { fact(words.leader_known, &|seen| who(seen.leader)) }
            { fact(words.timer, &|seen| format!(
                "{} / {} {}", seen.election_elapsed_ticks, seen.election_timeout_ticks, words.ticks
            )) }
            { fact(words.log, &log) }
            { fact(words.synced, &|seen| seen.synced.to_string()) }
            { fact(words.commit, &|seen| seen.commit.to_string()) }
            { fact(words.applied, &|seen| seen.applied.to_string()) }
            { fact(words.snapshot, &|seen| seen.snapshot.map_or(
                words.none.to_owned(), |(index, term)| format!("≤ {index} · t{term}")
            )) }
            { fact(words.revision, &|seen| seen.revision.to_string()) }
            { fact(words.keys, &|seen| seen.keys.len().to_string()) }
        </dl>
    }
}

fn progress(words: &Words, frame: &Frame, view: &MemberView) -> Html {
    let others: Vec<&ProgressView> = view
        .progress
        .iter()
        .filter(|progress| progress.member != view.id)
        .collect();
    if others.is_empty() {
        return html! {};
    }
    html! {
        <table class="notes">
            <caption>{ words.progress }</caption>
            <thead><tr>
                <th scope="col"><span class="sr">{ words.member }</span></th>
                <th scope="col">{ words.state }</th>
                <th scope="col">{ words.matched }</th>
                <th scope="col">{ words.next }</th>
                <th scope="col">{ words.in_flight }</th>
                <th scope="col"><span class="sr">{ words.heard }</span></th>
            </tr></thead>
            <tbody>{ for others.into_iter().map(|progress| html! {
                <tr>
                    <th scope="row">{ name(frame, progress.member) }</th>
                    <td>{ words.progress_state(progress.state) }</td>
                    <td>{ progress.matched.to_string() }</td>
                    <td>{ progress.next.to_string() }</td>
                    <td>{ progress.in_flight.to_string() }</td>
                    <td>{ if progress.recently_active { words.heard } else { words.silent } }</td>
                </tr>
            }) }</tbody>
        </table>
    }
}

/// A member's short name.
fn name(frame: &Frame, id: MemberId) -> Option<String> {
    let mut members = frame.members.iter();
    members
        .find(|member| member.id == id)
        .map(|member| member.node.to_string())
}
