//! A member on the stage: role as shape, letter and colour; term, vote, timer and quorum.

use quorate_core::id::MemberId;
use quorate_core::member::{MemberView, Role};
use quorate_core::sim::{Frame, MemberFrame};
use yew::prelude::*;

use super::message::term_class;
use crate::draw::layout::{Layout, Point};
use crate::draw::path::{arc, diamond, on_circle, translate};
use crate::draw::ring::{Ring, Segment, ring};
use crate::state::{Menu, Message};
use crate::text::Language;

/// Space between two segments of a ring, in turns.
const GAP: f64 = 0.012;
const MIDDLE: Point = Point { x: 0.0, y: 0.0 };

/// Where and how members are drawn, the same for all.
pub(crate) struct Drawing<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) layout: &'a Layout,
    pub(crate) language: Language,
    pub(crate) send: &'a Callback<Message>,
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

/// A member.
pub(crate) fn member(drawing: &Drawing<'_>, member: &MemberFrame, selected: bool) -> Html {
    let Drawing {
        layout,
        language,
        send,
        ..
    } = drawing;
    let node = member.node;
    let words = language.words();
    let view = member.view.as_ref();
    let role = view.map_or("down", |view| role_name(view.role));
    let role_text = view.map_or(words.roles.down, |view| words.role(view.role));
    let term = view.map(|view| view.term.0);
    let select = send.reform(move |_: MouseEvent| Message::Select(node));
    let press = {
        let send = (*send).clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                send.emit(Message::Select(node));
            }
        })
    };
    let menu = {
        let send = (*send).clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            send.emit(Message::OpenMenu(Menu {
                node,
                x: event.client_x(),
                y: event.client_y(),
            }));
        })
    };
    html! {
        <g key={format!("member-{}", node.0)} role="button" tabindex="0"
            class={classes!("member", role, selected.then_some("selected"))}
            data-testid={format!("member-{}", node.0)} data-role={role}
            data-term={term.map(|term| term.to_string())}
            aria-label={language.member(node, role_text, term)}
            aria-pressed={selected.to_string()}
            transform={translate(layout.place(node))}
            onclick={select} onkeydown={press} oncontextmenu={menu}>
            <circle class="halo" r={number(layout.quorum + 7.0)} />
            { match view {
                Some(view) => up(drawing, member, view),
                None => down(drawing, member),
            } }
        </g>
    }
}

fn up(drawing: &Drawing<'_>, member: &MemberFrame, view: &MemberView) -> Html {
    let layout = drawing.layout;
    let order: Vec<MemberId> = drawing.frame.members.iter().map(|other| other.id).collect();
    let ring = ring(view, &order);
    let timeout = f64::from(view.election_timeout_ticks.max(1));
    let left = 1.0 - (f64::from(view.election_elapsed_ticks) / timeout).min(1.0);
    let term = view.term.0;
    let badge = layout.shape * 0.8;
    html! {
        <>
            <circle class="timer-track" r={number(layout.timer)} />
            if left > 0.0 {
                <path class="timer" d={arc(MIDDLE, layout.timer, 0.0, left)} />
            }
            if let Some(ring) = &ring { { quorum(layout, ring) } }
            { role_shape(view.role, layout.shape) }
            <text class="name" y="-3">{ member.node.to_string() }</text>
            <g class={classes!("term", term_class(term))} transform="translate(0 11)">
                <rect x="-14" y="-8" width="28" height="16" rx="5" />
                <text y="4">{ format!("t{term}") }</text>
            </g>
            <g class="badge" transform={translate(Point { x: badge, y: -badge })}>
                <circle r="9" />
                <text y="3.8">{ role_letter(view.role) }</text>
            </g>
            { labels(drawing, view, ring.as_ref()) }
        </>
    }
}

fn down(drawing: &Drawing<'_>, member: &MemberFrame) -> Html {
    let layout = drawing.layout;
    let words = drawing.language.words();
    html! {
        <>
            <circle class="shape" r={number(layout.shape)} />
            <text class="name" y="5">{ member.node.to_string() }</text>
            <text class="label" y={number(layout.shape + 18.0)}>{ words.roles.down }</text>
            if let Some(failure) = &member.failure {
                <title>{ failure.clone() }</title>
            }
        </>
    }
}

fn quorum(layout: &Layout, ring: &Ring) -> Html {
    let share = 1.0 / ring.segments.len().max(1) as f64;
    let segments = ring.segments.iter().enumerate().map(|(position, segment)| {
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

/// Under the member: its role and how many are with it, and its vote.
fn labels(drawing: &Drawing<'_>, view: &MemberView, ring: Option<&Ring>) -> Html {
    let words = drawing.language.words();
    let role = words.role(view.role);
    let first = match (view.role, ring) {
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
    };
    let vote = drawing
        .frame
        .members
        .iter()
        .find(|member| member.id == view.vote)
        .map(|member| format!("{} {}", words.voted_for, member.node));
    let rim = match ring {
        Some(_) => drawing.layout.quorum,
        None => drawing.layout.timer,
    };
    html! {
        <>
            <text class="label" y={number(rim + 17.0)}>{ first }</text>
            if let Some(vote) = vote {
                <text class="label vote" y={number(rim + 31.0)}>{ vote }</text>
            }
        </>
    }
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}
