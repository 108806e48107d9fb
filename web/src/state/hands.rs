//! What a hand can do to a thing, as actions of the core. A deed that makes no sense now has
//! none: menus leave it out and keys say nothing.

use std::sync::Arc;

use std::collections::BTreeSet;

use quorate_core::member::Role;
use quorate_core::sim::{
    Action, DamagedFile, Fault, Frame, Keeps, MemberFrame, MessageFrame, Node, Operation, Standing,
};

use super::Subject;
use crate::draw::layout::Layout;
use crate::draw::layout::Point;
use crate::draw::stroke::{Crossing, crossings};

/// What a hand does to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    // To a member.
    Crash,
    /// What was not synced is lost, all of it.
    CrashLosing,
    /// Nothing that was written is lost, as when only the process is killed.
    CrashKeeping,
    Restart,
    Isolate,
    Campaign,
    PauseOrResume,
    Faster,
    Slower,
    HoldSync,
    FillDisk,
    FlipBit,
    WipeDisk,
    MakeLeader,
    Promote,
    Remove,
    // To a message.
    Deliver,
    Hold,
    Drop,
    Duplicate,
    Swap,
    Earlier,
    Later,
    /// It is so far on its way, in thousandths.
    Drag(u32),
    // To a link.
    CutOrMend,
    /// What the lower number sends is lost.
    CutThere,
    /// What the higher number sends is lost.
    CutBack,
    Quicker,
    Longer,
    /// Messages take as long as over the other links.
    Usual,
    /// Messages take so long, in virtual microseconds.
    Latency(u64),
    HoldThere,
    HoldBack,
    // To an entry: where to go in time.
    ToWritten,
    ToSynced,
    ToCommitted,
    // To all.
    Heal,
    Calm,
    AddLearner,
    AddVoter,
}

impl Deed {
    /// Its name in the document.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Deed::Crash => "crash",
            Deed::CrashLosing => "crash-losing",
            Deed::CrashKeeping => "crash-keeping",
            Deed::Restart => "restart",
            Deed::Isolate => "isolate",
            Deed::Campaign => "campaign",
            Deed::PauseOrResume => "pause",
            Deed::Faster => "faster",
            Deed::Slower => "slower",
            Deed::HoldSync => "hold-sync",
            Deed::FillDisk => "fill-disk",
            Deed::FlipBit => "flip-bit",
            Deed::WipeDisk => "wipe-disk",
            Deed::MakeLeader => "make-leader",
            Deed::Promote => "promote",
            Deed::Remove => "remove",
            Deed::Deliver => "deliver",
            Deed::Hold => "hold",
            Deed::Drop => "drop",
            Deed::Duplicate => "duplicate",
            Deed::Swap => "swap",
            Deed::Earlier => "earlier",
            Deed::Later => "later",
            Deed::Drag(_) => "drag",
            Deed::CutOrMend => "cut",
            Deed::CutThere => "cut-there",
            Deed::CutBack => "cut-back",
            Deed::Quicker => "quicker",
            Deed::Longer => "longer",
            Deed::Usual => "usual",
            Deed::Latency(_) => "latency",
            Deed::HoldThere => "hold-there",
            Deed::HoldBack => "hold-back",
            Deed::ToWritten => "to-written",
            Deed::ToSynced => "to-synced",
            Deed::ToCommitted => "to-committed",
            Deed::Heal => "heal",
            Deed::Calm => "calm",
            Deed::AddLearner => "add-learner",
            Deed::AddVoter => "add-voter",
        }
    }

    /// The deeds that a thing's menu offers, where they make sense.
    pub(crate) fn of(subject: Subject) -> &'static [Deed] {
        match subject {
            Subject::Member(_) => &[
                Deed::Crash,
                Deed::CrashLosing,
                Deed::CrashKeeping,
                Deed::Restart,
                Deed::Isolate,
                Deed::Heal,
                Deed::Campaign,
                Deed::PauseOrResume,
                Deed::Faster,
                Deed::Slower,
                Deed::HoldSync,
                Deed::FillDisk,
                Deed::FlipBit,
                Deed::WipeDisk,
                Deed::MakeLeader,
                Deed::Promote,
                Deed::Remove,
                Deed::AddLearner,
                Deed::AddVoter,
            ],
            Subject::Message(_) => &[
                Deed::Deliver,
                Deed::Hold,
                Deed::Drop,
                Deed::Duplicate,
                Deed::Swap,
                Deed::Earlier,
                Deed::Later,
            ],
            Subject::Link(..) => &[
                Deed::CutOrMend,
                Deed::CutThere,
                Deed::CutBack,
                Deed::Longer,
                Deed::Quicker,
                Deed::Usual,
                Deed::HoldThere,
                Deed::HoldBack,
            ],
            Subject::Entry(..) => &[Deed::ToWritten, Deed::ToSynced, Deed::ToCommitted],
            Subject::Stage => &[Deed::Heal, Deed::Calm, Deed::AddLearner, Deed::AddVoter],
            Subject::Time => &[],
        }
    }
}

