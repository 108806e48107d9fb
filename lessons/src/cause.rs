//! Why a cluster stands as it stands: what feedback names.

use quorate_core::collections::InOrder;
use quorate_core::member::{MemberView, Role};
use quorate_core::sim::{Frame, Node, OperationOutcome, Standing};

/// What most keeps a cluster where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A property was violated.
    Violated(String),
    /// Too few voters run.
    TooFewRun {
        /// Those that run.
        running: Vec<Node>,
        /// How many vote.
        voters: usize,
        /// How many would be needed.
        needed: usize,
    },
    /// Enough run, but no majority can talk to one another.
    TooFewConnected {
        /// The largest group that can.
        group: Vec<Node>,
        /// How many would be needed.
        needed: usize,
    },
    /// Somebody asks for votes.
    Election {
        /// Who.
        candidate: Node,
        /// How many it has.
        granted: usize,
        /// How many it needs.
        needed: usize,
    },
    /// Nobody leads; whose timer runs out next.
    Waiting {
        /// Whose.
        next: Option<(Node, u32)>,
    },
    /// A leader has entries that are not committed.
    NotCommitted {
        /// The leader.
        leader: Node,
        /// The first such entry.
        index: u64,
        /// Who has it, and how.
        copies: Copies,
        /// On how many disks it must be.
        needed: usize,
    },
    /// Two believe that they lead.
    TwoLeaders {
        /// Who leads.
        newer: (Node, u64),
        /// Who has not heard of it.
        older: (Node, u64),
    },
    /// A client still waits.
    Unanswered {
        /// What it asked.
        text: String,
        /// Whom.
        node: Node,
    },
    /// All is committed, and somebody leads.
    Steady {
        /// Who.
        leader: Node,
        /// In which term.
        term: u64,
    },
}

/// Who has an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// On the disk, synced.
    pub durable: Vec<Node>,
    /// In memory, or written and not synced.
    pub volatile: Vec<Node>,
    /// Not at all.
    pub missing: Vec<Node>,
}

impl Cause {
    /// What a picture shows.
    pub fn of(frame: &Frame) -> Self {
        if let Some(violation) = &frame.violation {
            return Self::Violated(violation.to_string());
        }
        let voters = voters(frame);
        let needed = voters.len() / 2 + 1;
        let running: Vec<Node> = seen(frame)
            .map(|(node, _)| node)
            .filter(|node| voters.contains(node))
            .collect();
        if running.len() < needed {
            let voters = voters.len();
            return Self::TooFewRun {
                running,
                voters,
                needed,
            };
        }
        let mut leaders: Vec<(Node, &MemberView)> = seen(frame)
            .filter(|(_, view)| view.role == Role::Leader)
            .collect();
        leaders.order_by_key(|(_, view)| std::cmp::Reverse(view.term));
        match leaders[..] {
            [] => leaderless(frame, &running, needed),
            [(newer, new), (older, old), ..] => Self::TwoLeaders {
                newer: (newer, new.term.0),
                older: (older, old.term.0),
            },
            [(leader, view)] => led(frame, leader, view, &voters, needed),
        }
    }
}

fn leaderless(frame: &Frame, running: &[Node], needed: usize) -> Cause {
    let group = largest_group(frame, running);
    if group.len() < needed {
        return Cause::TooFewConnected { group, needed };
    }
    let stands = |view: &MemberView| matches!(view.role, Role::Candidate | Role::PreCandidate);
    if let Some((candidate, view)) = seen(frame).find(|(_, view)| stands(view)) {
        let granted = view.votes.values().filter(|granted| **granted).count();
        return Cause::Election {
            candidate,
            granted,
            needed,
        };
    }
    let left = |view: &MemberView| {
        let elapsed = view.election_elapsed_ticks;
        view.election_timeout_ticks.saturating_sub(elapsed)
    };
    let timers = seen(frame).filter(|(node, _)| running.contains(node));
    let next = timers.map(|(node, view)| (node, left(view)));
    Cause::Waiting {
        next: next.min_by_key(|(_, left)| *left),
    }
}

fn led(frame: &Frame, leader: Node, view: &MemberView, voters: &[Node], needed: usize) -> Cause {
    let last = view.log.last().map_or(view.log_offset, |entry| entry.index);
    let group = largest_group(frame, voters);
    if group.len() >= needed && !group.contains(&leader) || group.len() < needed {
        let heard = group.contains(&leader);
        if !heard || group.len() < needed {
            let own = reachable(frame, leader, voters);
            return Cause::TooFewConnected { group: own, needed };
        }
    }
    if view.commit < last {
        let index = view.commit.0 + 1;
        return Cause::NotCommitted {
            leader,
            index,
            copies: copies(frame, voters, index, view),
            needed,
        };
    }
    let mut operations = frame.operations.iter();
    let waiting = operations.find(|one| one.outcome == OperationOutcome::Waiting);
    match waiting {
        Some(one) => Cause::Unanswered {
            text: one.text.clone(),
            node: one.node,
        },
        None => Cause::Steady {
            leader,
            term: view.term.0,
        },
    }
}

fn copies(frame: &Frame, voters: &[Node], index: u64, leader: &MemberView) -> Copies {
    let term_at = |view: &MemberView| {
        let mut log = view.log.iter();
        log.find(|entry| entry.index.0 == index)
            .map(|entry| entry.term)
    };
    let wanted = term_at(leader);
    let mut copies = Copies::default();
    for node in voters {
        let found = seen(frame).find(|(other, _)| other == node);
        let list = match found {
            Some((_, view)) if term_at(view) == wanted && view.synced.0 >= index => {
                &mut copies.durable
            }
            Some((_, view)) if term_at(view) == wanted => &mut copies.volatile,
            _ => &mut copies.missing,
        };
        list.push(*node);
    }
    copies
}

fn voters(frame: &Frame) -> Vec<Node> {
    let is_voter = |standing| standing == Standing::Voter;
    let members = frame.members.iter();
    members
        .filter(|member| is_voter(member.standing))
        .map(|member| member.node)
        .collect()
}

fn seen(frame: &Frame) -> impl Iterator<Item = (Node, &MemberView)> {
    let members = frame.members.iter();
    members.filter_map(|member| Some((member.node, member.view.as_ref()?)))
}

/// The largest number of members of which one reaches all the others.
fn largest_group(frame: &Frame, among: &[Node]) -> Vec<Node> {
    let groups = among.iter().map(|node| reachable(frame, *node, among));
    groups.max_by_key(Vec::len).unwrap_or_default()
}

/// Those that a member can talk to in both directions, itself included.
fn reachable(frame: &Frame, node: Node, among: &[Node]) -> Vec<Node> {
    let runs = |one: Node| seen(frame).any(|(other, _)| other == one);
    let is_cut = |other: Node| {
        let link = (node.min(other), node.max(other));
        frame.cuts.contains(&link)
            || frame.one_way_cuts.contains(&(node, other))
            || frame.one_way_cuts.contains(&(other, node))
    };
    let others = among.iter().copied();
    others
        .filter(|other| *other == node || (runs(*other) && !is_cut(*other)))
        .collect()
}
