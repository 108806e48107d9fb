//! Carries faults out, and ends them.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::time::sleep;

use super::replacement::Replacement;
use crate::cluster::{Cluster, DiskOrder, Presence, name};
use crate::figures::Figures;
use crate::plan::{Fault, PlannedFault};
use crate::proxy::{Effect, Way};

/// The pause between two looks at it.
const PAUSE: Duration = Duration::from_millis(10);

/// The faults of a round, while it lasts.
pub(super) struct Trouble<'a> {
    cluster: &'a mut Cluster,
    active: Vec<Active>,
    replacement: Option<Replacement>,
}

/// A fault that has begun.
struct Active {
    /// Its place in the round's plan.
    number: usize,
    fault: Fault,
    /// To whom it happened.
    nodes: Vec<usize>,
    /// On which ways.
    ways: Vec<Way>,
}

impl<'a> Trouble<'a> {
    pub(super) fn new(cluster: &'a mut Cluster) -> Self {
        Self {
            cluster,
            active: Vec::new(),
            replacement: None,
        }
    }

    /// Begins and ends each fault at its time.
    pub(super) async fn run(
        &mut self,
        faults: &[PlannedFault],
        figures: &mut Figures,
    ) -> Result<()> {
        let mut events: Vec<(Duration, usize, bool)> = Vec::new();
        for (number, planned) in faults.iter().enumerate() {
            events.push((planned.after, number, true));
            events.push((planned.after + planned.lasts, number, false));
        }
        events.sort_unstable();
        let begun = Instant::now();
        for (at, number, begins) in events {
            sleep(at.saturating_sub(begun.elapsed())).await;
            self.cluster.presences()?;
            self.go_on_replacing().await?;
            if begins {
                figures.add_fault(faults[number].fault.kind());
                self.begin(number, &faults[number].fault).await?;
            } else {
                self.end(number)?;
            }
        }
        Ok(())
    }

    /// Ends what has not ended, and starts all that are down.
    pub(super) async fn end_all(&mut self) -> Result<()> {
        self.active.clear();
        self.set_links();
        for server in &self.cluster.servers {
            server.resume()?;
            server.order(DiskOrder::Ok)?;
        }
        let patience = self.cluster.patience.clone();
        let wait = patience.wait_for("the end of a process that was told to, or whose disk failed");
        loop {
            let presences = self.cluster.presences()?;
            let Some(node) = presences.iter().position(|one| *one == Presence::Ending) else {
                break;
            };
            let seen = format!("{} is still there", name(node));
            wait.check(
                "a member stops when it must",
                "ARCHITECTURE.md, Laws",
                &seen,
            )?;
            sleep(PAUSE).await;
        }
        for server in &mut self.cluster.servers {
            server.start()?;
        }
        self.end_replacing().await
    }

    /// What can be done now for a member that takes another's place is done.
    async fn go_on_replacing(&mut self) -> Result<()> {
        if let Some(replacement) = &mut self.replacement
            && replacement.go_on(self.cluster).await?
        {
            self.replacement = None;
        }
        Ok(())
    }

    /// Waits until nobody is on the way in or out: nothing stands in the way any more.
    async fn end_replacing(&mut self) -> Result<()> {
        let patience = self.cluster.patience.clone();
        let wait = patience.wait_for("a member that takes another's place");
        loop {
            self.cluster.presences()?;
            self.go_on_replacing().await?;
            let Some(replacement) = &self.replacement else {
                return Ok(());
            };
            let seen = replacement.to_string();
            wait.check("liveness", "Raft thesis §4.1, §4.2", &seen)?;
            sleep(PAUSE).await;
        }
    }

    async fn begin(&mut self, number: usize, fault: &Fault) -> Result<()> {
        let size = self.cluster.size();
        let leader = self.cluster.leader().await;
        let (mut nodes, mut ways) = (Vec::new(), Vec::new());
        match fault {
            Fault::Kill(victims)
            | Fault::Terminate(victims)
            | Fault::Pause(victims)
            | Fault::SlowDisk { victims, .. }
            | Fault::FailWrite(victims)
            | Fault::FailSync(victims)
            | Fault::MoveLeader(victims)
            | Fault::Replace {
                victim: victims, ..
            } => nodes = victims.among(size, leader),
            Fault::Cut { cut, .. } | Fault::Delay { cut, .. } => ways = cut.among(size, leader),
        }
        for node in &nodes {
            let server = &mut self.cluster.servers[*node];
            match fault {
                Fault::Kill(_) => server.kill()?,
                Fault::Terminate(_) => server.terminate()?,
                Fault::Pause(_) => server.pause()?,
                Fault::SlowDisk { by_ms, .. } => server.order(DiskOrder::Slow(*by_ms))?,
                Fault::FailWrite(_) => server.order(DiskOrder::FailWrite)?,
                Fault::FailSync(_) => server.order(DiskOrder::FailSync)?,
                Fault::MoveLeader(_) => self.cluster.move_leader(leader, *node),
                Fault::Replace { manner, .. } => {
                    self.replacement = Some(Replacement::begin(self.cluster, *node, *manner)?);
                }
                Fault::Cut { .. } | Fault::Delay { .. } => bail!("ways are no members"),
            }
        }
        self.active.push(Active {
            number,
            fault: fault.clone(),
            nodes,
            ways,
        });
        self.set_links();
        Ok(())
    }

    fn end(&mut self, number: usize) -> Result<()> {
        let Some(at) = self
            .active
            .iter()
            .position(|active| active.number == number)
        else {
            return Ok(());
        };
        let active = self.active.remove(at);
        self.set_links();
        // Who is told to stop, or whose disk has failed, may still be about to end: the end of
        // the round waits for it.
        let presences = self.cluster.presences()?;
        for node in active.nodes {
            let is_paused_still = self
                .active
                .iter()
                .any(|other| matches!(other.fault, Fault::Pause(_)) && other.nodes.contains(&node));
            let server = &mut self.cluster.servers[node];
            match active.fault {
                Fault::Pause(_) if !is_paused_still => server.resume()?,
                Fault::SlowDisk { .. } | Fault::FailWrite(_) | Fault::FailSync(_) => {
                    server.order(DiskOrder::Ok)?;
                }
                _ => {}
            }
            if presences[node] == Presence::Down {
                server.start()?;
            }
        }
        Ok(())
    }

    /// Lets the ways be as the active faults have them.
    fn set_links(&self) {
        let effects = self.active.iter().filter_map(|active| {
            let effect = match active.fault {
                Fault::Cut { breaks: true, .. } => Effect::Refuse,
                Fault::Cut { breaks: false, .. } => Effect::Hold,
                Fault::Delay { by, .. } => Effect::Delay(by),
                _ => return None,
            };
            Some((effect, active.ways.as_slice()))
        });
        self.cluster.links.set(effects);
    }
}
