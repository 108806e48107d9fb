//! `--strict-reconfig-check`: refuses changes that could cost the cluster its majority.
//!
//! A change is committed by a majority of the members before it, and the next entry needs one of
//! the members behind it. A member that never started, or that is down, is counted in both and
//! helps in neither: so who asks for one change too many is left with a cluster that can do
//! nothing any more, not even take the change back. etcd's rules, `mayAddMember` and its
//! siblings in `server/etcdserver/server.go` of 3.6.

use super::{Change, Membership};
use crate::command::MemberInfo;
use crate::error::Error;
use crate::id::MemberId;

/// What the leader knows of its connections.
pub(crate) trait Connections {
    /// Whether a member is connected, or is the leader itself.
    fn is_connected(&self, member: MemberId) -> bool;
    /// Whether it has been so for as long as etcd's `HealthInterval`.
    fn is_healthy(&self, member: MemberId) -> bool;
}

impl Membership {
    /// Whether a change leaves a cluster that can go on.
    ///
    /// # Errors
    ///
    /// [`Error::NotEnoughStartedMembers`] or [`Error::UnhealthyCluster`].
    pub(crate) fn check_strictly(
        &self,
        change: &Change,
        connections: &impl Connections,
    ) -> Result<(), Error> {
        match change {
            Change::Add(member) => self.check_add(member, connections),
            Change::Remove(id) => self.check_remove(*id, connections),
            Change::Promote(_) => enough(self.started_voters() + 1, self.voters().count() + 1),
            Change::Update(_) => Ok(()),
        }
    }

    fn check_add(&self, added: &MemberInfo, connections: &impl Connections) -> Result<(), Error> {
        let voters = self.voters().count();
        let started = self.started_voters();
        // A cluster of one may grow: there is no other way to begin.
        let is_alone = started == 1 && voters == 1;
        if !added.is_learner && !is_alone {
            enough(started, voters + 1)?;
        }
        if self.healthy_voters(connections) < voters {
            return Err(Error::UnhealthyCluster);
        }
        Ok(())
    }

    fn check_remove(&self, id: MemberId, connections: &impl Connections) -> Result<(), Error> {
        if self.member(id).is_some_and(|member| member.is_learner) {
            return Ok(());
        }
        let others = || self.voters().filter(|member| member.id != id);
        enough(
            others().filter(|member| is_started(member)).count(),
            others().count(),
        )?;
        // One that is down is no part of the majority that works.
        if !connections.is_connected(id) {
            return Ok(());
        }
        let majority_behind = (self.voters().count() - 1) / 2 + 1;
        if self.healthy_voters(connections) < majority_behind + 1 {
            return Err(Error::UnhealthyCluster);
        }
        Ok(())
    }

    fn started_voters(&self) -> usize {
        self.voters().filter(|member| is_started(member)).count()
    }

    fn healthy_voters(&self, connections: &impl Connections) -> usize {
        self.voters()
            .filter(|member| connections.is_healthy(member.id))
            .count()
    }
}

/// A member that has started has told its name.
fn is_started(member: &MemberInfo) -> bool {
    !member.name.is_empty()
}

fn enough(started: usize, members: usize) -> Result<(), Error> {
    if started < members / 2 + 1 {
        return Err(Error::NotEnoughStartedMembers);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Members 1 to `count`; those in the lists have started, are connected, are healthy.
    struct Cluster {
        members: Membership,
        connected: Vec<u64>,
        healthy: Vec<u64>,
    }

    impl Connections for Cluster {
        fn is_connected(&self, member: MemberId) -> bool {
            self.connected.contains(&member.0)
        }

        fn is_healthy(&self, member: MemberId) -> bool {
            self.healthy.contains(&member.0)
        }
    }

    fn member(id: u64, is_started: bool, is_learner: bool) -> MemberInfo {
        MemberInfo {
            id: MemberId(id),
            name: if is_started {
                format!("m{id}")
            } else {
                String::new()
            },
            is_learner,
            ..MemberInfo::default()
        }
    }

    fn cluster(count: u64, started: &[u64], connected: &[u64], healthy: &[u64]) -> Cluster {
        let members = (1..=count).map(|id| member(id, started.contains(&id), false));
        Cluster {
            members: Membership::new(members, []),
            connected: connected.to_vec(),
            healthy: healthy.to_vec(),
        }
    }

    fn verdict(cluster: &Cluster, change: &Change) -> Result<(), Error> {
        cluster.members.check_strictly(change, cluster)
    }

    fn voter() -> Change {
        Change::Add(member(9, false, false))
    }

    fn learner() -> Change {
        Change::Add(member(9, false, true))
    }

    fn remove(id: u64) -> Change {
        Change::Remove(MemberId(id))
    }

    #[test]
    fn a_cluster_of_one_may_grow() {
        assert_eq!(verdict(&cluster(1, &[1], &[1], &[1]), &voter()), Ok(()));
    }

    #[test]
    fn a_member_that_has_not_started_counts_for_the_majority_only() {
        let two = cluster(2, &[1], &[1, 2], &[1, 2]);
        assert_eq!(verdict(&two, &voter()), Err(Error::NotEnoughStartedMembers));
        assert_eq!(verdict(&two, &learner()), Ok(()));
        assert_eq!(
            verdict(&two, &remove(1)),
            Err(Error::NotEnoughStartedMembers)
        );
        assert_eq!(verdict(&two, &remove(2)), Ok(()));
    }

    #[test]
    fn nobody_is_added_while_a_voter_is_not_healthy() {
        let three = cluster(3, &[1, 2, 3], &[1, 2, 3], &[1, 2]);
        assert_eq!(verdict(&three, &voter()), Err(Error::UnhealthyCluster));
        assert_eq!(verdict(&three, &learner()), Err(Error::UnhealthyCluster));
    }

    #[test]
    fn one_that_is_down_may_be_removed_and_one_that_is_needed_may_not() {
        let three = cluster(3, &[1, 2, 3], &[1, 2], &[1, 2]);
        assert_eq!(verdict(&three, &remove(3)), Ok(()));
        assert_eq!(verdict(&three, &remove(2)), Err(Error::UnhealthyCluster));
        let whole = cluster(3, &[1, 2, 3], &[1, 2, 3], &[1, 2, 3]);
        assert_eq!(verdict(&whole, &remove(1)), Ok(()));
    }

    #[test]
    fn a_learner_is_counted_as_started_when_it_is_promoted() {
        let promote = Change::Promote(MemberId(9));
        assert_eq!(verdict(&cluster(2, &[1], &[1], &[1]), &promote), Ok(()));
        let three = cluster(3, &[1], &[1], &[1]);
        assert_eq!(
            verdict(&three, &promote),
            Err(Error::NotEnoughStartedMembers)
        );
    }

    #[test]
    fn a_learner_may_always_be_removed() {
        let mut alone = cluster(2, &[1], &[1], &[1]);
        alone.members.begin_with(member(9, false, true));
        assert_eq!(verdict(&alone, &remove(9)), Ok(()));
    }
}
