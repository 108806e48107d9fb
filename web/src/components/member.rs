//! A member on the stage: role as shape, letter and colour; term, vote, timer and quorum.

use quorate_core::id::MemberId;
use quorate_core::member::{MemberView, Role};
use quorate_core::sim::{Frame, MemberFrame, Node, Standing};
use yew::prelude::*;

use super::View;
use super::message::term_class;
use crate::draw::layout::{Layout, Point};
use crate::draw::logs::Durability;
use crate::draw::path::{arc, diamond, number, on_circle, translate};
use crate::draw::ring::{Ring, Segment, entry_ring, ring};
use crate::state::hands::leader;
use crate::state::{Menu, Message, Subject};

/// Space between two segments of a ring, in turns.
const GAP: f64 = 0.012;
/// From one line of a label to the next.
const LINE: f64 = 14.5;
const MIDDLE: Point = Point { x: 0.0, y: 0.0 };

/// Where members are drawn, and what from.
pub(crate) struct Drawing<'a> {
    pub(crate) view: &'a View<'a>,
    /// The picture: that of this branch, or of the one beside it.
    pub(crate) frame: &'a Frame,
    pub(crate) layout: &'a Layout,
}

/// A role's name in attributes and classes.
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Follower => "follower",
        Role::PreCandidate => "pre-candidate",
        Role::Candidate => "candidate",
        Role::Leader => "leader",
    }
}

/// How a machine stands to the cluster, as a class.
fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Voter => "voter",
        Standing::Learner => "learner",
        Standing::Removed => "removed",
        Standing::Stranger => "stranger",
    }
}

/// A role's letter.
pub(crate) fn role_letter(role: Role) -> &'static str {
    match role {
        Role::Follower => "F",
        Role::PreCandidate => "P",
        Role::Candidate => "C",
        Role::Leader => "L",
    }
}

/// A role's shape round the middle: the same on the stage and in the logs' heads.
pub(crate) fn role_shape(role: Role, reach: f64) -> Html {
    match role {
        Role::Follower => html! { <circle class="shape" r={number(reach)} /> },
        Role::PreCandidate | Role::Candidate => {
            html! { <path class="shape" d={diamond(reach * 1.24)} /> }
        }
        Role::Leader => html! {
            <rect class="shape" x={number(-reach)} y={number(-reach)} width={number(reach * 2.0)}
                height={number(reach * 2.0)} rx={number(reach * 0.36)} />
        },
    }
}

/// A member as it is seen.
pub(crate) fn member(drawing: &Drawing<'_>, member: &MemberFrame) -> Html {
    let Drawing { view, layout, .. } = drawing;
    let node = member.node;
    let seen = member.view.as_ref();
    let role = seen.map_or("down", |seen| role_name(seen.role));
    let is_here = std::ptr::eq(drawing.frame, view.frame());
    let selected = is_here && node == view.state.selected;
    let side =
        is_here && (view.state.split.as_ref()).is_some_and(|split| split.side.contains(&node));
    html! {
        <g key={format!("member-{}", node.0)}
            class={classes!("member", role, standing_name(member.standing),
                selected.then_some("selected"), side.then_some("side"),
                member.is_paused.then_some("paused"))}
            transform={translate(layout.place(node))} aria-hidden="true">
            <circle class="halo" r={number(layout.quorum + 8.0)} />
            { match seen {
                Some(seen) => up(drawing, member, seen),
                None => down(drawing, member),
            } }
        </g>
    }
}

