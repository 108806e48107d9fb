//! A change that the list of members allows and raft does not; more questions than can wait.

use super::desk::PEERS_ASKED_MAX;
use super::*;
use crate::Input;
use crate::consensus::frame;
use crate::disk::DiskImage;
use crate::id::{ClusterId, Incarnation};
use crate::member::MemberConfig;

const OWN: MemberId = MemberId(1);
const STRANGER: MemberId = MemberId(9);

fn named(id: MemberId) -> MemberInfo {
    MemberInfo {
        id,
        ..MemberInfo::default()
    }
}

#[test]
fn what_raft_refuses_changes_no_list() {
    let config = MemberConfig::new(OWN, ClusterId(5), vec![named(OWN)]);
    let mut member = Member::start(config, &DiskImage::default()).expect("an empty disk");
    member.step(Input::Tick);
    // By the list there is a second voter, of whom raft knows nothing: it would be left with none.
    member.membership.begin_with(named(OWN));
    member.membership.begin_with(named(STRANGER));
    let change = Change::Remove(OWN);
    assert_eq!(member.membership.check(&change), Ok(()));
    let before = member.consensus.configuration().clone();

    let refused = member.apply_change(&change);
    assert_eq!(refused, Err(Error::NotEnoughStartedMembers));
    assert_eq!(member.consensus.configuration(), &before);
    let listed: Vec<MemberId> = member.membership.members().map(|found| found.id).collect();
    assert_eq!(listed, [OWN, STRANGER]);
    assert!(!member.membership.is_removed(OWN));
    assert!(!member.is_leaving(), "it goes on");
    let is_told = member.outputs.iter().any(|output| {
        matches!(output, Output::Trace(event) if matches!(event.kind, TraceKind::ChangeRefused { .. }))
    });
    assert!(is_told);
}

/// What another member asks for a client of its own.
fn question(number: u64) -> ChangeQuestion {
    let record = ChangeRecord {
        origin: STRANGER,
        incarnation: Incarnation(1),
        sequence: number,
        change: Change::Remove(MemberId(8)),
    };
    ChangeQuestion {
        incarnation: 1,
        number,
        entry: MembershipEntry::Change(Box::new(record)).encode(),
    }
}

#[test]
fn a_leader_that_cannot_decide_yet_lets_so_many_questions_wait_and_no_more() {
    let config = MemberConfig::new(OWN, ClusterId(5), vec![named(OWN)]);
    let mut member = Member::start(config, &DiskImage::default()).expect("an empty disk");
    while member.consensus.role() != Role::Leader {
        for output in member.take_outputs() {
            let Output::Disk(batch) = output else {
                continue;
            };
            member.step(Input::DiskDone {
                lane: batch.lane,
                batch: batch.id,
                result: Ok(()),
            });
        }
        member.step(Input::Tick);
    }
    // Its disk has not written what it leads with: nothing of its term is committed.
    assert_eq!(member.consensus.may_change(), MayChange::NotYet);
    let most = PEERS_ASKED_MAX as u64;
    for number in 1..=most + 2 {
        member.receive_change_question(STRANGER, &question(number));
    }
    let mut answers = Vec::new();
    for output in member.take_outputs() {
        let Output::Send { frame, .. } = output else {
            continue;
        };
        let frame = frame::decode(ClusterId(5), &frame).expect("its own frame");
        if let WireBody::ChangeAnswer(answer) = frame.body {
            answers.push((answer.number, answer.verdict));
        }
    }
    let refused = ChangeVerdict::Refused(Error::TooManyRequests);
    assert_eq!(answers, [(most + 1, refused.clone()), (most + 2, refused)]);
    assert!(!member.changes.has_room(), "the others wait");
}
