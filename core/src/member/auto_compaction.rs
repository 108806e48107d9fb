//! Compactions that nobody asked for: by the leader, when its settings say so.

use super::Member;
use super::requests::Waiter;
use super::view::Role;
use crate::command::{Command, Compact, Reply};
use crate::error::Error;
use crate::id::Revision;
use crate::trace::TraceKind;

impl Member {
    /// A tick: proposes a compaction when one is due.
    pub(super) fn compact_by_itself(&mut self) {
        let leads = self.consensus.role() == Role::Leader;
        let current = self.store.revision();
        let Some(revision) = self.compactor.tick(self.now_ticks, current, leads) else {
            return;
        };
        let mode = self.compactor.mode();
        self.tell(TraceKind::AutoCompactionStarted { revision, mode });
        let compact = Compact {
            revision,
            physical: false,
        };
        self.propose(Waiter::Compactor(revision), Command::Compact(compact));
    }

    /// What became of it. That somebody else has compacted as far is as good.
    pub(super) fn has_compacted_by_itself(
        &mut self,
        revision: Revision,
        result: Result<Reply, Error>,
    ) {
        let mode = self.compactor.mode();
        let failure = result.err().filter(|error| *error != Error::Compacted);
        let current = self.store.revision();
        self.compactor
            .done(self.now_ticks, current, failure.is_none());
        self.tell(match failure {
            None => TraceKind::AutoCompactionFinished { revision, mode },
            Some(error) => TraceKind::AutoCompactionFailed {
                revision,
                mode,
                reason: error.to_string(),
            },
        });
    }
}
