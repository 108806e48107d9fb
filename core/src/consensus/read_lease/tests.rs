//! Leases as a leader counts them, and promises as a voter keeps them.

use raft::eraftpb::{ConfState, HardState};

use super::*;
use crate::id::{ClusterId, MemberId};
use crate::member::ReadLeaseSettings;

const ELECTION_TICKS: u32 = 10;
/// What is left of ten ticks when clocks differ by a tenth.
const LEASE_TICKS: u64 = 7;

fn lease(has_past: bool) -> ReadLease {
    let mut config = MemberConfig::new(MemberId(1), ClusterId(1), Vec::new());
    config.election_ticks = ELECTION_TICKS;
    config.read_lease = Some(ReadLeaseSettings {
        clock_drift_percent: 10,
    });
    ReadLease::new(&config, has_past)
}

fn raft(voters: &[u64], learners: &[u64]) -> Raft<LogStore> {
    let mut configuration = ConfState::default();
    configuration.set_voters(voters.to_vec());
    configuration.set_learners(learners.to_vec());
    let settings = raft::Config {
        id: 1,
        election_tick: ELECTION_TICKS as usize,
        heartbeat_tick: 1,
        ..raft::Config::default()
    };
    let store = LogStore::new(0, 0, Vec::new(), HardState::default(), configuration);
    let logger = slog::Logger::root(slog::Discard, slog::o!());
    Raft::new(&settings, store, &logger).expect("settings that can be")
}

fn leader(voters: &[u64], learners: &[u64]) -> Raft<LogStore> {
    let mut raft = raft(voters, learners);
    raft.become_candidate();
    raft.become_leader();
    raft
}

fn message(kind: MessageType, from: u64, term: u64) -> Message {
    let mut message = Message::default();
    message.set_msg_type(kind);
    message.from = from;
    message.to = 1;
    message.term = term;
    message
}

fn confirm(lease: &mut ReadLease, raft: &Raft<LogStore>, from: u64, stamp: u64) {
    let answer = message(MessageType::MsgHeartbeatResponse, from, raft.term);
    lease.confirm(raft, &answer, stamp);
}

fn tick(lease: &mut ReadLease, count: u64) {
    (0..count).for_each(|_| lease.tick());
}

#[test]
fn a_lease_is_over_before_any_promise_is() {
    for election_ticks in 5..=200 {
        for drift in 0..=50 {
            let lease = lease_ticks(election_ticks, drift);
            // In hundredths of a tick of a true clock: how long the slowest leader's lease lasts,
            // and how long the fastest voter's promise does.
            let longest = lease * 100 * (100 + u64::from(drift));
            let shortest = u64::from(election_ticks - 1) * 100 * (100 - u64::from(drift));
            assert!(longest <= shortest, "{election_ticks} ticks, {drift} %");
        }
    }
    assert_eq!(lease_ticks(ELECTION_TICKS, 10), LEASE_TICKS);
}

#[test]
fn a_lease_begins_with_a_majority_and_ends_with_time() {
    let raft = leader(&[1, 2, 3], &[]);
    let mut lease = lease(false);
    tick(&mut lease, 20);
    assert_eq!(lease.look(&raft, &[1, 2, 3]), None);
    confirm(&mut lease, &raft, 2, 20);
    assert_eq!(lease.look(&raft, &[1, 2, 3]), Some(LeaseChange::Began));
    tick(&mut lease, LEASE_TICKS - 1);
    assert_eq!(lease.look(&raft, &[1, 2, 3]), None);
    assert!(lease.holds(&raft, &[1, 2, 3]));
    tick(&mut lease, 1);
    assert_eq!(lease.look(&raft, &[1, 2, 3]), Some(LeaseChange::Ended));
    assert!(!lease.holds(&raft, &[1, 2, 3]));
}

