//! What is unusual about a machine: a process that stands still, a clock that runs wrong, a disk
//! that misbehaves.

use super::disk::Disk;
use crate::Input;

/// A machine's condition. What begins as nothing unusual ends with `Fault::EndFaults`.
#[derive(Debug)]
pub(super) struct Condition {
    /// While the process stands still: what it will be handed when it goes on, in order.
    pub(super) inbox: Option<Vec<Input>>,
    /// Ticks that went by while it stood still.
    pub(super) missed_ticks: u32,
    /// How fast its clock runs; 1,000 is true.
    pub(super) clock_per_mille: u32,
    /// How much longer its disk takes for a batch, in virtual microseconds.
    pub(super) disk_extra_us: u64,
    /// While its disk holds answers back: the answers.
    pub(super) answers: Option<Vec<Input>>,
    /// A copy of the disk that was put aside.
    pub(super) saved: Option<Disk>,
    /// Whether the disk may lack what the member had been told is durable: a bit flipped, an
    /// older copy came back, or it was emptied. Such a member may stop by itself.
    pub(super) is_damaged: bool,
}

impl Default for Condition {
    fn default() -> Self {
        Self {
            inbox: None,
            missed_ticks: 0,
            clock_per_mille: TRUE_CLOCK_PER_MILLE,
            disk_extra_us: 0,
            answers: None,
            saved: None,
            is_damaged: false,
        }
    }
}

impl Condition {
    /// The process has ended: nobody waits any more for what was kept back for it.
    pub(super) fn end_process(&mut self) {
        self.inbox = None;
        self.missed_ticks = 0;
        if let Some(answers) = &mut self.answers {
            answers.clear();
        }
    }

    /// How long a tick of its clock takes.
    pub(super) fn tick_us(&self, true_tick_us: u64) -> u64 {
        let us = u128::from(true_tick_us) * u128::from(TRUE_CLOCK_PER_MILLE)
            / u128::from(self.clock_per_mille.max(1));
        u64::try_from(us).unwrap_or(u64::MAX).max(1)
    }

    pub(super) fn is_paused(&self) -> bool {
        self.inbox.is_some()
    }
}

/// A clock that runs true.
pub(super) const TRUE_CLOCK_PER_MILLE: u32 = 1_000;
