//! Calls that take long, and with `--log-level=debug` all calls: etcd's line `request stats`.

use std::time::{Duration, Instant, SystemTime};

use quorate_core::command::{Command, RangeReply, Reply, RequestOp};
use quorate_core::error::Error;
use serde_json::{Value, json};

use crate::go::GoDuration;
use crate::log::{LogLevel, Logger, time_text};
use crate::member_thread::{describe, size_bytes};

/// Looks at how long calls take.
#[derive(Clone)]
pub(super) struct SlowCalls {
    /// `--warning-unary-request-duration`.
    expected: Duration,
    logger: Logger,
}

/// A call under way.
pub(super) struct Timed {
    command: Command,
    begun: Instant,
    began_at: SystemTime,
}

/// What a call was about, in numbers; -1 where nothing is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sizes {
    requests: i64,
    request_bytes: i64,
    responses: i64,
    response_bytes: i64,
}

impl SlowCalls {
    pub(super) fn new(expected: Duration, logger: &Logger) -> Self {
        Self {
            expected,
            logger: logger.clone(),
        }
    }

    /// A call begins. Keys and values are shared, not copied.
    pub(super) fn begin(&self, command: &Command) -> Timed {
        Timed {
            command: command.clone(),
            begun: Instant::now(),
            began_at: SystemTime::now(),
        }
    }

    /// It has been answered.
    pub(super) fn ended(&self, call: &Timed, result: &Result<Reply, Error>) {
        let took = call.begun.elapsed();
        let is_debugging = self.logger.is_on(LogLevel::Debug);
        if !is_debugging && took <= self.expected {
            return;
        }
        let Some(method) = method(&call.command) else {
            return;
        };
        let fields = fields(call, took, method, result.as_ref().ok());
        if is_debugging {
            self.logger.debug("request stats", &fields);
        } else {
            self.logger.warn("request stats", &fields);
        }
    }
}

fn fields(
    call: &Timed,
    took: Duration,
    method: &str,
    reply: Option<&Reply>,
) -> [(&'static str, Value); 8] {
    let sizes = Sizes::of(&call.command, reply);
    let content = match sizes.requests {
        -1 => String::new(),
        _ => describe(&call.command),
    };
    [
        ("start time", json!(time_text(call.began_at))),
        ("time spent", json!(GoDuration(took).to_string())),
        ("response type", json!(method)),
        ("request count", json!(sizes.requests)),
        ("request size", json!(sizes.request_bytes)),
        ("response count", json!(sizes.responses)),
        ("response size", json!(sizes.response_bytes)),
        ("request content", json!(content)),
    ]
}

/// The call that a command comes from; nothing for one that is no call of its own.
fn method(command: &Command) -> Option<&'static str> {
    Some(match command {
        Command::Range(_) => "/etcdserverpb.KV/Range",
        Command::Put(_) => "/etcdserverpb.KV/Put",
        Command::DeleteRange(_) => "/etcdserverpb.KV/DeleteRange",
        Command::Txn(_) => "/etcdserverpb.KV/Txn",
        Command::Compact(_) => "/etcdserverpb.KV/Compact",
        Command::LeaseGrant(_) => "/etcdserverpb.Lease/LeaseGrant",
        Command::LeaseRevoke(_) => "/etcdserverpb.Lease/LeaseRevoke",
        Command::LeaseTimeToLive(_) => "/etcdserverpb.Lease/LeaseTimeToLive",
        Command::LeaseList => "/etcdserverpb.Lease/LeaseLeases",
        Command::MemberAdd(_) => "/etcdserverpb.Cluster/MemberAdd",
        Command::MemberRemove(_) => "/etcdserverpb.Cluster/MemberRemove",
        Command::MemberUpdate(_) => "/etcdserverpb.Cluster/MemberUpdate",
        Command::MemberPromote(_) => "/etcdserverpb.Cluster/MemberPromote",
        Command::MemberList(_) => "/etcdserverpb.Cluster/MemberList",
        Command::Status => "/etcdserverpb.Maintenance/Status",
        Command::AlarmList | Command::AlarmRaise(_) | Command::AlarmLower(_) => {
            "/etcdserverpb.Maintenance/Alarm"
        }
        Command::Defragment => "/etcdserverpb.Maintenance/Defragment",
        Command::HashKv(_) => "/etcdserverpb.Maintenance/HashKV",
        Command::MoveLeader(_) => "/etcdserverpb.Maintenance/MoveLeader",
        Command::DowngradeValidate(_) | Command::DowngradeEnable(_) | Command::DowngradeCancel => {
            "/etcdserverpb.Maintenance/Downgrade"
        }
        // Streams, and what members ask themselves.
        Command::LeaseKeepAlive(_)
        | Command::LeaseCheckpoint(_)
        | Command::LeaseExpire(_)
        | Command::PublishAttributes(_)
        | Command::Publish(_) => return None,
    })
}

