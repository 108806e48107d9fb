//! The clients of a world: what they asked and what came of it.

mod watchers;

use std::sync::Arc;

use bytes::Bytes;

use super::action::Node;
use super::frame::{OperationFrame, OperationOutcome};
use super::operation::Operation;
use super::revision_choice::RevisionChoice;
use super::scenario::words::quote;
use crate::audit::{ClientOperation, History, Outcome};
use crate::collections::BTreeMap;
use crate::command::{Command, Compact, DeleteRange, MemberInfo, Put, Range, Reply, ReplyHeader};
use crate::error::Error;
use crate::id::{MemberId, RequestId, Revision};

/// What a client can ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Put { key: String, value: String },
    Get { key: String },
    Delete { key: String },
    Compact { revision: RevisionChoice },
    Other(Operation),
}

/// What was asked and what came of it, for the checkers.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// The operation's number.
    pub(super) number: u64,
    pub(super) question: Question,
    pub(super) header: ReplyHeader,
    pub(super) result: Result<Reply, Error>,
    /// Whether it has certainly not happened.
    pub(super) is_definite_failure: bool,
}

/// All operations of a world.
#[derive(Debug, Default)]
pub(super) struct Clients {
    /// Shared with the pictures.
    operations: Arc<Vec<OperationFrame>>,
    open: BTreeMap<RequestId, Open>,
    /// What the checkers of histories are handed.
    history: History,
    watchers: watchers::Watchers,
    /// The newest revision that anybody has heard of.
    newest: Revision,
}

#[derive(Debug)]
struct Open {
    node: Node,
    question: Question,
    /// Its place in the history.
    at: usize,
}

impl Clients {
    pub(super) fn operations(&self) -> &Arc<Vec<OperationFrame>> {
        &self.operations
    }

    /// Opens an operation; answers its request.
    pub(super) fn ask(
        &mut self,
        node: Node,
        question: Question,
        command: Command,
        now_us: u64,
    ) -> RequestId {
        let number = self.list(node, question.text(), now_us);
        let id = RequestId(number);
        self.history.operations.push(ClientOperation {
            number,
            client: u64::from(node.0),
            node: u64::from(node.0),
            command,
            invoked_at: now_us,
            returned_at: None,
            outcome: Outcome::Unknown("nobody has answered".to_owned()),
        });
        let at = self.history.operations.len() - 1;
        self.open.insert(id, Open { node, question, at });
        id
    }

    /// All that clients have seen.
    pub(super) fn history(&self) -> &History {
        &self.history
    }

    /// The newest revision that anybody has heard of.
    pub(super) fn newest(&self) -> Revision {
        self.newest
    }

    /// Adds an operation to the list; answers its number.
    fn list(&mut self, node: Node, text: String, now_us: u64) -> u64 {
        let number = self.operations.len() as u64 + 1;
        Arc::make_mut(&mut self.operations).push(OperationFrame {
            number,
            node,
            text,
            asked_at_us: now_us,
            answered_at_us: None,
            outcome: OperationOutcome::Waiting,
        });
        number
    }

    /// Takes a reply in; nothing when nobody waits for it.
    pub(super) fn answer(
        &mut self,
        id: RequestId,
        header: ReplyHeader,
        result: Result<Reply, Error>,
        now_us: u64,
    ) -> Option<Answer> {
        let open = self.open.remove(&id)?;
        self.newest = self.newest.max(header.revision);
        let is_definite_failure = result.as_ref().is_err_and(is_definite);
        let outcome = match &result {
            Ok(reply) => OperationOutcome::Done(open.question.printed(reply)),
            Err(error) if is_definite_failure => OperationOutcome::Failed(error.to_string()),
            Err(error) => OperationOutcome::Unknown(error.to_string()),
        };
        self.close(id, outcome, now_us);
        if let Some(operation) = self.history.operations.get_mut(open.at) {
            operation.returned_at = Some(now_us);
            operation.outcome = match &result {
                Ok(reply) => Outcome::Done {
                    header,
                    reply: reply.clone(),
                },
                Err(error) if is_definite_failure => Outcome::Failed(error.to_string()),
                Err(error) => Outcome::Unknown(error.to_string()),
            };
        }
        Some(Answer {
            number: id.0,
            question: open.question,
            header,
            result,
            is_definite_failure,
        })
    }

    /// A member's process has ended: whoever waited for it will never know. Answers the numbers
    /// of the operations.
    pub(super) fn lose(&mut self, node: Node, reason: &str, now_us: u64) -> Vec<u64> {
        let lost: Vec<RequestId> = self
            .open
            .iter()
            .filter(|(_, open)| open.node == node)
            .map(|(id, _)| *id)
            .collect();
        for id in &lost {
            self.open.remove(id);
            self.close(*id, OperationOutcome::Unknown(reason.to_owned()), now_us);
        }
        lost.into_iter().map(|id| id.0).collect()
    }

    /// What became of an operation.
    pub(super) fn operation(&self, number: u64) -> Option<&OperationFrame> {
        let at = usize::try_from(number.checked_sub(1)?).ok()?;
        self.operations.get(at)
    }

    fn close(&mut self, id: RequestId, outcome: OperationOutcome, now_us: u64) {
        let operations = Arc::make_mut(&mut self.operations);
        let at = usize::try_from(id.0.saturating_sub(1)).ok();
        if let Some(operation) = at.and_then(|at| operations.get_mut(at)) {
            operation.outcome = outcome;
            operation.answered_at_us = Some(now_us);
        }
    }
}

