//! The members' conversation: one long-lived stream from each member to each other.
//!
//! Each member dials every other and writes to that stream alone; what it hears comes on the
//! streams the others dialled. So a connection has one writer and one reader, and nobody has to
//! agree whose of two connections is the right one. A stream begins as an HTTP/1 upgrade on the
//! peer port, which also answers `/members` and `/version`.
//!
//! A frame that cannot be carried at once is thrown away and the member is told: Raft is made for
//! losing messages, not for waiting for them.
//!
//! Who the others are changes while the server runs: see [`roster`].

mod answers;
mod dialler;
mod framing;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod handshake;
mod keeper;
mod link;
mod listener;
mod members_page;
mod pages;
mod prober;
mod question;
mod reader;
mod roster;
mod streams;
mod writer;

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use quorate_core::id::{ClusterId, MemberId};
use quorate_core::membership::Membership;
use quorate_core::version::ServerVersion;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::flags::Endpoint;
use crate::listen::Listener;
use crate::log::Logger;
use crate::member_thread::MemberHandle;
use crate::metrics::Metrics;
pub(crate) use handshake::bootstrapped;
pub(crate) use link::Sent;
pub(crate) use members_page::{ClusterOf, fetch_cluster, fetch_cluster_version};
use roster::Roster;

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
    roster: Arc<Roster>,
}

/// The streams to be started.
pub(crate) struct Peers {
    roster: Arc<Roster>,
}

/// What runs once the peers are started. All of it ends when this is dropped.
pub(crate) struct RunningPeers {
    tasks: JoinSet<()>,
    failures: mpsc::Receiver<String>,
}

/// How this member is reached, and who it is.
pub(crate) struct Reached {
    /// Who it is.
    pub(crate) own: Identity,
    /// Where the others reach it.
    pub(crate) urls: Vec<Endpoint>,
    /// The address that it dials from; nothing for whichever the system chooses.
    pub(crate) local: Option<IpAddr>,
    /// Where it listens for them.
    pub(crate) listeners: Vec<Listener>,
    /// Where what they send is read: on the thread that handles it.
    pub(crate) beside_member: Handle,
}

/// What all tasks of this module share.
#[derive(Clone)]
struct Context {
    own: Identity,
    /// Where the others reach this member.
    urls: Arc<[Endpoint]>,
    /// The address that it dials from, if one was chosen.
    local: Option<IpAddr>,
    member: MemberHandle,
    logger: Logger,
    roster: Arc<Roster>,
    failures: mpsc::Sender<String>,
}

impl PeerSender {
    /// Hands over a frame, or throws it away.
    pub(crate) fn send(&self, to: MemberId, frame: Bytes) -> Sent {
        self.roster.send(to, frame)
    }

    /// Who is in the cluster now: connections are opened, closed, and made elsewhere.
    pub(crate) fn set_members(&self, members: Membership) {
        self.roster.set_members(members);
    }
}

impl Peers {
    /// Prepares a way to each of those that a member starts with: none are needed when its disk
    /// knows the cluster. Of others it is known that they have been started.
    pub(crate) fn new(
        own: MemberId,
        (first, started): (Vec<Peer>, Vec<MemberId>),
        metrics: &Arc<Metrics>,
    ) -> Self {
        Self {
            roster: Arc::new(Roster::new(own, first, started, metrics.clone())),
        }
    }

    /// What the member sends by.
    pub(crate) fn sender(&self) -> PeerSender {
        PeerSender {
            roster: self.roster.clone(),
        }
    }

    /// Starts to listen and to dial.
    pub(crate) fn start(
        self,
        reached: Reached,
        member: &MemberHandle,
        logger: &Logger,
    ) -> RunningPeers {
        // One is enough: the server ends with the first.
        let (failed, failures) = mpsc::channel(1);
        let context = Context {
            own: reached.own,
            urls: reached.urls.into(),
            local: reached.local,
            member: member.clone(),
            logger: logger.clone(),
            roster: self.roster,
            failures: failed,
        };
        let mut tasks = JoinSet::new();
        let server = Arc::new(listener::Server::new(
            context.clone(),
            reached.beside_member,
        ));
        for listener in reached.listeners {
            tasks.spawn(listener::run(listener, server.clone()));
        }
        tasks.spawn(keeper::run(context));
        RunningPeers { tasks, failures }
    }
}

impl RunningPeers {
    /// Nothing this member says reaches anybody any more.
    pub(crate) fn cut_off(&mut self) {
        self.tasks.abort_all();
    }

    /// Waits until the others say that this member must not go on; why.
    pub(crate) async fn failure(&mut self) -> String {
        match self.failures.recv().await {
            Some(failure) => failure,
            // The tasks are gone: then nobody says anything any more.
            None => std::future::pending().await,
        }
    }
}

impl Context {
    /// This member must not go on.
    fn fail(&self, why: String) {
        // Of two reasons the first is told.
        let _ = self.failures.try_send(why);
    }
}
