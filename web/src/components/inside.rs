//! One member opened like a clock: the stations on the way of a write, raft in the middle.

use quorate_core::member::MemberView;
use quorate_core::sim::{Frame, MemberFrame, OperationOutcome};
use quorate_core::trace::LocalMessage;
use yew::prelude::*;

use super::View;
use super::message::term_class;
use crate::draw::pill::short_name;
use crate::draw::stations::{Station, lit};

/// The inside of the selected member, in the stage's place.
pub(crate) fn inside(view: &View<'_>) -> Html {
    let frame = view.frame();
    let Some(member) = frame.member(view.state.selected) else {
        return html! {};
    };
    let lit = lit(view.state.before.as_deref(), frame, member.node);
    let Some(seen) = &member.view else {
        return html! {
            <div class="inside down" id="inside" data-testid="inside-of">
                <p class="hint">{ format!("{} · {}", member.node, view.words().is_down) }</p>
            </div>
        };
    };
    let title = format!("{} {}", view.hands().inside, member.node);
    html! {
        <ol class="inside" id="inside" data-testid="inside-of" aria-label={title}>
            { for Station::ALL.into_iter().zip(view.hands().stations).map(|(station, name)| {
                let is_lit = lit.contains(&station);
                html! {
                    <li class={classes!("station", station.name(), is_lit.then_some("lit"))}
                        data-testid={format!("station-{}", station.name())}
                        data-lit={is_lit.to_string()}>
                        <b>{ name }</b>
                        { content(view, station, member, seen) }
                    </li>
                }
            }) }
        </ol>
    }
}

fn content(view: &View<'_>, station: Station, member: &MemberFrame, seen: &MemberView) -> Html {
    let (words, frame) = (view.words(), view.frame());
    let line = |text: String| html! { <span>{ text }</span> };
    let last = seen.log.last().map_or(seen.log_offset, |entry| entry.index);
    match station {
        Station::Client => client(frame, member),
        Station::Quota => line(format!("{} {}", seen.size_in_use_bytes, words.bytes)),
        Station::Propose => line(local_name(seen, LocalMessage::Propose)),
        Station::Raft => raft(view, seen),
        Station::Memory => html! {
            <>
                { line(format!("{} – {last}", seen.log_offset.0 + 1)) }
                { line(format!("stable ≤ {}", seen.handed)) }
                { line(match last.0.saturating_sub(seen.handed.0) {
                    0 => "unstable –".to_owned(),
                    _ => format!("unstable {} – {last}", seen.handed.0 + 1),
                }) }
            </>
        },
        Station::Wal => html! {
            <>
                { line(format!("{} ≤ {}", words.written, member.written)) }
                { line(format!("{} ≤ {}", words.synced, seen.synced)) }
                if member.disk.is_stalled { { line(view.hands().sync_held.to_owned()) } }
            </>
        },
        Station::Peers => peers(frame, member),
        Station::Commit => html! {
            <>
                { line(format!("≤ {}", seen.commit)) }
                if seen.quorum_index.0 > 0 {
                    { line(format!("{} ≤ {}", view.hands().majority_has, seen.quorum_index)) }
                }
            </>
        },
        Station::Apply => line(format!("≤ {}", seen.applied)),
        Station::Index => line(format!("{} {}", seen.keys.len(), words.keys)),
        Station::Store => line(format!("{} {}", words.revision, seen.revision)),
        Station::Reply => answered(frame, member),
    }
}

/// A local message's name, when the last event made it.
fn local_name(seen: &MemberView, message: LocalMessage) -> String {
    match seen.local.contains(&message) {
        true => message.name().to_owned(),
        false => "–".to_owned(),
    }
}

