//! Quorate's core: an etcd member as a state machine, and a world to run many of them in.
//!
//! A `Member` is handed an [`Input`] and answers with [`Output`]s. It has no clock, no socket,
//! no file, no thread and no randomness of its own, so the same inputs always give the same
//! outputs, natively and in wasm. Three hosts carry the outputs out: the native server, the
//! simulator (`sim::World`) and, through the simulator, the page in the browser.
//!
//! Start with the two enums below: they are the whole contract. Then `member`, which joins the
//! parts, and the parts' own pages: `consensus`, `wal`, `mvcc`, `sim`.

pub mod alarm;
mod archive;
pub mod audit;
pub mod auto_compaction;
mod checksum;
pub mod collections;
pub mod command;
pub mod consensus;
pub mod corruption;
pub mod disk;
pub mod error;
pub mod id;
pub mod known_bug;
pub mod lease;
pub mod limits;
pub mod member;
pub mod membership;
pub mod mvcc;
pub mod offline;
pub mod prng;
pub mod probe;
pub mod quota;
pub mod rules;
pub mod sim;
pub mod snapshot;
pub mod trace;
pub mod version;
pub mod versions;
pub mod wal;

use bytes::Bytes;

use crate::command::{
    Command, Reply, ReplyHeader, SaveRequest, SaveResponse, WatchRequest, WatchResponse,
};
use crate::disk::{DiskBatch, DiskError, Lane};
use crate::error::Error;
use crate::id::{BatchId, MemberId, RequestId};
use crate::membership::Membership;
use crate::trace::TraceEvent;

/// What a host tells a member. Handling one never fails, blocks or panics, whatever is in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// One tick (a heartbeat interval) of the host's clock has passed.
    Tick,
    /// So many ticks have passed while the process stood still or was busy, and are not made up
    /// for: the protocol's timers do not run out by it. What is promised in seconds does: leases
    /// are shorter by it. Where reads are answered by a lease
    /// ([`member::MemberConfig::read_lease`]) a host must say so before it hands over any request
    /// that came meanwhile.
    Missed {
        /// How many.
        ticks: u32,
    },
    /// A frame arrived from a peer. It may be damaged, old, or made up: it is checked.
    Message {
        /// Who the host believes sent it.
        from: MemberId,
        /// The bytes of one frame, see `consensus`.
        frame: Bytes,
    },
    /// A client asks something. Every request gets exactly one [`Output::Reply`], unless the
    /// member stops first.
    Request {
        /// Chosen by the host, not in use by another open request.
        id: RequestId,
        /// What is asked.
        command: Command,
    },
    /// A client asks something on a watch stream. Answered by [`Output::Watch`].
    Watch(WatchRequest),
    /// A client saves this member's store. Answered by [`Output::Save`].
    Save(SaveRequest),
    /// A batch of disk operations has been carried out, or could not be.
    DiskDone {
        /// The batch's lane.
        lane: Lane,
        /// The batch.
        batch: BatchId,
        /// Whether all of it is done.
        result: Result<(), DiskError>,
    },
    /// A connection to a peer came up ("peer became active").
    PeerActive {
        /// Which peer.
        peer: MemberId,
    },
    /// A peer cannot be reached: its connection broke, or a frame to it was thrown away.
    PeerUnreachable {
        /// Which peer.
        peer: MemberId,
    },
    /// A peer does not take this member's connection: it was removed from the cluster, as etcd's
    /// `410 Gone` says.
    TurnedAway {
        /// Which peer.
        by: MemberId,
    },
    /// The host wants to stop: a leader hands its leadership on first. Answered by
    /// [`Output::Stopped`].
    Stop,
}

/// What a member tells its host to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Carry a frame to a peer; it may be lost, late or out of order. It comes once at most: a
    /// forwarded write that came twice would be carried out twice.
    Send {
        /// To whom.
        to: MemberId,
        /// One frame.
        frame: Bytes,
    },
    /// Carry out disk operations and answer with [`Input::DiskDone`].
    Disk(DiskBatch),
    /// Answer a client.
    Reply {
        /// The request.
        id: RequestId,
        /// The state the answer was given in.
        header: ReplyHeader,
        /// The answer.
        result: Result<Reply, Error>,
    },
    /// Tell a client what its watch stream hears.
    Watch(WatchResponse),
    /// Answer a client that saves the store.
    Save(SaveResponse),
    /// Who is in the cluster now, and who was: connect to its members, and to nobody else. Comes
    /// first when a member starts that knows it, and then whenever it changes, names and client
    /// URLs too. A member that joins a cluster hears of it only once somebody has connected to it.
    ///
    /// A connection to one that is not among them any more is kept until it breaks: it may have to
    /// be told that it is removed. One that it begins anew is refused ([`Input::TurnedAway`]).
    Members(Membership),
    /// Something happened that is worth a line.
    Trace(TraceEvent),
    /// The member is done: nothing that is handed to it now has an effect.
    Stopped {
        /// Nothing when it was asked to stop; else what it stopped of:
        /// [`REMOVED`](member::REMOVED), or what its disk did.
        failure: Option<String>,
    },
}
