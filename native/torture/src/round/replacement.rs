//! A member that takes another's place while clients ask and faults come and go.
//!
//! 1. The old one is dead, or runs on and has to stop by itself when it is removed.
//! 2. Its removal is asked for, then the addition of a new one, by whoever answers: both go on
//!    while other members are down or cut off, and take as long as those need.
//! 3. What the old one was is thrown away, process and data, and the new one is started with its
//!    name and ports, to join.
//! 4. If it came as a learner, its promotion is asked for until it has caught up.

use std::fmt;

use anyhow::{Context, Result};
use quorate_core::id::MemberId;
use quorate_core::prng::Prng;
use tokio::task::JoinHandle;

use crate::client::{Client, Members};
use crate::cluster::{Cluster, name};
use crate::plan::Replacing;

/// A replacement that has begun.
pub(super) struct Replacement {
    node: usize,
    manner: Replacing,
    stage: Stage,
}

/// How far it is.
enum Stage {
    /// The old one is to be removed, the new one to be added.
    Changing(Task<MemberId>),
    /// The new one is to know the cluster.
    Joining(MemberId),
    /// The new one is to get its vote.
    Promoting(Task<()>),
}

/// Something that goes on beside the faults; ends when it is dropped.
struct Task<T>(JoinHandle<T>);

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Replacement {
    /// Begins to replace the member that a node is.
    pub(super) fn begin(cluster: &mut Cluster, node: usize, manner: Replacing) -> Result<Self> {
        let server = &mut cluster.servers[node];
        server.leave();
        if manner.is_dead {
            server.kill()?;
        }
        let (old, url) = (cluster.id(node), cluster.peer_url(node).to_owned());
        let changing = members(cluster, old).replace(old, url, manner.by_learner);
        Ok(Self {
            node,
            manner,
            stage: Stage::Changing(Task(tokio::spawn(changing))),
        })
    }

    /// Does what can be done now; true when nothing is left to do.
    pub(super) async fn go_on(&mut self, cluster: &mut Cluster) -> Result<bool> {
        match &mut self.stage {
            Stage::Changing(task) if task.0.is_finished() => {
                let new = (&mut task.0)
                    .await
                    .context("the change of the members ended")?;
                cluster.set_id(self.node, new);
                let server = &mut cluster.servers[self.node];
                server.begin_anew()?;
                server.start()?;
                self.stage = Stage::Joining(new);
            }
            Stage::Joining(new) => {
                let new = *new;
                // One that was killed, or was not let in yet, tries again.
                cluster.servers[self.node].start()?;
                if Client::connect(cluster.client_ports[self.node])
                    .await
                    .is_none()
                {
                    return Ok(false);
                }
                cluster.servers[self.node].has_joined();
                if !self.manner.by_learner {
                    return Ok(true);
                }
                let url = cluster.peer_url(self.node).to_owned();
                let promoting = members(cluster, new).promote(new, url);
                self.stage = Stage::Promoting(Task(tokio::spawn(promoting)));
            }
            Stage::Promoting(task) if task.0.is_finished() => {
                (&mut task.0).await.context("the promotion ended")?;
                return Ok(true);
            }
            Stage::Promoting(_) => {}
            Stage::Changing(_) => {}
        }
        Ok(false)
    }
}

impl fmt::Display for Replacement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = name(self.node);
        match &self.stage {
            Stage::Changing(_) => {
                write!(f, "{name} is not removed, or no other is added for it")
            }
            Stage::Joining(new) => write!(f, "{name}, as member {new}, does not join"),
            Stage::Promoting(_) => write!(f, "{name} is not promoted"),
        }
    }
}

/// Somebody who asks for changes; whom first is drawn.
fn members(cluster: &Cluster, about: MemberId) -> Members {
    Members::new(cluster.client_ports.clone(), Prng::new(about.0))
}
