//! Events, told in English.

use quorate_core::sim::{
    Action, EventCause, LossReason, MessageFrame, Node, OperationFrame, OperationOutcome,
};
use quorate_core::trace::{MessageKind, MessageSummary, TraceEvent, TraceKind};

use crate::text::sentence::Names;
use crate::text::strong;

/// What a message is, as part of a sentence.
pub(in crate::text) fn message(summary: &MessageSummary) -> String {
    let MessageSummary {
        term,
        index,
        entries,
        ..
    } = summary;
    match (summary.kind, summary.reject) {
        (MessageKind::Propose, _) => "a proposal to put into the log".to_owned(),
        (MessageKind::Append, _) if *entries == 0 => {
            format!("an empty append (commit {})", summary.commit)
        }
        (MessageKind::Append, _) if *entries == 1 => {
            format!("an append of entry {}", index.0 + 1)
        }
        (MessageKind::Append, _) => format!(
            "an append of entries {} to {}",
            index.0 + 1,
            index.0 + u64::from(*entries)
        ),
        (MessageKind::AppendResponse, false) => format!("the answer “I have all up to {index}”"),
        (MessageKind::AppendResponse, true) => {
            format!("the answer “I lack what comes before, at {index}”")
        }
        (MessageKind::Vote, _) => format!("a request for its vote in term {term}"),
        (MessageKind::VoteResponse, false) => format!("a vote for term {term}"),
        (MessageKind::VoteResponse, true) => format!("a refused vote of term {term}"),
        (MessageKind::PreVote, _) => {
            format!("the question “would you vote for me in term {term}?”")
        }
        (MessageKind::PreVoteResponse, false) => "the answer “I would vote for you”".to_owned(),
        (MessageKind::PreVoteResponse, true) => "the answer “I would not”".to_owned(),
        (MessageKind::Snapshot, _) => format!("the beginning of a snapshot up to {index}"),
        (MessageKind::SnapshotChunk, _) => "a piece of a snapshot".to_owned(),
        (MessageKind::SnapshotProgress, _) => {
            "word of how much of the snapshot is there".to_owned()
        }
        (MessageKind::Heartbeat, _) => "a heartbeat".to_owned(),
        (MessageKind::HeartbeatResponse, _) => "the answer to a heartbeat".to_owned(),
        (MessageKind::TimeoutNow, _) => "the word to stand for election now".to_owned(),
        (MessageKind::ReadIndex, _) => "the question how far one must be to read".to_owned(),
        (MessageKind::ReadIndexResponse, _) => format!("the answer “read at index {index}”"),
        (MessageKind::LeaseQuestion, _) => "a question about a lease".to_owned(),
        (MessageKind::LeaseAnswer, _) => "the answer about a lease".to_owned(),
        (MessageKind::ChangeQuestion, _) => "a wish to change the members".to_owned(),
        (MessageKind::ChangeAnswer, _) => "word that the change was not taken".to_owned(),
        (MessageKind::StandingQuestion, _) => "the question “am I still a member?”".to_owned(),
        (MessageKind::Removal, _) => "word that a member is removed".to_owned(),
        (MessageKind::HashQuestion, _) => "a question for the store's hash".to_owned(),
        (MessageKind::HashAnswer, _) => "the store's hash".to_owned(),
    }
}

/// What an action did.
fn action(action: &Action) -> String {
    match action {
        Action::Crash { node } => format!(
            "{} crashes: what was only in its memory is gone.",
            strong(node)
        ),
        Action::Restart { node } => format!("{} starts again from its disk.", strong(node)),
        Action::Isolate { node } => format!("All links of {} are cut.", strong(node)),
        Action::Cut { from, to } => {
            format!("The link of {} and {} is cut.", strong(from), strong(to))
        }
        Action::Heal => "All links are whole again.".to_owned(),
        Action::Put { node, key, value } => {
            format!("A client asks {} to put {key}={value}.", strong(node))
        }
        Action::Get { node, key } => format!("A client asks {} for {key}.", strong(node)),
        Action::Delete { node, key } => {
            format!("A client asks {} to delete {key}.", strong(node))
        }
        Action::Compact { node, revision } => format!(
            "A client asks {} to forget what is older than revision {revision}.",
            strong(node)
        ),
        Action::Fault(fault) => super::faults::fault(fault),
        Action::Operation { node, operation } => super::faults::operation(*node, operation),
        Action::Stop { node } => format!("{} is asked to stop.", strong(node)),
    }
}

