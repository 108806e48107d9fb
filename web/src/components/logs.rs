//! The logs of all members, side by side: a table that can be heard as well as seen.

use std::borrow::Cow;

use quorate_core::collections::InOrder;
use quorate_core::id::{Index, Term};
use quorate_core::member::ProgressView;
use quorate_core::sim::{MemberFrame, Node};
use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use super::member::{role_name, role_shape};
use super::message::term_class;
use crate::details::with_names;
use crate::draw::logs::{Cell, EntryCell, LogTable, Row};
use crate::state::hands::leader;
use crate::state::{Menu, Message, Subject};
use crate::text::Words;

/// The table and its legend.
pub(crate) fn logs(view: &View<'_>) -> Html {
    let words = view.words();
    let table = LogTable::of(view.frame());
    let left = view.on(|_: MouseEvent| Message::Hover(None));
    html! {
        <>
            <div class="log-scroll">
                <table class="log-table" data-testid="logs" onmouseleave={left}>
                    <thead><tr>
                        <th scope="col"><span class="sr">{ words.index }</span></th>
                        { for table.columns.iter().zip(&table.notes).map(|(node, note)| {
                            head(view, *node, note.as_ref())
                        }) }
                    </tr></thead>
                    <tbody>
                        { for table.rows.iter().map(|row| self::row(view, row)) }
                    </tbody>
                </table>
                if table.rows.is_empty() {
                    <p class="hint">{ words.no_entries }</p>
                }
            </div>
            { quorum_line(view) }
            { legend(words) }
        </>
    }
}

fn head(view: &View<'_>, node: Node, note: Option<&ProgressView>) -> Html {
    let frame = view.frame();
    let member = frame.view(node);
    let role = member.map_or("down", |member| role_name(member.role));
    html! {
        <th scope="col" class={classes!((node == view.state.selected).then_some("selected"))}>
            <button class="plain column" onclick={view.click(Message::Select(node))}>
                { node.to_string() }
                <svg class={classes!("role", role)} viewBox="-9 -9 18 18" aria-hidden="true">
                    { match member {
                        Some(member) => role_shape(member.role, 6.0),
                        None => html! { <circle class="shape" r="6" /> },
                    } }
                </svg>
            </button>
            { self::note(view, note) }
        </th>
    }
}

/// How the leader sends to a member, and how many appends are under way to it.
fn note(view: &View<'_>, note: Option<&ProgressView>) -> Html {
    let Some(note) = note else {
        return html! { <small class="note"></small> };
    };
    let words = view.words();
    let state = words.progress_state(note.state);
    let title = format!("{state}, {} {}", note.in_flight, words.in_flight);
    let window = "•".repeat((note.in_flight as usize).min(6));
    html! {
        <small class="note" {title}>
            <span aria-hidden="true">{ format!("{:?} {window}", note.state) }</span>
            <span class="sr">{ format!(
                "{state}, {} {}", note.in_flight, words.in_flight
            ) }</span>
        </small>
    }
}

fn row(view: &View<'_>, row: &Row) -> Html {
    let class = classes!(
        row.commit.then_some("commit"),
        row.disagree.then_some("disagree"),
        row.earlier.then_some("earlier"),
    );
    let name = if row.earlier {
        format!("≤ {}", row.index)
    } else {
        row.index.to_string()
    };
    html! {
        <tr key={row.index.0} {class}>
            <th scope="row">{ name }</th>
            { for row.cells.iter().zip(&view.frame().members).map(|(cell, member)| {
                self::cell(view, member, row.index, cell)
            }) }
        </tr>
    }
}

fn cell(view: &View<'_>, member: &MemberFrame, index: Index, cell: &Cell) -> Html {
    let words = view.words();
    match cell {
        Cell::Entry(entry) => self::entry(view, member.node, index, entry),
        Cell::Snapshot { rows, upto, newest } => snapshot(words, *rows, *upto, *newest),
        Cell::Down { rows, written } => html! {
            <td class="down" rowspan={rows.to_string()}>
                <span>{ words.roles.down }</span>
                if written.0 > 0 { <small>{ format!("≤ {written}") }</small> }
            </td>
        },
        Cell::Covered => html! {},
        Cell::Earlier => html! {
            <td class="dots"><span class="sr">{ words.earlier }</span></td>
        },
        Cell::Next => html! { <td class="next">{ words.next }</td> },
        Cell::Empty => html! { <td class="empty"></td> },
    }
}

/// The name of an entry's element in the document.
pub(crate) fn element_id(node: Node, index: Index) -> String {
    format!("entry-{}-{index}", node.0)
}

