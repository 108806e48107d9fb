//! The members' conversation: one long-lived stream from each member to each other.
//!
//! Each member dials every other and writes to that stream alone; what it hears comes on the
//! streams the others dialled. So a connection has one writer and one reader, and nobody has to
//! agree whose of two connections is the right one. A stream begins as an HTTP/1 upgrade on the
//! peer port, which also answers `/members` and `/version`.
//!
//! A frame that cannot be carried at once is thrown away and the member is told: Raft is made for
//! losing messages, not for waiting for them.

mod dialler;
mod framing;
mod handshake;
mod link;
mod listener;
mod prober;
mod reader;
mod writer;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use quorate_core::id::{ClusterId, MemberId};
use quorate_core::version::ServerVersion;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::flags::Endpoint;
use crate::log::Logger;
use crate::member_thread::MemberHandle;
use crate::metrics::Metrics;
pub(crate) use link::Sent;
use link::{Link, LinkQueue};

/// Who this member is to the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Its id.
    pub(crate) id: MemberId,
    /// Its cluster.
    pub(crate) cluster: ClusterId,
    /// Which etcd it says it is.
    pub(crate) version: ServerVersion,
}

/// Another member, and where it is reached.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    /// Its id.
    pub(crate) id: MemberId,
    /// Its peer URLs; the next one is tried when one fails.
    pub(crate) urls: Vec<Endpoint>,
}

/// Hands frames to the peers' streams, and never blocks.
#[derive(Clone)]
pub(crate) struct PeerSender {
    links: Arc<BTreeMap<MemberId, Arc<Link>>>,
}

/// The streams to be started.
pub(crate) struct Peers {
    peers: Vec<(Peer, LinkQueue)>,
    sender: PeerSender,
}

/// What all tasks of this module share.
#[derive(Clone)]
struct Context {
    own: Identity,
    member: MemberHandle,
    logger: Logger,
    sender: PeerSender,
}

impl PeerSender {
    /// Hands over a frame, or throws it away.
    pub(crate) fn send(&self, to: MemberId, frame: Bytes) -> Sent {
        self.links
            .get(&to)
            .map_or(Sent::NotConnected, |link| link.send(frame))
    }

    fn link(&self, peer: MemberId) -> Option<&Arc<Link>> {
        self.links.get(&peer)
    }
}

impl Peers {
    /// Prepares a link to each of the others.
    pub(crate) fn new(peers: Vec<Peer>, metrics: &Metrics) -> Self {
        let mut links = BTreeMap::new();
        let peers = peers
            .into_iter()
            .map(|peer| {
                let (link, queue) = link::link(metrics.peer(peer.id));
                links.insert(peer.id, link);
                (peer, queue)
            })
            .collect();
        let sender = PeerSender {
            links: Arc::new(links),
        };
        Self { peers, sender }
    }

    /// What the member sends by.
    pub(crate) fn sender(&self) -> PeerSender {
        self.sender.clone()
    }

    /// Starts to listen and to dial. All of it ends when the set is dropped.
    pub(crate) fn start(
        self,
        own: Identity,
        listeners: Vec<TcpListener>,
        member: &MemberHandle,
        logger: &Logger,
    ) -> JoinSet<()> {
        let context = Context {
            own,
            member: member.clone(),
            logger: logger.clone(),
            sender: self.sender,
        };
        let mut tasks = JoinSet::new();
        for listener in listeners {
            tasks.spawn(listener::run(listener, context.clone()));
        }
        for (peer, queue) in self.peers {
            tasks.spawn(prober::run(
                peer.clone(),
                queue.metrics().clone(),
                context.clone(),
            ));
            tasks.spawn(dialler::run(peer, queue, context.clone()));
        }
        tasks
    }
}
