//! What a person is told.

use std::fmt::Write as _;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use quorate_core::sim::Frame;

use crate::run::{Failure, Figures};
use crate::state::State;

/// The figures of a run, as some lines.
pub fn figures(state: &State) -> String {
    let Figures {
        seeds,
        events,
        virtual_us,
        operations,
        answered,
        answered_in_full,
        undecided,
        faults,
    } = &state.figures;
    let seconds = (state.took_ms as f64 / 1_000.0).max(0.001);
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{seeds} seeds, {}..{}: {} failed\n\
         {:.1} virtual hours, {events} events, {operations} client operations checked, \
         {answered} of them with a known outcome, {answered_in_full} under full demand of liveness\n\
         {undecided} runs undecided: their audit was given up\n\
         {seconds:.0} s, {:.1} seeds/s, {:.0} events/s; hash of all traces {:016x}",
        state.from,
        state.next,
        state.failed.len(),
        *virtual_us as f64 / 3_600e6,
        *seeds as f64 / seconds,
        *events as f64 / seconds,
        state.hash,
    );
    let faults: Vec<String> = faults
        .iter()
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    let _ = write!(text, "faults: {}", faults.join(", "));
    text
}

/// A failure: what, where, and the members then.
pub fn failure(seed: u64, failure: &Failure) -> String {
    let mut text = format!(
        "seed {seed}, event {} ({:.3} s): {} violated ({})\n  {}",
        failure.event,
        failure.at_us as f64 / 1e6,
        failure.property,
        failure.source,
        failure.text
    );
    if let Some(frame) = &failure.frame {
        let _ = write!(text, "\n{}", members(frame));
    }
    text
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
