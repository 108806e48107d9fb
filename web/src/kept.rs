//! How safe a member's term and vote are: in its memory alone, in a file, or on the disk.
//!
//! A frame tells how far a log is synced, but not whether the vote is. Each event does: a batch
//! that is handed to the disk takes term and vote along, and what is synced is told in the trace.

use quorate_core::id::{BatchId, MemberId, Term};
use quorate_core::member::MemberView;
use quorate_core::sim::{EventCause, Frame, MemberFrame};
use quorate_core::trace::TraceKind;

use crate::draw::logs::Durability;

/// A term, and whom one voted for in it.
type Vote = (Term, MemberId);

/// What became of a member's votes by an event.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Kept {
    /// The batch that is out, and what was in memory when it was handed over.
    batch: Option<BatchId>,
    handed: Vote,
    /// What is in a file.
    written: Vote,
    /// What is on the disk.
    synced: Vote,
}

/// What became of a member's votes, each from an event on; nothing while it is down.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Votes(Vec<(u64, Option<Kept>)>);

impl Votes {
    /// Adds what an event changed of a member.
    pub(crate) fn note(&mut self, member: &MemberFrame, frame: &Frame) {
        let before = self.0.last().and_then(|(_, kept)| *kept);
        let Some(view) = &member.view else {
            if before.is_some() {
                self.0.push((frame.event_count, None));
            }
            return;
        };
        let now = vote(view);
        // Who starts has what its disk had.
        let mut kept = before.unwrap_or(Kept {
            batch: None,
            handed: now,
            written: now,
            synced: now,
        });
        if view.batch != kept.batch {
            kept.batch = view.batch;
            kept.handed = now;
        }
        if let Some(event) = &frame.last {
            if event.cause == EventCause::Wrote(member.node) {
                kept.written = before.map_or(kept.handed, |before| before.handed);
            }
            let mut told = event.trace.iter().rev();
            let synced = told.find_map(|line| match line.kind {
                TraceKind::Synced { term, vote, .. } if line.member == member.id => {
                    Some((term, vote))
                }
                _ => None,
            });
            if let Some(synced) = synced {
                (kept.written, kept.synced) = (kept.written.max(synced), synced);
            }
        }
        if before != Some(kept) {
            self.0.push((frame.event_count, Some(kept)));
        }
    }

    /// Forgets what came behind an event.
    pub(crate) fn truncate(&mut self, event: u64) {
        self.0.retain(|(from, _)| *from <= event);
    }

    /// How safe a member's vote is after an event.
    pub(crate) fn durability(&self, event: u64, view: &MemberView) -> Durability {
        let known = self.0.partition_point(|(from, _)| *from <= event);
        let now = vote(view);
        match self.0[..known].last() {
            Some((_, Some(kept))) if kept.synced != now => match kept.written == now {
                true => Durability::Written,
                false => Durability::Memory,
            },
            _ => Durability::Synced,
        }
    }
}

fn vote(view: &MemberView) -> Vote {
    (view.term, view.vote)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::permalink::Permalink;

    /// Every vote that is given is in memory first, then written, then synced; none skips a step,
    /// and when all is quiet all is safe.
    #[test]
    fn a_vote_goes_from_memory_to_the_disk() {
        let mut engine = Engine::of(&Permalink::default());
        let mut seen = Vec::new();
        for _ in 0..200 {
            let frame = engine.frame();
            let lane = &engine.lanes().members[1];
            let view = frame.members[1].view.as_ref().expect("n2 is up");
            let now = lane.votes.durability(frame.event_count, view);
            if seen.last() != Some(&now) {
                seen.push(now);
            }
            engine.forward().expect("it goes on");
        }
        assert!(seen.contains(&Durability::Memory), "{seen:?}");
        assert!(seen.contains(&Durability::Written), "{seen:?}");
        assert_eq!(seen.last(), Some(&Durability::Synced));
        for pair in seen.windows(2) {
            let next = (pair[0], pair[1]);
            assert!(
                next == (Durability::Memory, Durability::Written)
                    || next == (Durability::Written, Durability::Synced)
                    || pair[1] == Durability::Memory,
                "{seen:?}"
            );
        }
    }
}
