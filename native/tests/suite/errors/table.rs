//! Every error that etcd's server can answer with and that needs no users (`rpctypes/error.go`):
//! which test reaches it, or why none can.

use std::fs;

/// How a row is reached.
enum Reached {
    /// By a test: its file below `tests`, or below the core's, and its name.
    By(&'static str, &'static str),
    /// By nothing, for this reason.
    Never(&'static str),
}

use Reached::{By, Never};

const ERRORS: &str = "native/tests/suite/errors.rs";
const JOINING: &str = "native/tests/suite/joining.rs";
const OTHERS: &str = "native/tests/suite/errors/others.rs";

/// The rows, by gRPC code.
const ROWS: &[(&str, Reached)] = &[
    // InvalidArgument.
    ("key is not provided", By(ERRORS, "of_what_is_put")),
    ("key not found", By(ERRORS, "of_what_is_put")),
    ("value is provided", By(ERRORS, "of_what_is_put")),
    ("lease is provided", By(ERRORS, "of_what_is_put")),
    ("request is too large", By(ERRORS, "of_what_is_put")),
    (
        "too many operations in txn request",
        By(ERRORS, "of_transactions"),
    ),
    (
        "duplicate key given in txn request",
        By(ERRORS, "of_transactions"),
    ),
    ("invalid client api version", By(ERRORS, "of_metadata")),
    ("invalid sort option", By(ERRORS, "of_revisions")),
    ("given member URLs are invalid", By(ERRORS, "of_members")),
    (
        "wrong downgrade target version format",
        By(OTHERS, "of_downgrades"),
    ),
    (
        "invalid downgrade target version",
        By(OTHERS, "of_downgrades"),
    ),
    // OutOfRange.
    (
        "mvcc: required revision has been compacted",
        By(ERRORS, "of_revisions"),
    ),
    (
        "mvcc: required revision is a future revision",
        By(ERRORS, "of_revisions"),
    ),
    ("too large lease TTL", By(ERRORS, "of_leases")),
    // ResourceExhausted.
    ("mvcc: database space exceeded", By(OTHERS, "of_alarms")),
    (
        "too many requests",
        By(
            "core/tests/suite/saving.rs",
            "so_many_clients_and_no_more_save_at_a_time",
        ),
    ),
    // NotFound.
    ("requested lease not found", By(ERRORS, "of_leases")),
    ("member not found", By(ERRORS, "of_members")),
    // FailedPrecondition.
    ("lease already exists", By(ERRORS, "of_leases")),
    (
        "member ID already exist",
        By(ERRORS, "of_members_at_the_same_second"),
    ),
    ("Peer URLs already exists", By(ERRORS, "of_members")),
    (
        "re-configuration failed due to not enough started members",
        By(
            JOINING,
            "what_would_cost_the_majority_is_refused_in_etcds_words",
        ),
    ),
    (
        "can only promote a learner member",
        By(ERRORS, "of_learners_and_leaders"),
    ),
    (
        "can only promote a learner member which is in sync with leader",
        By(ERRORS, "of_learners_and_leaders"),
    ),
    (
        "too many learner members in cluster",
        By(ERRORS, "of_learners_and_leaders"),
    ),
    (
        "cluster ID mismatch",
        By(
            "native/tests/suite/peer_port.rs",
            "a_stream_from_another_cluster_is_refused",
        ),
    ),
    ("not leader", By(ERRORS, "of_learners_and_leaders")),
    (
        "bad leader transferee",
        By(ERRORS, "of_learners_and_leaders"),
    ),
    (
        "not capable",
        Never("etcd says so of users in a cluster below 3.0; there is no such version here"),
    ),
    (
        "rpc not supported for learner",
        By(JOINING, "a_learner_is_caught_up_by_a_snapshot_and_promoted"),
    ),
    (
        "cluster version not found during downgrade",
        By(OTHERS, "of_a_cluster_without_a_version"),
    ),
    (
        "cluster has a downgrade job in progress",
        By(OTHERS, "of_downgrades"),
    ),
    (
        "no inflight downgrade job",
        Never("as in etcd, to cancel a downgrade that there is not is no error"),
    ),
    // Unavailable.
    ("no leader", By(ERRORS, "of_a_cluster_that_is_not_well")),
    (
        "leader changed",
        Never(
            "a read that was asked of one leader is asked of the next one, until its time is \
               over: see `of_a_write_whose_leader_was_lost`",
        ),
    ),
    ("server stopped", By(OTHERS, "of_a_server_that_stops")),
    (
        "request timed out",
        By(ERRORS, "of_a_cluster_that_is_not_well"),
    ),
    (
        "request timed out, possibly due to previous leader failure",
        By(OTHERS, "of_a_write_whose_leader_was_lost"),
    ),
    (
        "request timed out, possibly due to connection lost",
        By(
            "core/tests/suite/member.rs",
            "a_write_says_that_the_connection_to_the_leader_was_lost",
        ),
    ),
    (
        "request timed out, waiting for the applied index took too long",
        Never("what is committed is applied in the same turn; a read never waits for that alone"),
    ),
    (
        "unhealthy cluster",
        By(ERRORS, "of_a_cluster_that_is_not_well"),
    ),
    // DataLoss.
    ("corrupt cluster", By(OTHERS, "of_alarms")),
    // DeadlineExceeded, and Unknown with a text of its own.
    (
        "context deadline exceeded",
        By(
            "native/tests/suite/gateway.rs",
            "metadata_and_deadlines_come_along",
        ),
    ),
    (
        "request timed out, leader transfer took too long",
        By(
            "native/tests/suite/stop.rs",
            "a_transfer_that_nobody_answers_is_given_up",
        ),
    ),
    (
        "election: no leader",
        By(
            "native/tests/suite/election.rs",
            "leaders_follow_one_another",
        ),
    ),
    (
        "election: not leader",
        By(
            "native/tests/suite/election.rs",
            "leaders_follow_one_another",
        ),
    ),
    (
        "\\\"leader\\\" field must be provided",
        By(
            "native/tests/suite/election.rs",
            "what_is_wrong_is_told_as_etcd_tells_it",
        ),
    ),
    (
        "mutex: session is expired",
        By(
            "native/tests/suite/lock.rs",
            "what_is_wrong_is_told_as_etcd_tells_it",
        ),
    ),
    // Of a watch that ends, as its reason.
    (
        "mvcc: duplicate watch ID provided on the WatchStream",
        By("native/tests/suite/watch.rs", "many_watches_share_a_stream"),
    ),
    (
        "mvcc: watcher range is empty",
        By(
            "native/tests/suite/watch.rs",
            "etcdctl_is_told_why_a_watch_ends",
        ),
    ),
];

#[test]
fn each_row_is_reached_where_it_says() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for (text, reached) in ROWS {
        match reached {
            By(file, test) => {
                let source = fs::read_to_string(format!("{root}/{file}")).unwrap();
                let is_there = source.contains(&format!("fn {test}("));
                assert!(is_there, "{text}: no {test} in {file}");
                // The core's tests name the variant.
                let variant = "Error::TooManyRequests";
                let is_named = *text == "too many requests" && source.contains(variant);
                assert!(source.contains(text) || is_named, "{text}: not in {file}");
            }
            Never(reason) => assert!(reason.len() > 20, "{text}: {reason}"),
        }
    }
}
