//! Starts the core's member: the one place that names it.

use quorate_core::disk::DiskImage;
use quorate_core::member::{Member, MemberConfig, Standing, StartError};
use quorate_core::{Input, Output};

use super::Machine;

impl Machine for Member {
    fn step(&mut self, input: Input) {
        Member::step(self, input);
    }

    fn take_outputs(&mut self) -> Vec<Output> {
        Member::take_outputs(self)
    }

    fn standing(&self) -> Standing {
        Member::standing(self)
    }
}

/// A member with this configuration and what its disk holds; else why it cannot start.
pub(crate) fn start_member(
    config: MemberConfig,
    image: &DiskImage,
) -> Result<Box<dyn Machine>, StartError> {
    Ok(Box::new(Member::start(config, image)?))
}
