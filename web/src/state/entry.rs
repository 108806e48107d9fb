//! Entries: from one to the next in the table, and to the event at which one became safe.

use quorate_core::id::{Index, Term};
use quorate_core::sim::{EventCause, Frame, Node};
use quorate_core::trace::TraceKind;

use super::{Deed, Notice, SEARCH_EVENTS, State, Subject};
use crate::draw::logs::{Cell, Durability, LogTable};

impl State {
    /// The entry that is shown so many rows below and columns to the right of the one the hand is
    /// on; the newest of the selected member, when it is on none.
    pub(super) fn next_entry(&mut self, down: i32, right: i32) {
        let table = LogTable::of(&self.frame);
        let at = match self.subject {
            Subject::Entry(node, index) => table
                .columns
                .iter()
                .position(|column| *column == node)
                .zip(table.rows.iter().position(|row| row.index == index)),
            _ => None,
        };
        let is_entry = |row: usize, column: usize| {
            let cells = table.rows.get(row).map(|row| &row.cells);
            let cell = cells.and_then(|cells| cells.get(column));
            matches!(cell, Some(Cell::Entry(_)))
        };
        let found = match at {
            None => {
                let column = table.columns.iter().position(|node| *node == self.selected);
                column.and_then(|column| {
                    let rows = (0..table.rows.len()).rev();
                    let mut entries = rows.filter(|row| is_entry(*row, column));
                    Some((column, entries.next()?))
                })
            }
            Some((column, row)) => {
                let next = |from: usize, by: i32| from.checked_add_signed(by as isize);
                next(column, right)
                    .zip(next(row, down))
                    .filter(|(column, row)| is_entry(*row, *column))
            }
        };
        if let Some((column, row)) = found {
            self.look_at(Subject::Entry(table.columns[column], table.rows[row].index));
        }
    }

    /// Goes to the event at which an entry became as safe as a deed says, on its member.
    pub(super) fn go_to_entry(&mut self, deed: Deed, node: Node, index: Index) {
        self.notice = None;
        self.playback = None;
        let entry = entry_of(&self.frame, node, index);
        let found = entry.and_then(|term| {
            let most = self.engine.moments().len() as u64 + SEARCH_EVENTS;
            first_event(self, deed, node, index, term, most)
        });
        let came = match found {
            Some(event) => self.engine.seek(event),
            None => {
                self.notice = Some(Notice::NeverSo);
                Ok(())
            }
        };
        self.say_when_over(came);
    }
}

/// The term of the entry that a member holds at an index.
fn entry_of(frame: &Frame, node: Node, index: Index) -> Option<Term> {
    let mut entries = frame.view(node)?.log.iter();
    entries
        .find(|entry| entry.index == index)
        .map(|entry| entry.term)
}

fn first_event(
    state: &State,
    deed: Deed,
    node: Node,
    index: Index,
    term: Term,
    most: u64,
) -> Option<u64> {
    let id = state.frame.members.get(node.0 as usize - 1)?.id;
    let history = state.engine.history();
    let mut world = history.begin().ok()?;
    while world.event_count() < most && history.advance(&mut world).is_ok() {
        let event = world.last_event();
        // Pictures are dear: they are made only of events that may be the one.
        let may_be = match deed {
            Deed::ToWritten => {
                matches!(&event.cause, EventCause::Wrote(of) | EventCause::Synced(of) if *of == node)
            }
            Deed::ToSynced => event
                .trace
                .iter()
                .any(|trace| trace.member == id && matches!(trace.kind, TraceKind::Synced { .. })),
            _ => event.trace.iter().any(|trace| {
                trace.member == id && matches!(trace.kind, TraceKind::Committed { .. })
            }),
        };
        if may_be && is_so(&world.frame(), deed, node, index, term) {
            return Some(world.event_count());
        }
    }
    None
}

fn is_so(frame: &Frame, deed: Deed, node: Node, index: Index, term: Term) -> bool {
    if entry_of(frame, node, index) != Some(term) {
        return false;
    }
    let Some(member) = frame.members.get(node.0 as usize - 1) else {
        return false;
    };
    let Some(view) = &member.view else {
        return false;
    };
    let durability = Durability::of(view, member.written, index);
    match deed {
        Deed::ToWritten => durability >= Durability::Written,
        Deed::ToSynced => durability == Durability::Synced,
        _ => index <= view.commit,
    }
}
