//! Members near the last term and the last index: they refuse, and nothing wraps.

use raft::eraftpb::HardState;

use super::*;
use crate::id::{ClusterId, Index};
use crate::limits::TERM_OR_INDEX_MAX as MAX;
use crate::member::Role;
#[cfg(feature = "modified-raft")]
use crate::rules::Rule;

const OWN: u64 = 1;

/// A member whose log ends at an index, in a term.
fn member(voters: &[u64], last: u64, term: u64) -> Result<Consensus, String> {
    let config = MemberConfig::new(MemberId(OWN), ClusterId(1), Vec::new());
    let mut configuration = ConfState::default();
    configuration.set_voters(voters.to_vec());
    let mut hard_state = HardState::default();
    (hard_state.term, hard_state.commit) = (term, last);
    let initial = InitialLog {
        offset: Index(last),
        offset_term: Term(term.min(7)),
        entries: Vec::new(),
        hard_state,
        configuration,
    };
    Consensus::start(&config, initial)
}

/// Does what raft wants done, with a disk that is quick.
fn settle(consensus: &mut Consensus) {
    while let Some(work) = consensus.work() {
        let number = work.number;
        if let Some(last) = work.committed.last() {
            consensus.applied(Index(last.index));
        }
        consensus.persisted(number);
    }
}

fn tick(consensus: &mut Consensus, count: u32) {
    for _ in 0..count {
        consensus.tick();
        settle(consensus);
    }
}

fn impossible(consensus: &mut Consensus) -> Vec<String> {
    let lines = consensus.take_trace().into_iter();
    lines
        .filter_map(|line| match line {
            TraceKind::ElectionImpossible { reason } => Some(reason),
            _ => None,
        })
        .collect()
}

fn heartbeat(term: u64) -> Message {
    let mut message = Message::default();
    message.set_msg_type(MessageType::MsgHeartbeat);
    (message.from, message.to, message.term) = (2, OWN, term);
    message
}

#[test]
fn a_log_takes_entries_up_to_its_last_index() {
    let mut consensus = member(&[OWN], MAX - 3, 7).expect("below the limit");
    tick(&mut consensus, 30);
    assert_eq!(consensus.role(), Role::Leader);
    assert_eq!(consensus.room(), 2, "it began its term with an entry");
    let entry = || bytes::Bytes::from_static(b"an entry");
    assert!(!consensus.propose(vec![entry(), entry(), entry()]));
    assert!(consensus.propose(vec![entry()]));
    settle(&mut consensus);
    assert!(consensus.propose(vec![entry()]));
    settle(&mut consensus);
    assert_eq!((consensus.last(), consensus.room()), (Index(MAX), 0));
    assert_eq!(consensus.commit(), Index(MAX));
    assert!(!consensus.propose(vec![entry()]));
    assert!(!consensus.propose_change(entry()));
    settle(&mut consensus);
    assert_eq!(consensus.last(), Index(MAX));
}

#[test]
fn a_leader_refuses_what_is_forwarded_beyond_its_last_index() {
    let mut consensus = member(&[OWN], MAX - 1, 7).expect("below the limit");
    tick(&mut consensus, 30);
    assert_eq!(consensus.room(), 0);
    let mut message = Message::default();
    message.set_msg_type(MessageType::MsgPropose);
    (message.from, message.to) = (2, OWN);
    let entry = convert::new_entry(false, 0, 0, bytes::Bytes::from_static(b"an entry"));
    message.entries = vec![entry].into();
    let refused = consensus.step(message).expect_err("no room");
    assert!(refused.contains("room for 0 more"), "{refused}");
}

#[test]
fn nobody_stands_for_election_with_a_full_log() {
    for voters in [&[OWN][..], &[OWN, 2, 3]] {
        let mut consensus = member(voters, MAX, 7).expect("at the limit");
        tick(&mut consensus, 200);
        assert_eq!(consensus.role(), Role::Follower);
        assert_eq!(consensus.term(), Term(7));
        let told = impossible(&mut consensus);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("the last index"), "{told:?}");
    }
}

#[test]
fn the_last_term_has_no_election_behind_it() {
    let mut consensus = member(&[OWN], 20, MAX - 1).expect("below the limit");
    tick(&mut consensus, 30);
    assert_eq!(
        (consensus.role(), consensus.term()),
        (Role::Leader, Term(MAX))
    );

    let mut consensus = member(&[OWN, 2, 3], 20, 7).expect("below the limit");
    let refused = consensus
        .step(heartbeat(MAX + 1))
        .expect_err("no such term");
    assert!(refused.contains("above the limit"), "{refused}");
    assert_eq!(consensus.term(), Term(7));
    consensus.step(heartbeat(MAX)).expect("the last term");
    settle(&mut consensus);
    assert_eq!(consensus.term(), Term(MAX));
    tick(&mut consensus, 200);
    assert_eq!(
        (consensus.role(), consensus.term()),
        (Role::Follower, Term(MAX))
    );
    let told = impossible(&mut consensus);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("the last term"), "{told:?}");
    let mut order = heartbeat(MAX);
    order.set_msg_type(MessageType::MsgTimeoutNow);
    let refused = consensus.step(order).expect_err("an election");
    assert!(refused.contains("the last term"), "{refused}");
}

#[test]
fn what_is_read_beyond_a_limit_is_refused() {
    let refused = member(&[OWN], MAX + 1, 7).err().expect("no such index");
    assert!(refused.contains("above the limit"), "{refused}");
    let refused = member(&[OWN], 20, MAX + 1).err().expect("no such term");
    assert!(refused.contains("above the limit"), "{refused}");
}

/// `leader-lease=off` is about those who read by a lease: with it goes CheckQuorum.
#[cfg(feature = "modified-raft")]
#[test]
fn who_does_not_read_by_lease_keeps_its_rules_when_that_of_the_lease_is_off() {
    let seen = |read_lease| {
        let mut config = MemberConfig::new(MemberId(OWN), ClusterId(1), Vec::new());
        config.rules = crate::rules::Rules::without(&[Rule::LeaderLease]);
        config.read_lease = read_lease;
        let mut configuration = ConfState::default();
        configuration.set_voters(vec![OWN]);
        let initial = InitialLog {
            configuration,
            ..InitialLog::default()
        };
        let consensus = Consensus::start(&config, initial).expect("an empty log");
        let raft = &consensus.node.raft;
        (raft.check_quorum, raft.read_only.option)
    };
    assert_eq!(seen(None), (true, ReadOnlyOption::Safe));
    let lease = crate::member::ReadLeaseSettings {
        clock_drift_percent: 10,
    };
    assert_eq!(seen(Some(lease)), (false, ReadOnlyOption::LeaseBased));
}
