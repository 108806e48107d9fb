//! Who the others are, and the way to each: changed while the server runs.
//!
//! The member says who is in the cluster whenever that changes. From then on a way to each of the
//! others is kept up. Of two kinds of others only one connection is made and kept until it breaks:
//! those that were removed, which may have to be told so, and *remotes*, which dial this member and
//! belong to its cluster by what they say, though it has not heard of them yet. A member that was
//! away for long does not know its leader until that has sent it the log.

mod admission;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use quorate_core::id::MemberId;
use quorate_core::membership::Membership;
use tokio::sync::{Notify, watch};

use super::Peer;
use super::link::{self, Link, LinkQueue, Sent};
use crate::flags::Endpoint;
use crate::metrics::{Metrics, PeerMetrics};

/// Remotes at one time; nobody who makes them up shall have this member dial the whole world.
const REMOTES_MAX: usize = 16;

/// Where another member is reached, and for how long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    /// Its peer URLs; the next one is tried when one fails.
    pub(super) urls: Vec<Endpoint>,
    /// Whether to dial again when a connection breaks.
    pub(super) is_kept: bool,
}

/// A way that nobody travels yet.
pub(super) struct NewWay {
    /// To whom.
    pub(super) peer: MemberId,
    /// Which of the ways there ever were.
    pub(super) generation: u64,
    /// Where that is.
    pub(super) target: watch::Receiver<Target>,
    /// What is sent there.
    pub(super) queue: LinkQueue,
}

/// All that is known of the others, shared by everybody who sends, dials or listens.
pub(super) struct Roster {
    own: MemberId,
    metrics: Arc<Metrics>,
    known: RwLock<Known>,
    /// There are new ways.
    opened: Notify,
}

struct Known {
    /// Whom this member was told of when it started, by the flags or by a member that runs.
    first: Vec<Peer>,
    /// Who was known then to have been started.
    started: Vec<MemberId>,
    members: Membership,
    ways: BTreeMap<MemberId, Way>,
    new: Vec<NewWay>,
    next_generation: u64,
}

struct Way {
    generation: u64,
    link: Arc<Link>,
    target: watch::Sender<Target>,
}

impl Roster {
    /// Knows those that this member starts with.
    pub(super) fn new(
        own: MemberId,
        first: Vec<Peer>,
        started: Vec<MemberId>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let roster = Self {
            own,
            metrics,
            known: RwLock::new(Known {
                first,
                started,
                members: Membership::default(),
                ways: BTreeMap::new(),
                new: Vec::new(),
                next_generation: 0,
            }),
            opened: Notify::new(),
        };
        roster.change(|_| {});
        roster
    }

    /// The cluster has changed.
    pub(super) fn set_members(&self, members: Membership) {
        self.change(|known| known.members = members);
    }

    /// Hands a frame to a way, or throws it away.
    pub(super) fn send(&self, to: MemberId, frame: Bytes) -> Sent {
        let known = self.read();
        known
            .ways
            .get(&to)
            .map_or(Sent::NotConnected, |way| way.link.send(frame))
    }

    /// Whether somebody has told its name to this cluster.
    pub(super) fn has_started(&self, peer: MemberId) -> bool {
        self.read().has_started(peer)
    }

    /// Whether this member knows from its own log that its name has been told to the cluster. Then
    /// it has not lost what it promised, whatever is said of it.
    pub(super) fn has_own_name(&self) -> bool {
        self.read().members.has_started(self.own)
    }

    /// Waits for ways that nobody travels yet.
    pub(super) async fn new_ways(&self) -> Vec<NewWay> {
        loop {
            let new = std::mem::take(&mut self.write().new);
            if !new.is_empty() {
                return new;
            }
            self.opened.notified().await;
        }
    }

    /// Nobody travels a way any more. One that was opened since to the same peer stays.
    pub(super) fn close(&self, peer: MemberId, generation: u64) {
        self.change(|known| {
            let way = known.ways.get(&peer);
            if way.is_some_and(|way| way.generation == generation) {
                known.ways.remove(&peer);
                // A member's is opened anew, and what was counted of it stays.
                if !known.wanted(self.own).contains_key(&peer) {
                    self.metrics.forget_peer(peer);
                }
            }
        });
    }

    /// Changes what is known, and the ways with it.
    fn change(&self, change: impl FnOnce(&mut Known)) {
        let mut known = self.write();
        change(&mut known);
        let wanted = known.wanted(self.own);
        for (peer, way) in &known.ways {
            if !wanted.contains_key(peer) {
                way.target
                    .send_if_modified(|target| std::mem::take(&mut target.is_kept));
            }
        }
        for (peer, urls) in wanted {
            let target = Target {
                urls,
                is_kept: true,
            };
            match known.ways.get(&peer) {
                Some(way) => {
                    self.metrics.count_peer(peer, way.link.metrics());
                    way.target.send_if_modified(|old| {
                        let is_news = *old != target;
                        *old = target;
                        is_news
                    });
                }
                None => {
                    let link = self.open(&mut known, peer, target);
                    self.metrics.count_peer(peer, link.metrics());
                }
            }
        }
        drop(known);
        self.opened.notify_one();
    }

