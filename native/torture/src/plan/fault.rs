//! What can go wrong.

use std::fmt;
use std::time::Duration;

use quorate_core::prng::Prng;

use crate::proxy::Way;

/// One thing that goes wrong, and ends after a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `kill -9`; then they are started again.
    Kill(Victims),
    /// SIGTERM; then they are started again.
    Terminate(Victims),
    /// SIGSTOP; then SIGCONT.
    Pause(Victims),
    /// Ways between members are cut.
    Cut {
        /// Which ways.
        cut: Cut,
        /// Whether connections break, or only stand still.
        breaks: bool,
    },
    /// Ways between members are slow.
    Delay {
        /// Which ways.
        cut: Cut,
        /// By how much.
        by: Duration,
    },
    /// Each write and sync takes so much longer.
    SlowDisk {
        /// Whose.
        victims: Victims,
        /// By how many milliseconds.
        by_ms: u64,
    },
    /// The next write fails, half done.
    FailWrite(Victims),
    /// The next sync fails.
    FailSync(Victims),
    /// The leader is asked to hand leadership on.
    MoveLeader(Victims),
    /// A member is removed for good, and another takes its place.
    Replace {
        /// Which.
        victim: Victims,
        /// How.
        manner: Replacing,
    },
}

/// How a member is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Replacing {
    /// Whether it is dead when it is removed; else it runs, and has to stop of it.
    pub(crate) is_dead: bool,
    /// Whether the new one begins as a learner, and is promoted when it has caught up.
    pub(crate) by_learner: bool,
}

/// To whom it happens. Who leads is found out when it is about to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Victims {
    /// The leader; anybody when there is none.
    Leader,
    /// One that does not lead.
    Follower(u64),
    /// Anybody.
    Anybody(u64),
    /// As many as are a majority, the leader among them.
    Majority(u64),
    /// All.
    All,
}

/// Which ways between members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// All ways to and from somebody.
    Around(Victims),
    /// All ways to somebody.
    To(Victims),
    /// All ways from somebody.
    From(Victims),
    /// All ways between a minority, the leader in it, and the rest.
    MinorityWithLeader(u64),
    /// As above, but one member of the rest hears and is heard by all.
    Bridged(u64),
    /// One way.
    One(u64),
    /// All ways.
    Everything,
}

impl Victims {
    /// Who it is, in a cluster of so many.
    pub(crate) fn among(self, members: usize, leader: Option<usize>) -> Vec<usize> {
        match self {
            Victims::Leader => vec![leader.unwrap_or(0)],
            Victims::Follower(draw) => {
                let mut others = shuffled(members, draw);
                others.retain(|node| Some(*node) != leader);
                others.truncate(1);
                others
            }
            Victims::Anybody(draw) => shuffled(members, draw).into_iter().take(1).collect(),
            Victims::Majority(draw) => leader_first(members, leader, draw)
                .into_iter()
                .take(members / 2 + 1)
                .collect(),
            Victims::All => (0..members).collect(),
        }
    }
}

impl Cut {
    /// Which ways it is, in a cluster of so many.
    pub(crate) fn among(self, members: usize, leader: Option<usize>) -> Vec<Way> {
        let all = Way::all(members);
        match self {
            Cut::Around(victims) => {
                let inner = victims.among(members, leader);
                all.filter(|way| inner.contains(&way.from) || inner.contains(&way.to))
                    .collect()
            }
            Cut::To(victims) => {
                let inner = victims.among(members, leader);
                all.filter(|way| inner.contains(&way.to)).collect()
            }
            Cut::From(victims) => {
                let inner = victims.among(members, leader);
                all.filter(|way| inner.contains(&way.from)).collect()
            }
            Cut::MinorityWithLeader(draw) => {
                let (minority, _) = halves(members, leader, draw);
                all.filter(|way| minority.contains(&way.from) != minority.contains(&way.to))
                    .collect()
            }
            Cut::Bridged(draw) => {
                let (minority, rest) = halves(members, leader, draw);
                let bridge = rest.first().copied();
                all.filter(|way| minority.contains(&way.from) != minority.contains(&way.to))
                    .filter(|way| Some(way.from) != bridge && Some(way.to) != bridge)
                    .collect()
            }
            Cut::One(draw) => {
                let all: Vec<Way> = all.collect();
                Prng::new(draw).choose(&all).copied().into_iter().collect()
            }
            Cut::Everything => all.collect(),
        }
    }
}

