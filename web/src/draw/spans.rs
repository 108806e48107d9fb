//! Operations as spans of time, in as few rows as keep them apart.

use quorate_core::sim::{Frame, OperationFrame, OperationOutcome};

/// More rows than this are not shown: the oldest operations give way.
const ROWS_MAX: usize = 4;
/// So many operations are shown, the newest: as many as can be read at once.
const OPERATIONS_MAX: usize = 16;
/// A span is at least this wide, in a hundred: its words want room.
const WIDTH_MIN: f64 = 9.0;

/// The time that is shown, in virtual microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    from_us: u64,
    to_us: u64,
}

/// Operations that do not overlap on the screen.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    pub(crate) operations: Vec<&'a OperationFrame>,
}

impl Window {
    /// From the first of the newest operations to now.
    pub(crate) fn of(frame: &Frame) -> Self {
        let first = shown(frame).first().map(|operation| operation.asked_at_us);
        let from_us = first.unwrap_or(0);
        let to_us = frame.now_us.max(from_us + 1);
        Self { from_us, to_us }
    }

    /// Where an operation begins, and how wide it is, in a hundred.
    pub(crate) fn place(self, operation: &OperationFrame) -> (f64, f64) {
        let length = (self.to_us - self.from_us) as f64;
        let at = |us: u64| 100.0 * us.saturating_sub(self.from_us) as f64 / length;
        let start = at(operation.asked_at_us).min(100.0 - WIDTH_MIN);
        let end = match operation.outcome {
            OperationOutcome::Waiting => 100.0,
            _ => at(operation.answered_at_us.unwrap_or(self.to_us)),
        };
        (start, (end - start).max(WIDTH_MIN).min(100.0 - start))
    }
}

/// The operations in rows, each in the first in which it has room.
pub(crate) fn rows(frame: &Frame, window: Window) -> Vec<Row<'_>> {
    let mut rows: Vec<(f64, Row<'_>)> = Vec::new();
    for operation in shown(frame) {
        let (start, width) = window.place(operation);
        let free = rows.iter_mut().find(|(until, _)| *until <= start);
        match free {
            Some((until, row)) => {
                *until = start + width;
                row.operations.push(operation);
            }
            None => rows.push((
                start + width,
                Row {
                    operations: vec![operation],
                },
            )),
        }
    }
    let hidden = rows.len().saturating_sub(ROWS_MAX);
    rows.drain(..hidden);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn shown(frame: &Frame) -> &[OperationFrame] {
    let hidden = frame.operations.len().saturating_sub(OPERATIONS_MAX);
    &frame.operations[hidden..]
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

    #[test]
    fn what_overlaps_stands_in_rows_and_what_waits_reaches_to_now() {
        let mut frame = fixture::frame(3);
        frame.now_us = 1_000_000;
        frame.operations = Arc::new(vec![
            operation(1, 0, Some(300_000)),
            operation(2, 100_000, None),
            operation(3, 500_000, Some(800_000)),
        ]);
        let window = Window::of(&frame);
        let rows = rows(&frame, window);
        let numbers: Vec<Vec<u64>> = rows
            .iter()
            .map(|row| row.operations.iter().map(|one| one.number).collect())
            .collect();
        assert_eq!(numbers, [vec![1, 3], vec![2]]);
        let (start, width) = window.place(&frame.operations[1]);
        assert_eq!((start, start + width), (10.0, 100.0));
    }

    #[test]
    fn what_was_asked_just_now_has_room() {
        let mut frame = fixture::frame(3);
        frame.operations = Arc::new(vec![operation(1, frame.now_us, None)]);
        let (start, width) = Window::of(&frame).place(&frame.operations[0]);
        assert!(start >= 0.0 && width >= WIDTH_MIN && start + width <= 100.0);
    }
}
