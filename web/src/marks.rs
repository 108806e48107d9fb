//! What kind of event one was: what stepping may pass over, and what one may want to jump to.
//!
//! An event is *visible* when the picture after it says something else than the picture before:
//! a timer that moved on and a heartbeat that changed nothing are not. A *turn* is a visible event
//! after which the story is another one.

use std::sync::Arc;

use quorate_core::sim::{Action, EventCause, Frame, MemberFrame};
use quorate_core::trace::{MessageKind, TraceKind};

/// What an event was, for whoever moves through time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Whether anything but timers changed.
    pub(crate) visible: bool,
    /// Whether the story turned.
    pub(crate) turn: Option<Turn>,
}

/// An event that one jumps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Turn {
    /// Somebody stood for election, won one, or stepped down.
    Election,
    /// An entry became committed for the first time.
    Commit,
    /// A snapshot was saved or taken over.
    Snapshot,
    /// Somebody broke or mended something.
    Fault,
    /// A property was violated: the world has ended.
    Violation,
}

impl Turn {
    /// Its class in the style sheet.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Turn::Election => "election",
            Turn::Commit => "commit",
            Turn::Snapshot => "snapshot",
            Turn::Fault => "fault",
            Turn::Violation => "violation",
        }
    }

    /// The kinds that one can ask for by themselves.
    pub(crate) const ASKED: [Turn; 4] =
        [Turn::Election, Turn::Commit, Turn::Fault, Turn::Violation];
}

impl Mark {
    /// The mark of the event between two frames.
    pub(crate) fn between(before: &Frame, after: &Frame) -> Self {
        let turn = turn(before, after);
        Self {
            visible: turn.is_some() || visible(before, after),
            turn,
        }
    }
}

fn turn(before: &Frame, after: &Frame) -> Option<Turn> {
    let event = after.last.as_ref()?;
    if after.violation.is_some() && before.violation.is_none() {
        return Some(Turn::Violation);
    }
    if let EventCause::Acted(action) = &event.cause
        && !is_of_a_client(action)
    {
        return Some(Turn::Fault);
    }
    let mut found = None;
    for trace in &event.trace {
        let turn = match trace.kind {
            TraceKind::BecamePreCandidate { .. }
            | TraceKind::BecameCandidate { .. }
            | TraceKind::BecameLeader { .. }
            | TraceKind::QuorumLost => Turn::Election,
            TraceKind::SnapshotSaved { .. } | TraceKind::SnapshotApplied { .. } => Turn::Snapshot,
            _ => continue,
        };
        found = found.or(Some(turn));
    }
    let grew = highest_commit(after) > highest_commit(before);
    found.or(grew.then_some(Turn::Commit))
}

fn visible(before: &Frame, after: &Frame) -> bool {
    if !after.lost.is_empty() || before.cuts != after.cuts || before.operations != after.operations
    {
        return true;
    }
    match after.last.as_ref().map(|event| &event.cause) {
        Some(EventCause::Acted(_) | EventCause::Refused(..)) => return true,
        // The way of a heartbeat is passed over, its beginning is shown: otherwise a quiet cluster
        // would take a dozen presses for each of its ticks.
        Some(EventCause::Delivered(message)) if !is_heartbeat(message.summary.kind) => return true,
        Some(EventCause::Ticked(_)) if sent_any(after, |_| true) => return true,
        _ => {}
    }
    // A vote that waited for the disk goes out when the disk has synced.
    if sent_any(after, |kind| !is_heartbeat(kind)) {
        return true;
    }
    before.members.len() != after.members.len()
        || before
            .members
            .iter()
            .zip(&after.members)
            .any(|(before, after)| !Arc::ptr_eq(before, after) && !looks_alike(before, after))
}

