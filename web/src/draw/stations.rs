//! The stations inside a member, and which of them the last event went through.

use quorate_core::sim::{Action, EventCause, Frame, MemberFrame, Node};
use quorate_core::trace::{LocalMessage, TraceKind};

/// A station on the way of a write through a member, and back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Station {
    Client,
    Quota,
    Propose,
    Raft,
    Memory,
    Wal,
    Peers,
    Commit,
    Apply,
    Index,
    Store,
    Reply,
}

impl Station {
    /// All of them, in the order of the way.
    pub(crate) const ALL: [Station; 12] = [
        Station::Client,
        Station::Quota,
        Station::Propose,
        Station::Raft,
        Station::Memory,
        Station::Wal,
        Station::Peers,
        Station::Commit,
        Station::Apply,
        Station::Index,
        Station::Store,
        Station::Reply,
    ];

    /// Its name in the document and the style sheet.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Station::Client => "client",
            Station::Quota => "quota",
            Station::Propose => "propose",
            Station::Raft => "raft",
            Station::Memory => "memory",
            Station::Wal => "wal",
            Station::Peers => "peers",
            Station::Commit => "commit",
            Station::Apply => "apply",
            Station::Index => "index",
            Station::Store => "store",
            Station::Reply => "reply",
        }
    }
}

/// The stations of a member that the last event went through.
pub(crate) fn lit(before: Option<&Frame>, frame: &Frame, node: Node) -> Vec<Station> {
    let Some(member) = frame.member(node) else {
        return Vec::new();
    };
    let before = before.and_then(|before| before.member(node));
    let is_lit = |station: &Station| goes_through(*station, before, frame, member);
    Station::ALL.into_iter().filter(is_lit).collect()
}

fn goes_through(
    station: Station,
    before: Option<&MemberFrame>,
    frame: &Frame,
    member: &MemberFrame,
) -> bool {
    let node = member.node;
    let Some(event) = &frame.last else {
        return false;
    };
    let cause = &event.cause;
    let view = member.view.as_ref();
    let local = view.map_or(&[][..], |view| &view.local);
    let traced = |wanted: fn(&TraceKind) -> bool| {
        let mut lines = event.trace.iter();
        lines.any(|line| line.member == member.id && wanted(&line.kind))
    };
    let asked = asked(cause).filter(|(at, _)| *at == node);
    let is_delivered = matches!(cause, EventCause::Delivered(message) if message.to == node);
    let has_sent = || {
        let mut messages = frame.messages.iter();
        messages.any(|message| message.from == node && message.id >= frame.first_sent)
    };
    let before = before.and_then(|before| before.view.as_ref());
    let is_new_revision = before
        .zip(view)
        .is_some_and(|(before, view)| before.revision != view.revision);
    match station {
        Station::Client => asked.is_some(),
        Station::Quota => {
            asked.is_some_and(|(_, writes)| writes)
                || traced(|kind| {
                    matches!(
                        kind,
                        TraceKind::QuotaExceeded { .. } | TraceKind::AlarmRaised { .. }
                    )
                })
        }
        Station::Propose => local.contains(&LocalMessage::Propose),
        Station::Raft => {
            is_delivered
                || !local.is_empty()
                || matches!(cause, EventCause::Ticked(of) if *of == node)
        }
        Station::Memory => traced(|kind| {
            matches!(
                kind,
                TraceKind::Appended { .. } | TraceKind::LogTruncated { .. }
            )
        }),
        Station::Wal => {
            let is_disks =
                matches!(cause, EventCause::Wrote(of) | EventCause::Synced(of) if *of == node);
            is_disks || traced(|kind| matches!(kind, TraceKind::SegmentCut { .. }))
        }
        Station::Peers => is_delivered || has_sent(),
        Station::Commit => traced(|kind| matches!(kind, TraceKind::Committed { .. })),
        Station::Apply => traced(|kind| {
            matches!(
                kind,
                TraceKind::Applied { .. } | TraceKind::SnapshotApplied { .. }
            )
        }),
        Station::Index | Station::Store => is_new_revision,
        Station::Reply => frame
            .operations
            .iter()
            .any(|operation| operation.node == node && frame.answered.contains(&operation.number)),
    }
}

/// Whom a client asked, and whether it wants something written.
fn asked(cause: &EventCause) -> Option<(Node, bool)> {
    let EventCause::Acted(action) = cause else {
        return None;
    };
    match action {
        Action::Put { node, .. } | Action::Delete { node, .. } => Some((*node, true)),
        Action::Get { node, .. } | Action::Compact { node, .. } => Some((*node, false)),
        Action::Operation { node, .. } => Some((*node, true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::permalink::Permalink;
    use crate::state::hands::leader;

    /// A put goes through all stations of the leader, and some of a follower's.
    #[test]
    fn a_put_goes_all_the_way_round() {
        let mut engine = Engine::of(&Permalink {
            at: 400,
            ..Permalink::default()
        });
        let leads = leader(&engine.frame()).expect("one was elected long ago");
        let put = Action::Put {
            node: leads,
            key: "x".to_owned(),
            value: "1".to_owned(),
        };
        engine.act(vec![put]).expect("it runs");
        let mut seen: Vec<Station> = Vec::new();
        let mut first = None;
        for _ in 0..120 {
            let (before, frame) = (engine.frame_before(), engine.frame());
            let stations = lit(before.as_deref(), &frame, leads);
            first.get_or_insert(stations.clone());
            seen.extend(stations);
            engine.forward().expect("a quiet cluster goes on");
        }
        let first = first.unwrap_or_default();
        assert!(first.starts_with(&[
            Station::Client,
            Station::Quota,
            Station::Propose,
            Station::Raft,
            Station::Memory
        ]));
        assert!(!first.contains(&Station::Reply), "it is not durable yet");
        for station in Station::ALL {
            assert!(seen.contains(&station), "{station:?}");
        }
    }
}