impl Sizes {
    /// As etcd counts: of keys and values what was asked and answered, of other calls nothing.
    fn of(command: &Command, reply: Option<&Reply>) -> Self {
        let number = |bytes: usize| i64::try_from(bytes).unwrap_or(i64::MAX);
        let (requests, request_bytes) = match (command, reply) {
            (Command::Range(range), _) => (0, range.key.len() + range.range_end.len()),
            (Command::Put(put), _) => (1, put.key.len() + put.value.len()),
            (Command::DeleteRange(delete), _) => (0, delete.key.len() + delete.range_end.len()),
            (Command::Txn(txn), Some(Reply::Txn(reply))) => {
                let taken = match reply.succeeded {
                    true => &txn.success,
                    false => &txn.failure,
                };
                (number(taken.len()), taken.iter().map(operation_bytes).sum())
            }
            (Command::Txn(_), _) => (0, 0),
            _ => return Self::NOTHING,
        };
        let (responses, response_bytes) = match reply {
            Some(Reply::Range(RangeReply {
                key_values, count, ..
            })) => (*count, size_bytes(key_values)),
            Some(Reply::DeleteRange(reply)) => (reply.deleted, size_bytes(&reply.previous)),
            _ => (0, 0),
        };
        Self {
            requests,
            request_bytes: number(request_bytes),
            responses,
            response_bytes: number(response_bytes),
        }
    }

    const NOTHING: Self = Self {
        requests: -1,
        request_bytes: -1,
        responses: -1,
        response_bytes: -1,
    };
}

fn operation_bytes(operation: &RequestOp) -> usize {
    match operation {
        RequestOp::Range(range) => range.key.len() + range.range_end.len(),
        RequestOp::Put(put) => put.key.len() + put.value.len(),
        RequestOp::DeleteRange(delete) => delete.key.len() + delete.range_end.len(),
        RequestOp::Txn(txn) => txn.operations().map(operation_bytes).sum(),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use quorate_core::command::{Put, Txn, TxnReply};

    use super::*;

    #[test]
    fn a_transaction_counts_the_branch_that_was_taken() {
        let put = RequestOp::Put(Put {
            key: Bytes::from_static(b"key"),
            value: Bytes::from_static(b"value"),
            ..Put::default()
        });
        let txn = Command::Txn(Txn {
            success: vec![put.clone(), put.clone()],
            failure: vec![put],
            ..Txn::default()
        });
        let sizes = |succeeded| {
            let reply = Reply::Txn(TxnReply {
                succeeded,
                ..TxnReply::default()
            });
            let sizes = Sizes::of(&txn, Some(&reply));
            (sizes.requests, sizes.request_bytes)
        };
        assert_eq!((sizes(true), sizes(false)), ((2, 16), (1, 8)));
        assert_eq!(Sizes::of(&Command::Status, None), Sizes::NOTHING);
    }
}