/// Whether two moments of a member differ in nothing but its timers.
fn looks_alike(before: &MemberFrame, after: &MemberFrame) -> bool {
    let is_same = before.written == after.written
        && before.failure == after.failure
        && before.standing == after.standing;
    if !is_same {
        return false;
    }
    let (before, after) = match (&before.view, &after.view) {
        (Some(before), Some(after)) => (before, after),
        (before, after) => return before.is_none() && after.is_none(),
    };
    before.role == after.role
        && before.term == after.term
        && before.vote == after.vote
        && before.leader == after.leader
        && before.votes == after.votes
        && before.voters == after.voters
        && before.log_offset == after.log_offset
        && before.log.len() == after.log.len()
        && before.log.last() == after.log.last()
        && before.synced == after.synced
        && before.commit == after.commit
        && before.applied == after.applied
        && before.snapshot == after.snapshot
        && before.revision == after.revision
        && before.compact_revision == after.compact_revision
        && before.stopped == after.stopped
}

/// Whether a message of such a kind was sent in the event that just happened.
fn sent_any(frame: &Frame, wanted: impl Fn(MessageKind) -> bool) -> bool {
    let mut messages = frame.messages.iter();
    messages.any(|message| message.id >= frame.first_sent && wanted(message.summary.kind))
}

fn is_heartbeat(kind: MessageKind) -> bool {
    matches!(
        kind,
        MessageKind::Heartbeat | MessageKind::HeartbeatResponse
    )
}

fn is_of_a_client(action: &Action) -> bool {
    matches!(
        action,
        Action::Put { .. }
            | Action::Get { .. }
            | Action::Delete { .. }
            | Action::Compact { .. }
            | Action::Operation { .. }
    )
}

fn highest_commit(frame: &Frame) -> u64 {
    frame
        .members
        .iter()
        .filter_map(|member| member.view.as_ref())
        .map(|view| view.commit.0)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use quorate_core::id::{Index, Term};
    use quorate_core::sim::{EventFrame, Node};
    use quorate_core::trace::TraceEvent;

    use super::*;
    use crate::fixture;

    #[test]
    fn a_tick_that_moves_a_timer_is_quiet() {
        let before = fixture::frame(3);
        let mut after = before.clone();
        let view = fixture::view(&mut after, 1);
        view.election_elapsed_ticks += 1;
        after.now_us += 100_000;
        let mark = Mark::between(&before, &after);
        assert_eq!((mark.visible, mark.turn), (false, None));
    }

    #[test]
    fn a_tick_that_sends_is_visible_and_the_beat_on_its_way_is_not() {
        let quiet = fixture::frame(3);
        let mut sent = quiet.clone();
        let beat = fixture::message(1, 1, 2, MessageKind::Heartbeat);
        sent.messages.push(beat.clone());
        assert!(Mark::between(&quiet, &sent).visible);

        let mut arrived = quiet.clone();
        arrived.last = Some(EventFrame {
            cause: EventCause::Delivered(beat),
            trace: Vec::new(),
        });
        assert!(!Mark::between(&sent, &arrived).visible);
    }

    #[test]
    fn an_entry_that_becomes_durable_is_visible() {
        let before = fixture::frame(3);
        let mut after = before.clone();
        fixture::member(&mut after, 2).written = Index(5);
        assert!(Mark::between(&before, &after).visible);
    }

    #[test]
    fn a_new_leader_is_a_turn_even_when_it_commits() {
        let before = fixture::frame(3);
        let mut after = before.clone();
        fixture::view(&mut after, 0).commit = Index(4);
        assert_eq!(Mark::between(&before, &after).turn, Some(Turn::Commit));
        after.last = Some(EventFrame {
            cause: EventCause::Ticked(Node(1)),
            trace: vec![TraceEvent {
                member: fixture::id(1),
                kind: TraceKind::BecameLeader { term: Term(2) },
            }],
        });
        assert_eq!(Mark::between(&before, &after).turn, Some(Turn::Election));
    }

    #[test]
    fn a_crash_is_a_fault_and_a_put_is_none() {
        let before = fixture::frame(3);
        let acted = |action| {
            let mut after = fixture::frame(3);
            after.last = Some(EventFrame {
                cause: EventCause::Acted(action),
                trace: Vec::new(),
            });
            Mark::between(&before, &after)
        };
        assert_eq!(
            acted(Action::Crash { node: Node(1) }).turn,
            Some(Turn::Fault)
        );
        let get = acted(Action::Get {
            node: Node(1),
            key: "x".to_owned(),
        });
        assert_eq!((get.visible, get.turn), (true, None));
    }
}