/// A partition that is being put together: who stands on this side of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) side: BTreeSet<Node>,
    /// Whether the other side still hears this one.
    pub(crate) one_way: bool,
}

/// What happens to a partition that is being put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SplitMove {
    Begin,
    Toggle(Node),
    OneWay,
    Cut,
    Cancel,
}

/// The actions of a deed in a picture; nothing when it makes no sense there.
pub(crate) fn actions(frame: &Frame, deed: Deed, of: Subject) -> Option<Vec<Action>> {
    match (deed, of) {
        (Deed::Heal, _) => {
            let is_whole = frame.cuts.is_empty() && frame.one_way_cuts.is_empty();
            (!is_whole).then(|| vec![Action::Heal])
        }
        (Deed::Calm, _) => Some(vec![Action::Fault(Fault::EndFaults)]),
        (Deed::AddLearner | Deed::AddVoter, Subject::Member(node)) => {
            add_again(frame, frame.member(node)?, deed == Deed::AddLearner)
        }
        (Deed::AddLearner | Deed::AddVoter, _) => add(frame, deed == Deed::AddLearner),
        (_, Subject::Member(node)) => to_member(frame, deed, frame.member(node)?),
        (_, Subject::Message(id)) => to_message(frame, deed, id),
        (_, Subject::Link(one, two)) => to_link(frame, deed, one, two),
        (_, Subject::Entry(..) | Subject::Stage | Subject::Time) => None,
    }
}

fn to_member(frame: &Frame, deed: Deed, member: &MemberFrame) -> Option<Vec<Action>> {
    let node = member.node;
    let view = member.view.as_ref();
    let is_up = view.is_some();
    let leads = view.is_some_and(|view| view.role == Role::Leader);
    let fault = |fault| Some(vec![Action::Fault(fault)]);
    let keeping = |keeps| fault(Fault::CrashKeeping { node, keeps });
    match deed {
        Deed::Crash if is_up => Some(vec![Action::Crash { node }]),
        Deed::CrashLosing if is_up => keeping(Keeps::Nothing),
        Deed::CrashKeeping if is_up => keeping(Keeps::All),
        Deed::Restart if !is_up => Some(vec![Action::Restart { node }]),
        Deed::Isolate => {
            let mut others = frame.members.iter().filter(|other| other.node != node);
            let is_whole = |other: &Arc<MemberFrame>| !frame.cuts.contains(&ends(node, other.node));
            others.any(is_whole).then(|| vec![Action::Isolate { node }])
        }
        Deed::Campaign if is_up && !leads && member.standing == Standing::Voter => {
            fault(Fault::Campaign { node })
        }
        Deed::PauseOrResume if member.is_paused => fault(Fault::Resume { node }),
        Deed::PauseOrResume if is_up => fault(Fault::Pause { node }),
        Deed::Faster => rate(member, |rate| *rate > member.clock_per_mille, false),
        Deed::Slower => rate(member, |rate| *rate < member.clock_per_mille, true),
        Deed::HoldSync => fault(Fault::StallDisk {
            node,
            on: !member.disk.is_stalled,
        }),
        Deed::FillDisk => fault(Fault::FillDisk {
            node,
            on: !member.disk.is_full,
        }),
        Deed::FlipBit if !is_up && !member.files.is_empty() => fault(Fault::FlipBit {
            node,
            file: DamagedFile::Log,
        }),
        Deed::WipeDisk if !is_up && !member.files.is_empty() => fault(Fault::WipeDisk { node }),
        Deed::MakeLeader if is_up && !leads && member.standing == Standing::Voter => {
            let target = node;
            ask(leader(frame)?, Operation::MoveLeader { target })
        }
        Deed::Promote if member.standing == Standing::Learner => {
            let target = node;
            ask(asked(frame, node)?, Operation::MemberPromote { target })
        }
        Deed::Remove if matches!(member.standing, Standing::Voter | Standing::Learner) => {
            let target = node;
            ask(asked(frame, node)?, Operation::MemberRemove { target })
        }
        _ => None,
    }
}