    fn open(&self, known: &mut Known, peer: MemberId, target: Target) -> Arc<Link> {
        let (link, queue) = link::link(PeerMetrics::default());
        let (sender, target) = watch::channel(target);
        let generation = known.next_generation;
        known.next_generation += 1;
        known.ways.insert(
            peer,
            Way {
                generation,
                link: link.clone(),
                target: sender,
            },
        );
        known.new.push(NewWay {
            peer,
            generation,
            target,
            queue,
        });
        link
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        // Nothing is done under the lock that could panic half way.
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn has_started(&self, peer: MemberId) -> bool {
        self.members.has_started(peer) || self.started.contains(&peer)
    }

    /// To whom a way is kept up. As long as this member does not find itself among the members, be
    /// it that it has not read so far or that it was removed, it also stays with those it began
    /// with: one of them knows more.
    fn wanted(&self, own: MemberId) -> BTreeMap<MemberId, Vec<Endpoint>> {
        let mut wanted = BTreeMap::new();
        if self.members.member(own).is_none() {
            for peer in &self.first {
                wanted.insert(peer.id, peer.urls.clone());
            }
        }
        for member in self.members.members() {
            // What cannot be dialled (yet) was let in by the core, which knows more kinds of URLs.
            let urls = member.peer_urls.iter();
            let urls = urls.filter_map(|url| Endpoint::parse(url).ok()).collect();
            wanted.insert(member.id, urls);
        }
        wanted.retain(|id, _| *id != own && !self.members.is_removed(*id));
        wanted
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::command::MemberInfo;

    use super::*;
    use crate::metrics::Facts;

    const OWN: MemberId = MemberId(1);

    pub(super) fn roster(first: &[u64]) -> Roster {
        let metrics = Metrics::new(&Facts::of_test(OWN));
        let first = first.iter().map(|id| peer(*id)).collect();
        Roster::new(OWN, first, Vec::new(), metrics)
    }

    fn url(id: u64) -> String {
        format!("http://127.0.0.1:{id}")
    }

    pub(super) fn peer(id: u64) -> Peer {
        Peer {
            id: MemberId(id),
            urls: Endpoint::parse_list(&url(id)).expect("a URL"),
        }
    }

    pub(super) fn members(ids: &[u64], removed: &[u64]) -> Membership {
        let info = |id: &u64| MemberInfo {
            id: MemberId(*id),
            peer_urls: vec![url(*id)],
            ..MemberInfo::default()
        };
        Membership::new(ids.iter().map(info), removed.iter().map(|id| MemberId(*id)))
    }

    pub(super) fn kept(roster: &Roster) -> Vec<u64> {
        let known = roster.read();
        let ways = known.ways.iter();
        ways.filter(|(_, way)| way.target.borrow().is_kept)
            .map(|(id, _)| id.0)
            .collect()
    }

    #[test]
    fn one_that_joins_stays_with_its_first_until_it_knows_itself_a_member() {
        let roster = roster(&[2, 3]);
        assert_eq!(kept(&roster), [2, 3]);
        // The log begins with the founders, and one of them has gone long ago.
        roster.set_members(members(&[2, 4], &[]));
        assert_eq!(kept(&roster), [2, 3, 4]);
        roster.set_members(members(&[2, 3], &[4]));
        assert_eq!(kept(&roster), [2, 3]);
        roster.set_members(members(&[1, 2], &[4]));
        assert_eq!(kept(&roster), [2]);
    }

    /// The list that it was shown when it asked to join may have its name; its own log counts.
    #[test]
    fn a_member_knows_from_its_log_that_it_takes_part() {
        let metrics = Metrics::new(&Facts::of_test(OWN));
        let roster = Roster::new(OWN, vec![peer(2)], vec![OWN], metrics);
        assert!(roster.has_started(OWN) && !roster.has_own_name());
        let member = |name: &str| MemberInfo {
            id: OWN,
            name: name.to_owned(),
            peer_urls: vec![url(1)],
            ..MemberInfo::default()
        };
        roster.set_members(Membership::new([member("")], []));
        assert!(!roster.has_own_name());
        roster.set_members(Membership::new([member("infra1")], []));
        assert!(roster.has_own_name());
    }

    #[test]
    fn the_way_to_one_that_is_removed_is_not_kept_up() {
        let roster = roster(&[]);
        roster.set_members(members(&[1, 2, 3], &[]));
        assert_eq!(kept(&roster), [2, 3]);
        roster.set_members(members(&[1, 2], &[3]));
        assert_eq!(kept(&roster), [2]);
        let generation = |id| {
            let known = roster.read();
            known.ways.get(&MemberId(id)).map(|way| way.generation)
        };
        let third = generation(3).expect("it may have to be told");
        roster.close(MemberId(3), third);
        assert_eq!(generation(3), None);
        // One that ended at the very moment at which it was wanted again is opened anew.
        let old = generation(2).expect("kept");
        roster.close(MemberId(2), old);
        let new = generation(2);
        assert_ne!(new, Some(old));
        assert_eq!(kept(&roster), [2]);
        // Whoever travelled the old one does not end the new one.
        roster.close(MemberId(2), old);
        assert_eq!(generation(2), new);
    }

    #[test]
    fn a_member_is_reached_where_it_says_last() {
        let roster = roster(&[]);
        roster.set_members(members(&[1, 2], &[]));
        let mut way = roster.write().new.pop().expect("a new way");
        let moved = MemberInfo {
            id: MemberId(2),
            peer_urls: vec!["https://a:1".to_owned(), url(22)],
            ..MemberInfo::default()
        };
        let own = members(&[1], &[]);
        let own = own.members().cloned();
        roster.set_members(Membership::new(own.chain([moved]), []));
        assert!(way.target.has_changed().expect("open"));
        let urls = way.target.borrow_and_update().urls.clone();
        assert_eq!(urls, peer(22).urls);
    }
}