/// A minority with the leader in it, and the rest.
fn halves(members: usize, leader: Option<usize>, draw: u64) -> (Vec<usize>, Vec<usize>) {
    let mut minority = leader_first(members, leader, draw);
    let rest = minority.split_off((members - 1) / 2);
    (minority, rest)
}

fn leader_first(members: usize, leader: Option<usize>, draw: u64) -> Vec<usize> {
    let mut order = shuffled(members, draw);
    order.sort_by_key(|node| Some(*node) != leader);
    order
}

/// All members, in an order that is drawn.
fn shuffled(members: usize, draw: u64) -> Vec<usize> {
    let mut prng = Prng::new(draw);
    let mut order: Vec<(u64, usize)> = (0..members).map(|node| (prng.bits(), node)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, node)| node).collect()
}

impl Fault {
    /// Its kind, as figures have it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Fault::Kill(_) => "kill",
            Fault::Terminate(_) => "terminate",
            Fault::Pause(_) => "pause",
            Fault::Cut { .. } => "cut",
            Fault::Delay { .. } => "delay",
            Fault::SlowDisk { .. } => "slow disk",
            Fault::FailWrite(_) => "failed write",
            Fault::FailSync(_) => "failed sync",
            Fault::MoveLeader(_) => "move leader",
            Fault::Replace { .. } => "replace member",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Kill(victims)
            | Fault::Terminate(victims)
            | Fault::Pause(victims)
            | Fault::FailWrite(victims)
            | Fault::FailSync(victims)
            | Fault::MoveLeader(victims) => write!(f, "{} {victims:?}", self.kind()),
            Fault::Cut { cut, breaks } => {
                let manner = if *breaks { "breaks" } else { "holds" };
                write!(f, "cut {cut:?}, which {manner} connections")
            }
            Fault::Delay { cut, by } => write!(f, "delay {cut:?} by {by:?}"),
            Fault::SlowDisk { victims, by_ms } => write!(f, "slow disk {victims:?} by {by_ms} ms"),
            Fault::Replace { victim, manner } => {
                let state = if manner.is_dead { "dead" } else { "running" };
                let by = if manner.by_learner {
                    "learner"
                } else {
                    "voter"
                };
                write!(f, "replace {victim:?}, which is {state}, by a {by}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn victims_are_those_that_are_named() {
        for members in [3, 5] {
            for draw in 0..50 {
                let leader = Some(2);
                assert_eq!(Victims::Leader.among(members, leader), [2]);
                assert_ne!(Victims::Follower(draw).among(members, leader), [2]);
                let majority = Victims::Majority(draw).among(members, leader);
                assert_eq!(majority.len(), members / 2 + 1);
                assert!(majority.contains(&2));
            }
        }
    }

    #[test]
    fn a_cut_leaves_the_ways_that_it_does_not_name() {
        let minority = Cut::MinorityWithLeader(7).among(5, Some(4));
        // Two on one side, three on the other, both ways.
        assert_eq!(minority.len(), 2 * 3 * 2);
        let bridged = Cut::Bridged(7).among(5, Some(4));
        assert_eq!(bridged.len(), 2 * 2 * 2);
        assert!(bridged.iter().all(|way| minority.contains(way)));
        assert_eq!(Cut::Around(Victims::Leader).among(3, Some(1)).len(), 4);
        assert_eq!(Cut::To(Victims::Leader).among(3, Some(1)).len(), 2);
        assert_eq!(Cut::One(3).among(3, None).len(), 1);
        assert_eq!(Cut::Everything.among(5, None).len(), 20);
    }
}
