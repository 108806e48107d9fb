//! Consensus: how a cluster agrees on one order of commands, although members crash and messages
//! are lost.
//!
//! # Raft in one page
//!
//! Every member keeps a **log** of entries and carries out the same entries in the same order, so
//! all stores become equal (paper §2: replicated state machines). One member, the **leader**,
//! puts new entries at the end of its log and sends them on; an entry that is durable on a
//! majority is **committed** and may be carried out. Any two majorities share a member, and that
//! is what makes it safe: whatever one majority has decided, the next one knows.
//!
//! **Terms** are Raft's clock. Each election begins a new one, in each term at most one member
//! leads, and a message of an older term is not believed. A member that hears no leader for its
//! election timeout asks the others for their votes; the timeouts differ by chance so that seldom
//! two ask at once. A vote is given once a term, to a candidate whose log is at least as far as
//! the voter's own, and it is on the voter's disk before it leaves (§5.2, §5.4.1).
//!
//! **Replication** (§5.3): an append says which entry it follows on, by index and term. A follower
//! that does not have that entry refuses, and the leader goes back until the logs agree; from
//! there its own log replaces the follower's. A leader counts copies only for entries of its own
//! term (§5.4.2, figure 8).
//!
//! What etcd adds, and so do we: **PreVote** (thesis §9.6), a candidate first asks whether it
//! would win, without raising the term; **CheckQuorum** (§6.2), a leader that cannot hear a
//! majority for an election timeout steps down; **ReadIndex** (§6.4), a read is linearizable when
//! the leader has confirmed with a majority that it still leads, and the reader has applied what
//! was committed then; **leadership transfer** (§3.10). What etcd can do and does not by default: a
//! leader with a **lease** (§6.4.1) answers reads without asking, see `read_lease`.
//!
//! # Who does what here
//!
//! The algorithm is the crate `raft`; only this module calls it: `node`, and `modified` where rules
//! are off. The plain data that it deals in (`raft::eraftpb`: entries, messages, hard state,
//! configuration) goes out to `member`, which writes, sends and carries it out. Around it:
//! `validate` refuses every message it would panic on; `observe` tells what a call changed in
//! etcd's words; `log_store` is the log as it reads it; [`frame`] and [`wire`] are what crosses a
//! link. The crate draws one random number, the election timeout: it is overwritten after each
//! call. It iterates over hash maps: what comes out is sorted. So the same inputs give the same
//! outputs on every platform.
//!
//! # Disk and network at once
//!
//! A leader sends entries while it still writes them itself (thesis §10.2.1): a majority of the
//! others may commit them before its own disk is done. A follower's answers, and votes, say that
//! something *is* on disk; they are held until the host has said so. Sending one of them early
//! breaks Raft's safety in every run that tries.
//!
//! # What is left out
//!
//! Joint configurations (thesis §4.3): etcd does not use them either. Priorities and group commit
//! of the crate: their fields never cross a link.

pub mod frame;
pub mod wire;

mod convert;
mod log_store;
#[cfg(feature = "modified-raft")]
mod modified;
mod node;
mod observe;
mod read_lease;
mod validate;

pub(crate) use convert::{from_raft, from_wire, new_entry, snapshot_message, to_wire};
pub(crate) use node::{ConfigurationChange, Consensus, InitialLog, MayChange, Work};
pub(crate) use read_lease::lease_ticks;
