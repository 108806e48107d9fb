//! Measures the store's work: how much of what, and what took too long.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quorate_core::command::{Command, Reply, ResponseOp, TxnReply};
use quorate_core::error::Error;
use quorate_core::id::RequestId;
use quorate_core::probe::Probe;
use serde_json::json;

use super::described::{describe, size_bytes};
use crate::go::GoDuration;
use crate::log::Logger;
use crate::metrics::{Metrics, Operation};

/// Is told of each piece of work.
pub(crate) struct WorkProbe {
    begun: Instant,
    /// When that began which goes on later.
    set_aside: BTreeMap<Option<RequestId>, Instant>,
    /// `--warning-apply-duration`: whoever takes longer is told of.
    expected: Duration,
    metrics: Arc<Metrics>,
    logger: Logger,
}

impl WorkProbe {
    /// A probe that warns of what takes longer than expected.
    pub(crate) fn new(expected: Duration, metrics: Arc<Metrics>, logger: Logger) -> Self {
        Self {
            begun: Instant::now(),
            set_aside: BTreeMap::new(),
            expected,
            metrics,
            logger,
        }
    }

    fn warn(&self, took: Duration, prefix: &str, command: &Command, result: &Result<Reply, Error>) {
        self.metrics.member.was_slow();
        let response = result.as_ref().map(shown).unwrap_or_default();
        let mut fields = vec![
            ("took", json!(GoDuration(took).to_string())),
            (
                "expected-duration",
                json!(GoDuration(self.expected).to_string()),
            ),
            ("prefix", json!(prefix)),
            ("request", json!(describe(command))),
            ("response", json!(response)),
        ];
        if let Err(error) = result {
            fields.push(("error", json!(error.to_string())));
        }
        self.logger.warn("apply request took too long", &fields);
    }
}

impl Probe for WorkProbe {
    fn begins(&mut self) {
        self.begun = Instant::now();
    }

    fn set_aside(&mut self, read: Option<RequestId>) {
        self.set_aside.insert(read, self.begun);
    }

    // As for etcd's, the time counts in which others had their turn: the caller waited through it.
    fn taken_up(&mut self, read: Option<RequestId>) {
        self.begun = self.set_aside.remove(&read).unwrap_or_else(Instant::now);
    }

    fn applied(&mut self, command: &Command, result: &Result<Reply, Error>) {
        let took = self.begun.elapsed();
        let operation = Operation::of(command);
        // As in etcd, to ask for a compaction that is done already is no failure.
        let is_good = matches!(result, Ok(_) | Err(Error::Compacted));
        self.metrics.member.applied(operation, is_good, took);
        if let Ok(reply) = result {
            self.metrics.store.did(command, reply);
        }
        if took > self.expected {
            self.warn(took, "", command, result);
        }
    }

    fn read(&mut self, command: &Command, result: &Result<Reply, Error>) {
        let took = self.begun.elapsed();
        if let Ok(reply) = result {
            self.metrics.store.did(command, reply);
        }
        let prefix = match command {
            Command::Range(_) => {
                self.metrics.member.ranged(result.is_ok(), took);
                "read-only range "
            }
            Command::Txn(_) => "read-only txn ",
            Command::HashKv(_) => {
                self.metrics.store.hashed(took);
                return;
            }
            _ => return,
        };
        if took > self.expected {
            self.warn(took, prefix, command, result);
        }
    }
}

/// A reply in the words of etcd's warning.
fn shown(reply: &Reply) -> String {
    match reply {
        Reply::Range(range) => format!(
            "range_response_count:{} size:{}",
            range.key_values.len(),
            size_bytes(&range.key_values)
        ),
        Reply::Txn(txn) => {
            let counts: Vec<String> = ranges(txn)
                .map(|count| format!("range_response_count:{count}"))
                .collect();
            format!("responses:<{}>", counts.join(" "))
        }
        _ => String::new(),
    }
}

fn ranges(txn: &TxnReply) -> impl Iterator<Item = usize> {
    txn.responses.iter().filter_map(|response| match response {
        ResponseOp::Range(range) => Some(range.key_values.len()),
        _ => None,
    })
}
