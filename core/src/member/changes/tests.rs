//! A change that the list of members allows and raft does not.

use super::*;
use crate::Input;
use crate::disk::DiskImage;
use crate::id::ClusterId;
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
