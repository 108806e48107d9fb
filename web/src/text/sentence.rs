//! The sentence of what just happened, made from the event and its trace.

use quorate_core::collections::InOrder;
use quorate_core::id::MemberId;
use quorate_core::sim::{
    EventCause, EventFrame, Frame, LossReason, MessageFrame, Node, OperationFrame,
};
use quorate_core::trace::{MessageKind, MessageSummary, TraceEvent, TraceKind};

use super::{Language, en, zh};

/// What just happened: the event itself, then what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// The event.
    pub(crate) cause: String,
    /// What came of it, most telling first; at most [`MOST_CONSEQUENCES`].
    pub(crate) consequences: Vec<String>,
}

/// More than this is not read.
const MOST_CONSEQUENCES: usize = 3;

/// The sentence of a frame's last event.
pub(crate) fn sentence(language: Language, frame: &Frame) -> Sentence {
    let names = Names(frame);
    let Some(event) = &frame.last else {
        return Sentence {
            cause: language.words().nothing_yet.to_owned(),
            consequences: Vec::new(),
        };
    };
    let cause = match language {
        Language::English => en::cause(&event.cause),
        Language::Chinese => zh::cause(&event.cause),
    };
    let mut told: Vec<&TraceEvent> = event
        .trace
        .iter()
        .filter(|trace| weight(trace, event) > 0)
        .collect();
    // Stable: what weighs the same stays in the order in which it happened.
    told.order_by_key(|trace| std::cmp::Reverse(weight(trace, event)));
    let mut consequences: Vec<String> = Vec::new();
    let traced = told.into_iter().map(|trace| match language {
        Language::English => en::consequence(trace, &names),
        Language::Chinese => zh::consequence(trace, &names),
    });
    let answered = answered(frame).map(|operation| match language {
        Language::English => en::answered(operation),
        Language::Chinese => zh::answered(operation),
    });
    let sent = sent(frame).map(|(from, to, summary)| match language {
        Language::English => en::sent(from, &to, summary),
        Language::Chinese => zh::sent(from, &to, summary),
    });
    let lost = lost(frame).map(|(from, to, summary, reason)| match language {
        Language::English => en::lost(from, &to, summary, reason),
        Language::Chinese => zh::lost(from, &to, summary, reason),
    });
    for text in answered.chain(traced).chain(lost).chain(sent) {
        if !consequences.contains(&text) && consequences.len() < MOST_CONSEQUENCES {
            consequences.push(text);
        }
    }
    Sentence {
        cause,
        consequences,
    }
}

/// Members' short names.
pub(crate) struct Names<'a>(&'a Frame);

impl Names<'_> {
    /// `n1` for a member of the frame, its id for a stranger, `-` for nobody.
    pub(crate) fn of(&self, id: MemberId) -> String {
        let known = self.0.members.iter().find(|member| member.id == id);
        match known {
            Some(member) => super::strong(member.node),
            None if id.is_some() => id.to_string(),
            None => "-".to_owned(),
        }
    }
}

/// The client operations that this very event answered.
fn answered(frame: &Frame) -> impl Iterator<Item = &OperationFrame> {
    frame
        .operations
        .iter()
        .filter(|operation| frame.answered.contains(&operation.number))
}

/// Messages alike but for their receivers: by whom, to whom, and what.
type Alike<'a> = (Node, Vec<Node>, &'a MessageSummary);

/// What this very event sent. Others may have been sent at the same moment.
fn sent(frame: &Frame) -> impl Iterator<Item = Alike<'_>> {
    let messages = frame.messages.iter();
    together(messages.filter(|message| message.id >= frame.first_sent)).into_iter()
}

/// What was lost as soon as it was sent, in an event that was something else.
fn lost(frame: &Frame) -> impl Iterator<Item = (Node, Vec<Node>, &MessageSummary, LossReason)> {
    let told = matches!(
        frame.last.as_ref().map(|event| &event.cause),
        Some(EventCause::Lost(..))
    );
    let mut reasons: Vec<LossReason> = frame.lost.iter().map(|one| one.reason).collect();
    reasons.dedup();
    reasons
        .into_iter()
        .filter(move |_| !told)
        .flat_map(|reason| {
            let lost = frame.lost.iter().filter(move |one| one.reason == reason);
            let together = together(lost.map(|one| &one.message));
            together
                .into_iter()
                .map(move |(from, to, summary)| (from, to, summary, reason))
        })
}

fn together<'a>(messages: impl Iterator<Item = &'a MessageFrame>) -> Vec<Alike<'a>> {
    let mut together: Vec<Alike<'a>> = Vec::new();
    for message in messages {
        let alike = together
            .iter_mut()
            .find(|(from, _, summary)| *from == message.from && **summary == message.summary);
        match alike {
            Some((_, to, _)) if !to.contains(&message.to) => to.push(message.to),
            Some(_) => {}
            None => together.push((message.from, vec![message.to], &message.summary)),
        }
    }
    for (_, to, _) in &mut together {
        to.order();
    }
    together
}