#[test]
fn an_answer_counts_from_when_its_heartbeat_left() {
    let raft = leader(&[1, 2, 3], &[]);
    let mut lease = lease(false);
    tick(&mut lease, 20);
    confirm(&mut lease, &raft, 2, 20 - LEASE_TICKS);
    assert!(!lease.holds(&raft, &[1, 2, 3]), "it came too late");
    confirm(&mut lease, &raft, 2, 18);
    // An older one, overtaken or twice, takes nothing back, and adds nothing.
    confirm(&mut lease, &raft, 2, 15);
    tick(&mut lease, LEASE_TICKS - 3);
    assert!(lease.holds(&raft, &[1, 2, 3]));
    tick(&mut lease, 1);
    assert!(!lease.holds(&raft, &[1, 2, 3]));
}

#[test]
fn an_answer_to_nothing_counts_for_nothing() {
    let raft = leader(&[1, 2, 3], &[]);
    let mut lease = lease(false);
    tick(&mut lease, 20);
    confirm(&mut lease, &raft, 2, 21);
    let of_another_term = message(MessageType::MsgHeartbeatResponse, 2, raft.term - 1);
    lease.confirm(&raft, &of_another_term, 20);
    assert!(!lease.holds(&raft, &[1, 2, 3]));
}

#[test]
fn the_majority_is_that_of_the_voters() {
    let raft = leader(&[1, 2, 3, 4, 5], &[6]);
    let voters = [1, 2, 3, 4, 5];
    let mut lease = lease(false);
    tick(&mut lease, 20);
    confirm(&mut lease, &raft, 2, 20);
    confirm(&mut lease, &raft, 6, 20);
    assert!(!lease.holds(&raft, &voters), "a learner has no vote");
    confirm(&mut lease, &raft, 3, 20);
    assert!(lease.holds(&raft, &voters));
    // Two more voters: of seven, three are no majority.
    assert!(!lease.holds(&raft, &[1, 2, 3, 4, 5, 7, 8]));
}

#[test]
fn who_has_begun_to_hand_over_has_no_lease_in_this_term() {
    let mut raft = leader(&[1, 2, 3], &[]);
    let mut lease = lease(false);
    tick(&mut lease, 20);
    confirm(&mut lease, &raft, 2, 20);
    assert_eq!(lease.look(&raft, &[1, 2, 3]), Some(LeaseChange::Began));
    raft.lead_transferee = Some(2);
    assert_eq!(lease.look(&raft, &[1, 2, 3]), Some(LeaseChange::Ended));
    raft.lead_transferee = None;
    tick(&mut lease, 1);
    confirm(&mut lease, &raft, 2, 21);
    assert_eq!(
        lease.look(&raft, &[1, 2, 3]),
        None,
        "given up, and no lease"
    );
    // It is elected again.
    raft.term += 1;
    assert_eq!(lease.look(&raft, &[1, 2, 3]), None, "nothing confirmed yet");
    confirm(&mut lease, &raft, 2, 21);
    assert_eq!(lease.look(&raft, &[1, 2, 3]), Some(LeaseChange::Began));
}

#[test]
fn time_that_nobody_ticked_counts_against_a_leader_and_not_for_a_voter() {
    let leads = leader(&[1, 2, 3], &[]);
    let mut one = lease(false);
    tick(&mut one, 20);
    confirm(&mut one, &leads, 2, 20);
    one.missed(u32::try_from(LEASE_TICKS).expect("few"));
    assert!(!one.holds(&leads, &[1, 2, 3]));

    let mut follows = raft(&[1, 2, 3], &[]);
    follows.become_follower(2, 2);
    let mut one = lease(false);
    one.heard(&follows, &message(MessageType::MsgHeartbeat, 2, 2));
    one.missed(1_000);
    let request = message(MessageType::MsgRequestVote, 3, 3);
    assert_eq!(one.refuses_for(&follows, &request), Some(ELECTION_TICKS));
}

