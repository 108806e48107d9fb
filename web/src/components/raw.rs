//! Everything that is known of the last event and of the selected member, as it stands in the
//! frame, and the lines that the event left.

use quorate_core::sim::{Frame, LossReason, MemberFrame, MessageFrame};
use quorate_core::trace::MessageSummary;
use yew::prelude::*;

use super::View;
use super::trace::trace;
use crate::details::name_of;

/// A name in the code, and what stands there.
type Row = (&'static str, String);

/// The raw facts.
pub(crate) fn raw(view: &View<'_>) -> Html {
    let words = view.tools();
    let frame = view.frame();
    let member = frame.member(view.state.selected);
    html! {
        <div class="raw" data-testid="raw" lang="en">
            <h3>{ words.event }</h3>
            { list(event(frame)) }
            { trace(view) }
            { for frame.lost.iter().map(|lost| html! {
                <>
                    <h3>{ format!("{} #{} · {}", words.lost, lost.message.id, reason(lost.reason)) }</h3>
                    { list(message(&lost.message)) }
                </>
            }) }
            if let Some(member) = member {
                <h3>{ member.node.to_string() }</h3>
                { list(member_rows(frame, member)) }
            }
            { for frame.messages.iter().chain(&frame.held).map(|one| html! {
                <details>
                    <summary>{ format!("#{} {} → {} {}", one.id, one.from, one.to,
                        one.summary.kind.name()) }</summary>
                    { list(message(one)) }
                </details>
            }) }
        </div>
    }
}

fn list(rows: Vec<Row>) -> Html {
    html! {
        <dl class="rows">{ for rows.into_iter().map(|(name, value)| html! {
            <div><dt>{ name }</dt><dd>{ value }</dd></div>
        }) }</dl>
    }
}

fn event(frame: &Frame) -> Vec<Row> {
    let cause = frame.last.as_ref().map(|event| event.cause.to_string());
    let mut rows = vec![
        ("event", frame.event_count.to_string()),
        ("now_us", frame.now_us.to_string()),
        ("cause", cause.unwrap_or_default()),
        ("trace_hash", format!("{:016x}", frame.trace_hash)),
        ("answered", format!("{:?}", frame.answered)),
    ];
    if let Some(violation) = &frame.violation {
        rows.push(("violation", violation.to_string()));
    }
    rows
}

fn reason(reason: LossReason) -> &'static str {
    match reason {
        LossReason::Cut => "cut",
        LossReason::Chance => "chance",
        LossReason::Down => "down",
        LossReason::NotConnected => "not connected",
        LossReason::Dropped => "dropped",
    }
}

fn message(message: &MessageFrame) -> Vec<Row> {
    let MessageSummary {
        kind,
        term,
        index,
        log_term,
        entries,
        commit,
        reject,
    } = message.summary;
    vec![
        ("from", message.from.to_string()),
        ("to", message.to.to_string()),
        ("kind", kind.name().to_owned()),
        ("term", term.to_string()),
        ("index", index.to_string()),
        ("log_term", log_term.to_string()),
        ("entries", entries.to_string()),
        ("commit", commit.to_string()),
        ("reject", reject.to_string()),
        ("sent_at_us", message.sent_at_us.to_string()),
        ("arrives_at_us", message.arrives_at_us.to_string()),
    ]
}

#[expect(clippy::too_many_lines, reason = "a line for each fact")]
fn member_rows(frame: &Frame, member: &MemberFrame) -> Vec<Row> {
    let mut rows = vec![
        ("id", member.id.to_string()),
        ("is_paused", member.is_paused.to_string()),
        ("waiting_inputs", member.waiting_inputs.to_string()),
        ("clock_per_mille", member.clock_per_mille.to_string()),
        ("disk.extra_us", member.disk.extra_us.to_string()),
        ("disk.is_stalled", member.disk.is_stalled.to_string()),
        ("disk.is_full", member.disk.is_full.to_string()),
        ("disk.is_damaged", member.disk.is_damaged.to_string()),
        ("failure", member.failure.clone().unwrap_or_default()),
    ];
    let Some(seen) = &member.view else {
        return rows;
    };
    let names = |ids: &mut dyn Iterator<Item = quorate_core::id::MemberId>| {
        let names: Vec<String> = ids.map(|id| name_of(frame, id)).collect();
        names.join(" ")
    };
    let votes = seen.votes.iter().map(|(id, granted)| {
        let sign = if *granted { "✓" } else { "✗" };
        format!("{}{sign}", name_of(frame, *id))
    });
    let votes: Vec<String> = votes.collect();
    let snapshot = seen
        .snapshot
        .map(|(index, term)| format!("{index} t{term}"));
    rows.extend([
        ("term", seen.term.to_string()),
        (
            "vote",
            names(&mut [seen.vote].into_iter().filter(|id| id.is_some())),
        ),
        (
            "leader",
            names(&mut [seen.leader].into_iter().filter(|id| id.is_some())),
        ),
        (
            "election_elapsed_ticks",
            seen.election_elapsed_ticks.to_string(),
        ),
        (
            "election_timeout_ticks",
            seen.election_timeout_ticks.to_string(),
        ),
        ("votes", votes.join(" ")),
        ("voters", names(&mut seen.voters.iter().copied())),
        ("learners", names(&mut seen.learners.iter().copied())),
        ("removed", names(&mut seen.removed.iter().copied())),
        ("log_offset", seen.log_offset.to_string()),
        ("log", seen.log.len().to_string()),
        ("handed", seen.handed.to_string()),
        ("written", member.written.to_string()),
        ("synced", seen.synced.to_string()),
        (
            "batch",
            seen.batch
                .map(|batch| batch.0.to_string())
                .unwrap_or_default(),
        ),
        ("commit", seen.commit.to_string()),
        ("applied", seen.applied.to_string()),
        ("snapshot", snapshot.unwrap_or_default()),
        ("revision", seen.revision.to_string()),
        ("compact_revision", seen.compact_revision.to_string()),
        ("watches", seen.watches.len().to_string()),
        ("leases", seen.leases.len().to_string()),
        (
            "alarms",
            seen.alarms.iter().map(ToString::to_string).collect(),
        ),
        ("size_bytes", seen.size_bytes.to_string()),
        ("size_in_use_bytes", seen.size_in_use_bytes.to_string()),
    ]);
    rows
}
