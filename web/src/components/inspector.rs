//! The selected member: what it knows, what a leader notes on the others, and its files.

use std::sync::Arc;

use quorate_core::id::MemberId;
use quorate_core::member::{MemberView, ProgressView};
use quorate_core::sim::{FileFrame, Frame, MemberFrame, Node};
use yew::prelude::*;

use crate::text::{Language, Words};

#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) frame: Arc<Frame>,
    pub(crate) selected: Node,
    pub(crate) language: Language,
}

/// The inspector.
#[component]
pub(crate) fn Inspector(props: &Props) -> Html {
    let words = props.language.words();
    let frame: &Frame = &props.frame;
    let mut members = frame.members.iter();
    let Some(member) = members.find(|member| member.node == props.selected) else {
        return html! {};
    };
    html! {
        <div class="inspector" data-testid="inspector">
            <p class="who"><b>{ member.node.to_string() }</b>{ " " }
                <code>{ member.id.to_string() }</code></p>
            { match &member.view {
                Some(view) => html! {
                    <>
                        { facts(words, frame, view) }
                        { progress(words, frame, view) }
                    </>
                },
                None => html! {
                    <p class="hint">
                        { member.failure.clone().unwrap_or_else(|| words.is_down.to_owned()) }
                    </p>
                },
            } }
            { files(words, member) }
        </div>
    }
}

fn facts(words: &Words, frame: &Frame, view: &MemberView) -> Html {
    let who = |id: MemberId| name(frame, id).unwrap_or_else(|| words.nobody.to_owned());
    let fact = |term: &'static str, value: String| {
        html! { <div><dt>{ term }</dt><dd>{ value }</dd></div> }
    };
    let last = view.log.last().map_or(view.log_offset, |entry| entry.index);
    let snapshot = view
        .snapshot
        .map_or(words.none.to_owned(), |(index, term)| {
            format!("≤ {index} · t{term}")
        });
    let keys = view
        .keys
        .iter()
        .map(|(key, value)| {
            let key = String::from_utf8_lossy(key);
            format!("{key}={}", String::from_utf8_lossy(value))
        })
        .collect::<Vec<_>>()
        .join(", ");
    html! {
        <dl class="facts">
            { fact(words.role, words.role(view.role).to_owned()) }
            { fact(words.term, view.term.to_string()) }
            { fact(words.vote, who(view.vote)) }
            { fact(words.leader_known, who(view.leader)) }
            { fact(words.timer, format!(
                "{} / {} {}", view.election_elapsed_ticks, view.election_timeout_ticks, words.ticks
            )) }
            { fact(words.log, format!("{} – {last}", view.log_offset.0 + 1)) }
            { fact(words.synced, view.synced.to_string()) }
            { fact(words.commit, view.commit.to_string()) }
            { fact(words.applied, view.applied.to_string()) }
            { fact(words.snapshot, snapshot) }
            { fact(words.revision, view.revision.to_string()) }
            { fact(words.keys, if keys.is_empty() { words.empty.to_owned() } else { keys }) }
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

fn files(words: &Words, member: &MemberFrame) -> Html {
    if member.files.is_empty() {
        return html! {};
    }
    html! {
        <table class="notes files">
            <caption>{ words.files }</caption>
            <tbody>{ for member.files.iter().map(|file| self::file(words, file)) }</tbody>
        </table>
    }
}

fn file(words: &Words, file: &FileFrame) -> Html {
    let unsynced = file.length_bytes.saturating_sub(file.durable_bytes);
    let state = if unsynced == 0 {
        words.all_durable.to_owned()
    } else {
        format!("{unsynced} {}", words.unsynced)
    };
    let name = file
        .path
        .rsplit('/')
        .next()
        .unwrap_or(&file.path)
        .to_owned();
    let share = 100.0 * file.durable_bytes as f64 / file.length_bytes.max(1) as f64;
    html! {
        <tr>
            <th scope="row" title={file.path.clone()}><code>{ name }</code></th>
            <td>{ format!("{} {}", file.length_bytes, words.bytes) }</td>
            <td>
                <span class="durable" aria-hidden="true">
                    <i style={format!("width:{share:.0}%")}></i>
                </span>
                { state }
            </td>
        </tr>
    }
}

/// A member's short name.
fn name(frame: &Frame, id: MemberId) -> Option<String> {
    let mut members = frame.members.iter();
    members
        .find(|member| member.id == id)
        .map(|member| member.node.to_string())
}
