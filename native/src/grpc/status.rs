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

fn code(error: &Error) -> Code {
    match error {
        Error::EmptyKey
        | Error::KeyNotFound
        | Error::ValueProvided
        | Error::LeaseProvided
        | Error::TooManyOperations
        | Error::DuplicateKey
        | Error::InvalidSortOption
        | Error::RequestTooLarge => Code::InvalidArgument,
        Error::Compacted | Error::FutureRevision | Error::LeaseTtlTooLarge => Code::OutOfRange,
        Error::LeaseNotFound | Error::MemberNotFound => Code::NotFound,
        Error::NoSpace => Code::ResourceExhausted,
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
        | Error::TooManyLearners => Code::FailedPrecondition,
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
        ] {
            let status = status(&error);
            assert_eq!((status.code() as i32, status.message()), (code, text));
        }
    }
}
