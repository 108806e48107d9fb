//! Which version each member has, and which one the cluster runs at.
//!
//! Every member publishes its own with its name, through the log. The cluster's version is the
//! lowest of all, without the patch, once all are known: so that nobody uses what some member
//! does not have. It only rises, unless somebody asks for a downgrade, one minor version at a
//! time (`server/etcdserver/version`). etcd's leader asks its peers and proposes what it finds;
//! here it follows from what is in the log, so all members decide it alike and at once.

use rkyv::{Archive, Deserialize, Serialize};

use crate::collections::{BTreeMap, BTreeSet};
use crate::error::Error;
use crate::id::MemberId;
use crate::version::ServerVersion;

/// The versions, the same on every member that has applied the same log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    members: BTreeMap<MemberId, ServerVersion>,
    cluster: Option<ServerVersion>,
    /// What the cluster is going down to.
    downgrade: Option<ServerVersion>,
}

/// The versions as a snapshot has them.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionRecord {
    /// Each member's that is known, in ascending order of ids.
    pub members: Vec<(MemberId, ServerVersion)>,
    /// As [`Versions::cluster`].
    pub cluster: Option<ServerVersion>,
    /// As [`Versions::downgrade`].
    pub downgrade: Option<ServerVersion>,
}

/// What the cluster's version was and is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionChange {
    /// Nothing when it had none.
    pub from: Option<ServerVersion>,
    /// Its new one.
    pub to: ServerVersion,
}

impl Versions {
    /// As a snapshot has them.
    pub fn record(&self) -> VersionRecord {
        VersionRecord {
            members: self.members.iter().map(|(id, of)| (*id, *of)).collect(),
            cluster: self.cluster,
            downgrade: self.downgrade,
        }
    }

    /// The cluster's; nothing before it is decided.
    pub fn cluster(&self) -> Option<ServerVersion> {
        self.cluster
    }

    /// What the cluster is going down to, if it is.
    pub fn downgrade(&self) -> Option<ServerVersion> {
        self.downgrade
    }

    /// A member's, once it has published it.
    pub fn of(&self, member: MemberId) -> Option<ServerVersion> {
        self.members.get(&member).copied()
    }

    /// A member has told its version.
    pub fn publish(&mut self, member: MemberId, version: ServerVersion) {
        self.members.insert(member, version);
    }

    /// Whether a downgrade to a version may begin now. Answers the cluster's version.
    ///
    /// # Errors
    /// [`Error::ClusterVersionUnavailable`] before the cluster has a version,
    /// [`Error::InvalidDowngradeTarget`] for any but the minor version below it,
    /// [`Error::DowngradeInProcess`] while there is one.
    pub fn check_downgrade(&self, target: ServerVersion) -> Result<ServerVersion, Error> {
        let cluster = self.cluster.ok_or(Error::ClusterVersionUnavailable)?;
        if cluster.one_minor_lower() != Some(target.without_patch()) {
            return Err(Error::InvalidDowngradeTarget);
        }
        if self.downgrade.is_some() {
            return Err(Error::DowngradeInProcess);
        }
        Ok(cluster)
    }

    /// Begins a downgrade. Answers the cluster's version at that moment.
    ///
    /// # Errors
    /// As [`Versions::check_downgrade`].
    pub fn begin_downgrade(&mut self, target: ServerVersion) -> Result<ServerVersion, Error> {
        let cluster = self.check_downgrade(target)?;
        self.downgrade = Some(target.without_patch());
        Ok(cluster)
    }

    /// Ends a downgrade, if there is one.
    ///
    /// # Errors
    /// [`Error::NoDowngrade`].
    pub fn cancel_downgrade(&mut self) -> Result<(), Error> {
        self.downgrade.take().ok_or(Error::NoDowngrade).map(|_| ())
    }

