//! Messages under way: one pill each, and where it is at a moment.

use quorate_core::sim::{MessageFrame, Node};
use quorate_core::trace::{MessageKind, MessageSummary};

use super::layout::{Layout, Point, unit};
use super::path::number;

/// More messages than this of one link, type and term become one pill with a count.
const MOST_APART: usize = 3;
/// Between two pills that pass one another on a link.
const BETWEEN: f64 = 4.0;
/// A pill is never further to the left of its link, or of the one in the lane before.
const ASIDE_MOST: f64 = 34.0;
const HEIGHT: f64 = 22.0;
/// Messages of one way that arrive so soon after one another lie on one another.
const TOUCHING_US: u64 = 5_000;
/// Most that lie side by side.
const LANES: usize = 4;

/// One pill: a message, or several alike.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pill {
    /// The number of the (first) message: its name in the document.
    pub(crate) id: u64,
    pub(crate) from: Node,
    pub(crate) to: Node,
    pub(crate) summary: MessageSummary,
    /// How many messages it stands for.
    pub(crate) count: usize,
    pub(crate) sent_at_us: u64,
    pub(crate) arrives_at_us: u64,
    /// How many pills it is moved aside, so that it does not lie on one of the same way.
    pub(crate) lane: usize,
}

impl Pill {
    /// The pill of one message.
    pub(crate) fn of(message: &MessageFrame) -> Self {
        Self {
            id: message.id,
            from: message.from,
            to: message.to,
            summary: message.summary.clone(),
            count: 1,
            sent_at_us: message.sent_at_us,
            arrives_at_us: message.arrives_at_us,
            lane: 0,
        }
    }

    /// The middle of the pill at a moment: on its way in proportion to the time that has passed.
    pub(crate) fn place(&self, layout: &Layout, now_us: u64) -> Point {
        let whole = self.arrives_at_us.saturating_sub(self.sent_at_us).max(1);
        let passed = now_us.saturating_sub(self.sent_at_us).min(whole);
        self.along(layout, passed as f64 / whole as f64)
    }

    /// Where a lost message is shown: at a cut in the middle, at a dead receiver near it.
    pub(crate) fn place_at(&self, layout: &Layout, share: f64) -> Point {
        self.along(layout, share)
    }

    /// What stands on it: the type, how many entries, how many messages.
    pub(crate) fn label(&self) -> String {
        let mut label = short_name(self.summary.kind).to_owned();
        if self.summary.kind == MessageKind::Append && self.summary.entries > 0 {
            label.push_str(&format!("·{}", self.summary.entries));
        }
        if self.count > 1 {
            label.push_str(&format!(" ×{}", self.count));
        }
        label
    }

    /// Whether it answers, and then how: drawn hollow, with a tick or a cross.
    pub(crate) fn verdict(&self) -> Option<bool> {
        self.summary
            .kind
            .is_response()
            .then_some(!self.summary.reject)
    }

    /// Width and height, for its label, its term and its mark.
    pub(crate) fn size(&self) -> (f64, f64) {
        let term = self.term_label();
        let gap = usize::from(!term.is_empty());
        let letters = self.label().chars().count() + term.chars().count() + gap;
        let mark = if self.verdict().is_some() { 13.0 } else { 0.0 };
        (self.ends() + 6.3 * letters as f64 + mark, HEIGHT)
    }

    /// How far from the middle its tick or cross is.
    pub(crate) fn mark_at(&self) -> f64 {
        (self.size().0 - self.ends()) / 2.0 - 5.0
    }

    /// What its two ends take of its width.
    fn ends(&self) -> f64 {
        match Shape::of(self.summary.kind) {
            Shape::Box | Shape::Round | Shape::Sheet => 14.0,
            Shape::Capsule | Shape::Slanted => 18.0,
            Shape::Pointed | Shape::Arrow | Shape::Ticket => 22.0,
        }
    }

