//! gRPC calls, and requests of the JSON gateway, which are calls as well.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec};
use quorate_api::{METHODS, MethodKind};
use tonic::Code;

use super::definitions::{Buckets, Definitions};

/// The counts of all methods.
pub(crate) struct CallMetrics {
    /// By path, as `/etcdserverpb.KV/Range`.
    methods: HashMap<String, Arc<MethodMetrics>>,
    sent_bytes: IntCounter,
    received_bytes: IntCounter,
    clients: IntCounterVec,
}

/// The counts of one method.
pub(crate) struct MethodMetrics {
    /// `unary` or `stream`.
    request_kind: &'static str,
    started: IntCounter,
    received: IntCounter,
    sent: IntCounter,
    /// By code.
    handled: Vec<IntCounter>,
    /// Only with `--metrics=extensive`.
    took: Option<Histogram>,
}

/// The vectors that methods take their counts from.
struct Vectors {
    started: IntCounterVec,
    received: IntCounterVec,
    sent: IntCounterVec,
    handled: IntCounterVec,
    took: Option<HistogramVec>,
}

impl CallMetrics {
    pub(super) fn new(definitions: &Definitions, is_extensive: bool) -> Self {
        let vectors = Vectors::new(definitions, is_extensive);
        let methods = METHODS
            .iter()
            .map(|method| {
                let path = format!("/{}/{}", method.service, method.name);
                let counts = vectors.of(method.service, method.name, method.kind);
                (path, Arc::new(counts))
            })
            .collect();
        Self {
            methods,
            sent_bytes: definitions.counter(
                "etcd_network_client_grpc_sent_bytes_total",
                "Bytes of messages sent to clients.",
            ),
            received_bytes: definitions.counter(
                "etcd_network_client_grpc_received_bytes_total",
                "Bytes of messages received from clients.",
            ),
            clients: definitions.counters(
                "etcd_server_client_requests_total",
                "Requests by the version of the API that their clients speak.",
                &["type", "client_api_version"],
            ),
        }
    }

    /// The counts of a method by its path; nothing when there is no such method.
    pub(crate) fn method(&self, path: &str) -> Option<&Arc<MethodMetrics>> {
        self.methods.get(path)
    }

    /// A call begins, of a client that may say which API it speaks.
    pub(crate) fn begun(&self, method: &MethodMetrics, client_version: Option<&str>) {
        method.started.inc();
        let version = client_version.and_then(known_version).unwrap_or("unknown");
        self.clients
            .with_label_values(&[method.request_kind, version])
            .inc();
    }

    /// A client sent messages of so many bytes.
    pub(crate) fn received(&self, method: &MethodMetrics, messages: u64, bytes: u64) {
        method.received.inc_by(messages);
        self.received_bytes.inc_by(bytes);
    }

    /// A client was sent messages of so many bytes.
    pub(crate) fn sent(&self, method: &MethodMetrics, messages: u64, bytes: u64) {
        method.sent.inc_by(messages);
        self.sent_bytes.inc_by(bytes);
    }
}

impl MethodMetrics {
    /// A call has ended.
    pub(crate) fn ended(&self, code: Code, took: Duration) {
        if let Some(handled) = self.handled.get(code as usize) {
            handled.inc();
        }
        if let Some(histogram) = &self.took {
            histogram.observe(took.as_secs_f64());
        }
    }
}

impl Vectors {
    fn new(definitions: &Definitions, is_extensive: bool) -> Self {
        Self {
            started: definitions.counters(
                "grpc_server_started_total",
                "Calls begun by clients.",
                &METHOD,
            ),
            received: definitions.counters(
                "grpc_server_msg_received_total",
                "Messages received from clients.",
                &METHOD,
            ),
            sent: definitions.counters(
                "grpc_server_msg_sent_total",
                "Messages sent to clients.",
                &METHOD,
            ),
            handled: definitions.counters(
                "grpc_server_handled_total",
                "Calls that have ended, by code.",
                &["grpc_code", "grpc_method", "grpc_service", "grpc_type"],
            ),
            took: is_extensive.then(|| {
                definitions.histograms(
                    "grpc_server_handling_seconds",
                    "How long calls took.",
                    Buckets::Usual,
                    &METHOD,
                )
            }),
        }
    }

    /// The counts of one method; all begin at nothing, so that a rate can be told from the start.
    fn of(&self, service: &str, name: &str, kind: MethodKind) -> MethodMetrics {
        let (kind_name, request_kind) = match kind {
            MethodKind::Unary => ("unary", "unary"),
            MethodKind::ClientStream => ("client_stream", "stream"),
            MethodKind::ServerStream => ("server_stream", "stream"),
            MethodKind::BothStream => ("bidi_stream", "stream"),
        };
        let labels = [name, service, kind_name];
        MethodMetrics {
            request_kind,
            started: self.started.with_label_values(&labels),
            received: self.received.with_label_values(&labels),
            sent: self.sent.with_label_values(&labels),
            handled: CODES
                .iter()
                .map(|(_, code)| {
                    self.handled
                        .with_label_values(&[*code, name, service, kind_name])
                })
                .collect(),
            took: self
                .took
                .as_ref()
                .map(|took| took.with_label_values(&labels)),
        }
    }
}

/// The versions of the API that clients of etcd have said they speak. Another word becomes no
/// label: whoever makes words up must not fill the memory.
const CLIENT_VERSIONS: [&str; 8] = ["3.0", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7"];

/// A client's word for its version, if it is one.
fn known_version(text: &str) -> Option<&'static str> {
    CLIENT_VERSIONS.into_iter().find(|version| *version == text)
}

/// The labels of a method.
const METHOD: [&str; 3] = ["grpc_method", "grpc_service", "grpc_type"];

/// The codes, each at its number, and Go's names of them.
const CODES: [(Code, &str); 17] = [
    (Code::Ok, "OK"),
    (Code::Cancelled, "Canceled"),
    (Code::Unknown, "Unknown"),
    (Code::InvalidArgument, "InvalidArgument"),
    (Code::DeadlineExceeded, "DeadlineExceeded"),
    (Code::NotFound, "NotFound"),
    (Code::AlreadyExists, "AlreadyExists"),
    (Code::PermissionDenied, "PermissionDenied"),
    (Code::ResourceExhausted, "ResourceExhausted"),
    (Code::FailedPrecondition, "FailedPrecondition"),
    (Code::Aborted, "Aborted"),
    (Code::OutOfRange, "OutOfRange"),
    (Code::Unimplemented, "Unimplemented"),
    (Code::Internal, "Internal"),
    (Code::Unavailable, "Unavailable"),
    (Code::DataLoss, "DataLoss"),
    (Code::Unauthenticated, "Unauthenticated"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_at_their_numbers() {
        for (number, (code, _)) in CODES.iter().enumerate() {
            assert_eq!(*code as usize, number);
        }
    }

    #[test]
    fn only_known_versions_become_labels() {
        for good in CLIENT_VERSIONS {
            assert_eq!(known_version(good), Some(good));
        }
        for bad in ["", "3", "3.", "v3.5", "3.5.1", "3.8", "3.999", "10.0", "\n"] {
            assert_eq!(known_version(bad), None, "{bad}");
        }
    }
}
