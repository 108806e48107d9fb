//! Where the members stand: on an oval, `n1` at the top, clockwise, unless a hand moved them; and
//! how links and what travels over them run.

use std::collections::BTreeMap;

use quorate_core::sim::{Frame, Node};

use super::path::on_circle;
use crate::state::Room;

/// A place on the stage, in units of its view box.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// The measures of a stage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    members: u32,
    /// Width of the view box.
    pub(crate) width: f64,
    /// Height of the view box.
    pub(crate) height: f64,
    /// How far the members stand from the middle, to the sides and up and down.
    reach: Point,
    /// How far a member's shape reaches from its middle.
    pub(crate) shape: f64,
    /// Radius of the election timer's arc.
    pub(crate) timer: f64,
    /// Radius of the quorum ring.
    pub(crate) quorum: f64,
    /// Where a hand put members.
    moved: BTreeMap<Node, Point>,
    /// How far links are bent, in units: those that take longer than the others.
    bends: BTreeMap<(Node, Node), f64>,
}

impl Layout {
    /// The stage of so many members; compact for a narrow screen, where the same letters have to
    /// stay readable on half the width.
    pub(crate) fn new(members: u32, room: Room) -> Self {
        // More members than a cluster should have share the same room.
        let share = (7.0 / f64::from(members.max(1))).min(1.0);
        let plain = Self {
            members,
            width: 390.0,
            height: 410.0,
            reach: Point { x: 132.0, y: 124.0 },
            shape: 24.0 * share,
            timer: 33.0 * share,
            quorum: 41.0 * share,
            moved: BTreeMap::new(),
            bends: BTreeMap::new(),
        };
        let per_mille = f64::from(room.width_per_mille.clamp(1_000, 1_900)) / 1_000.0;
        if room.compact && room.low {
            return plain.flat(per_mille);
        }
        if room.compact {
            return plain;
        }
        let height = if room.low { 370.0 } else { 500.0 };
        let width = height * per_mille;
        if room.low {
            return Self {
                width,
                height,
                reach: Point {
                    x: (width / 2.0 - 115.0).clamp(130.0, 240.0),
                    y: 108.0,
                },
                ..plain
            };
        }
        Self {
            width,
            height,
            reach: Point {
                x: (width / 2.0 - 150.0).clamp(150.0, 300.0),
                y: 158.0,
            },
            shape: 34.0 * share,
            timer: 46.0 * share,
            quorum: 57.0 * share,
            ..plain
        }
    }

    /// The stage of a narrow screen on which a lesson covers the lower half.
    fn flat(self, per_mille: f64) -> Self {
        let height = 310.0;
        let width = (height * per_mille).max(390.0);
        // Six in so flat an oval would touch one another.
        let share = (5.0 / f64::from(self.members.max(1))).min(1.0);
        Self {
            width,
            height,
            reach: Point { x: 132.0, y: 73.0 },
            shape: 24.0 * share,
            timer: 33.0 * share,
            quorum: 41.0 * share,
            ..self
        }
    }

    /// The stage of a frame: of all its machines, those that were added included.
    pub(crate) fn of(frame: &Frame, room: Room, moved: &BTreeMap<Node, Point>) -> Self {
        let usual_us = u64::midpoint(frame.config.latency_min_us, frame.config.latency_max_us);
        let bends = frame.latencies.iter().map(|latency| {
            let mean_us = u64::midpoint(latency.min_us, latency.max_us);
            (latency.link, bend_of(mean_us.saturating_sub(usual_us)))
        });
        Self {
            moved: moved.clone(),
            bends: bends.collect(),
            ..Self::new(frame.members.len() as u32, room)
        }
    }

    /// The middle of the oval.
    pub(crate) fn middle(&self) -> Point {
        Point {
            x: self.width / 2.0,
            y: self.height / 2.0 + self.sink(),
        }
    }

    /// The middle of a member.
    pub(crate) fn place(&self, node: Node) -> Point {
        self.moved
            .get(&node)
            .map_or_else(|| self.home(node), |place| self.inside(*place))
    }

    /// The nearest place to a point at which a whole member can stand.
    pub(crate) fn inside(&self, place: Point) -> Point {
        let margin = self.quorum + 4.0;
        Point {
            x: place.x.clamp(margin, self.width - margin),
            y: place.y.clamp(margin, self.height - margin),
        }
    }

    /// Whether a member's words stand above it; else they are below.
    pub(crate) fn is_labelled_above(&self, node: Node) -> bool {
        self.place(node).y < self.middle().y
    }

    fn home(&self, node: Node) -> Point {
        let middle = self.middle();
        if self.members == 1 {
            return middle;
        }
        let turn = f64::from(node.0.saturating_sub(1)) / f64::from(self.members.max(1));
        let unit = on_circle(Point::default(), 1.0, turn);
        Point {
            x: middle.x + unit.x * self.reach.x,
            y: middle.y + unit.y * self.reach.y,
        }
    }

    /// How far a link is bent, in units.
    pub(crate) fn bend(&self, one: Node, two: Node) -> f64 {
        let bend = self.bends.get(&(one.min(two), one.max(two)));
        bend.copied().unwrap_or(0.0)
    }

