//! Connections to peers: who is there, and for how long.
//!
//! Two things hang on it, both as in etcd. When more than one peer is connected, most of the
//! first election timeout is skipped: a cluster that starts as a whole need not wait it out. And
//! a leader that stops hands over to the peer that has been connected longest.

use super::{ByPeer, Member};
use crate::id::MemberId;
use crate::limits::{ELECTION_TICKS_LEFT_AFTER_ADVANCE, REQUEST_TIMEOUT_BASE_MS};
use crate::trace::TraceKind;

/// The peers that are connected.
#[derive(Default)]
pub(super) struct Peers {
    active: ByPeer<Connection>,
    count: u64,
    advanced: bool,
}

/// A peer's connection.
#[derive(Clone, Copy, Debug)]
struct Connection {
    /// The how manieth it is: the lowest has been there longest.
    order: u64,
    since_ticks: u64,
}

impl Peers {
    /// Whether a peer is connected.
    pub(super) fn is_active(&self, peer: MemberId) -> bool {
        self.active.contains_key(&peer)
    }

    /// All that are connected.
    pub(super) fn active(&self) -> Vec<MemberId> {
        self.active.keys().copied().collect()
    }

    /// Since when a peer has been connected, if it is.
    pub(super) fn active_since(&self, peer: MemberId) -> Option<u64> {
        self.active
            .get(&peer)
            .map(|connection| connection.since_ticks)
    }

    /// The one among some that has been connected longest.
    pub(super) fn longest_connected(&self, among: &[MemberId]) -> Option<MemberId> {
        among
            .iter()
            .filter_map(|peer| Some((self.active.get(peer)?.order, *peer)))
            .min()
            .map(|(_, peer)| peer)
    }
}

impl Member {
    pub(super) fn peer_active(&mut self, peer: MemberId) {
        if peer == self.config.id || self.peers.is_active(peer) {
            return;
        }
        self.peers.count += 1;
        let connection = Connection {
            order: self.peers.count,
            since_ticks: self.now_ticks,
        };
        self.peers.active.insert(peer, connection);
        self.tell(TraceKind::PeerActive { peer });
        self.greet(peer);
        self.check_new_peer(peer);
        self.skip_first_ticks();
    }

    pub(super) fn peer_unreachable(&mut self, peer: MemberId) {
        if self.peers.active.remove(&peer).is_some() {
            self.tell(TraceKind::PeerInactive { peer });
        }
        self.consensus.unreachable(peer);
        self.give_up_transfer(peer);
        self.check_lost_peer(peer);
    }

    /// More than one peer is there, soon after the start: all but two ticks of the first election
    /// timeout are skipped.
    fn skip_first_ticks(&mut self) {
        let base_ticks = u64::from(REQUEST_TIMEOUT_BASE_MS / self.config.tick_ms.max(1));
        let due = self.may_skip_ticks()
            && self.config.initial_election_tick_advance
            && !self.peers.advanced
            && self.peers.active.len() > 1
            && self.now_ticks <= base_ticks;
        if due {
            self.peers.advanced = true;
            let left = ELECTION_TICKS_LEFT_AFTER_ADVANCE;
            let (elapsed, _) = self.consensus.timer_ticks();
            let ticks = self.config.election_ticks.saturating_sub(left + elapsed);
            self.skip(ticks, false);
        }
    }

    /// A cluster of one waits for nobody.
    pub(super) fn skip_first_ticks_alone(&mut self) {
        let alone = self.consensus.configuration().get_voters() == [self.config.id.0];
        if alone && self.may_skip_ticks() && !self.peers.advanced {
            self.peers.advanced = true;
            self.skip(self.config.election_ticks.saturating_sub(1), true);
        }
    }

    /// Whoever may have promised a leader to vote for nobody else waits its first election timeout
    /// out.
    fn may_skip_ticks(&self) -> bool {
        self.config.read_lease.is_none()
    }

    fn skip(&mut self, ticks: u32, single: bool) {
        let ticks = self.consensus.skip_ticks(ticks);
        self.tell(TraceKind::ElectionTicksAdvanced { ticks, single });
    }
}