    /// The outline round its middle: each family of types has its own.
    pub(crate) fn outline(&self) -> String {
        let (width, height) = self.size();
        Shape::of(self.summary.kind).outline(width / 2.0, height / 2.0)
    }

    /// The term, always printed where there is one.
    pub(crate) fn term_label(&self) -> String {
        match self.summary.term.0 {
            // A proposal or a question about reading belongs to no term.
            0 => String::new(),
            term => format!("t{term}"),
        }
    }

    /// The little arrow that says where it goes: a place on the pill's edge, and an angle in
    /// degrees.
    pub(crate) fn nub(&self, layout: &Layout) -> (Point, f64) {
        let (dx, dy) = unit(layout.place(self.from), layout.place(self.to));
        let reach = self.reach(dx, dy);
        let place = Point {
            x: dx * reach,
            y: dy * reach,
        };
        (place, dy.atan2(dx).to_degrees())
    }

    /// How far it reaches from its middle in a direction.
    fn reach(&self, dx: f64, dy: f64) -> f64 {
        let (width, height) = self.size();
        let reach_x = width / 2.0 / dx.abs().max(1e-6);
        let reach_y = height / 2.0 / dy.abs().max(1e-6);
        reach_x.min(reach_y)
    }

    /// A point on the way between two members, from ring to ring, beside the link.
    fn along(&self, layout: &Layout, share: f64) -> Point {
        let (start, end) = (layout.place(self.from), layout.place(self.to));
        let (dx, dy) = unit(start, end);
        let length = (end.x - start.x).hypot(end.y - start.y).max(1.0);
        let rim = layout.quorum + 3.0 + self.reach(dx, dy);
        let travelled = rim + (length - 2.0 * rim).max(0.0) * share;
        // Pills lie level whichever way they go: on a steep link they pass side by side, on a flat
        // one below each other.
        let (width, height) = self.size();
        let room = (width / dy.abs().max(1e-6)).min(height / dx.abs().max(1e-6)) + BETWEEN;
        let aside = (room / 2.0).min(ASIDE_MOST) + room.min(ASIDE_MOST) * self.lane as f64;
        layout.on_link(self.from, self.to, travelled / length, aside)
    }

    /// How far along its way a point is, from ring to ring, in thousandths.
    pub(crate) fn share_at(&self, layout: &Layout, point: Point) -> u32 {
        let (start, end) = (layout.place(self.from), layout.place(self.to));
        let (dx, dy) = unit(start, end);
        let length = (end.x - start.x).hypot(end.y - start.y);
        let rim = layout.quorum + 3.0 + self.reach(dx, dy);
        let travelled = (point.x - start.x) * dx + (point.y - start.y) * dy - rim;
        let share = travelled / (length - 2.0 * rim).max(1.0);
        (share.clamp(0.0, 1.0) * 1_000.0) as u32
    }
}

/// What a type is drawn as: it is told by more than its name and never by colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Entries: a box.
    Box,
    /// A heartbeat.
    Capsule,
    /// A vote: pointed at both ends.
    Pointed,
    /// A snapshot: a sheet with a corner folded.
    Sheet,
    /// What is passed on to the leader.
    Slanted,
    /// A leader's word to stand for election at once.
    Arrow,
    /// A question about reading: a ticket.
    Ticket,
    /// All others.
    Round,
}

impl Shape {
    fn of(kind: MessageKind) -> Self {
        match kind {
            MessageKind::Append | MessageKind::AppendResponse => Shape::Box,
            MessageKind::Heartbeat | MessageKind::HeartbeatResponse => Shape::Capsule,
            MessageKind::Vote
            | MessageKind::VoteResponse
            | MessageKind::PreVote
            | MessageKind::PreVoteResponse => Shape::Pointed,
            MessageKind::Snapshot | MessageKind::SnapshotChunk | MessageKind::SnapshotProgress => {
                Shape::Sheet
            }
            MessageKind::Propose => Shape::Slanted,
            MessageKind::TimeoutNow => Shape::Arrow,
            MessageKind::ReadIndex
            | MessageKind::ReadIndexResponse
            | MessageKind::LeaseQuestion
            | MessageKind::LeaseAnswer => Shape::Ticket,
            MessageKind::ChangeQuestion
            | MessageKind::ChangeAnswer
            | MessageKind::Removal
            | MessageKind::StandingQuestion
            | MessageKind::HashQuestion
            | MessageKind::HashAnswer => Shape::Round,
        }
    }