fn to_message(frame: &Frame, deed: Deed, id: u64) -> Option<Vec<Action>> {
    let held = frame.held.iter().find(|message| message.id == id);
    let under_way = frame.messages.iter().find(|message| message.id == id);
    let message = held.or(under_way)?;
    let fault = |fault| Some(vec![Action::Fault(fault)]);
    let retime = |message: &MessageFrame, arrives_at_us: u64| {
        Action::Fault(Fault::Retime {
            message: message.id,
            arrives_at_us,
        })
    };
    match deed {
        Deed::Deliver => fault(Fault::Deliver { message: id }),
        // Who lets go of a message delivers it.
        Deed::Hold if held.is_some() => fault(Fault::Deliver { message: id }),
        Deed::Hold => fault(Fault::Keep { message: id }),
        Deed::Drop => fault(Fault::Drop { message: id }),
        Deed::Duplicate => fault(Fault::Duplicate { message: id }),
        Deed::Swap => {
            under_way?;
            let queue: Vec<&MessageFrame> = frame
                .messages
                .iter()
                .filter(|other| other.to == message.to)
                .collect();
            let at = queue.iter().position(|other| other.id == id)?;
            let (first, second) = match queue.get(at + 1) {
                Some(next) => (message, *next),
                None => (*queue.get(at.checked_sub(1)?)?, message),
            };
            let mut swap = vec![retime(first, second.arrives_at_us)];
            // Of two that arrive at one instant, the one that is timed anew comes last.
            if first.arrives_at_us != second.arrives_at_us {
                swap.push(retime(second, first.arrives_at_us));
            }
            Some(swap)
        }
        Deed::Earlier => {
            let left_us = message.arrives_at_us.saturating_sub(frame.now_us);
            (under_way.is_some() && left_us > 0).then(|| {
                let left_us = left_us.saturating_sub(NUDGE_US);
                vec![retime(message, frame.now_us + left_us)]
            })
        }
        Deed::Later => {
            let from_us = message.arrives_at_us.max(frame.now_us);
            Some(vec![retime(message, from_us + NUDGE_US)])
        }
        Deed::Drag(per_mille) => {
            under_way?;
            Some(vec![retime(
                message,
                dragged_us(frame.now_us, message, per_mille),
            )])
        }
        _ => None,
    }
}

/// When a message arrives that is now so far on its way.
fn dragged_us(now_us: u64, message: &MessageFrame, per_mille: u32) -> u64 {
    let per_mille = u64::from(per_mille.min(1_000));
    let passed_us = now_us.saturating_sub(message.sent_at_us);
    let arrives_at_us = if passed_us == 0 {
        let whole_us = message.arrives_at_us.saturating_sub(message.sent_at_us);
        now_us + whole_us * (1_000 - per_mille) / 1_000
    } else {
        message.sent_at_us + passed_us * 1_000 / per_mille.max(1)
    };
    arrives_at_us.clamp(now_us, now_us + DRAG_MOST_US)
}

