//! Starts the core's member: the one place that names it.

use quorate_core::disk::DiskImage;
use quorate_core::member::{Figures, Member, MemberConfig, Standing, StartError};
use quorate_core::{Input, Output};

use super::{Machine, WorkProbe};

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

    fn figures(&self) -> Figures {
        Member::figures(self)
    }

    fn is_busy(&self) -> bool {
        Member::is_busy(self)
    }
}

/// A member with this configuration and what its disk holds, whose work is measured; else why it
/// cannot start.
pub(crate) fn start_member(
    config: MemberConfig,
    image: &DiskImage,
    probe: WorkProbe,
) -> Result<Box<dyn Machine>, StartError> {
    let mut member = Member::start(config, image)?;
    member.measure(Box::new(probe));
    Ok(Box::new(member))
}
