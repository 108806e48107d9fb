//! One member's process, as a world runs it: the only place of the simulator that names `Member`.

use std::fmt;

use super::check::Subject;
use crate::command::Command;
use crate::consensus::frame;
use crate::disk::DiskImage;
use crate::id::{Index, Revision};
use crate::member::{
    ConfigurationFacts, EntryFacts, Member, MemberConfig, MemberFacts, MemberView, StoreView,
};
use crate::trace::MessageSummary;
use crate::{Input, Output};

/// A running process.
pub(super) struct Process {
    member: Member,
}

impl Process {
    /// Starts a member from its disk; says why when it cannot.
    pub(super) fn start(config: MemberConfig, image: &DiskImage) -> Result<Self, String> {
        match Member::start(config, image) {
            Ok(mut member) => {
                member.note_writers();
                Ok(Self { member })
            }
            Err(error) => Err(error.to_string()),
        }
    }

    pub(super) fn step(&mut self, input: Input) {
        self.member.step(input);
    }

    /// An event begins: what its raft hands to itself in it is noted. True when the one before
    /// had left something of that to be seen.
    pub(super) fn begin_event(&mut self) -> bool {
        self.member.begin_event()
    }

    pub(super) fn take_outputs(&mut self) -> Vec<Output> {
        self.member.take_outputs()
    }

    pub(super) fn view(&self) -> MemberView {
        self.member.view()
    }

    pub(super) fn reseed_later_terms(&mut self, seed: u64) {
        self.member.reseed_later_terms(seed);
    }

    pub(super) fn store_view(&self) -> StoreView {
        self.member.store_view()
    }

    pub(super) fn facts(&self) -> MemberFacts {
        self.member.facts()
    }

    /// Which command wrote which revision, since this was last asked.
    pub(super) fn take_writers(&mut self) -> Vec<(Revision, Command)> {
        self.member.take_writers()
    }

    /// Ticks until its election timer runs out.
    pub(super) fn election_ticks_left(&self) -> u32 {
        self.member.election_ticks_left()
    }

    /// Whether it has a vote, as far as it knows.
    pub(super) fn is_voter(&self) -> bool {
        self.member.is_voter()
    }
}

impl Subject for Process {
    fn entries_from(&self, first: Index) -> Vec<EntryFacts> {
        self.member.entries_from(first)
    }

    fn written_after(&self, revision: Revision) -> Vec<(Revision, u32)> {
        self.member.written_after(revision)
    }

    fn configuration(&self) -> ConfigurationFacts {
        self.member.configuration_facts()
    }

    fn hash_at(&self, revision: Revision) -> Option<u32> {
        self.member.hash_at(revision)
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Process").field(&self.view()).finish()
    }
}

/// What a member's own frame says.
pub(super) fn summarize(bytes: &[u8]) -> MessageSummary {
    frame::summarize(bytes).expect("a member's own frames can be read")
}
