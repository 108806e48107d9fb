//! Where the members stand: in a circle, `n1` at the top, clockwise.

use quorate_core::sim::{Frame, Node};

use super::path::on_circle;

/// A place on the stage, in units of its view box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// The measures of a stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Layout {
    members: u32,
    /// Width of the view box.
    pub(crate) width: f64,
    /// Height of the view box.
    pub(crate) height: f64,
    /// Radius of the circle the members stand on.
    circle: f64,
    /// How far a member's shape reaches from its middle.
    pub(crate) shape: f64,
    /// Radius of the election timer's arc.
    pub(crate) timer: f64,
    /// Radius of the quorum ring.
    pub(crate) quorum: f64,
}

impl Layout {
    /// The stage of so many members; `compact` for a narrow screen, where the same letters have
    /// to stay readable on half the width.
    pub(crate) fn new(members: u32, compact: bool) -> Self {
        if compact {
            Self {
                members,
                width: 390.0,
                height: 410.0,
                circle: 132.0,
                shape: 24.0,
                timer: 33.0,
                quorum: 41.0,
            }
        } else {
            Self {
                members,
                width: 640.0,
                height: 640.0,
                circle: 222.0,
                shape: 34.0,
                timer: 46.0,
                quorum: 57.0,
            }
        }
    }

    /// The stage of a frame: of all its machines, those that were added included.
    pub(crate) fn of(frame: &Frame, compact: bool) -> Self {
        Self::new(frame.members.len() as u32, compact)
    }

    /// The middle of the circle.
    pub(crate) fn middle(&self) -> Point {
        Point {
            x: self.width / 2.0,
            y: self.height / 2.0 + self.sink(),
        }
    }

    /// The middle of a member.
    pub(crate) fn place(&self, node: Node) -> Point {
        let turn = f64::from(node.0.saturating_sub(1)) / f64::from(self.members.max(1));
        let circle = if self.members == 1 { 0.0 } else { self.circle };
        on_circle(self.middle(), circle, turn)
    }

    /// A triangle reaches less far down than up: it is lowered by half the difference.
    fn sink(&self) -> f64 {
        let members = self.members.max(1);
        if members.is_multiple_of(2) || members == 1 {
            return 0.0;
        }
        let centre = Point { x: 0.0, y: 0.0 };
        let half = f64::from(members / 2) / f64::from(members);
        let lowest = on_circle(centre, self.circle, half);
        (self.circle - lowest.y) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_member_stands_at_the_top_and_all_fit() {
        for compact in [false, true] {
            for members in 1..=7 {
                let layout = Layout::new(members, compact);
                let first = layout.place(Node(1));
                assert!((first.x - layout.middle().x).abs() < 1e-9);
                for node in 1..=members {
                    let place = layout.place(Node(node));
                    let margin = layout.quorum + 3.0;
                    let labels = margin + 28.0;
                    assert!(
                        place.x >= margin && place.x <= layout.width - margin,
                        "{node}"
                    );
                    assert!(
                        place.y >= labels && place.y <= layout.height - labels,
                        "{node}"
                    );
                }
            }
        }
    }
}
