//! Versions in a member: what it does when it learns one.

use super::Member;
use crate::command::{Command, Reply};
use crate::error::Error;
use crate::id::MemberId;
use crate::trace::TraceKind;
use crate::version::ServerVersion;

impl Member {
    /// A member has told its version.
    pub(super) fn apply_version(&mut self, member: MemberId, version: ServerVersion) {
        self.versions.publish(member, version);
        self.decide_version();
    }

    /// Begins a downgrade, or ends it. As in etcd it is no error to end one that there is not.
    pub(super) fn apply_downgrade(&mut self, command: &Command) -> Result<Reply, Error> {
        let cluster = self.versions.cluster();
        let cluster = cluster.ok_or(Error::ClusterVersionUnavailable)?;
        match command {
            Command::DowngradeEnable(target) => {
                self.versions.begin_downgrade(*target)?;
                self.tell(TraceKind::DowngradeEnabled { target: *target });
            }
            _ => match self.versions.cancel_downgrade() {
                Ok(()) => self.tell(TraceKind::DowngradeCancelled),
                Err(error) => self.tell(TraceKind::DowngradeCancelFailed {
                    reason: error.to_string(),
                }),
            },
        }
        self.decide_version();
        Ok(Reply::Downgrade(cluster))
    }

    /// Decides the cluster's version anew: a member has told its own, or the members are others.
    pub(super) fn decide_version(&mut self) {
        let members = self.membership.members().map(|member| member.id);
        let Some(change) = self.versions.decide(members) else {
            return;
        };
        let (from, to) = (change.from, change.to);
        self.tell(TraceKind::ClusterVersionSet { from, to });
        self.tell(TraceKind::CapabilitiesEnabled { version: to });
    }

    /// Why this member may not go on: the cluster is at a version that it does not know.
    pub(super) fn too_old(&self) -> Option<String> {
        too_new_for(self.config.server_version, self.versions.cluster()?)
    }
}

/// etcd's `MustDetectDowngrade`: what a cluster of a higher version has stored a server may not
/// understand.
pub(super) fn too_new_for(own: ServerVersion, cluster: ServerVersion) -> Option<String> {
    (own.without_patch() < cluster).then(|| {
        format!(
            "invalid downgrade; server version is lower than determined cluster version: {own}, \
             and the cluster is at {}",
            cluster.cluster_text()
        )
    })
}