/// The event itself.
pub(in crate::text) fn cause(cause: &EventCause) -> String {
    match cause {
        EventCause::Started => "The members start, all as followers: nobody leads yet.".to_owned(),
        EventCause::Ticked(node) => format!("{}'s clock ticks.", strong(node)),
        EventCause::Delivered(MessageFrame {
            from, to, summary, ..
        }) => format!(
            "{} gets {} from {}.",
            strong(to),
            message(summary),
            strong(from)
        ),
        EventCause::Lost(message, reason) => {
            lost(message.from, &[message.to], &message.summary, *reason)
        }
        EventCause::Wrote(node) => format!(
            "{}'s disk has the bytes, but may still forget them: they are not synced.",
            strong(node)
        ),
        EventCause::Synced(node) => {
            format!("{}'s disk has synced: this survives a crash.", strong(node))
        }
        EventCause::Connected(one, other) => {
            format!("{} and {} are connected.", strong(one), strong(other))
        }
        EventCause::Disconnected(one, other) => {
            format!(
                "{} and {} have lost their connection.",
                strong(one),
                strong(other)
            )
        }
        EventCause::Acted(done) => action(done),
        EventCause::Refused(_, why) => format!("That could not be done: {why}."),
    }
}

/// A client's answer.
pub(in crate::text) fn answered(operation: &OperationFrame) -> String {
    let what = strong(&operation.text);
    match &operation.outcome {
        OperationOutcome::Waiting => format!("The client waits for {what}."),
        OperationOutcome::Done(answer) => format!("The client's {what} is answered: {answer}."),
        OperationOutcome::Failed(why) => format!("The client's {what} has failed: {why}."),
        OperationOutcome::Unknown(why) => {
            format!("The client will never know what became of {what}: {why}.")
        }
    }
}

/// What was sent, and to whom.
pub(in crate::text) fn sent(from: Node, to: &[Node], summary: &MessageSummary) -> String {
    let to = listed(to);
    format!("{} sends {to} {}.", strong(from), message(summary))
}

/// What did not arrive, and why.
pub(in crate::text) fn lost(
    from: Node,
    to: &[Node],
    summary: &MessageSummary,
    reason: LossReason,
) -> String {
    let why = match reason {
        LossReason::Cut => "the link is cut",
        LossReason::Chance => "by bad luck",
        LossReason::Down => "the receiver is down",
        LossReason::Dropped => "somebody dropped it",
        LossReason::NotConnected => "they are not connected yet",
    };
    let what = capital(&message(summary));
    format!(
        "{what} from {} to {} is lost: {why}.",
        strong(from),
        listed(to)
    )
}

