//! The members of a cluster, as the applied log says.

use super::Change;
use crate::collections::{BTreeMap, BTreeSet};
use crate::command::{MemberAttributes, MemberInfo};
use crate::error::Error;
use crate::id::MemberId;

/// The members of a cluster, and those that were removed for good.
///
/// It is changed by entries of the log alone, so it is the same on every member that has applied
/// as far, and it travels in snapshots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    members: BTreeMap<MemberId, MemberInfo>,
    /// An id is never used twice: whoever comes with one of these is not listened to.
    removed: BTreeSet<MemberId>,
}

impl Membership {
    /// A cluster of these members, which has removed those.
    pub fn new(
        members: impl IntoIterator<Item = MemberInfo>,
        removed: impl IntoIterator<Item = MemberId>,
    ) -> Self {
        Self {
            members: members
                .into_iter()
                .map(|member| (member.id, member))
                .collect(),
            removed: removed.into_iter().collect(),
        }
    }

    /// All members, in ascending order of ids.
    pub fn members(&self) -> impl Iterator<Item = &MemberInfo> {
        self.members.values()
    }

    /// The members with a vote, in ascending order of ids.
    pub fn voters(&self) -> impl Iterator<Item = &MemberInfo> {
        self.members().filter(|member| !member.is_learner)
    }

    /// How many members have no vote.
    pub fn learner_count(&self) -> usize {
        self.members().filter(|member| member.is_learner).count()
    }

    /// One member.
    pub fn member(&self, id: MemberId) -> Option<&MemberInfo> {
        self.members.get(&id)
    }

    /// The members that were removed, in ascending order of ids.
    pub fn removed(&self) -> impl Iterator<Item = MemberId> {
        self.removed.iter().copied()
    }

    /// Whether a member was removed.
    pub fn is_removed(&self, id: MemberId) -> bool {
        self.removed.contains(&id)
    }

    /// Whether a member has been started: it tells its name to the cluster then, and not before
    /// its disk knows that there was a leader.
    pub fn has_started(&self, id: MemberId) -> bool {
        self.member(id)
            .is_some_and(|member| !member.name.is_empty())
    }

    /// One of a cluster's first members, of which the log begins to tell.
    pub(crate) fn begin_with(&mut self, member: MemberInfo) {
        self.members.insert(member.id, member);
    }

    /// Sets a member's name and client URLs; false when there is no such member.
    pub fn publish(&mut self, attributes: &MemberAttributes) -> bool {
        let Some(member) = self.members.get_mut(&attributes.id) else {
            return false;
        };
        member.name.clone_from(&attributes.name);
        member.client_urls.clone_from(&attributes.client_urls);
        true
    }

    /// Whether a change makes sense, in the order and words of etcd's
    /// `ValidateConfigurationChange`. The answer depends on the members alone: all members give
    /// the same when they apply the entry.
    ///
    /// # Errors
    ///
    /// Why it makes none.
    pub(crate) fn check(&self, change: &Change) -> Result<(), Error> {
        let id = change.member();
        if self.is_removed(id) {
            return Err(Error::MemberNotFound);
        }
        let known = self.member(id);
        match (change, known) {
            (Change::Add(_), Some(_)) => Err(Error::MemberExists),
            (Change::Add(added), None) => self.check_urls(id, &added.peer_urls),
            (_, None) => Err(Error::MemberNotFound),
            (Change::Update(update), Some(_)) => self.check_urls(id, &update.peer_urls),
            (Change::Promote(_), Some(member)) if !member.is_learner => {
                Err(Error::MemberNotLearner)
            }
            (Change::Promote(_), Some(_)) => Ok(()),
            // A configuration without voters cannot be: raft refuses it.
            (Change::Remove(_), Some(member))
                if !member.is_learner && self.voters().count() == 1 =>
            {
                Err(Error::NotEnoughStartedMembers)
            }
            (Change::Remove(_), Some(_)) => Ok(()),
        }
    }

    fn check_urls(&self, id: MemberId, urls: &[String]) -> Result<(), Error> {
        let is_taken = self
            .members()
            .filter(|member| member.id != id)
            .any(|member| member.peer_urls.iter().any(|url| urls.contains(url)));
        if is_taken {
            return Err(Error::PeerUrlsExist);
        }
        Ok(())
    }

    /// Carries out a change that makes sense.
    pub(crate) fn apply(&mut self, change: &Change) {
        match change {
            Change::Add(member) => {
                self.members.insert(member.id, member.clone());
            }
            Change::Remove(id) => {
                self.members.remove(id);
                self.removed.insert(*id);
            }
            Change::Update(update) => {
                if let Some(member) = self.members.get_mut(&update.id) {
                    member.peer_urls.clone_from(&update.peer_urls);
                }
            }
            Change::Promote(id) => {
                if let Some(member) = self.members.get_mut(id) {
                    member.is_learner = false;
                }
            }
        }
    }
}
