//! How each way between two members stands.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// From one member to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Way {
    /// Who speaks.
    pub(crate) from: usize,
    /// Who is to hear it.
    pub(crate) to: usize,
}

/// What a fault does to a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// What is under way stays there, and arrives when the way is open again: a cable pulled.
    Hold,
    /// Connections break and no new one comes up: a firewall that says no.
    Refuse,
    /// All arrives so much later.
    Delay(Duration),
}

/// How a way stands, of all that is done to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct State {
    is_held: bool,
    is_refused: bool,
    delay: Duration,
}

/// All ways of a cluster. A clone is of the same ones.
#[derive(Clone)]
pub(crate) struct Links {
    ways: Arc<BTreeMap<Way, watch::Sender<State>>>,
}

/// One way, followed by a connection on it.
pub(super) struct Follower {
    /// Nothing for a connection that is of no two members.
    state: Option<watch::Receiver<State>>,
}

impl Way {
    /// The other way round.
    pub(crate) fn reversed(self) -> Self {
        Self {
            from: self.to,
            to: self.from,
        }
    }

    /// All ways among so many members.
    pub(crate) fn all(members: usize) -> impl Iterator<Item = Way> {
        (0..members).flat_map(move |from| {
            (0..members)
                .filter(move |to| *to != from)
                .map(move |to| Way { from, to })
        })
    }
}

impl Links {
    /// All ways among so many members, all of them open.
    pub(crate) fn new(members: usize) -> Self {
        let ways = Way::all(members).map(|way| (way, watch::Sender::new(State::default())));
        Self {
            ways: Arc::new(ways.collect()),
        }
    }

    /// Lets these effects hold, and no others.
    pub(crate) fn set<'a>(&self, effects: impl Iterator<Item = (Effect, &'a [Way])> + Clone) {
        for (way, sender) in self.ways.iter() {
            let mut state = State::default();
            for (effect, _) in effects.clone().filter(|(_, ways)| ways.contains(way)) {
                match effect {
                    Effect::Hold => state.is_held = true,
                    Effect::Refuse => state.is_refused = true,
                    Effect::Delay(delay) => state.delay += delay,
                }
            }
            sender.send_if_modified(|old| std::mem::replace(old, state) != state);
        }
    }

    pub(super) fn follow(&self, way: Option<Way>) -> Follower {
        let state = way.and_then(|way| self.ways.get(&way));
        Follower {
            state: state.map(watch::Sender::subscribe),
        }
    }
}

impl Follower {
    /// Waits until something may pass; false when the connection is to break instead.
    pub(super) async fn passes(&mut self) -> bool {
        let Some(state) = &mut self.state else {
            return true;
        };
        match state
            .wait_for(|state| state.is_refused || !state.is_held)
            .await
        {
            Ok(state) => !state.is_refused,
            // The cluster is gone.
            Err(_) => false,
        }
    }

    /// Waits until the connection is to break.
    pub(super) async fn refused(&mut self) {
        match &mut self.state {
            Some(state) => {
                // When the cluster is gone it breaks as well.
                let _ = state.wait_for(|state| state.is_refused).await;
            }
            None => std::future::pending().await,
        }
    }

    /// How much later what is read now is to arrive.
    pub(super) fn delay(&self) -> Duration {
        let state = self.state.as_ref();
        state.map_or(Duration::ZERO, |state| state.borrow().delay)
    }
}

impl Clone for Follower {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_several_faults_do_to_a_way_adds_up() {
        let links = Links::new(3);
        let (one, other) = (Way { from: 0, to: 1 }, Way { from: 1, to: 0 });
        let mut follower = links.follow(Some(one));
        let delay = Effect::Delay(Duration::from_millis(5));
        let ways = [one];
        links.set([(delay, &ways[..]), (delay, &ways[..])].into_iter());
        assert_eq!(follower.delay(), Duration::from_millis(10));
        assert!(follower.passes().await);
        links.set([(Effect::Hold, &ways[..]), (Effect::Refuse, &ways[..])].into_iter());
        assert!(!follower.passes().await);
        assert!(links.follow(Some(other)).passes().await);
        links.set([].into_iter());
        assert!(follower.passes().await);
    }
}
