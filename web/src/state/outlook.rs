//! When did it become inevitable? What a worker finds out about moments of the run that is shown.

use quorate_core::sim::{Futures, Node};

use super::State;

/// What has been found out so far.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outlook {
    /// The run that was asked about: its link up to the last event that had been seen.
    pub(crate) query: String,
    /// Until when each future goes on, in virtual microseconds.
    pub(crate) until_us: u64,
    /// The moments that are asked about, in order.
    pub(crate) events: Vec<u64>,
    /// What came of those that were answered, in order.
    pub(crate) found: Vec<Futures>,
    pub(crate) is_done: bool,
}

/// What happens to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum OutlookMessage {
    /// Somebody wants to know.
    Ask,
    /// The worker has answered.
    Came(Futures),
    /// It has answered all.
    Done,
    Forget,
}

/// Futures of each moment.
pub(crate) const COUNT: u32 = 16;
/// Moments of a run.
const MOMENTS: u64 = 24;

impl Outlook {
    /// The first moment from which on all futures ended with the leader that the run ended with.
    pub(crate) fn inevitable_from(&self) -> Option<(u64, Option<Node>)> {
        let last = self.found.last().filter(|_| self.is_done)?;
        let (leader, _) = last.leaders.iter().max_by_key(|(_, times)| **times)?;
        let is_settled = |futures: &&Futures| futures.leaders.get(leader) == Some(&futures.count);
        let first = self.found.iter().rev().take_while(is_settled).last()?;
        Some((first.event, *leader))
    }
}

impl State {
    pub(super) fn look_out(&mut self, message: OutlookMessage) {
        match message {
            OutlookMessage::Ask => {
                let seen = self.engine.moments();
                let last = seen.len() as u64;
                let until_us = seen.last().map_or(0, |moment| moment.at_us);
                let step = (last / MOMENTS).max(1);
                let events = (0..MOMENTS).map(|at| 1 + at * step);
                let mut events: Vec<u64> = events.filter(|event| *event < last).collect();
                events.push(last);
                self.outlook = Some(Outlook {
                    query: self.engine.permalink().query(),
                    until_us,
                    events,
                    found: Vec::new(),
                    is_done: false,
                });
            }
            OutlookMessage::Came(futures) => {
                if let Some(outlook) = &mut self.outlook {
                    outlook.found.push(futures);
                }
            }
            OutlookMessage::Done => {
                if let Some(outlook) = &mut self.outlook {
                    outlook.is_done = true;
                }
            }
            OutlookMessage::Forget => self.outlook = None,
        }
    }

    /// Forgets what was found out about another run.
    pub(super) fn forget_old_outlook(&mut self) {
        let until_us = self.engine.moments().last().map(|moment| moment.at_us);
        let is_old = self
            .outlook
            .as_ref()
            .is_some_and(|outlook| until_us.is_some_and(|until_us| until_us < outlook.until_us));
        if is_old {
            self.outlook = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn futures(event: u64, leaders: &[(u32, u32)]) -> Futures {
        Futures {
            event,
            count: leaders.iter().map(|(_, times)| times).sum(),
            leaders: leaders
                .iter()
                .map(|(node, times)| (Some(Node(*node)), *times))
                .collect(),
            violated: 0,
        }
    }

    #[test]
    fn an_outcome_is_inevitable_from_where_nothing_else_comes_any_more() {
        let outlook = Outlook {
            query: String::new(),
            until_us: 0,
            events: Vec::new(),
            found: vec![
                futures(1, &[(1, 3), (2, 1)]),
                futures(10, &[(2, 4)]),
                futures(20, &[(1, 1), (2, 3)]),
                futures(30, &[(2, 4)]),
                futures(40, &[(2, 4)]),
            ],
            is_done: true,
        };
        assert_eq!(outlook.inevitable_from(), Some((30, Some(Node(2)))));
    }
}
