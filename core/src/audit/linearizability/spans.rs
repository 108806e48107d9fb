//! Spans of revisions.

use crate::collections::InOrder;
use crate::id::Revision;

/// Some spans, each from above one revision up to another.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// After [`Spans::join`] in ascending order and apart.
    spans: Vec<(Revision, Revision)>,
}

impl Spans {
    /// Adds a span, if there is anything in it.
    pub(super) fn add(&mut self, above: Revision, upto: Revision) {
        if above < upto {
            self.spans.push((above, upto));
        }
    }

    /// Joins spans that overlap. To be called when all are there.
    pub(super) fn join(&mut self) {
        self.spans.order();
        let mut joined: Vec<(Revision, Revision)> = Vec::new();
        for (above, upto) in self.spans.drain(..) {
            match joined.last_mut() {
                Some((_, last)) if above <= *last => *last = upto.max(*last),
                _ => joined.push((above, upto)),
            }
        }
        self.spans = joined;
    }

    /// Whether a revision is in one of them.
    pub(super) fn contain(&self, revision: Revision) -> bool {
        let behind = self.spans.partition_point(|(above, _)| *above < revision);
        let last = behind.checked_sub(1).and_then(|at| self.spans.get(at));
        last.is_some_and(|(_, upto)| revision <= *upto)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_open_below_and_closed_above() {
        let mut spans = Spans::default();
        for (above, upto) in [(7, 9), (2, 4), (3, 5), (6, 6)] {
            spans.add(Revision(above), Revision(upto));
        }
        spans.join();
        let inside: Vec<i64> = (0..12).filter(|at| spans.contain(Revision(*at))).collect();
        assert_eq!(inside, [3, 4, 5, 8, 9]);
    }
}
