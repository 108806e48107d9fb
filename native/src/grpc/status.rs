//! The core's errors as gRPC statuses.
//!
//! Clients map by text, so the text is the core's; the codes are those of etcd's `rpctypes`. Two
//! errors reach etcd's clients as `Unknown`, because its server converts them to the client's own
//! error value; that is kept.

use quorate_core::error::Error;
use tonic::{Code, Status};

/// The status of an error.
pub(super) fn status(error: &Error) -> Status {
    Status::new(code(error), error.to_string())
}

/// A header that should be text is none.
pub(super) fn invalid_client_api_version() -> Status {
    Status::invalid_argument("etcdserver: invalid client api version")
}

/// An error of what the server asks of itself for a lock or an election: there etcd is its own
/// client, and answers with the client's error, whose code its gRPC library does not see.
pub(super) fn of_own_client(failure: Status) -> Status {
    Status::unknown(failure.message())
}

/// Why a message could not be received, in the words of etcd's gRPC library.
pub(super) fn received(failure: Status) -> Status {
    match too_large(failure.message()) {
        Some((size_bytes, most_bytes)) if failure.code() == Code::OutOfRange => {
            Status::resource_exhausted(format!(
                "grpc: received message larger than max ({size_bytes} vs. {most_bytes})"
            ))
        }
        _ => failure,
    }
}

/// The two numbers of what tonic says of a message that is too large.
fn too_large(message: &str) -> Option<(&str, &str)> {
    message
        .strip_prefix("Error, decoded message length too large: found ")?
        .strip_suffix(" bytes")?
        .split_once(" bytes, the limit is: ")
}

fn code(error: &Error) -> Code {
    match error {
        Error::EmptyKey
        | Error::KeyNotFound
        | Error::ValueProvided
        | Error::LeaseProvided
        | Error::TooManyOperations
        | Error::DuplicateKey
        | Error::InvalidSortOption
        | Error::RequestTooLarge
        | Error::MemberUrlsInvalid
        | Error::WrongDowngradeVersion
        | Error::InvalidDowngradeTarget => Code::InvalidArgument,
        Error::Compacted | Error::FutureRevision | Error::LeaseTtlTooLarge => Code::OutOfRange,
        Error::LeaseNotFound | Error::MemberNotFound => Code::NotFound,
        Error::NoSpace | Error::RevisionsExhausted | Error::LogExhausted => Code::ResourceExhausted,
        // Converted to the client's error value, see above.
        Error::TooManyRequests | Error::TimeoutLeaderTransfer | Error::NotEnoughStartedMembers => {
            Code::Unknown
        }
        Error::NoLeader
        | Error::LeaderChanged
        | Error::Stopped
        | Error::Timeout
        | Error::TimeoutLeaderFailure
        | Error::TimeoutConnectionLost
        | Error::UnhealthyCluster
        | Error::ReconfigurationPending => Code::Unavailable,
        Error::NotLeader
        | Error::BadLeaderTransferee
        | Error::NotSupportedForLearner
        | Error::LeaseExists
        | Error::MemberExists
        | Error::PeerUrlsExist
        | Error::LearnerNotReady
        | Error::MemberNotLearner
        | Error::TooManyLearners
        | Error::ClusterVersionUnavailable
        | Error::DowngradeInProcess
        | Error::NoDowngrade => Code::FailedPrecondition,
        Error::Corrupt => Code::DataLoss,
        Error::NotSupported(_) => Code::Unimplemented,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_texts_are_etcds() {
        for (error, code, text) in [
            (Error::EmptyKey, 3, "etcdserver: key is not provided"),
            (
                Error::Compacted,
                11,
                "etcdserver: mvcc: required revision has been compacted",
            ),
            (Error::NoLeader, 14, "etcdserver: no leader"),
            (Error::TooManyRequests, 2, "etcdserver: too many requests"),
            (Error::Timeout, 14, "etcdserver: request timed out"),
            (Error::NotLeader, 9, "etcdserver: not leader"),
            (Error::Corrupt, 15, "etcdserver: corrupt cluster"),
            (
                Error::NoSpace,
                8,
                "etcdserver: mvcc: database space exceeded",
            ),
        ] {
            let status = status(&error);
            assert_eq!((status.code() as i32, status.message()), (code, text));
        }
    }

    #[test]
    fn a_message_that_is_too_large_is_told_in_gos_words() {
        let tonics = Status::out_of_range(
            "Error, decoded message length too large: found 30 bytes, the limit is: 20 bytes",
        );
        let status = received(tonics);
        assert_eq!(status.code(), Code::ResourceExhausted);
        assert_eq!(
            status.message(),
            "grpc: received message larger than max (30 vs. 20)"
        );
        let other = received(Status::out_of_range("revision"));
        assert_eq!(other.code(), Code::OutOfRange);
    }
}