/// A member as it is pressed: an unseen button over it.
pub(crate) fn member_hand(view: &View<'_>, layout: &Layout, member: &MemberFrame) -> Html {
    let node = member.node;
    let seen = member.view.as_ref();
    let role = seen.map_or("down", |seen| role_name(seen.role));
    // Always there, so that going back in time gives the same markup to the letter.
    let term = seen.map_or(String::new(), |seen| seen.term.to_string());
    let selected = node == view.state.selected;
    let words = view.words();
    let spoken = match seen {
        Some(seen) => {
            let safe = durability(view, node, seen).map(|safe| words.durability(safe));
            let (role, term, safe) = (words.role(seen.role), words.term, safe.unwrap_or(""));
            format!("{node}, {role}, {term} {}, {safe}", seen.term)
        }
        None => format!("{node}, {}", words.roles.down),
    };
    let press = {
        let send = view.send.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                send.emit(Message::Select(node));
            }
        })
    };
    let menu = view.on(move |event: MouseEvent| {
        event.prevent_default();
        event.stop_propagation();
        Message::OpenMenu(Menu {
            of: Subject::Member(node),
            x: event.client_x(),
            y: event.client_y(),
        })
    });
    let place = layout.place(node);
    html! {
        <circle id={element_id(node)} class="hand" role="button" tabindex="0"
            data-testid={format!("member-{}", node.0)} data-role={role} data-term={term}
            data-member={node.0.to_string()}
            aria-label={spoken} aria-pressed={selected.to_string()}
            cx={number(place.x)} cy={number(place.y)} r={number(layout.quorum + 6.0)}
            onclick={view.click(Message::Select(node))} onkeydown={press} oncontextmenu={menu}
            ondblclick={view.click(Message::Inside(true))} />
    }
}

/// The name of a member's element in the document.
pub(crate) fn element_id(node: Node) -> String {
    format!("at-member-{}", node.0)
}

fn up(drawing: &Drawing<'_>, member: &MemberFrame, seen: &MemberView) -> Html {
    let layout = drawing.layout;
    let members = &drawing.frame.members;
    let order: Vec<MemberId> = members.iter().map(|other| other.id).collect();
    let ring = ring(seen, &order);
    let entry = entry_segments(drawing, member, seen);
    let shape = match member.standing {
        Standing::Learner => layout.shape * 0.82,
        _ => layout.shape,
    };
    let timeout = f64::from(seen.election_timeout_ticks.max(1));
    let left = 1.0 - (f64::from(seen.election_elapsed_ticks) / timeout).min(1.0);
    let term = seen.term.0;
    let badge = layout.shape * 0.8;
    html! {
        <>
            <circle class="timer-track" r={number(layout.timer)} />
            if left > 0.0 {
                <path class="timer" d={arc(MIDDLE, layout.timer, 0.0, left)} />
            }
            if let Some(segments) = &entry {
                { quorum(layout, segments) }
            } else if let Some(ring) = &ring {
                { quorum(layout, &ring.segments) }
                { notch(layout, ring) }
            }
            { role_shape(seen.role, shape) }
            <text class="name" y="-4">{ member.node.to_string() }</text>
            <g class={classes!("term", term_class(term))} transform="translate(0 11)">
                <rect x="-15" y="-8" width="30" height="17" rx="5" />
                if let Some(safe) = vote_durability(drawing, member.node, seen) {
                    <path class={classes!("edge", safe.class())} d="M-11 -5.5V6.5" />
                }
                <text x="2" y="4.5">{ format!("t{term}") }</text>
            </g>
            <g class="badge" transform={translate(Point { x: badge, y: -badge })}>
                <circle r="9" />
                <text y="3.8">{ role_letter(seen.role) }</text>
            </g>
            { labels(drawing, member, seen, ring.as_ref()) }
        </>
    }
}

/// How safe term and vote are; not known of a branch that is only looked at.
fn vote_durability(drawing: &Drawing<'_>, node: Node, seen: &MemberView) -> Option<Durability> {
    let is_here = std::ptr::eq(drawing.frame, drawing.view.frame());
    is_here.then(|| durability(drawing.view, node, seen))?
}

fn durability(view: &View<'_>, node: Node, seen: &MemberView) -> Option<Durability> {
    let lane = (node.0 as usize).checked_sub(1)?;
    let lane = view.state.engine.lanes().members.get(lane)?;
    Some(lane.votes.durability(view.frame().event_count, seen))
}

fn down(drawing: &Drawing<'_>, member: &MemberFrame) -> Html {
    let layout = drawing.layout;
    let words = drawing.view.words();
    let standing = words.standing(member.standing);
    let lines = [Some(words.roles.down), standing].into_iter().flatten();
    let mut lines: Vec<String> = lines.map(str::to_owned).collect();
    lines.extend(odd(drawing.view, member));
    html! {
        <>
            <circle class="shape" r={number(layout.shape)} />
            <text class="name" y="5">{ member.node.to_string() }</text>
            { label(drawing, member, &lines) }
            if let Some(failure) = &member.failure {
                <title>{ failure.clone() }</title>
            }
        </>
    }
}

