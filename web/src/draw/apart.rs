//! Pills that would lie on one another, or on a member, moved apart.
//!
//! While time stands still each message can be read and pressed: what stands too close moves by
//! the shortest way. While it plays, every message is exactly where its time says.

use quorate_core::sim::{Frame, Node};

use super::layout::{Layout, Point};
use super::pill::Pill;

/// Where the pills of a frame are at a moment; at rest, clear of one another.
pub(crate) fn places(
    pills: &[Pill],
    frame: &Frame,
    layout: &Layout,
    now_us: u64,
    rests: bool,
) -> Vec<Point> {
    let mut places: Vec<Point> = pills
        .iter()
        .map(|pill| pill.place(layout, now_us))
        .collect();
    if rests && pills.len() <= PILLS_MOST {
        let members = frame.members.iter();
        let members: Vec<Node> = members.map(|member| member.node).collect();
        let sizes: Vec<(f64, f64)> = pills.iter().map(Pill::size).collect();
        for _ in 0..ROUNDS {
            let parted = part(&mut places, &sizes);
            let cleared = clear(&mut places, &sizes, &members, layout);
            if !parted && !cleared {
                break;
            }
        }
    }
    places
}

/// Moves each two that touch half the way each, up and down or to the sides, whichever is shorter.
fn part(places: &mut [Point], sizes: &[(f64, f64)]) -> bool {
    let mut moved = false;
    for one in 1..places.len() {
        for other in 0..one {
            let dx = places[one].x - places[other].x;
            let dy = places[one].y - places[other].y;
            let over_x = (sizes[one].0 + sizes[other].0) / 2.0 + GAP - dx.abs();
            let over_y = (sizes[one].1 + sizes[other].1) / 2.0 + GAP - dy.abs();
            if over_x <= 0.0 || over_y <= 0.0 {
                continue;
            }
            moved = true;
            // Those in the very same place go by their order.
            let half = |over: f64, way: f64| if way < 0.0 { -over / 2.0 } else { over / 2.0 };
            if over_y <= over_x {
                places[one].y += half(over_y, dy);
                places[other].y -= half(over_y, dy);
            } else {
                places[one].x += half(over_x, dx);
                places[other].x -= half(over_x, dx);
            }
        }
    }
    moved
}

/// Moves what lies on a member out of its ring, and what is beyond the stage back on it.
fn clear(places: &mut [Point], sizes: &[(f64, f64)], members: &[Node], layout: &Layout) -> bool {
    let mut moved = false;
    for (place, (width, height)) in places.iter_mut().zip(sizes) {
        let half = Point {
            x: width / 2.0,
            y: height / 2.0,
        };
        for node in members {
            let member = layout.place(*node);
            moved |= beside_words(place, half, member, layout.is_labelled_above(*node), layout);
            let (dx, dy) = (place.x - member.x, place.y - member.y);
            let (out_x, out_y) = ((dx.abs() - half.x).max(0.0), (dy.abs() - half.y).max(0.0));
            let over = layout.quorum + RIM - out_x.hypot(out_y);
            if over > 0.0 {
                moved = true;
                let length = dx.hypot(dy).max(1.0);
                place.x += dx / length * over;
                place.y += dy / length * over;
            }
        }
        place.x = place.x.clamp(half.x, (layout.width - half.x).max(half.x));
        place.y = place.y.clamp(half.y, (layout.height - half.y).max(half.y));
    }
    moved
}

/// Moves what lies on a member's words to their side.
fn beside_words(
    place: &mut Point,
    half: Point,
    member: Point,
    is_above: bool,
    layout: &Layout,
) -> bool {
    let down = layout.quorum + WORDS_DOWN;
    let middle = if is_above {
        member.y - down
    } else {
        member.y + down
    };
    let over_x = half.x + WORDS.x - (place.x - member.x).abs();
    let over_y = half.y + WORDS.y - (place.y - middle).abs();
    if over_x <= 0.0 || over_y <= 0.0 {
        return false;
    }
    place.x += if place.x < member.x { -over_x } else { over_x };
    true
}

/// More than this are not moved: there is no room for all of them to be clear.
const PILLS_MOST: usize = 60;
/// In so many rounds most have found a place.
const ROUNDS: usize = 12;
/// Half of what two lines of words take.
const WORDS: Point = Point { x: 56.0, y: 14.0 };
/// From a member's ring to the middle of them.
const WORDS_DOWN: f64 = 22.0;
/// Between two pills.
const GAP: f64 = 3.0;
/// Between a pill and a member's ring.
const RIM: f64 = 1.0;

#[cfg(test)]
mod tests {
    use quorate_core::sim::MessageFrame;
    use quorate_core::trace::MessageKind;

    use super::*;
    use crate::draw::pill::pills;
    use crate::fixture;
    use crate::state::Room;

    /// Half of a message's way.
    const PASSED_US: u64 = 5_000;

    fn placed(messages: &[MessageFrame], rests: bool) -> (Vec<Pill>, Vec<Point>) {
        let frame = fixture::frame(3);
        let layout = Layout::new(3, Room::default());
        let pills = pills(messages);
        let now_us = messages[0].sent_at_us + PASSED_US;
        let places = places(&pills, &frame, &layout, now_us, rests);
        (pills, places)
    }

    fn touching(pills: &[Pill], places: &[Point]) -> usize {
        let mut count = 0;
        for one in 1..pills.len() {
            for other in 0..one {
                let (a, b) = (pills[one].size(), pills[other].size());
                let dx = (places[one].x - places[other].x).abs();
                let dy = (places[one].y - places[other].y).abs();
                count += usize::from(dx < (a.0 + b.0) / 2.0 && dy < (a.1 + b.1) / 2.0);
            }
        }
        count
    }

    #[test]
    fn at_rest_none_lies_on_another() {
        let messages: Vec<MessageFrame> = [
            MessageKind::Append,
            MessageKind::Heartbeat,
            MessageKind::Vote,
            MessageKind::PreVote,
            MessageKind::Snapshot,
            MessageKind::ReadIndex,
        ]
        .into_iter()
        .enumerate()
        .map(|(at, kind)| fixture::message(at as u64 + 1, 1, 2, kind))
        .collect();
        let (pills, moving) = placed(&messages, false);
        assert!(
            touching(&pills, &moving) > 0,
            "they are on their way together"
        );
        let (pills, resting) = placed(&messages, true);
        assert_eq!(touching(&pills, &resting), 0);
    }

    #[test]
    fn one_that_is_alone_stays_where_its_time_says() {
        let messages = [fixture::message(1, 1, 2, MessageKind::Append)];
        assert_eq!(placed(&messages, true).1, placed(&messages, false).1);
    }
}
