//! A line drawn across the stage, and the links that it crosses.

use quorate_core::sim::Node;

use super::layout::{Layout, Point};

/// A link that is crossed, from the left of the line to its right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crossing {
    /// Who stands left of the line, seen in the direction in which it was drawn.
    pub(crate) from: Node,
    /// Who stands right of it.
    pub(crate) to: Node,
}

/// The links that a line crosses an odd number of times: who crosses there and back stays.
pub(crate) fn crossings(layout: &Layout, members: u32, stroke: &[Point]) -> Vec<Crossing> {
    let pairs = (1..=members).flat_map(|one| (one + 1..=members).map(move |two| (one, two)));
    pairs
        .filter_map(|(one, two)| {
            let ends = (layout.place(Node(one)), layout.place(Node(two)));
            let mut last = None;
            let mut count = 0;
            for part in stroke.windows(2) {
                if let Some(side) = crosses((part[0], part[1]), ends) {
                    (last, count) = (Some(side), count + 1);
                }
            }
            let is_from_one = last.filter(|_| count % 2 == 1)?;
            let (from, to) = if is_from_one { (one, two) } else { (two, one) };
            Some(Crossing {
                from: Node(from),
                to: Node(to),
            })
        })
        .collect()
}

/// Whether two segments cross; then, whether the second begins left of the first.
fn crosses(stroke: (Point, Point), link: (Point, Point)) -> Option<bool> {
    let start = turn(stroke.0, stroke.1, link.0);
    let end = turn(stroke.0, stroke.1, link.1);
    let before = turn(link.0, link.1, stroke.0);
    let behind = turn(link.0, link.1, stroke.1);
    // A corner of the line that lies on the link belongs to one of its two parts only.
    let is_crossed = (start > 0.0) != (end > 0.0) && (before > 0.0) != (behind > 0.0);
    // The stage's y grows downwards: what is on the left has a negative turn.
    is_crossed.then_some(start < 0.0)
}

/// Positive when one turns right at `to` on the way from `from` to `then`, as seen on the stage.
fn turn(from: Point, to: Point, then: Point) -> f64 {
    (to.x - from.x) * (then.y - from.y) - (to.y - from.y) * (then.x - from.x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Room;

    fn layout() -> Layout {
        Layout::new(3, Room::default())
    }

    fn nodes(stroke: &[Point]) -> Vec<(u32, u32)> {
        let found = crossings(&layout(), 3, stroke);
        found.iter().map(|one| (one.from.0, one.to.0)).collect()
    }

    /// Across the stage below `n1`, from left to right.
    fn below_first() -> Vec<Point> {
        let y = layout().place(Node(1)).y + 60.0;
        let to = layout().width;
        vec![Point { x: 0.0, y }, Point { x: to, y }]
    }

    #[test]
    fn a_line_below_the_first_parts_it_from_the_others() {
        // n1 is on the left of who goes right.
        assert_eq!(nodes(&below_first()), [(1, 2), (1, 3)]);
        let mut back = below_first();
        back.reverse();
        assert_eq!(nodes(&back), [(2, 1), (3, 1)]);
    }

    #[test]
    fn there_and_back_cuts_nothing() {
        let mut stroke = below_first();
        stroke.push(Point {
            x: 0.0,
            y: stroke[0].y + 5.0,
        });
        assert_eq!(nodes(&stroke), []);
        assert_eq!(nodes(&[]), []);
    }
}
