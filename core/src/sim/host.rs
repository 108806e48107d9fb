//! One member's process, as a world runs it: the only place of the simulator that is to name
//! `Member`. Until there is one, the process stands still.

use crate::disk::DiskImage;
use crate::id::{Index, MemberId, Revision, Term};
use crate::member::{MemberConfig, MemberView, Role};
use crate::trace::MessageSummary;
use crate::{Input, Output};

/// A running process.
#[derive(Debug)]
pub(super) struct Process {
    config: MemberConfig,
}

impl Process {
    pub(super) fn start(config: MemberConfig, _image: &DiskImage) -> Result<Self, String> {
        Ok(Self { config })
    }

    pub(super) fn step(&mut self, _input: Input) {}

    pub(super) fn take_outputs(&mut self) -> Vec<Output> {
        Vec::new()
    }

    pub(super) fn store_hash(&self) -> u32 {
        0
    }

    pub(super) fn view(&self) -> MemberView {
        MemberView {
            id: self.config.id,
            role: Role::Follower,
            term: Term(1),
            vote: MemberId::NONE,
            leader: MemberId::NONE,
            election_elapsed_ticks: 0,
            election_timeout_ticks: self.config.election_ticks,
            votes: Default::default(),
            voters: self.config.bootstrap.iter().map(|info| info.id).collect(),
            progress: Vec::new(),
            log: Vec::new(),
            log_offset: Index(0),
            synced: Index(0),
            handed: Index(0),
            batch: None,
            commit: Index(0),
            applied: Index(0),
            snapshot: None,
            revision: Revision(1),
            compact_revision: Revision(-1),
            keys: Vec::new(),
            stopped: false,
        }
    }
}

pub(super) fn summarize(_frame: &[u8]) -> MessageSummary {
    unreachable!("nothing sends yet")
}
