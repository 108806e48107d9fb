//! A cluster as a condition looks at it: who leads it, and whether anything is still going on.

use crate::member::{MemberView, Role};
use crate::sim::action::Node;
use crate::sim::frame::Frame;
use crate::sim::scenario::measure::last;

/// Who leads with the newest term, if all its members that run know it.
pub(in crate::sim::scenario) fn leader(frame: &Frame) -> Option<Node> {
    let leader = leading(frame)?;
    let mut members = frame.members.iter();
    let member = members.find(|member| member.id == leader.id)?;
    Some(member.node)
}

fn leading(frame: &Frame) -> Option<&MemberView> {
    let leads = |view: &&MemberView| view.role == Role::Leader;
    let leader = views(frame).filter(leads).max_by_key(|view| view.term)?;
    let mut members = views(frame).filter(|view| is_member_of(leader, view));
    let is_known = members.all(|view| view.leader == leader.id);
    is_known.then_some(leader)
}

pub(super) fn is_settled(frame: &Frame) -> bool {
    let Some(leader) = leading(frame) else {
        return false;
    };
    let members = || views(frame).filter(|view| is_member_of(leader, view));
    let newest = members().map(last).max();
    let is_done = |view: &MemberView| Some(last(view)) == newest && view.applied.0 == last(view);
    members().all(is_done)
}

/// Whether a leader knows somebody: of those that were not added yet, or are removed, nothing is
/// expected.
fn is_member_of(leader: &MemberView, view: &MemberView) -> bool {
    leader.voters.contains(&view.id) || leader.learners.contains(&view.id)
}

pub(super) fn is_quiet(frame: &Frame) -> bool {
    frame.messages.is_empty() && views(frame).all(|view| view.batch.is_none())
}

pub(super) fn views(frame: &Frame) -> impl Iterator<Item = &MemberView> {
    frame
        .members
        .iter()
        .filter_map(|member| member.view.as_ref())
}
