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
    /// Enough run, but the leader reaches no majority; or, where nobody leads, nobody does.
    TooFewConnected {
        /// Those that it reaches, itself among them; of many the most.
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
    /// Nobody knows what is on the disk of one that does not run.
    pub down: Vec<Node>,
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
    let group = reachable(frame, leader, voters);
    if group.len() < needed {
        return Cause::TooFewConnected { group, needed };
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
            Some(_) => &mut copies.missing,
            None => &mut copies.down,
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

#[cfg(test)]
mod tests {
    use quorate_core::sim::Scenario;

    use super::*;
    use crate::Run;

    /// The picture at a scenario's end.
    fn frame(steps: &str) -> Frame {
        let text = format!(
            "world members=5 seed=42\nfor 100ms\ncampaign n1\nuntil leader n1\nuntil settled\n\
             until quiet\n{steps}"
        );
        let scenario = Scenario::parse("cause", &text).expect("a scenario");
        let run = Run::of("cause", &scenario).expect("it comes as it says");
        run.world(run.events).expect("a world").frame()
    }

    fn nodes(nodes: &[u32]) -> Vec<Node> {
        nodes.iter().copied().map(Node).collect()
    }

    fn too_few_connected(group: &[u32]) -> Cause {
        let (group, needed) = (nodes(group), 3);
        Cause::TooFewConnected { group, needed }
    }

    #[test]
    fn a_picture_shows_what_most_keeps_the_cluster_where_it_is() {
        let steady = Cause::Steady {
            leader: Node(1),
            term: 2,
        };
        let too_few_run = Cause::TooFewRun {
            running: nodes(&[1, 5]),
            voters: 5,
            needed: 3,
        };
        let two_leaders = Cause::TwoLeaders {
            newer: (Node(3), 3),
            older: (Node(1), 2),
        };
        let unanswered = Cause::Unanswered {
            text: "get x".to_owned(),
            node: Node(2),
        };
        let table = [
            ("", steady.clone()),
            ("crash n2\ncrash n3\ncrash n4\n", too_few_run),
            ("isolate n1\n", too_few_connected(&[1])),
            ("cut n1,n2|n3,n4,n5\n", too_few_connected(&[1, 2])),
            // The others are as many as the leader's own three, in another star.
            ("cut n1 n4\ncut n1 n5\n", steady),
            (
                "isolate n1\nfor 1300ms\ncampaign n3\nfor 150ms\n",
                two_leaders,
            ),
            ("get x at n2\n", unanswered),
            (
                "crash n1\npartition n2,n3|n4,n5\nfor 50ms\n",
                too_few_connected(&[4, 5]),
            ),
        ];
        for (steps, cause) in table {
            assert_eq!(Cause::of(&frame(steps)), cause, "{steps}");
        }
    }

    #[test]
    fn an_election_and_the_wait_for_one_are_told() {
        let election = Cause::of(&frame("crash n1\ncampaign n2\n"));
        let is_election = |cause: &Cause| {
            let Cause::Election {
                candidate, needed, ..
            } = cause
            else {
                return false;
            };
            (*candidate, *needed) == (Node(2), 3)
        };
        assert!(is_election(&election), "{election:?}");
        let waiting = Cause::of(&frame("crash n1\nfor 100ms\n"));
        assert!(
            matches!(waiting, Cause::Waiting { next: Some(_) }),
            "{waiting:?}"
        );
    }

    #[test]
    fn what_keeps_an_entry_from_being_committed_is_told_member_by_member() {
        let steps = "crash n5\nstall-disk n3\nhold n1->n4\nhold n1->n2\nput x=1 at n1\nfor 60ms\n";
        let Cause::NotCommitted {
            leader,
            copies,
            needed,
            ..
        } = Cause::of(&frame(steps))
        else {
            panic!("{:?}", Cause::of(&frame(steps)));
        };
        assert_eq!((leader, needed), (Node(1), 3));
        let expected = Copies {
            durable: nodes(&[1]),
            volatile: nodes(&[3]),
            missing: nodes(&[2, 4]),
            down: nodes(&[5]),
        };
        assert_eq!(copies, expected);
    }
}