fn to_link(frame: &Frame, deed: Deed, one: Node, two: Node) -> Option<Vec<Action>> {
    let fault = |fault| Some(vec![Action::Fault(fault)]);
    let is_cut = frame.cuts.contains(&(one, two));
    let is_cut_from = |from: Node, to: Node| frame.one_way_cuts.contains(&(from, to));
    let one_way = |from: Node, to: Node| match is_cut || is_cut_from(from, to) {
        true => None,
        false => fault(Fault::CutOneWay { from, to }),
    };
    let hold = |from: Node, to: Node| {
        let way = (Some(from), Some(to));
        fault(Fault::Hold {
            from: way.0,
            to: way.1,
            on: !frame.holds.contains(&way),
        })
    };
    let (min_us, max_us) = latency_us(frame, one, two);
    let mean_us = u64::midpoint(min_us, max_us);
    match deed {
        Deed::CutOrMend if is_cut || is_cut_from(one, two) || is_cut_from(two, one) => {
            fault(Fault::Mend { from: one, to: two })
        }
        Deed::CutOrMend => Some(vec![Action::Cut { from: one, to: two }]),
        Deed::CutThere => one_way(one, two),
        Deed::CutBack => one_way(two, one),
        Deed::Longer => latency(one, two, mean_us * 2),
        Deed::Quicker if mean_us > 1_000 => latency(one, two, mean_us / 2),
        Deed::Usual => {
            let is_odd = frame.latencies.iter().any(|odd| odd.link == (one, two));
            let is_whole = !is_cut && !is_cut_from(one, two) && !is_cut_from(two, one);
            // Of a link that is cut as well, the cut would be mended with it.
            (is_odd && is_whole).then(|| vec![Action::Fault(Fault::Mend { from: one, to: two })])
        }
        Deed::Latency(mean_us) => latency(one, two, mean_us),
        Deed::HoldThere => hold(one, two),
        Deed::HoldBack => hold(two, one),
        _ => None,
    }
}

/// How long messages take over a link: least and most, in virtual microseconds.
pub(crate) fn latency_us(frame: &Frame, one: Node, two: Node) -> (u64, u64) {
    let mut latencies = frame.latencies.iter();
    match latencies.find(|latency| latency.link == (one, two)) {
        Some(latency) => (latency.min_us, latency.max_us),
        None => (frame.config.latency_min_us, frame.config.latency_max_us),
    }
}

/// About so long, give or take a quarter.
fn latency(from: Node, to: Node, mean_us: u64) -> Option<Vec<Action>> {
    let mean_us = mean_us.clamp(500, LATENCY_MOST_US);
    Some(vec![Action::Fault(Fault::Latency {
        from,
        to,
        min_us: mean_us - mean_us / 4,
        max_us: mean_us + mean_us / 4,
    })])
}

/// The clock goes at the next rate on one side of its own.
fn rate(
    member: &MemberFrame,
    is_beyond: impl Fn(&u32) -> bool,
    is_slower: bool,
) -> Option<Vec<Action>> {
    let mut beyond = CLOCK_RATES.into_iter().filter(|rate| is_beyond(rate));
    let per_mille = match is_slower {
        true => beyond.next_back()?,
        false => beyond.next()?,
    };
    let node = member.node;
    Some(vec![Action::Fault(Fault::ClockRate { node, per_mille })])
}

/// A new machine: the cluster is asked to take it, and it is switched on.
fn add(frame: &Frame, learner: bool) -> Option<Vec<Action>> {
    let new = Node(frame.members.len() as u32 + 1);
    (new.0 <= MACHINES_MOST).then_some(())?;
    let mut actions = ask(asked(frame, new)?, Operation::MemberAdd { new, learner })?;
    actions.push(Action::Restart { node: new });
    Some(actions)
}

/// A machine that the cluster did not take: it may have had no leader, or have been unwell.
fn add_again(frame: &Frame, machine: &MemberFrame, learner: bool) -> Option<Vec<Action>> {
    let new = machine.node;
    let may_ask = machine.standing == Standing::Stranger && new.0 > frame.config.members;
    may_ask.then_some(())?;
    ask(asked(frame, new)?, Operation::MemberAdd { new, learner })
}

fn ask(node: Node, operation: Operation) -> Option<Vec<Action>> {
    Some(vec![Action::Operation { node, operation }])
}

/// Whom to ask about the members: the leader, or else anybody who runs.
fn asked(frame: &Frame, about: Node) -> Option<Node> {
    let mut up = frame.members.iter().filter(|member| member.view.is_some());
    leader(frame).or_else(|| {
        up.find(|member| member.node != about)
            .map(|member| member.node)
    })
}

