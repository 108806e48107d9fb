//! The logs of all members, side by side: a table that can be heard as well as seen.

use std::borrow::Cow;

use quorate_core::id::{Index, Term};
use quorate_core::sim::{Frame, Node};
use yew::prelude::*;

use super::View;
use super::icon::{Icon, icon};
use super::member::{role_name, role_shape};
use super::message::term_class;
use crate::draw::logs::{Cell, EntryCell, LogTable, Row};
use crate::state::Message;
use crate::text::Words;

/// The table and its legend.
pub(crate) fn logs(view: &View<'_>) -> Html {
    let words = view.words();
    let table = LogTable::of(view.frame());
    html! {
        <>
            <div class="log-scroll">
                <table class="log-table" data-testid="logs">
                    <thead><tr>
                        <th scope="col"><span class="sr">{ words.index }</span></th>
                        { for table.columns.iter().map(|node| head(view, *node)) }
                    </tr></thead>
                    <tbody>
                        { for table.rows.iter().map(|row| self::row(view, row)) }
                    </tbody>
                </table>
                if table.rows.is_empty() {
                    <p class="hint">{ words.no_entries }</p>
                }
            </div>
            { legend(words) }
        </>
    }
}

fn head(view: &View<'_>, node: Node) -> Html {
    let frame = view.frame();
    let mut members = frame.members.iter();
    let member = members
        .find(|member| member.node == node)
        .and_then(|member| member.view.as_ref());
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
        </th>
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
            { for row.cells.iter().map(|cell| self::cell(view, row.index, cell)) }
        </tr>
    }
}

fn cell(view: &View<'_>, index: Index, cell: &Cell) -> Html {
    let words = view.words();
    match cell {
        Cell::Entry(entry) => self::entry(view, index, entry),
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

fn entry(view: &View<'_>, index: Index, entry: &EntryCell) -> Html {
    let words = view.words();
    let text = with_names(&entry.text, view.frame());
    let durability = match entry.durability {
        crate::draw::logs::Durability::Memory => words.in_memory,
        crate::draw::logs::Durability::Written => words.written,
        crate::draw::logs::Durability::Synced => words.synced,
    };
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
    );
    html! {
        <td {class} title={spoken.clone()} data-durability={entry.durability.class()}>
            <span class="sr">{ spoken }</span>
            <span class="cell" aria-hidden="true">
                <i>{ format!("t{}", entry.term) }</i>
                <span>{ short(&text).into_owned() }</span>
                if entry.applied { { icon(Icon::Tick) } }
            </span>
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

/// An entry with the members' short names for their ids.
fn with_names(text: &str, frame: &Frame) -> String {
    let mut named = text.to_owned();
    for member in &frame.members {
        let id = member.id.to_string();
        if named.contains(&id) {
            named = named.replace(&id, &member.node.to_string());
        }
    }
    named
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
