//! Operations as spans on the axis of the lanes, in as few rows as keep them and their words apart.

use quorate_core::sim::{Frame, OperationFrame, OperationOutcome};

use super::axis::LENGTH;

/// More rows than this are not shown: the oldest operations give way.
const ROWS_MAX: usize = 2;
/// So many operations are shown, the newest: as many as can be read at once.
const OPERATIONS_MAX: usize = 24;
/// Between two boxes of a row.
const GAP: f64 = 4.0;

/// An operation on the axis: how long it took, and the box that has room for its words, too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span<'a> {
    pub(crate) operation: &'a OperationFrame,
    /// When it was asked.
    pub(crate) start: f64,
    /// When it was answered, or where we stand.
    pub(crate) end: f64,
    /// Where its box begins and ends.
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) words: Words,
}

/// Where an operation's words have room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    Within,
    Behind,
    /// The axis ends soon.
    Before,
}

/// The newest operations in rows, each in the first in which it has room. `at` gives the place of a
/// time, `here` is where we stand, `words` how long an operation's words are.
pub(crate) fn rows<'a>(
    frame: &'a Frame,
    here: f64,
    at: impl Fn(u64) -> f64,
    words: impl Fn(&OperationFrame) -> f64,
) -> Vec<Vec<Span<'a>>> {
    let hidden = frame.operations.len().saturating_sub(OPERATIONS_MAX);
    let mut rows: Vec<Vec<Span<'a>>> = Vec::new();
    for operation in &frame.operations[hidden..] {
        let start = at(operation.asked_at_us);
        let end = match (&operation.outcome, operation.answered_at_us) {
            (OperationOutcome::Waiting, _) | (_, None) => here,
            (_, Some(answered_at_us)) => at(answered_at_us),
        };
        let end = end.max(start);
        let length = words(operation);
        let (from, to, words) = if length <= end - start {
            (start, end, Words::Within)
        } else if end + length <= LENGTH {
            (start, end + length, Words::Behind)
        } else {
            ((start - length).max(0.0), end, Words::Before)
        };
        let span = Span {
            operation,
            start,
            end,
            from,
            to,
            words,
        };
        let is_free = |row: &&mut Vec<Span<'a>>| {
            let last = row.last();
            last.is_none_or(|last| last.to + GAP <= from)
        };
        match rows.iter_mut().find(is_free) {
            Some(row) => row.push(span),
            None => rows.push(vec![span]),
        }
    }
    let hidden = rows.len().saturating_sub(ROWS_MAX);
    rows.drain(..hidden);
    rows
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use quorate_core::sim::Node;

    use super::*;
    use crate::fixture;

    fn operation(number: u64, asked_at_us: u64, answered_at_us: Option<u64>) -> OperationFrame {
        OperationFrame {
            number,
            node: Node(1),
            text: "get x".to_owned(),
            asked_at_us,
            answered_at_us,
            outcome: match answered_at_us {
                Some(_) => OperationOutcome::Done("1".to_owned()),
                None => OperationOutcome::Waiting,
            },
        }
    }

    fn shown(frame: &Frame) -> Vec<Vec<Span<'_>>> {
        rows(frame, 1_000.0, |us| us as f64 / 1_000.0, |_| 50.0)
    }

    #[test]
    fn what_overlaps_stands_in_rows_and_what_waits_reaches_to_here() {
        let mut frame = fixture::frame(3);
        frame.operations = Arc::new(vec![
            operation(1, 0, Some(300_000)),
            operation(2, 100_000, None),
            operation(3, 500_000, Some(800_000)),
        ]);
        let rows = shown(&frame);
        let numbers: Vec<Vec<u64>> = rows
            .iter()
            .map(|row| row.iter().map(|one| one.operation.number).collect())
            .collect();
        assert_eq!(numbers, [vec![1, 3], vec![2]]);
        assert_eq!((rows[1][0].start, rows[1][0].end), (100.0, 1_000.0));
        assert!(
            rows.iter()
                .flatten()
                .all(|span| span.words == Words::Within)
        );
    }

    #[test]
    fn what_was_asked_just_now_has_room_for_its_words() {
        let mut frame = fixture::frame(3);
        frame.operations = Arc::new(vec![operation(1, 1_000_000, None)]);
        let span = shown(&frame)[0][0];
        assert_eq!((span.start, span.end), (1_000.0, 1_000.0));
        assert_eq!((span.from, span.to), (950.0, 1_000.0));
        assert_eq!(span.words, Words::Before);
        frame.operations = Arc::new(vec![operation(1, 100_000, Some(110_000))]);
        let span = shown(&frame)[0][0];
        assert_eq!((span.from, span.to), (100.0, 160.0));
        assert_eq!(span.words, Words::Behind);
    }

    #[test]
    fn the_newest_are_seen() {
        let mut frame = fixture::frame(3);
        frame.operations = Arc::new((1..=9).map(|number| operation(number, 0, None)).collect());
        let rows = shown(&frame);
        let numbers: Vec<u64> = rows.iter().map(|row| row[0].operation.number).collect();
        assert_eq!(numbers, [8, 9]);
    }
}
