//! Whether a leader is too busy for its heartbeats.
//!
//! A leader's heartbeats go out with its ticks. When a tick is handled late, followers may begin
//! to look for another leader; the operator should hear of it before they do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::dispatch::Hosts;
use crate::go::GoDuration;
use crate::log::Logger;
use crate::metrics::Metrics;

/// Looks at when ticks are handled.
pub(super) struct HeartbeatWatch {
    tick: Duration,
    last: Option<Instant>,
    metrics: Arc<Metrics>,
    logger: Logger,
}

impl HeartbeatWatch {
    pub(super) fn new(hosts: &Hosts) -> Self {
        Self {
            tick: hosts.tick,
            last: None,
            metrics: hosts.metrics.clone(),
            logger: hosts.logger.clone(),
        }
    }

    /// A tick is handled. As in etcd, one may come after twice the time that it should before
    /// anybody is told.
    pub(super) fn ticked(&mut self, leads: impl FnOnce() -> bool) {
        let now = Instant::now();
        let Some(last) = self.last.replace(now) else {
            return;
        };
        let exceeded = now.duration_since(last).saturating_sub(self.tick * 2);
        if exceeded.is_zero() || !leads() {
            return;
        }
        self.metrics.member.heartbeat_was_late();
        self.logger.warn(
            "leader failed to send out heartbeat on time; took too long, leader is overloaded \
             likely from slow disk",
            &[
                (
                    "heartbeat-interval",
                    json!(GoDuration(self.tick).to_string()),
                ),
                (
                    "expected-duration",
                    json!(GoDuration(self.tick * 2).to_string()),
                ),
                ("exceeded-duration", json!(GoDuration(exceeded).to_string())),
            ],
        );
    }
}
