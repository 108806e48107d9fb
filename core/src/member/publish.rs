//! A member's name, client URLs and version, made known to the others.

use super::requests::Waiter;
use super::{FIRST_TERM, Member};
use crate::command::{Command, MemberAttributes, Publication};

impl Member {
    /// A member that knows a leader makes its name, client URLs and version known, until they
    /// are.
    pub(super) fn publish_attributes(&mut self) {
        let known = self
            .membership
            .member(self.config.id)
            .is_some_and(|member| {
                member.name == self.config.name && member.client_urls == self.config.client_urls
            })
            && self.versions.of(self.config.id) == Some(self.config.server_version);
        let waits = self.published_at_ticks.is_some_and(|since| {
            self.now_ticks < since + u64::from(self.config.request_timeout_ticks())
        });
        // Whoever tells its name has a term on its disk by which it can be known: a disk that
        // comes back without one was lost.
        let ready = self.consensus.leader().is_some()
            && self.membership.member(self.config.id).is_some()
            && !self.is_new();
        if known || waits || !ready || self.is_stopping() {
            return;
        }
        self.published_at_ticks = Some(self.now_ticks);
        let attributes = MemberAttributes {
            id: self.config.id,
            name: self.config.name.clone(),
            client_urls: self.config.client_urls.clone(),
        };
        let version = self.config.server_version;
        let publication = Publication {
            attributes,
            version,
        };
        self.propose(Waiter::Nobody, Command::Publish(publication));
    }

    /// Whether its disk knows of no term but the one that a cluster begins with.
    pub(super) fn is_new(&self) -> bool {
        self.log.durable_vote().0 <= FIRST_TERM
    }
}