    /// Decides the cluster's version anew after any of the above, or after a change of the
    /// members; answers how it has changed. A downgrade is over when all members have its version.
    pub fn decide(&mut self, members: impl IntoIterator<Item = MemberId>) -> Option<VersionChange> {
        let members: BTreeSet<MemberId> = members.into_iter().collect();
        self.members.retain(|member, _| members.contains(member));
        if self.members.len() < members.len() {
            // Of those that are not known nothing can be said.
            return None;
        }
        let known: Vec<_> = self.members.values().map(|of| of.without_patch()).collect();
        let lowest = known.iter().min().copied()?;
        if self.downgrade == Some(lowest) && known.iter().all(|version| *version == lowest) {
            self.downgrade = None;
        }
        let from = self.cluster;
        let to = match (from, self.downgrade) {
            (None, _) => lowest,
            (Some(cluster), Some(target)) => {
                let may_go_down = cluster.one_minor_lower() == Some(target)
                    && lowest.one_minor_lower() == Some(target);
                if may_go_down { target } else { cluster }
            }
            (Some(cluster), None) => cluster.max(lowest),
        };
        if from == Some(to) {
            return None;
        }
        self.cluster = Some(to);
        Some(VersionChange { from, to })
    }
}

impl From<VersionRecord> for Versions {
    fn from(record: VersionRecord) -> Self {
        Self {
            members: record.members.into_iter().collect(),
            cluster: record.cluster,
            downgrade: record.downgrade,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBERS: [MemberId; 2] = [MemberId(1), MemberId(2)];

    fn version(text: &str) -> ServerVersion {
        ServerVersion::parse(text).expect("a version")
    }

    fn decided(versions: &mut Versions) -> Option<String> {
        let change = versions.decide(MEMBERS)?;
        let from = change
            .from
            .map_or("none".to_owned(), |from| from.to_string());
        Some(format!("{from} to {}", change.to))
    }

    fn at(text: &str) -> Versions {
        let mut versions = Versions::default();
        for member in MEMBERS {
            versions.publish(member, version(text));
        }
        assert!(versions.decide(MEMBERS).is_some());
        versions
    }

    #[test]
    fn the_lowest_version_counts_once_all_are_known() {
        let mut versions = Versions::default();
        versions.publish(MemberId(1), version("3.6.14"));
        assert_eq!(decided(&mut versions), None);
        assert_eq!(versions.cluster(), None);
        versions.publish(MemberId(2), version("3.5.2"));
        assert_eq!(decided(&mut versions).as_deref(), Some("none to 3.5.0"));
        versions.publish(MemberId(2), version("3.6.1"));
        assert_eq!(decided(&mut versions).as_deref(), Some("3.5.0 to 3.6.0"));
        versions.publish(MemberId(1), version("3.5.9"));
        assert_eq!(decided(&mut versions), None, "it does not fall by itself");
    }

    #[test]
    fn a_downgrade_goes_one_minor_version_down_and_ends_when_all_have() {
        let mut versions = Versions::default();
        let to = version("3.5.0");
        assert_eq!(
            versions.check_downgrade(to),
            Err(Error::ClusterVersionUnavailable)
        );
        versions = at("3.6.14");
        for wrong in ["3.6.0", "3.4.0", "2.5.0", "3.7.0"] {
            let wrong = versions.check_downgrade(version(wrong));
            assert_eq!(wrong, Err(Error::InvalidDowngradeTarget));
        }
        assert_eq!(versions.cancel_downgrade(), Err(Error::NoDowngrade));
        assert_eq!(versions.begin_downgrade(to), Ok(version("3.6.0")));
        assert_eq!(decided(&mut versions).as_deref(), Some("3.6.0 to 3.5.0"));
        assert_eq!(
            versions.begin_downgrade(version("3.4.0")),
            Err(Error::DowngradeInProcess)
        );
        for member in MEMBERS {
            assert_eq!(versions.downgrade(), Some(to));
            versions.publish(member, version("3.5.21"));
            assert_eq!(decided(&mut versions), None);
        }
        assert_eq!(versions.downgrade(), None);
        assert_eq!(versions.cluster(), Some(to));
    }

    #[test]
    fn a_downgrade_that_is_cancelled_is_taken_back() {
        let mut versions = at("3.6.14");
        assert!(versions.begin_downgrade(version("3.5")).is_ok());
        assert_eq!(decided(&mut versions).as_deref(), Some("3.6.0 to 3.5.0"));
        assert_eq!(versions.cancel_downgrade(), Ok(()));
        assert_eq!(decided(&mut versions).as_deref(), Some("3.5.0 to 3.6.0"));
    }
}