fn client(frame: &Frame, member: &MemberFrame) -> Html {
    let own = frame.operations.iter();
    let waiting = own
        .filter(|operation| operation.node == member.node)
        .filter(|operation| operation.outcome == OperationOutcome::Waiting);
    let mut waiting: Vec<String> = waiting.map(|operation| operation.text.clone()).collect();
    let more = waiting.len().saturating_sub(3);
    waiting.truncate(3);
    html! {
        <>
            { for waiting.into_iter().map(|text| html! { <code>{ text }</code> }) }
            if more > 0 { <small>{ format!("+{more}") }</small> }
        </>
    }
}

fn answered(frame: &Frame, member: &MemberFrame) -> Html {
    let own = frame.operations.iter().rev();
    let answered = own
        .filter(|operation| operation.node == member.node)
        .find(|operation| operation.answered_at_us.is_some());
    html! {
        if let Some(operation) = answered {
            <code>{ format!("{}: {}", operation.text, operation.outcome) }</code>
        }
    }
}

/// What is under way to this member and from it, by kind.
fn peers(frame: &Frame, member: &MemberFrame) -> Html {
    let count = |is_to: bool| {
        let mut kinds: Vec<(&str, usize)> = Vec::new();
        for message in frame.messages.iter().chain(&frame.held) {
            let end = if is_to { message.to } else { message.from };
            if end == member.node {
                let name = short_name(message.summary.kind);
                match kinds.iter_mut().find(|(other, _)| *other == name) {
                    Some((_, count)) => *count += 1,
                    None => kinds.push((name, 1)),
                }
            }
        }
        let kinds = kinds
            .into_iter()
            .map(|(name, count)| format!("{name}×{count}"));
        kinds.collect::<Vec<_>>().join(" ")
    };
    html! {
        <>
            <span>{ format!("→ {}", count(true)) }</span>
            <span>{ format!("← {}", count(false)) }</span>
        </>
    }
}

/// Raft itself: its two counters, what it hands to itself, and a leader's notes.
fn raft(view: &View<'_>, seen: &MemberView) -> Html {
    let (words, frame) = (view.words(), view.frame());
    let counter = |name: &'static str, elapsed: u32, limit: u32| {
        html! {
            <label class="counter">
                <span>{ name }</span>
                <meter min="0" max={limit.to_string()} value={elapsed.to_string()}></meter>
                <span class="figures">{ format!("{elapsed}/{limit}") }</span>
            </label>
        }
    };
    html! {
        <>
            <p class="raft-role">
                <span class={classes!("term-chip", term_class(seen.term.0))}>
                    { format!("t{}", seen.term) }
                </span>
                { words.role(seen.role) }
            </p>
            { counter(
                "electionElapsed", seen.election_elapsed_ticks, seen.election_timeout_ticks,
            ) }
            { counter(
                "heartbeatElapsed", seen.heartbeat_elapsed_ticks, seen.heartbeat_timeout_ticks,
            ) }
            <p class="local">
                { for LocalMessage::ALL.into_iter().map(|message| {
                    let is_lit = seen.local.contains(&message);
                    html! {
                        <code class={classes!(is_lit.then_some("lit"))}
                            data-lit={is_lit.to_string()}>{ message.name() }</code>
                    }
                }) }
            </p>
            if !seen.progress.is_empty() {
                <table class="notes progress">
                    <thead><tr>
                        <th scope="col">{ "Progress" }</th>
                        <th scope="col">{ words.matched }</th>
                        <th scope="col">{ words.next }</th>
                        <th scope="col">{ words.in_flight }</th>
                    </tr></thead>
                    <tbody>{ for seen.progress.iter().map(|progress| {
                        let mut members = frame.members.iter();
                        let name = members
                            .find(|member| member.id == progress.member)
                            .map(|member| member.node.to_string());
                        html! {
                            <tr>
                                <th scope="row">{ name }{ " " }
                                    <small>{ format!("{:?}", progress.state) }</small></th>
                                <td>{ progress.matched.to_string() }</td>
                                <td>{ progress.next.to_string() }</td>
                                <td>{ progress.in_flight.to_string() }</td>
                            </tr>
                        }
                    }) }</tbody>
                </table>
            }
        </>
    }
}