/// How much a consequence tells beyond its cause; 0 is left to the trace's own lines.
fn weight(trace: &TraceEvent, event: &EventFrame) -> u8 {
    use TraceKind as K;
    let synced_itself = matches!(event.cause, EventCause::Synced(_));
    let has = |wanted: fn(&TraceKind) -> bool| event.trace.iter().any(|trace| wanted(&trace.kind));
    let elected = has(|kind| matches!(kind, K::BecameLeader { .. } | K::BecameCandidate { .. }));
    let voted = has(|kind| matches!(kind, K::VoteCast { .. } | K::VoteRejected { .. }));
    match &trace.kind {
        K::DiskFailed { .. } | K::Refused { .. } => 10,
        K::BecameLeader { .. } | K::QuorumLost => 9,
        K::TransferFinished { .. } | K::TransferFailed { .. } | K::TransferStarted { .. } => 8,
        K::BecameCandidate { .. } | K::BecamePreCandidate { .. } => 8,
        K::SnapshotApplied { .. } | K::SnapshotSaved { .. } | K::WalRepaired { .. } => 8,
        K::SnapshotUnreadable { .. } => 8,
        K::ElectionStarted { .. } | K::TimeoutNowReceived { .. } => 7,
        K::Restarted { .. } if matches!(event.cause, EventCause::Started) => 0,
        K::Restarted { .. } | K::LogTruncated { .. } | K::AppendRejected { .. } => 7,
        K::VoteCast { .. } | K::VoteRejected { .. } | K::VoteIgnored { .. } => 6,
        K::SnapshotStarted { .. } | K::SnapshotSendStarted { .. } => 6,
        K::VoteTally { granted, .. } if *granted > 1 && !elected => 6,
        K::Committed { .. } => 6,
        K::Applied { .. } => 5,
        K::Appended { .. } => 5,
        // That it leads has been said.
        K::LeaderElected { leader, .. } if *leader == trace.member => 0,
        K::LeaderElected { .. } | K::LeaderChanged { .. } | K::LeaderLost { .. } => 4,
        K::BecameFollower { .. } if !voted => 4,
        K::Synced { .. } if synced_itself => 4,
        K::StoreCompacted { .. } | K::LogCompacted { .. } | K::SegmentsReleased { .. } => 3,
        K::SnapshotSendFinished { .. } | K::ElectionTicksAdvanced { .. } => 3,
        K::HigherTerm { kind, .. } if *kind != MessageKind::PreVote => 2,
        K::LowerTermIgnored { .. } => 2,
        K::SegmentCut { .. } | K::TransferSkipped | K::AttributesPublished { .. } => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::fixture;
    use crate::text::pieces;
    use quorate_core::id::{Index, Term};

    fn plain(text: &str) -> String {
        pieces(text).into_iter().map(|(_, piece)| piece).collect()
    }

    fn with(cause: EventCause, kinds: Vec<TraceKind>) -> Frame {
        let mut frame = fixture::frame(3);
        let trace = kinds
            .into_iter()
            .map(|kind| TraceEvent {
                member: fixture::id(3),
                kind,
            })
            .collect();
        frame.last = Some(EventFrame { cause, trace });
        frame
    }

    #[test]
    fn the_most_telling_comes_first() {
        let frame = with(
            EventCause::Delivered(fixture::message(1, 1, 3, MessageKind::VoteResponse)),
            vec![
                TraceKind::VoteTally {
                    kind: MessageKind::VoteResponse,
                    granted: 2,
                    rejected: 0,
                },
                TraceKind::BecameLeader { term: Term(2) },
            ],
        );
        let english = sentence(Language::English, &frame);
        assert!(plain(&english.cause).starts_with("n3 gets"), "{english:?}");
        assert!(plain(&english.consequences[0]).contains("n3 is leader of term 2"));
        let chinese = sentence(Language::Chinese, &frame);
        assert!(plain(&chinese.consequences[0]).contains("n3"));
        assert!(chinese.consequences[0].contains("任期 2"));
    }

    #[test]
    fn an_answer_to_a_client_is_told() {
        let mut frame = with(
            EventCause::Synced(Node(1)),
            vec![TraceKind::Committed { index: Index(4) }],
        );
        Arc::make_mut(&mut frame.operations).push(OperationFrame {
            number: 1,
            node: Node(1),
            text: "put x=1".to_owned(),
            asked_at_us: 0,
            answered_at_us: Some(frame.now_us),
            outcome: quorate_core::sim::OperationOutcome::Done("OK".to_owned()),
        });
        let before = sentence(Language::English, &frame);
        assert_eq!(
            before.consequences.len(),
            1,
            "another event's answer: {before:?}"
        );
        frame.answered.push(1);
        let told = sentence(Language::English, &frame);
        assert!(plain(&told.consequences[0]).contains("put x=1"), "{told:?}");
        assert_eq!(told.consequences.len(), 2);
    }

    #[test]
    fn what_is_lost_at_once_is_told_together() {
        let mut frame = with(EventCause::Ticked(Node(1)), Vec::new());
        for to in [3, 2] {
            frame.lost.push(quorate_core::sim::LostMessage {
                message: fixture::message(u64::from(to), 1, to, MessageKind::Heartbeat),
                reason: LossReason::Cut,
            });
        }
        let told = sentence(Language::English, &frame);
        assert_eq!(
            plain(&told.consequences[0]),
            "A heartbeat from n1 to n2 and n3 is lost: the link is cut."
        );
    }

    #[test]
    fn before_the_first_event_it_says_what_to_do() {
        let mut frame = fixture::frame(3);
        frame.last = None;
        for language in [Language::English, Language::Chinese] {
            let told = sentence(language, &frame);
            assert!(!told.cause.is_empty() && told.consequences.is_empty());
        }
    }
}