#[test]
fn a_voter_keeps_its_promise_also_when_it_follows_nobody_any_more() {
    let mut raft = raft(&[1, 2, 3], &[]);
    let mut lease = lease(false);
    let request = message(MessageType::MsgRequestPreVote, 3, 9);
    assert_eq!(lease.refuses_for(&raft, &request), None);
    raft.become_follower(2, 2);
    lease.heard(&raft, &message(MessageType::MsgHeartbeat, 2, 2));
    // Somebody's answer of a higher term.
    raft.become_follower(8, 0);
    assert_eq!(lease.refuses_for(&raft, &request), Some(ELECTION_TICKS));
    let mut ordered = message(MessageType::MsgRequestVote, 3, 9);
    ordered.context = convert::to_raft(Bytes::from_static(raft::CAMPAIGN_TRANSFER));
    assert_eq!(lease.refuses_for(&raft, &ordered), None);
    tick(&mut lease, u64::from(ELECTION_TICKS));
    assert_eq!(lease.refuses_for(&raft, &request), None);
}

/// It has heard of the candidate's term by the way, and is in it when the candidate asks.
#[test]
fn a_voter_keeps_its_promise_in_whatever_term_it_is_by_then() {
    let mut raft = raft(&[1, 2, 3], &[]);
    let mut lease = lease(false);
    raft.become_follower(2, 2);
    lease.heard(&raft, &message(MessageType::MsgHeartbeat, 2, 2));
    raft.become_follower(3, 0);
    let request = message(MessageType::MsgRequestVote, 3, 3);
    assert_eq!(lease.refuses_for(&raft, &request), Some(ELECTION_TICKS));
    // In the promise's own term its leader has won: raft may say so itself.
    let too_late = message(MessageType::MsgRequestVote, 3, 2);
    assert_eq!(lease.refuses_for(&raft, &too_late), None);
    // What it has given, because it was ordered, it says again.
    raft.vote = 3;
    assert_eq!(lease.refuses_for(&raft, &request), None);
    let other = message(MessageType::MsgRequestVote, 4, 3);
    assert_eq!(lease.refuses_for(&raft, &other), Some(ELECTION_TICKS));
    tick(&mut lease, u64::from(ELECTION_TICKS));
    assert_eq!(lease.refuses_for(&raft, &other), None);
}

/// It does not know in which term it has heard a leader: its own may have been raised since.
#[test]
fn one_that_comes_back_gives_no_new_vote_in_its_own_term_either() {
    let mut raft = raft(&[1, 2, 3], &[]);
    raft.become_follower(3, 0);
    let back = lease(true);
    let request = message(MessageType::MsgRequestVote, 3, 3);
    assert_eq!(back.refuses_for(&raft, &request), Some(ELECTION_TICKS));
    raft.vote = 3;
    assert_eq!(back.refuses_for(&raft, &request), None);
}

#[test]
fn one_that_comes_back_votes_for_nobody_for_an_election_timeout() {
    let raft = raft(&[1, 2, 3], &[]);
    let request = message(MessageType::MsgRequestVote, 3, 3);
    let mut back = lease(true);
    assert_eq!(back.refuses_for(&raft, &request), Some(ELECTION_TICKS));
    tick(&mut back, u64::from(ELECTION_TICKS));
    assert_eq!(back.refuses_for(&raft, &request), None);
    assert_eq!(lease(false).refuses_for(&raft, &request), None);
}

#[test]
fn a_stamp_comes_back_and_leaves_the_context_as_it_was() {
    let mut lease = lease(false);
    tick(&mut lease, 77);
    let mut sent = message(MessageType::MsgHeartbeat, 1, 2);
    sent.context = convert::to_raft(Bytes::from_static(b"a read's round"));
    let mut messages = vec![sent, message(MessageType::MsgAppend, 1, 2)];
    lease.stamp(&mut messages);
    assert!(messages[1].context.is_empty());
    let mut answer = message(MessageType::MsgHeartbeatResponse, 2, 2);
    answer.context = messages[0].context.clone();
    assert_eq!(lease.take_stamp(&mut answer), Some(77));
    assert_eq!(answer.context[..], b"a read's round"[..]);
    // Of one that knows nothing of leases.
    answer.context = convert::to_raft(Bytes::from_static(b"short"));
    assert_eq!(lease.take_stamp(&mut answer), None);
}