    /// A point of a link, so far from `from` on the way to `to`, and `aside` to the left.
    pub(crate) fn on_link(&self, from: Node, to: Node, share: f64, aside: f64) -> Point {
        let (start, end) = (self.place(from), self.place(to));
        let (dx, dy) = unit(start, end);
        // Which side a link is bent to does not depend on who sends over it.
        let bend = if from < to { 1.0 } else { -1.0 } * self.bend(from, to);
        let aside = aside + bend * 4.0 * share * (1.0 - share);
        Point {
            x: start.x + (end.x - start.x) * share + dy * aside,
            y: start.y + (end.y - start.y) * share - dx * aside,
        }
    }

    /// A place of a member's inbox, where messages wait that are kept back: beside it, on the side
    /// away from the middle.
    pub(crate) fn in_inbox(&self, node: Node, slot: usize) -> Point {
        let place = self.place(node);
        let out = self.quorum + INBOX_OUT;
        let x = if place.x < self.middle().x - 1.0 {
            place.x - out
        } else {
            place.x + out
        };
        Point {
            x: x.clamp(INBOX_HALF, self.width - INBOX_HALF),
            y: (place.y - 30.0 + INBOX_ROW * slot as f64).min(self.height - 6.0),
        }
    }

    /// A triangle reaches less far down than up: it is lowered by half the difference.
    fn sink(&self) -> f64 {
        let members = self.members.max(1);
        if members.is_multiple_of(2) || members == 1 {
            return 0.0;
        }
        let half = f64::from(members / 2) / f64::from(members);
        let lowest = on_circle(Point::default(), self.reach.y, half);
        (self.reach.y - lowest.y) / 2.0
    }
}

/// The direction from one point to another.
pub(crate) fn unit(from: Point, to: Point) -> (f64, f64) {
    let length = (to.x - from.x).hypot(to.y - from.y).max(1e-6);
    ((to.x - from.x) / length, (to.y - from.y) / length)
}

/// How far a link is bent that takes so much longer than the others.
fn bend_of(extra_us: u64) -> f64 {
    (extra_us as f64 / US_PER_UNIT).min(BEND_MOST)
}

/// How much longer a link takes that is bent so far.
pub(crate) fn extra_us_of(bend: f64) -> u64 {
    (bend.clamp(0.0, BEND_MOST) * US_PER_UNIT) as u64
}

/// A link that is bent by one unit takes so much longer, in virtual microseconds.
const US_PER_UNIT: f64 = 2_000.0;
const BEND_MOST: f64 = 110.0;
/// From a member's ring to the middle of its inbox.
const INBOX_OUT: f64 = 46.0;
/// Half the width of the inbox.
const INBOX_HALF: f64 = 44.0;
/// From one message in it to the next.
const INBOX_ROW: f64 = 26.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn rooms() -> [Room; 8] {
        let room = |compact, low, width_per_mille| Room {
            compact,
            low,
            width_per_mille,
        };
        [
            room(true, false, 1_000),
            room(true, true, 1_000),
            room(true, true, 1_800),
            room(false, false, 900),
            room(false, false, 1_500),
            room(false, false, 3_000),
            room(false, true, 900),
            room(false, true, 2_200),
        ]
    }

    #[test]
    fn the_first_member_stands_at_the_top_and_all_fit() {
        for room in rooms() {
            for members in 1..=7 {
                let layout = Layout::new(members, room);
                let first = layout.place(Node(1));
                assert!((first.x - layout.middle().x).abs() < 1e-9);
                for node in 1..=members {
                    let place = layout.place(Node(node));
                    let margin = layout.quorum + 3.0;
                    let labels = margin + 28.0;
                    assert!(
                        place.x >= margin && place.x <= layout.width - margin,
                        "{node} of {members}: {room:?}"
                    );
                    assert!(
                        place.y >= labels && place.y <= layout.height - labels,
                        "{node} of {members}: {room:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn members_do_not_touch_one_another() {
        for room in rooms() {
            for members in 2..=7 {
                let layout = Layout::new(members, room);
                for node in 1..members {
                    let (one, two) = (layout.place(Node(node)), layout.place(Node(node + 1)));
                    let apart = (one.x - two.x).hypot(one.y - two.y);
                    assert!(apart > 2.0 * layout.quorum, "{node} of {members}: {room:?}");
                }
            }
        }
    }

    #[test]
    fn a_member_is_where_it_was_put_but_on_the_stage() {
        let frame = crate::fixture::frame(3);
        let far = Point { x: -50.0, y: 300.0 };
        let moved = BTreeMap::from([(Node(2), far)]);
        let layout = Layout::of(&frame, Room::default(), &moved);
        assert_eq!(layout.place(Node(2)), layout.inside(far));
        assert!(layout.place(Node(2)).x > 0.0);
    }

    #[test]
    fn both_directions_of_a_bent_link_run_on_one_side() {
        let mut frame = crate::fixture::frame(3);
        frame.latencies.push(quorate_core::sim::LatencyFrame {
            link: (Node(1), Node(2)),
            min_us: 100_000,
            max_us: 140_000,
        });
        let layout = Layout::of(&frame, Room::default(), &BTreeMap::new());
        assert!(layout.bend(Node(2), Node(1)) > 20.0);
        assert_eq!(layout.bend(Node(1), Node(3)), 0.0);
        let there = layout.on_link(Node(1), Node(2), 0.5, 0.0);
        let back = layout.on_link(Node(2), Node(1), 0.5, 0.0);
        assert!((there.x - back.x).hypot(there.y - back.y) < 1e-6);
        let extra_us = extra_us_of(layout.bend(Node(1), Node(2)));
        assert_eq!(extra_us, 104_000);
    }
}
