//! What a person is told.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, ContentArrangement, Row, Table};
use quorate_core::sim::Frame;

use crate::run::{Failure, Figures};
use crate::say::wrapped;
use crate::tally::Tally;

/// The figures of a run, as some lines; the first begins with what was run.
pub fn figures(what: &str, tally: &Tally, took_ms: u64) -> String {
    let Figures {
        seeds,
        events,
        virtual_us,
        operations,
        answered,
        answered_in_full,
        undecided: _,
        faults,
    } = &tally.figures;
    let seconds = (took_ms as f64 / 1_000.0).max(0.001);
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{what}: {} passed, {} undecided, {} failed\n\
         {:.1} virtual hours, {events} events, {operations} client operations checked, \
         {answered} of them with a known outcome, {answered_in_full} under full demand of liveness",
        tally.passed(),
        tally.undecided.len(),
        tally.failed.len(),
        *virtual_us as f64 / 3_600e6,
    );
    if !tally.undecided.is_empty() {
        let _ = writeln!(
            text,
            "undecided: {}; their audit was given up, so nothing is known of whether what clients \
             saw is linearizable",
            seeds_named(&tally.undecided)
        );
    }
    let _ = writeln!(
        text,
        "{seconds:.0} s, {:.1} seeds/s, {:.0} events/s; hash of all traces {:016x}",
        *seeds as f64 / seconds,
        *events as f64 / seconds,
        tally.hash,
    );
    let faults: Vec<String> = faults
        .iter()
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    let _ = write!(text, "faults: {}", faults.join(", "));
    text
}

/// Seeds in a row, as a person says them: the last one is meant too.
pub fn seeds_from(from: u64, next: u64) -> String {
    match next.saturating_sub(from) {
        0 => format!("no seed from {from}"),
        1 => format!("1 seed, {from}"),
        count => format!("{count} seeds, {from} to {}", next - 1),
    }
}

/// The seeds that failed once and were run again: not a row of them.
pub fn seeds_failed_once(seeds: &[u64]) -> String {
    format!(
        "{} seeds that failed once ({})",
        seeds.len(),
        seeds_named(seeds)
    )
}

/// Some seeds by their numbers, and how many more there are.
pub fn seeds_named(seeds: &[u64]) -> String {
    let shown = seeds.iter().take(SEEDS_SHOWN_MAX).map(u64::to_string);
    let text = shown.collect::<Vec<_>>().join(", ");
    match seeds.len().saturating_sub(SEEDS_SHOWN_MAX) {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// A failure: what, where, and the members then; a table of them where there is room.
pub fn failure(seed: u64, failure: &Failure, columns: Option<usize>) -> String {
    let text = format!(
        "seed {seed}, event {} ({:.3} s): {} violated ({})\n  {}",
        failure.event,
        failure.at_us as f64 / 1e6,
        failure.property,
        failure.source,
        failure.text
    );
    let mut text = wrapped(&text, columns);
    if let Some(frame) = &failure.frame {
        let _ = write!(text, "\n{}", fitted(&members(frame), columns));
    }
    text
}

/// A table; where there is no room for it, a paragraph a row.
pub fn fitted(table: &Table, columns: Option<usize>) -> String {
    let text = table.to_string();
    let width = text.lines().map(|line| line.chars().count()).max();
    if columns.is_none_or(|columns| width.unwrap_or(0) <= columns) {
        return text;
    }
    let head: Vec<String> = table.header().into_iter().flat_map(cells).collect();
    let rows = table.row_iter().map(|row| {
        let mut row = cells(row).into_iter().zip(&head);
        let mut line = row.next().map(|(cell, _)| cell).unwrap_or_default();
        for (number, (cell, name)) in row.enumerate() {
            let between = if number == 0 { ": " } else { ", " };
            let _ = write!(line, "{between}{name} {cell}");
        }
        wrapped(&line, columns)
    });
    rows.collect::<Vec<_>>().join("\n")
}

fn cells(row: &Row) -> Vec<String> {
    row.cell_iter().map(Cell::content).collect()
}

/// The members of a world, a line each.
pub fn members(frame: &Frame) -> Table {
    let mut table = table(&[
        "member", "role", "term", "vote", "leader", "log", "synced", "commit", "applied",
        "revision",
    ]);
    let name = |id| {
        let member = frame.members.iter().find(|member| member.id == id);
        member.map_or_else(|| "-".to_owned(), |member| member.node.to_string())
    };
    for member in &frame.members {
        let Some(view) = &member.view else {
            let why = member.failure.as_deref().unwrap_or("down");
            table.add_row([member.node.to_string(), why.to_owned()]);
            continue;
        };
        let last = view.log.last().map_or(view.log_offset, |entry| entry.index);
        table.add_row([
            member.node.to_string(),
            format!("{:?}", view.role).to_lowercase(),
            view.term.to_string(),
            name(view.vote),
            name(view.leader),
            last.to_string(),
            view.synced.to_string(),
            view.commit.to_string(),
            view.applied.to_string(),
            view.revision.to_string(),
        ]);
    }
    table
}

/// An empty table with a head.
pub fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(head);
    table
}

/// Seeds that are named one by one.
const SEEDS_SHOWN_MAX: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Verdict;
    use crate::run::tests::outcome;

    #[test]
    fn undecided_seeds_are_named_and_have_not_passed() {
        let mut tally = Tally::default();
        tally.add(&outcome(7, Verdict::Passed));
        tally.add(&outcome(8, Verdict::Undecided));
        let text = figures(&seeds_from(7, 9), &tally, 10);
        assert!(
            text.starts_with("2 seeds, 7 to 8: 1 passed, 1 undecided, 0 failed\n"),
            "{text}"
        );
        assert!(text.contains("undecided: 8;"), "{text}");
    }

    #[test]
    fn seeds_are_said_as_a_person_says_them() {
        assert_eq!(seeds_from(3, 4), "1 seed, 3");
        assert_eq!(seeds_from(3, 3), "no seed from 3");
        assert_eq!(
            seeds_from(u64::MAX - 2, u64::MAX),
            format!("2 seeds, {} to {}", u64::MAX - 2, u64::MAX - 1)
        );
        assert_eq!(
            seeds_failed_once(&[257, 2097]),
            "2 seeds that failed once (257, 2097)"
        );
        let many: Vec<u64> = (0..12).collect();
        assert_eq!(
            seeds_named(&many),
            "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"
        );
    }

    #[test]
    fn a_narrow_terminal_has_no_table() {
        let mut table = table(&["member", "role", "term", "applied"]);
        table.add_row(["n1", "leader", "3", "12"]);
        table.add_row(["n2", "down"]);
        assert!(fitted(&table, None).contains('│'));
        assert!(fitted(&table, Some(80)).contains('│'));
        assert_eq!(
            fitted(&table, Some(25)),
            "n1: role leader, term 3,\n  applied 12\nn2: role down"
        );
    }
}
