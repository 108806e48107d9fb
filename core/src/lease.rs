//! Leases: keys that live no longer than somebody asks for.
//!
//! A lease is two things, and they are kept apart here as in etcd's lessor
//! (`server/lease/lessor.go`).
//!
//! * **What is agreed on** is in [`Leases`], a part of the store: which leases there are, what
//!   time each was granted, what the last checkpoint said is left of it, which keys hang on it.
//!   It changes by entries of the log alone, on every member alike, and no clock is in it.
//! * **What is counted** is in [`Countdown`], which the leader alone has, and only while it leads:
//!   at which of *its* ticks each lease ends. A keep-alive moves that, in memory, without an
//!   entry.
//!
//! When a lease's time is over its leader *proposes* to end it; it ends when that is applied.
//! A new leader cannot know what its predecessor had counted, so it gives every lease its whole
//! time again, or what the last checkpoint has left of it, and an election timeout on top.
//!
//! # What must never happen
//!
//! That a lease ends although a keep-alive was answered within its time. Four rules see to it:
//!
//! 1. A keep-alive is answered only after a round with a majority that began after it came: a
//!    deposed leader answers none (etcd issue 15247, its second half).
//! 2. An end that was decided in one term is void in every other ([`crate::command::LeaseExpire`];
//!    etcd issues 12528 and 15247): the leader in between may have answered keep-alives.
//! 3. Once the leader has proposed the end of a lease, its keep-alives wait for that to be
//!    applied. Nothing is promised that is being taken back.
//! 4. A keep-alive of a lease with a checkpoint, applied or on its way, first has it wiped out
//!    (a checkpoint of 0) and is answered when that is applied: a successor must not go on from
//!    what was left *before* it.

mod countdown;
mod table;

pub use countdown::{Countdown, Renewal};
pub use table::{Lease, LeaseRecord, Leases};
