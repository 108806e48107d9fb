//! Defragmentation of a member's store, while it goes on with everything else.
//!
//! What compaction has forgotten is removed first, as far as no long reader needs it; then the
//! store gives back what is free. Both in steps, between other work.

use super::Member;
use crate::command::Reply;
use crate::id::RequestId;
use crate::mvcc::Defragmentation;
use crate::trace::TraceKind;

/// A defragmentation under way.
pub(super) struct Defragmenting {
    at: Defragmentation,
    before_bytes: u64,
    waiting: Vec<RequestId>,
}

impl Member {
    /// A client asks for one; it shares the one that is under way.
    pub(super) fn defragment(&mut self, id: RequestId) {
        if let Some(running) = &mut self.defragmentation {
            return running.waiting.push(id);
        }
        let before_bytes = self.store.size_bytes();
        self.tell(TraceKind::DefragmentStarted {
            size_bytes: before_bytes,
            size_in_use_bytes: self.store.size_in_use_bytes(),
        });
        self.defragmentation = Some(Defragmenting {
            at: Defragmentation::default(),
            before_bytes,
            waiting: vec![id],
        });
    }

    /// Does a little of it, once compaction (which goes on by itself) has nothing to do.
    pub(super) fn go_on_defragmenting(&mut self) {
        if self.applying.is_under_way() {
            return;
        }
        let Some(running) = &mut self.defragmentation else {
            return;
        };
        let goes_on = self.store.compact_step_waits()
            || self.store.defragment_step(&mut running.at, STEP_KEYS);
        if goes_on {
            return;
        }
        let before_bytes = running.before_bytes;
        self.tell(TraceKind::DefragmentFinished {
            before_bytes,
            size_bytes: self.store.size_bytes(),
            size_in_use_bytes: self.store.size_in_use_bytes(),
        });
        for id in self.take_defragmenting() {
            self.reply(id, Ok(Reply::Defragment));
        }
    }

    /// Ends it; those who wait are the caller's to answer.
    pub(super) fn take_defragmenting(&mut self) -> Vec<RequestId> {
        let running = self.defragmentation.take();
        running.map(|running| running.waiting).unwrap_or_default()
    }
}

/// Keys gone through between two rounds of inputs, well below a millisecond of work.
const STEP_KEYS: usize = 2_000;
