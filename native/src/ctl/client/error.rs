//! Why a call failed, in the words of etcd's client.

use std::fmt;

use tonic::{Code, Status};

/// Why a call failed.
#[derive(Clone, Debug)]
pub(crate) enum CallError {
    /// Time was over before there was an answer.
    DeadlineExceeded,
    /// The server, or the connection, said no.
    Status(Status),
    /// An endpoint that cannot be.
    Endpoint(String),
    /// The client came to this end by itself.
    Other(String),
}

impl CallError {
    /// Whether the server said just this.
    pub(crate) fn is(&self, message: &str) -> bool {
        matches!(self, Self::Status(status) if status.message() == message)
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeadlineExceeded => f.write_str("context deadline exceeded"),
            Self::Status(status) if is_etcds(status) => f.write_str(status.message()),
            Self::Status(status) => f.write_str(&grpc_text(status)),
            Self::Endpoint(text) | Self::Other(text) => f.write_str(text),
        }
    }
}

impl From<Status> for CallError {
    fn from(status: Status) -> Self {
        if is_of_time(&status) {
            return Self::DeadlineExceeded;
        }
        Self::Status(status)
    }
}

/// What runs out here, and what the server says of it, is one thing to a user.
pub(super) fn is_of_time(status: &Status) -> bool {
    match status.code() {
        Code::DeadlineExceeded => true,
        Code::Cancelled => status.message() == "Timeout expired",
        _ => false,
    }
}

/// A status as gRPC for Go prints it.
pub(crate) fn grpc_text(status: &Status) -> String {
    let code = match status.code() {
        Code::Ok => "OK",
        Code::Cancelled => "Canceled",
        Code::Unknown => "Unknown",
        Code::InvalidArgument => "InvalidArgument",
        Code::DeadlineExceeded => "DeadlineExceeded",
        Code::NotFound => "NotFound",
        Code::AlreadyExists => "AlreadyExists",
        Code::PermissionDenied => "PermissionDenied",
        Code::ResourceExhausted => "ResourceExhausted",
        Code::FailedPrecondition => "FailedPrecondition",
        Code::Aborted => "Aborted",
        Code::OutOfRange => "OutOfRange",
        Code::Unimplemented => "Unimplemented",
        Code::Internal => "Internal",
        Code::Unavailable => "Unavailable",
        Code::DataLoss => "DataLoss",
        Code::Unauthenticated => "Unauthenticated",
    };
    format!("rpc error: code = {code} desc = {}", status.message())
}

/// Whether it is one of etcd's own errors, whose text stands alone. Two of them arrive without
/// their code; any other without a code is none.
fn is_etcds(status: &Status) -> bool {
    let is_known = status.code() != Code::Unknown || CODELESS.contains(&status.message());
    is_known && status.message().starts_with("etcdserver: ")
}

/// etcd's errors that arrive as `Unknown`.
const CODELESS: [&str; 2] = [
    "etcdserver: too many requests",
    "etcdserver: re-configuration failed due to not enough started members",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_read_as_in_etcdctl() {
        for (code, message, text) in [
            (
                Code::InvalidArgument,
                "etcdserver: key is not provided",
                "etcdserver: key is not provided",
            ),
            (
                Code::Unknown,
                "etcdserver: too many requests",
                "etcdserver: too many requests",
            ),
            (
                Code::Unknown,
                "election: no leader",
                "rpc error: code = Unknown desc = election: no leader",
            ),
            (Code::DeadlineExceeded, "x", "context deadline exceeded"),
            (
                Code::Cancelled,
                "Timeout expired",
                "context deadline exceeded",
            ),
            (
                Code::ResourceExhausted,
                "trying to send message larger than max (3 vs. 2)",
                "rpc error: code = ResourceExhausted desc = trying to send message larger than \
                 max (3 vs. 2)",
            ),
        ] {
            assert_eq!(
                CallError::from(Status::new(code, message)).to_string(),
                text
            );
        }
    }
}