impl Question {
    /// What a member is asked; `id` answers a machine's member, `newest` is the newest revision
    /// that clients have heard of. Nothing for what is no request.
    pub(super) fn command(
        &self,
        id: impl Fn(Node) -> MemberId,
        newest: Revision,
    ) -> Option<Command> {
        Some(match self {
            Question::Put { key, value } => Command::Put(Put {
                key: Bytes::from(key.clone()),
                value: Bytes::from(value.clone()),
                ..Put::default()
            }),
            Question::Get { key } => Command::Range(Range {
                key: Bytes::from(key.clone()),
                ..Range::default()
            }),
            Question::Delete { key } => Command::DeleteRange(DeleteRange {
                key: Bytes::from(key.clone()),
                ..DeleteRange::default()
            }),
            Question::Compact { revision } => Command::Compact(Compact {
                revision: revision.resolve(newest),
                physical: false,
            }),
            Question::Other(operation) => return operation.command(id, newest),
        })
    }

    fn text(&self) -> String {
        match self {
            Question::Put { key, value } => format!("put {}={}", quote(key), quote(value)),
            Question::Get { key } => format!("get {}", quote(key)),
            Question::Delete { key } => format!("delete {}", quote(key)),
            Question::Compact { revision } => format!("compact {revision}"),
            Question::Other(operation) => operation.to_string(),
        }
    }

    fn printed(&self, reply: &Reply) -> String {
        match (self, reply) {
            (Question::Get { key }, Reply::Range(range)) => match range.key_values.first() {
                Some(found) => format!("{key} = {}", String::from_utf8_lossy(&found.value)),
                None => format!("{key} not found"),
            },
            (Question::Other(_), reply) => printed(reply),
            (_, Reply::DeleteRange(reply)) => format!("{} deleted", reply.deleted),
            (Question::Compact { revision }, _) => format!("compacted revision {revision}"),
            _ => "OK".to_owned(),
        }
    }
}

/// An answer to one of the less simple operations, in a line.
fn printed(reply: &Reply) -> String {
    match reply {
        Reply::Range(range) => {
            let pairs: Vec<String> = range
                .key_values
                .iter()
                .map(|found| {
                    let key = String::from_utf8_lossy(&found.key);
                    format!("{key} = {}", String::from_utf8_lossy(&found.value))
                })
                .collect();
            format!("{} found: {}", range.count, pairs.join(", "))
        }
        Reply::Txn(reply) if reply.succeeded => "the comparison held".to_owned(),
        Reply::Txn(_) => "the comparison did not hold".to_owned(),
        Reply::LeaseGrant(reply) => format!("lease {} for {} s", reply.id, reply.ttl_seconds),
        Reply::LeaseKeepAlive(reply) => format!("{} s", reply.ttl_seconds),
        Reply::LeaseTimeToLive(reply) => {
            format!("{} of {} s", reply.ttl_seconds, reply.granted_ttl_seconds)
        }
        Reply::MemberAdd(reply) => format!(
            "member {} added, {}",
            reply.member.id,
            members(&reply.members)
        ),
        Reply::MemberRemove(left) | Reply::MemberUpdate(left) | Reply::MemberPromote(left) => {
            members(left)
        }
        Reply::DeleteRange(reply) => format!("{} deleted", reply.deleted),
        Reply::MemberList(reply) => members(&reply.members),
        Reply::LeaseList(leases) => format!("{} leases", leases.len()),
        Reply::Status(status) => format!(
            "leader {}, term {}, index {}, applied {}",
            status.leader, status.term, status.committed, status.applied
        ),
        Reply::AlarmList(alarms) if alarms.is_empty() => "no alarm".to_owned(),
        Reply::AlarmList(alarms) => {
            let alarms: Vec<String> = alarms.iter().map(ToString::to_string).collect();
            alarms.concat().trim_end().to_owned()
        }
        _ => "OK".to_owned(),
    }
}

/// How many vote, and how many do not.
fn members(members: &[MemberInfo]) -> String {
    let learners = members.iter().filter(|member| member.is_learner).count();
    format!("{} voters, {learners} learners", members.len() - learners)
}

/// Whether an error says that the operation has not happened and will not happen. A timeout
/// leaves that open, and so does a leader or a member that went while the request was under way:
/// the proposal may be in somebody's log.
fn is_definite(error: &Error) -> bool {
    match error {
        Error::Timeout
        | Error::TimeoutLeaderFailure
        | Error::TimeoutConnectionLost
        | Error::TimeoutLeaderTransfer
        | Error::LeaderChanged
        | Error::Stopped => false,
        Error::EmptyKey
        | Error::KeyNotFound
        | Error::ValueProvided
        | Error::LeaseProvided
        | Error::TooManyOperations
        | Error::DuplicateKey
        | Error::InvalidSortOption
        | Error::RequestTooLarge
        | Error::Compacted
        | Error::FutureRevision
        | Error::LeaseNotFound
        | Error::NoSpace
        | Error::TooManyRequests
        | Error::NoLeader
        | Error::NotLeader
        | Error::BadLeaderTransferee
        | Error::NotSupportedForLearner
        | Error::LeaseExists
        | Error::LeaseTtlTooLarge
        | Error::MemberUrlsInvalid
        | Error::MemberNotFound
        | Error::MemberExists
        | Error::PeerUrlsExist
        | Error::NotEnoughStartedMembers
        | Error::UnhealthyCluster
        | Error::LearnerNotReady
        | Error::MemberNotLearner
        | Error::TooManyLearners
        | Error::ReconfigurationPending
        | Error::Corrupt
        | Error::ClusterVersionUnavailable
        | Error::WrongDowngradeVersion
        | Error::InvalidDowngradeTarget
        | Error::DowngradeInProcess
        | Error::NoDowngrade
        | Error::RevisionsExhausted
        | Error::LogExhausted
        | Error::NotSupported(_) => true,
    }
}