    /// Clockwise from the upper left; `x` and `y` are half its width and height.
    fn outline(self, x: f64, y: f64) -> String {
        let (left, in_left, in_right, right) =
            (number(-x), number(-x + NOTCH), number(x - NOTCH), number(x));
        let (top, bottom) = (number(-y), number(y));
        let (soft_left, soft_right) = (number(-x + y), number(x - y));
        match self {
            Shape::Box => format!("M{left} {top}H{right}V{bottom}H{left}Z"),
            Shape::Capsule => format!(
                "M{soft_left} {top}H{soft_right}A{bottom} {bottom} 0 0 1 {soft_right} {bottom}\
                 H{soft_left}A{bottom} {bottom} 0 0 1 {soft_left} {top}Z"
            ),
            Shape::Pointed => format!(
                "M{in_left} {top}H{in_right}L{right} 0L{in_right} {bottom}H{in_left}L{left} 0Z"
            ),
            Shape::Sheet => {
                let fold = number(-y + NOTCH);
                format!(
                    "M{left} {top}H{in_right}L{right} {fold}V{bottom}H{left}Z\
                     M{in_right} {top}V{fold}H{right}"
                )
            }
            Shape::Slanted => format!("M{in_left} {top}H{right}L{in_right} {bottom}H{left}Z"),
            Shape::Arrow => format!(
                "M{left} {top}H{in_right}L{right} 0L{in_right} {bottom}H{left}L{in_left} 0Z"
            ),
            Shape::Ticket => format!(
                "M{left} {top}H{right}Q{in_right} 0 {right} {bottom}H{left}Q{in_left} 0 {left} {top}Z"
            ),
            Shape::Round => format!(
                "M{in_left} {top}H{in_right}Q{right} {top} {right} 0T{in_right} {bottom}\
                 H{in_left}Q{left} {bottom} {left} 0T{in_left} {top}Z"
            ),
        }
    }
}

/// How far the ends of an outline are drawn in.
const NOTCH: f64 = 7.0;

/// The pills of all messages under way, in the order of their arrival.
pub(crate) fn pills(messages: &[MessageFrame]) -> Vec<Pill> {
    let alike = |one: &MessageFrame, other: &MessageFrame| {
        (
            one.from,
            one.to,
            one.summary.kind,
            one.summary.term,
            one.summary.reject,
        ) == (
            other.from,
            other.to,
            other.summary.kind,
            other.summary.term,
            other.summary.reject,
        )
    };
    let mut pills: Vec<Pill> = Vec::new();
    for (position, message) in messages.iter().enumerate() {
        let group = messages
            .iter()
            .filter(|other| alike(message, other))
            .count();
        if group <= MOST_APART {
            pills.push(Pill::of(message));
        } else if !messages[..position]
            .iter()
            .any(|other| alike(message, other))
        {
            pills.push(Pill {
                count: group,
                ..Pill::of(message)
            });
        }
    }
    part(&mut pills);
    pills
}

/// Moves pills aside that would lie on an earlier one of the same way.
fn part(pills: &mut [Pill]) {
    for at in 1..pills.len() {
        let (earlier, rest) = pills.split_at_mut(at);
        let pill = &mut rest[0];
        let touches = |other: &&Pill| {
            (other.from, other.to) == (pill.from, pill.to)
                && other.arrives_at_us.abs_diff(pill.arrives_at_us) < TOUCHING_US
        };
        if let Some(last) = earlier.iter().rev().find(touches) {
            pill.lane = (last.lane + 1) % LANES;
        }
    }
}