/// The leader of the highest term.
pub(crate) fn leader(frame: &Frame) -> Option<Node> {
    let up = frame
        .members
        .iter()
        .filter_map(|member| Some((member.node, member.view.as_ref()?)));
    up.filter(|(_, view)| view.role == Role::Leader)
        .max_by_key(|(_, view)| view.term)
        .map(|(node, _)| node)
}

/// The cuts of a partition: both ways, or so that one side hears nothing of this one.
pub(super) fn split_actions(frame: &Frame, split: &Split) -> Vec<Action> {
    let nodes = || frame.members.iter().map(|member| member.node);
    let (side, rest): (Vec<Node>, Vec<Node>) = nodes().partition(|node| split.side.contains(node));
    if side.is_empty() || rest.is_empty() {
        return Vec::new();
    }
    if split.one_way {
        let pairs = side
            .iter()
            .flat_map(|from| rest.iter().map(move |to| (*from, *to)));
        return pairs
            .filter_map(|(from, to)| cut_one_way(frame, from, to))
            .collect();
    }
    vec![Action::Fault(Fault::Partition {
        groups: vec![side, rest],
    })]
}

/// The cuts of a line across the stage.
pub(super) fn stroke_actions(
    frame: &Frame,
    layout: &Layout,
    stroke: &[Point],
    one_way: bool,
) -> Vec<Action> {
    let crossed = crossings(layout, frame.members.len() as u32, stroke);
    if one_way {
        let directed = crossed
            .iter()
            .filter_map(|Crossing { from, to }| cut_one_way(frame, *from, *to));
        return directed.collect();
    }
    let links: BTreeSet<(Node, Node)> = crossed
        .iter()
        .map(|crossing| ends(crossing.from, crossing.to))
        .collect();
    // A line that parts the members in two says so, and is one event.
    if let Some(split) = parted(frame, &links) {
        return split_actions(frame, &split);
    }
    links
        .into_iter()
        .filter(|link| !frame.cuts.contains(link))
        .map(|(from, to)| Action::Cut { from, to })
        .collect()
}

/// The two sides, when the links are all that lie between two groups of members.
fn parted(frame: &Frame, links: &BTreeSet<(Node, Node)>) -> Option<Split> {
    let nodes: Vec<Node> = frame.members.iter().map(|member| member.node).collect();
    let first = *nodes.first()?;
    let side: BTreeSet<Node> = nodes
        .iter()
        .copied()
        .filter(|node| *node == first || !links.contains(&ends(first, *node)))
        .collect();
    let is_apart = |one: &Node, two: &Node| side.contains(one) != side.contains(two);
    let pairs = nodes.iter().flat_map(|one| {
        let later = nodes.iter().filter(move |two| one < *two);
        later.map(move |two| (*one, *two))
    });
    let is_partition = pairs
        .into_iter()
        .all(|(one, two)| links.contains(&(one, two)) == is_apart(&one, &two));
    (is_partition && !links.is_empty()).then_some(Split {
        side,
        one_way: false,
    })
}

fn cut_one_way(frame: &Frame, from: Node, to: Node) -> Option<Action> {
    let is_cut = frame.cuts.contains(&ends(from, to)) || frame.one_way_cuts.contains(&(from, to));
    (!is_cut).then_some(Action::Fault(Fault::CutOneWay { from, to }))
}

fn ends(one: Node, two: Node) -> (Node, Node) {
    (one.min(two), one.max(two))
}

/// How far a message is put off, or brought forward, by a key.
const NUDGE_US: u64 = 5_000;
/// A message is not put off further than this by a drag.
const DRAG_MOST_US: u64 = 1_000_000;
/// A link takes no longer than this by hand.
const LATENCY_MOST_US: u64 = 2_000_000;
/// How fast a clock can be made to go, in thousandths.
const CLOCK_RATES: [u32; 7] = [250, 500, 800, 1_000, 1_250, 2_000, 4_000];
/// A world has no more machines.
const MACHINES_MOST: u32 = 16;
