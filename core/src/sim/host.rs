//! One member's process, as a world runs it: the only place of the simulator that names `Member`.

use std::fmt;

use crate::consensus::frame;
use crate::disk::DiskImage;
use crate::member::{Member, MemberConfig, MemberView};
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
            Ok(member) => Ok(Self { member }),
            Err(error) => Err(error.to_string()),
        }
    }

    pub(super) fn step(&mut self, input: Input) {
        self.member.step(input);
    }

    pub(super) fn take_outputs(&mut self) -> Vec<Output> {
        self.member.take_outputs()
    }

    pub(super) fn view(&self) -> MemberView {
        self.member.view()
    }

    /// A hash of its store, equal on members that have applied the same.
    pub(super) fn store_hash(&self) -> u32 {
        self.member.store_hash()
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
