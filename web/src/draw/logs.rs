//! The logs of all members side by side, as a table's worth of cells.
//!
//! Rows are indexes, newest at the bottom; columns are members. What lies before the window, or
//! has gone into a snapshot everywhere, is one row at the top.

use std::sync::Arc;

use quorate_core::id::{Index, Term};
use quorate_core::member::{MemberView, ProgressView, Role};
use quorate_core::sim::{Frame, MemberFrame, Node};

/// Most rows of entries shown at once.
const WINDOW: u64 = 18;

/// How safe an entry is on one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Durability {
    /// In memory alone: a crash forgets it.
    Memory,
    /// In a file, not synced: a crash may forget it.
    Written,
    /// On the disk.
    Synced,
}

impl Durability {
    /// That of an entry of a member whose files hold so much of the log.
    pub(crate) fn of(view: &MemberView, written: Index, index: Index) -> Self {
        if index <= view.synced {
            Durability::Synced
        } else if index <= written {
            Durability::Written
        } else {
            Durability::Memory
        }
    }

    /// Its class in the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Durability::Memory => "memory",
            Durability::Written => "written",
            Durability::Synced => "synced",
        }
    }
}

/// One member's cell in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// An entry.
    Entry(EntryCell),
    /// All up to here is in a snapshot; spans rows.
    Snapshot {
        rows: u32,
        upto: Index,
        /// The newest snapshot on the disk, and the term of its last entry.
        newest: Option<(Index, Term)>,
    },
    /// The member is down: its memory is gone; spans all rows.
    Down { rows: u32, written: Index },
    /// A cell above spans this one.
    Covered,
    /// Entries before the window, not drawn one by one.
    Earlier,
    /// Where the leader will send next.
    Next,
    /// No entry.
    Empty,
}

/// An entry as it stands on one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryCell {
    pub(crate) term: Term,
    pub(crate) text: String,
    pub(crate) durability: Durability,
    /// Whether this member knows that it is committed.
    pub(crate) committed: bool,
    /// Whether it is the last that this member knows to be committed.
    pub(crate) commit_here: bool,
    /// Whether this member's store has carried it out.
    pub(crate) applied: bool,
    /// Whether it is the last that the leader knows to be on this member's disk.
    pub(crate) matched: bool,
}

/// One index across all members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) index: Index,
    /// Whether this row stands for all indexes up to its own.
    pub(crate) earlier: bool,
    pub(crate) cells: Vec<Cell>,
    /// Whether members hold entries of different terms here.
    pub(crate) disagree: bool,
    /// Whether this is the highest index that anybody knows to be committed.
    pub(crate) commit: bool,
}

/// The whole table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogTable {
    pub(crate) columns: Vec<Node>,
    pub(crate) rows: Vec<Row>,
    /// What the leader notes on each column's member; nothing on itself, or when nobody leads.
    pub(crate) notes: Vec<Option<ProgressView>>,
}

impl LogTable {
    /// The table of a frame.
    pub(crate) fn of(frame: &Frame) -> Self {
        let views = || {
            frame
                .members
                .iter()
                .filter_map(|member| member.view.as_ref())
        };
        let last = views().map(last_index).max().unwrap_or(Index(0));
        let offset = views()
            .map(|view| view.log_offset)
            .min()
            .unwrap_or(Index(0));
        let commit = views().map(|view| view.commit).max().unwrap_or(Index(0));
        let first = Index((last.0 + 1).saturating_sub(WINDOW).max(offset.0 + 1));
        let notes = notes(frame);
        let next: Vec<(Node, Index)> = frame
            .members
            .iter()
            .zip(&notes)
            .filter_map(|(member, note)| Some((member.node, note.as_ref()?.next)))
            .collect();

        let mut indexes: Vec<(Index, bool)> = Vec::new();
        if first.0 > 1 {
            indexes.push((Index(first.0 - 1), true));
        }
        let end = if next.is_empty() { last.0 } else { last.0 + 1 };
        indexes.extend((first.0..=end).map(|index| (Index(index), false)));

        let rows = indexes.len() as u32;
        let rows = indexes
            .iter()
            .enumerate()
            .map(|(position, (index, earlier))| {
                let window = Window {
                    first: position == 0,
                    rows,
                    start: indexes[0].0,
                    index: *index,
                    earlier: *earlier,
                };
                let cells: Vec<Cell> = frame
                    .members
                    .iter()
                    .zip(&notes)
                    .map(|(member, note)| cell(member, &window, &next, note.as_ref()))
                    .collect();
                Row {
                    index: *index,
                    earlier: *earlier,
                    disagree: disagree(&cells),
                    commit: commit.0 > 0 && *index == commit,
                    cells,
                }
            })
            .collect();
        Self {
            columns: frame.members.iter().map(|member| member.node).collect(),
            rows,
            notes,
        }
    }
}

/// Where a row stands in the table.
struct Window {
    first: bool,
    rows: u32,
    /// The index of the first row.
    start: Index,
    index: Index,
    earlier: bool,
}