fn entry(view: &View<'_>, node: Node, index: Index, entry: &EntryCell) -> Html {
    let words = view.words();
    let subject = Subject::Entry(node, index);
    let selected = view.state.subject == subject;
    let menu = view.on(move |event: MouseEvent| {
        event.prevent_default();
        Message::OpenMenu(Menu {
            of: subject,
            x: event.client_x(),
            y: event.client_y(),
        })
    });
    let text = with_names(&entry.text, view.frame());
    let durability = words.durability(entry.durability);
    let committed = if entry.committed {
        words.committed
    } else {
        words.not_committed
    };
    let mut spoken = format!(
        "{} {index}, {} {}, {}, {durability}, {committed}",
        words.index, words.term, entry.term, text
    );
    if entry.applied {
        spoken.push_str(", ");
        spoken.push_str(words.applied);
    }
    let class = classes!(
        "entry",
        entry.durability.class(),
        term_class(entry.term.0),
        entry.commit_here.then_some("commit-here"),
        entry.applied.then_some("applied"),
        selected.then_some("selected"),
        entry.matched.then_some("matched"),
    );
    // Tab stops at one entry only; the arrow keys go on from there.
    let tab = if selected { "0" } else { "-1" };
    html! {
        <td {class} title={spoken.clone()} data-durability={entry.durability.class()}>
            <button class="plain cell" id={element_id(node, index)} tabindex={tab}
                data-testid={element_id(node, index)}
                onclick={view.click(Message::Look(subject))} oncontextmenu={menu}
                onmouseenter={view.click(Message::Hover(Some(subject)))}>
                <span class="sr">{ spoken }</span>
                <i aria-hidden="true">{ format!("t{}", entry.term) }</i>
                <span aria-hidden="true">{ short(&text).into_owned() }</span>
                if entry.applied { { icon(Icon::Tick) } }
            </button>
        </td>
    }
}

fn snapshot(words: &Words, rows: u32, upto: Index, newest: Option<(Index, Term)>) -> Html {
    let text = match newest {
        Some((index, term)) if index == upto => format!("≤ {upto} · t{term}"),
        _ => format!("≤ {upto}"),
    };
    let newer = newest.filter(|(index, _)| *index != upto);
    html! {
        <td class="snapshot" rowspan={rows.to_string()}>
            <span class="sr">{ words.snapshot }{ " " }</span>
            <span>{ text }</span>
            if let Some((index, term)) = newer {
                <small>{ format!("{} {index} · t{term}", words.snapshot) }</small>
            }
        </td>
    }
}

/// Why the commit is where it is: the leader's notes in order, and the one that a majority
/// reaches.
fn quorum_line(view: &View<'_>) -> Html {
    let (words, frame) = (view.hands(), view.frame());
    let leads = leader(frame).and_then(|node| Some((node, frame.view(node)?)));
    let Some((node, seen)) = leads else {
        return html! {};
    };
    let mut notes: Vec<(Index, String)> = seen
        .progress
        .iter()
        .filter(|progress| seen.voters.contains(&progress.member))
        .map(|progress| {
            let mut members = frame.members.iter();
            let name = members
                .find(|member| member.id == progress.member)
                .map_or(String::new(), |member| member.node.to_string());
            (progress.matched, name)
        })
        .collect();
    notes.order_by(|one, two| two.0.cmp(&one.0).then(one.1.cmp(&two.1)));
    // Of those that are as far, the last makes the majority.
    let quorum = notes
        .iter()
        .rposition(|(matched, _)| *matched >= seen.quorum_index);
    html! {
        <p class="quorum-line" data-testid="quorum-line">
            <span>{ format!("{node} · {}", words.quorum_line) }</span>
            { for notes.iter().enumerate().map(|(at, (matched, name))| {
                let class = classes!((Some(at) == quorum).then_some("quorum-one"));
                html! { <span {class}><small>{ name }</small>{ matched.to_string() }</span> }
            }) }
            <span>{ format!("{} ≤ {}", words.majority_has, seen.quorum_index) }</span>
        </p>
    }
}

fn legend(words: &Words) -> Html {
    let edge = |class: &'static str, word: &'static str| {
        html! { <span><i class={classes!("sample", "entry", "term-3", class)}></i>{ word }</span> }
    };
    html! {
        <p class="legend">
            { edge("memory", words.in_memory) }
            { edge("written", words.written) }
            { edge("synced", words.synced) }
            <span><i class="sample rule"></i>{ words.legend_commit }</span>
            <span><i class="sample notch"></i>{ words.legend_notch }</span>
            <span>{ icon(Icon::Tick) }{ words.applied }</span>
            <span><i class="sample hatched"></i>{ words.snapshot }</span>
        </p>
    }
}

/// An entry in as few letters as say it: most are puts.
fn short(text: &str) -> Cow<'_, str> {
    if let Some(pair) = text.strip_prefix("put ") {
        Cow::Borrowed(pair)
    } else if let Some(member) = text.strip_prefix("add member ") {
        Cow::Owned(format!("+{member}"))
    } else if let Some(member) = text.strip_prefix("name ") {
        Cow::Owned(format!("@{member}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_most_entries_say_is_said_shortly() {
        assert_eq!(short("put x=1"), "x=1");
        assert_eq!(short("no-op"), "no-op");
        assert_eq!(short("add member n1"), "+n1");
        assert_eq!(short("name n2"), "@n2");
    }
}
