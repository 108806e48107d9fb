//! How often the server was asked whether it is well, and what it said.

use prometheus::{IntCounter, IntCounterVec, IntGaugeVec};

use super::definitions::Definitions;

/// One check of one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// `livez` or `readyz`.
    pub(crate) endpoint: &'static str,
    /// `serializable_read`, `data_corruption` …
    pub(crate) name: &'static str,
}

/// The counts.
pub(crate) struct HealthMetrics {
    successes: IntCounter,
    failures: IntCounter,
    last: IntGaugeVec,
    checks: IntCounterVec,
}

impl HealthMetrics {
    pub(super) fn new(definitions: &Definitions) -> Self {
        Self {
            successes: definitions.counter(
                "etcd_server_health_success",
                "Answers of /health that the server is well.",
            ),
            failures: definitions.counter(
                "etcd_server_health_failures",
                "Answers of /health that it is not.",
            ),
            last: definitions.gauges(
                "etcd_server_healthcheck",
                "What each check of /livez and /readyz said last: 1 for good.",
                &["type", "name"],
            ),
            checks: definitions.counters(
                "etcd_server_healthchecks_total",
                "How often each check of /livez and /readyz said what.",
                &["type", "name", "status"],
            ),
        }
    }

    /// `/health` answered.
    pub(crate) fn answered(&self, is_well: bool) {
        if is_well {
            self.successes.inc();
        } else {
            self.failures.inc();
        }
    }

    /// A check was made.
    pub(crate) fn checked(&self, check: Check, is_good: bool) {
        let status = if is_good { "success" } else { "error" };
        self.last
            .with_label_values(&[check.endpoint, check.name])
            .set(is_good.into());
        self.checks
            .with_label_values(&[check.endpoint, check.name, status])
            .inc();
    }
}