/// Members in a row: "n1, n2 and n3".
pub(super) fn listed(members: &[Node]) -> String {
    let names: Vec<String> = members.iter().map(strong).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// What came of the event.
pub(in crate::text) fn consequence(trace: &TraceEvent, names: &Names<'_>) -> String {
    use TraceKind as K;
    let who = names.of(trace.member);
    match &trace.kind {
        K::Restarted { commit, last, .. } if last.0 == 0 && commit.0 == 0 => {
            format!("{who} has nothing on its disk yet.")
        }
        K::Restarted { commit, last, .. } => {
            format!("{who} starts with a log up to {last} and knows {commit} to be committed.")
        }
        K::ElectionStarted { .. } => {
            format!("{who} has heard from no leader for a whole election timeout.")
        }
        K::TimeoutNowReceived { .. } => format!("{who} stands for election because it is told to."),
        K::BecamePreCandidate { .. } => format!(
            "{who} becomes pre-candidate: it asks whether it would win before it raises its term."
        ),
        K::BecameCandidate { term } => {
            format!("{who} becomes candidate of term {term} and votes for itself.")
        }
        K::BecameLeader { term } => {
            format!("{who} is leader of term {term}: a majority voted for it.")
        }
        K::BecameFollower { term } => format!("{who} is a follower in term {term}."),
        K::QuorumLost => {
            format!("{who} has not heard a majority for an election timeout and steps down.")
        }
        K::LeaderElected { leader, .. } => {
            format!("{who} knows {} as its leader.", names.of(*leader))
        }
        K::LeaderLost { .. } => format!("{who} has no leader any more."),
        K::LeaderChanged { to, .. } => format!("{who} follows {} now.", names.of(*to)),
        K::TransferStarted { to, .. } | K::TransferOnStop { to } => {
            format!("{who} begins to hand leadership to {}.", names.of(*to))
        }
        K::TransferFinished { to } => format!("{who} has handed leadership to {}.", names.of(*to)),
        K::TransferFailed { to } => {
            format!(
                "{who} could not hand leadership to {} in time.",
                names.of(*to)
            )
        }
        _ => vote_or_entry(trace, names),
    }
}

fn vote_or_entry(trace: &TraceEvent, names: &Names<'_>) -> String {
    use TraceKind as K;
    let who = names.of(trace.member);
    match &trace.kind {
        K::VoteCast { kind, to, .. } if is_preliminary(*kind) => {
            format!("{who} would vote for {}.", names.of(*to))
        }
        K::VoteCast { to, term, .. } => {
            format!("{who} votes for {} in term {term}.", names.of(*to))
        }
        K::VoteRejected { to, .. } => format!("{who} refuses {} its vote.", names.of(*to)),
        K::VoteIgnored { from, .. } => format!(
            "{who} does not listen to {}: it still hears from a leader.",
            names.of(*from)
        ),
        K::ElectionImpossible { .. } => format!("{who} can never be elected again."),
        K::ReadLeaseBegan { .. } => {
            format!("{who} may answer reads alone for a while: nobody can be elected meanwhile.")
        }
        K::ReadLeaseEnded { .. } => format!("{who} may not answer reads alone any more."),
        K::VoteTally { granted, .. } => format!("{who} has {granted} votes."),
        K::HigherTerm { theirs, .. } => format!("{who} learns of the higher term {theirs}."),
        K::LowerTermIgnored { theirs, .. } => {
            format!("{who} ignores it: term {theirs} is over.")
        }
        K::Appended { first, last, .. } if first == last => {
            format!("{who} has entry {last} in memory, not on its disk yet.")
        }
        K::Appended { first, last, .. } => {
            format!("{who} has entries {first} to {last} in memory, not on its disk yet.")
        }
        K::LogTruncated { from } => {
            format!("{who} throws its entries from {from} on away: the leader's are others.")
        }
        K::Synced { index, .. } => format!("{who}'s log is safe up to {index}."),
        K::Committed { index } => format!("{who} knows: all up to {index} is committed."),
        K::Applied { index, revision } => {
            format!("{who}'s store has carried out entry {index} and is at revision {revision}.")
        }
        K::AppendRejected { index, .. } => {
            format!("{who} refuses: its log does not have what comes before, at {index}.")
        }
        _ => storage(trace, names),
    }
}

fn storage(trace: &TraceEvent, names: &Names<'_>) -> String {
    use TraceKind as K;
    let who = names.of(trace.member);
    match &trace.kind {
        K::SnapshotStarted { index, .. } => {
            format!("{who} begins a snapshot of all up to {index}.")
        }
        K::SnapshotSaved { index, .. } => {
            format!("{who} has a snapshot of all up to {index} on its disk.")
        }
        K::SnapshotSendStarted { to, index, .. } => format!(
            "{who} sends {} a snapshot up to {index}: the log no longer reaches back far enough.",
            names.of(*to)
        ),
        K::SnapshotSendFinished { to, succeeded, .. } => {
            let how = if *succeeded {
                "has all of"
            } else {
                "did not get"
            };
            format!("{} {how} {who}'s snapshot.", names.of(*to))
        }
        K::SnapshotApplied { index, .. } => {
            format!("{who} takes a snapshot up to {index} in the place of its store.")
        }
        K::SegmentsReleased { .. } => format!("{who} lets log files behind its snapshot go."),
        K::SegmentCut { .. } => format!("{who} begins a new log file."),
        K::WalRepaired { .. } => {
            format!("{who} cuts off the end of its log file, torn by the crash.")
        }
        K::SnapshotUnreadable { .. } => {
            format!("{who} passes over a damaged snapshot.")
        }
        K::LogCompacted { index } => format!("{who} forgets entries up to {index}."),
        K::StoreCompacted { revision } => {
            format!("{who}'s store forgets what is older than revision {revision}.")
        }
        K::AttributesPublished { id, .. } => {
            format!("{who} learns {}'s name and address.", names.of(*id))
        }
        K::ElectionTicksAdvanced { .. } => {
            format!("{who} hurries its first election timeout on.")
        }
        K::Refused { reason, .. } => format!("{who} refuses the message: {reason}."),
        K::DiskFailed { reason } => format!("{who} stops: {reason}."),
        _ => trace.to_string(),
    }
}

fn is_preliminary(kind: MessageKind) -> bool {
    matches!(kind, MessageKind::PreVote | MessageKind::PreVoteResponse)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