/// Round a leader, while a hand is on an entry: who has it, and how safely.
fn entry_segments(
    drawing: &Drawing<'_>,
    member: &MemberFrame,
    seen: &MemberView,
) -> Option<Vec<Segment>> {
    let state = drawing.view.state;
    let Subject::Entry(node, index) = state.hover.unwrap_or(state.subject) else {
        return None;
    };
    let leads = leader(drawing.frame) == Some(member.node);
    leads.then(|| entry_ring(drawing.frame, seen, node, index))?
}

/// Where the majority is reached, counted from the top.
fn notch(layout: &Layout, ring: &Ring) -> Html {
    let turn = ring.majority() as f64 / ring.segments.len().max(1) as f64;
    let (from, to) = (
        on_circle(MIDDLE, layout.quorum - 6.0, turn),
        on_circle(MIDDLE, layout.quorum + 7.0, turn),
    );
    html! {
        <line class="notch" x1={number(from.x)} y1={number(from.y)}
            x2={number(to.x)} y2={number(to.y)} />
    }
}

fn quorum(layout: &Layout, segments: &[Segment]) -> Html {
    let share = 1.0 / segments.len().max(1) as f64;
    let segments = segments.iter().enumerate().map(|(position, segment)| {
        let start = share * position as f64;
        let middle = on_circle(MIDDLE, layout.quorum, start + share / 2.0);
        html! {
            <>
                <path class={classes!("quorum", segment.class())}
                    d={arc(MIDDLE, layout.quorum, start + GAP, start + share - GAP)} />
                if *segment == Segment::Against {
                    <path class="refusal" d="M-4 -4L4 4M4 -4L-4 4" transform={translate(middle)} />
                }
            </>
        }
    });
    html! { <g class="ring">{ for segments }</g> }
}

/// Beside the member: its role and how many are with it, and its vote.
fn labels(
    drawing: &Drawing<'_>,
    member: &MemberFrame,
    seen: &MemberView,
    ring: Option<&Ring>,
) -> Html {
    let words = drawing.view.words();
    let role = words.role(seen.role);
    let mut lines = vec![match (seen.role, ring) {
        (Role::Leader, Some(ring)) => format!(
            "{role} · {} {} {} {}",
            words.hears,
            ring.with(),
            words.of,
            ring.segments.len()
        ),
        (_, Some(ring)) => format!(
            "{role} · {} {} {} {}",
            ring.with(),
            words.of,
            ring.majority(),
            words.votes
        ),
        (_, None) => role.to_owned(),
    }];
    lines.extend(words.standing(member.standing).map(str::to_owned));
    lines.extend(odd(drawing.view, member));
    let mut members = drawing.frame.members.iter();
    let voted_for = members.find(|other| other.id == seen.vote);
    lines.extend(voted_for.map(|other| format!("{} {}", words.voted_for, other.node)));
    label(drawing, member, &lines)
}

/// What is unusual about a member, in a line; nothing when all is as ever.
fn odd(view: &View<'_>, member: &MemberFrame) -> Option<String> {
    let words = view.hands();
    let mut odd: Vec<String> = Vec::new();
    if member.is_paused {
        odd.push(format!("{} ({})", words.paused, member.waiting_inputs));
    }
    if member.clock_per_mille != 1_000 {
        let share = f64::from(member.clock_per_mille) / 1_000.0;
        odd.push(format!("{} ×{}", words.clock, number(share)));
    }
    if member.disk.is_stalled {
        odd.push(words.sync_held.to_owned());
    }
    if member.disk.is_full {
        odd.push(words.disk_full.to_owned());
    }
    (!odd.is_empty()).then(|| odd.join(" · "))
}

/// Lines on the side of the member where no link is: above it in the upper half, else below.
fn label(drawing: &Drawing<'_>, member: &MemberFrame, lines: &[String]) -> Html {
    let layout = drawing.layout;
    let rim = layout.quorum;
    let above = layout.is_labelled_above(member.node);
    let first = if above {
        -rim - 11.0 - LINE * (lines.len() as f64 - 1.0)
    } else {
        rim + 19.0
    };
    lines
        .iter()
        .enumerate()
        .map(|(position, line)| {
            html! {
                <text class="label" y={number(first + LINE * position as f64)}>{ line }</text>
            }
        })
        .collect()
}