/// A type's name in a few letters, the same in every language.
pub(crate) fn short_name(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Propose => "Prop",
        MessageKind::Append | MessageKind::AppendResponse => "App",
        MessageKind::Vote | MessageKind::VoteResponse => "Vote",
        MessageKind::PreVote | MessageKind::PreVoteResponse => "PreVote",
        MessageKind::Snapshot => "Snap",
        MessageKind::SnapshotChunk => "Chunk",
        MessageKind::SnapshotProgress => "Chunk",
        MessageKind::Heartbeat | MessageKind::HeartbeatResponse => "Beat",
        MessageKind::TimeoutNow => "TimeoutNow",
        MessageKind::ReadIndex | MessageKind::ReadIndexResponse => "Read",
        MessageKind::LeaseQuestion | MessageKind::LeaseAnswer => "Lease",
        MessageKind::ChangeQuestion | MessageKind::ChangeAnswer => "Member",
        MessageKind::Removal | MessageKind::StandingQuestion => "Removed",
        MessageKind::HashQuestion | MessageKind::HashAnswer => "Hash",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn layout() -> Layout {
        Layout::new(3, crate::state::Room::default())
    }

    #[test]
    fn a_pill_is_where_its_time_says() {
        let pill = Pill::of(&fixture::message(1, 1, 2, MessageKind::Append));
        let start = pill.place(&layout(), pill.sent_at_us);
        let end = pill.place(&layout(), pill.arrives_at_us);
        let half = pill.place(&layout(), (pill.sent_at_us + pill.arrives_at_us) / 2);
        assert!((half.x - (start.x + end.x) / 2.0).abs() < 0.01);
        assert_eq!(pill.place(&layout(), 0), start);
        assert_eq!(pill.place(&layout(), u64::MAX), end);
    }

    #[test]
    fn a_point_on_the_way_says_how_far_it_is() {
        let pill = Pill::of(&fixture::message(1, 1, 2, MessageKind::Append));
        for share in [0, 250, 999] {
            let point = pill.place_at(&layout(), f64::from(share) / 1_000.0);
            assert!(
                pill.share_at(&layout(), point).abs_diff(share) <= 1,
                "{share}"
            );
        }
        let beyond = layout().place(Node(2));
        assert_eq!(pill.share_at(&layout(), beyond), 1_000);
    }

    #[test]
    fn two_directions_do_not_meet() {
        let there = Pill::of(&fixture::message(1, 1, 2, MessageKind::Append));
        let back = Pill::of(&fixture::message(2, 2, 1, MessageKind::AppendResponse));
        let (one, two) = (
            there.place_at(&layout(), 0.5),
            back.place_at(&layout(), 0.5),
        );
        assert!((one.x - two.x).hypot(one.y - two.y) > 20.0);
    }

    #[test]
    fn messages_of_one_way_that_are_close_lie_side_by_side() {
        let mut messages = [
            fixture::message(1, 1, 2, MessageKind::Append),
            fixture::message(2, 1, 2, MessageKind::Heartbeat),
            fixture::message(3, 1, 3, MessageKind::Append),
            fixture::message(4, 1, 2, MessageKind::Vote),
        ];
        messages[3].arrives_at_us += 20_000;
        let lanes: Vec<usize> = pills(&messages).iter().map(|pill| pill.lane).collect();
        assert_eq!(lanes, [0, 1, 0, 0]);
    }

    #[test]
    fn more_than_three_alike_become_one() {
        let mut messages: Vec<MessageFrame> = (1..=4)
            .map(|id| fixture::message(id, 1, 2, MessageKind::Append))
            .collect();
        messages.push(fixture::message(9, 1, 3, MessageKind::Append));
        let merged = pills(&messages);
        assert_eq!(merged.len(), 2);
        assert_eq!((merged[0].id, merged[0].count), (1, 4));
        assert!(merged[0].label().ends_with("×4"));
        assert_eq!(pills(&messages[1..]).len(), 4);
    }
}
