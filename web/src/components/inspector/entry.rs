//! An entry of the log: where it is on which disk, and what the leader's notes make of it.

use quorate_core::id::Index;
use quorate_core::sim::{Frame, MemberFrame, Node};
use yew::prelude::*;

use crate::components::View;
use crate::draw::logs::Durability;
use crate::state::{Deed, Message, Subject};

/// What can be told of an entry.
pub(super) fn entry(view: &View<'_>, node: Node, index: Index) -> Html {
    let (words, hands, frame) = (view.words(), view.hands(), view.frame());
    let text = text_of(frame, node, index);
    let jump = |deed: Deed| {
        html! {
            <button data-testid={deed.name()}
                onclick={view.click(Message::DoTo(deed, Subject::Entry(node, index)))}>
                { hands.deed(deed) }
            </button>
        }
    };
    html! {
        <>
            <p><code>{ text }</code></p>
            <table class="notes">
                <tbody>{ for frame.members.iter().map(|member| html! {
                    <tr>
                        <th scope="row">{ member.node.to_string() }</th>
                        <td>{ held(view, member, index) }</td>
                        <td>{ committed(view, member, index) }</td>
                    </tr>
                }) }</tbody>
            </table>
            <p class="jumps-of-entry" aria-label={words.log}>
                { jump(Deed::ToWritten) }{ jump(Deed::ToSynced) }{ jump(Deed::ToCommitted) }
            </p>
        </>
    }
}

fn text_of(frame: &Frame, node: Node, index: Index) -> String {
    let entry = frame
        .view(node)
        .and_then(|view| view.log.iter().find(|entry| entry.index == index));
    entry.map_or(String::new(), |entry| {
        format!("t{} {}", entry.term, entry.text)
    })
}

fn held(view: &View<'_>, member: &MemberFrame, index: Index) -> String {
    let words = view.words();
    let Some(seen) = &member.view else {
        return words.roles.down.to_owned();
    };
    if seen.log_offset >= index {
        return words.snapshot.to_owned();
    }
    let Some(entry) = seen.log.iter().find(|entry| entry.index == index) else {
        return words.none.to_owned();
    };
    let durability = words.durability(Durability::of(seen, member.written, index));
    format!("t{} · {durability}", entry.term)
}

fn committed(view: &View<'_>, member: &MemberFrame, index: Index) -> &'static str {
    let words = view.words();
    match &member.view {
        Some(seen) if index <= seen.applied => words.applied,
        Some(seen) if index <= seen.commit => words.committed,
        Some(_) => words.not_committed,
        None => "",
    }
}