fn cell(
    member: &MemberFrame,
    window: &Window,
    next: &[(Node, Index)],
    note: Option<&ProgressView>,
) -> Cell {
    let Some(view) = &member.view else {
        return if window.first {
            Cell::Down {
                rows: window.rows,
                written: member.written,
            }
        } else {
            Cell::Covered
        };
    };
    if view.log_offset.0 > 0 && (window.index <= view.log_offset || window.first) {
        return if window.first {
            Cell::Snapshot {
                rows: (view.log_offset.0.saturating_sub(window.start.0) + 1) as u32,
                upto: view.log_offset,
                newest: view.snapshot,
            }
        } else {
            Cell::Covered
        };
    }
    let position = window.index.0.saturating_sub(view.log_offset.0 + 1);
    match view.log.get(position as usize) {
        Some(_) if window.earlier => Cell::Earlier,
        Some(entry) => Cell::Entry(EntryCell {
            term: entry.term,
            text: entry.text.clone(),
            durability: Durability::of(view, member.written, entry.index),
            committed: entry.index <= view.commit,
            commit_here: entry.index == view.commit,
            applied: entry.index <= view.applied,
            matched: note.is_some_and(|note| note.matched == entry.index),
        }),
        None if next.contains(&(member.node, window.index)) => Cell::Next,
        None => Cell::Empty,
    }
}

fn last_index(view: &MemberView) -> Index {
    view.log.last().map_or(view.log_offset, |entry| entry.index)
}

fn disagree(cells: &[Cell]) -> bool {
    let mut terms = cells.iter().filter_map(|cell| match cell {
        Cell::Entry(entry) => Some(entry.term),
        _ => None,
    });
    let first = terms.next();
    terms.any(|term| Some(term) != first)
}

/// What the leader of the highest term notes on each of the others.
fn notes(frame: &Frame) -> Vec<Option<ProgressView>> {
    let leader = frame
        .members
        .iter()
        .filter_map(|member| member.view.as_ref())
        .filter(|view| view.role == Role::Leader)
        .max_by_key(|view| view.term);
    let note = |member: &Arc<MemberFrame>| {
        let leader = leader.filter(|leader| leader.id != member.id)?;
        let mut notes = leader.progress.iter();
        notes.find(|note| note.member == member.id).cloned()
    };
    frame.members.iter().map(note).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn entry(table: &LogTable, row: usize, column: usize) -> &EntryCell {
        match &table.rows[row].cells[column] {
            Cell::Entry(entry) => entry,
            other => panic!("no entry but {other:?}"),
        }
    }

    #[test]
    fn the_left_edge_follows_the_disk() {
        let mut frame = fixture::frame(3);
        fixture::member(&mut frame, 0).written = Index(3);
        let view = fixture::view(&mut frame, 0);
        view.synced = Index(2);
        let table = LogTable::of(&frame);
        assert_eq!(entry(&table, 1, 0).durability, Durability::Synced);
        assert_eq!(entry(&table, 2, 0).durability, Durability::Written);
        assert_eq!(entry(&table, 3, 0).durability, Durability::Memory);
    }

    #[test]
    fn the_commit_rule_is_the_highest_that_anybody_knows() {
        let frame = fixture::frame(3);
        let table = LogTable::of(&frame);
        let ruled: Vec<u64> = table
            .rows
            .iter()
            .filter(|row| row.commit)
            .map(|row| row.index.0)
            .collect();
        assert_eq!(ruled, [3]);
        assert!(entry(&table, 2, 0).commit_here);
        assert!(entry(&table, 1, 1).commit_here);
        assert!(!entry(&table, 2, 1).committed);
    }

    #[test]
    fn a_snapshot_is_one_block() {
        let mut frame = fixture::frame(3);
        let view = fixture::view(&mut frame, 2);
        view.log.drain(..2);
        view.log_offset = Index(2);
        view.snapshot = Some((Index(2), Term(1)));
        let table = LogTable::of(&frame);
        assert_eq!(
            table.rows[0].cells[2],
            Cell::Snapshot {
                rows: 2,
                upto: Index(2),
                newest: Some((Index(2), Term(1)))
            }
        );
        assert_eq!(table.rows[1].cells[2], Cell::Covered);
        assert!(matches!(table.rows[2].cells[2], Cell::Entry(_)));
    }

    #[test]
    fn entries_before_the_window_are_one_row() {
        let mut frame = fixture::frame(3);
        fixture::fill_logs(&mut frame, 40);
        let table = LogTable::of(&frame);
        assert!(table.rows[0].earlier);
        assert_eq!(table.rows[0].index, Index(22));
        assert_eq!(table.rows[0].cells[0], Cell::Earlier);
        assert_eq!(table.rows[1].index, Index(23));
    }

    #[test]
    fn a_member_that_is_down_shows_no_memory() {
        let mut frame = fixture::frame(3);
        fixture::member(&mut frame, 1).view = None;
        let table = LogTable::of(&frame);
        assert!(matches!(table.rows[0].cells[1], Cell::Down { .. }));
        assert_eq!(table.rows[1].cells[1], Cell::Covered);
    }

    #[test]
    fn the_leaders_notes_stand_by_the_others_columns() {
        let mut frame = fixture::frame(3);
        let view = fixture::view(&mut frame, 0);
        view.progress[1].matched = Index(2);
        let table = LogTable::of(&frame);
        assert_eq!(table.notes[0], None);
        assert_eq!(
            table.notes[1].as_ref().map(|note| note.matched),
            Some(Index(2))
        );
        assert!(entry(&table, 1, 1).matched && !entry(&table, 3, 1).matched);
        assert!(entry(&table, 3, 2).matched);
    }

    #[test]
    fn rows_that_disagree_say_so() {
        let mut frame = fixture::frame(3);
        let view = fixture::view(&mut frame, 1);
        view.log[1].term = Term(9);
        let table = LogTable::of(&frame);
        assert!(table.rows[1].disagree);
        assert!(!table.rows[0].disagree);
    }
}
