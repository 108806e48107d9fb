//! The world: takes one event at a time and hands its consequences on.

mod act;
mod audit;
mod carry;
mod events;
mod faults;
mod fits;
mod liveness;
mod picture;

use std::sync::Arc;

use super::action::{Action, Node};
use super::check::{Broken, Checks, Scene};
use super::clients::Clients;
use super::config::WorldConfig;
use super::frame::{EventCause, EventFrame, LostMessage, OperationFrame};
use super::halt::{Halt, WorldError};
use super::host::Process;
use super::lines::Lines;
use super::machine::{Machine, machines};
use super::network::Network;
use super::queue::Queue;
use super::records::Records;
use super::roster::Roster;
use super::violation::Violation;
use crate::collections::BTreeSet;
use crate::member::MemberFacts;
use crate::prng::Prng;
use crate::trace::TraceHash;

/// Members, their clocks, network, disks and clients, at one moment.
#[derive(Debug)]
pub struct World {
    /// Shared with the pictures.
    config: Arc<WorldConfig>,
    now_us: u64,
    event_count: u64,
    action_count: usize,
    queue: Queue,
    /// `n1` first.
    machines: Vec<Machine>,
    roster: Roster,
    network: Network,
    clients: Clients,
    checks: Checks,
    records: Records,
    lines: Lines,
    /// Draws when clocks begin to tick.
    clock_prng: Prng,
    /// Draws what crashes leave.
    disk_prng: Prng,
    last: EventFrame,
    /// Messages lost in the last event.
    lost: Vec<LostMessage>,
    /// See [`Frame::first_sent`](super::Frame::first_sent).
    first_sent: u64,
    /// The operations that the running event ended.
    answered: Vec<u64>,
    /// Members that took part in the event that is being handled.
    touched: BTreeSet<Node>,
    violation: Option<Violation>,
    /// See [`World::is_undecided`].
    is_undecided: bool,
}

impl World {
    /// A world in which all members have just started: its first event has happened.
    pub fn new(config: WorldConfig) -> Result<Self, WorldError> {
        Self::begun(config, Lines::default())
    }

    /// A new world that keeps the lines of its trace from the first on.
    pub fn with_trace_lines(config: WorldConfig) -> Result<Self, WorldError> {
        Self::begun(config, Lines::kept())
    }

    fn begun(config: WorldConfig, lines: Lines) -> Result<Self, WorldError> {
        config.check()?;
        let prng = Prng::new(config.seed);
        let machines = machines(&config);
        let mut world = Self {
            now_us: 0,
            event_count: 0,
            action_count: 0,
            queue: Queue::default(),
            roster: Roster::new(machines.iter().map(|machine| machine.id)),
            machines,
            network: Network::new(&config, prng.fork("network")),
            clients: Clients::default(),
            checks: Checks::default(),
            records: Records::new(&config),
            lines,
            clock_prng: prng.fork("clocks"),
            disk_prng: prng.fork("disks"),
            last: EventFrame {
                cause: EventCause::Started,
                trace: Vec::new(),
            },
            first_sent: 1,
            answered: Vec::new(),
            lost: Vec::new(),
            touched: BTreeSet::new(),
            violation: None,
            is_undecided: false,
            config: Arc::new(config),
        };
        world.begin(EventCause::Started);
        if let Some(modified) = world.config.modified() {
            world.lines.add(0, format_args!("{modified}"));
        }
        for node in world.nodes() {
            world.start(node);
        }
        world.end();
        Ok(world)
    }

    /// Handles the next event, exactly one.
    pub fn step(&mut self) -> Result<&EventFrame, Halt> {
        self.go_on()?;
        let (at_us, event) = self.queue.pop().ok_or(Halt::Idle)?;
        self.now_us = at_us;
        self.handle(event);
        self.end();
        Ok(&self.last)
    }

    /// Does something now; it counts as one event, possible or not.
    pub fn act(&mut self, action: Action) -> Result<&EventFrame, Halt> {
        self.go_on()?;
        self.action_count += 1;
        match self.refusal(&action) {
            Some(reason) => self.begin(EventCause::Refused(action, reason)),
            None => {
                self.begin(EventCause::Acted(action.clone()));
                self.records.acted(&action, self.now_us);
                self.hear_of_action(&action);
                self.perform(action);
            }
        }
        self.end();
        Ok(&self.last)
    }

    /// Lets chance draw otherwise from now on: latencies, losses, what crashes leave, the election
    /// timeouts of later terms. What is under way and the timers that run are left as they are.
    ///
    /// What comes is no longer the future of the world's own seed: this is for looking at what may
    /// still become of a moment, see [`super::Futures`].
    pub fn reseed(&mut self, seed: u64) {
        let prng = Prng::new(seed);
        self.network.reseed(prng.fork("network"));
        self.clock_prng = prng.fork("clocks");
        self.disk_prng = prng.fork("disks");
        for machine in &mut self.machines {
            machine.change().reseed(seed);
        }
    }

    /// The settings.
    pub fn config(&self) -> &WorldConfig {
        &self.config
    }

    /// How many events have happened. Never 0: the members' start is the first.
    pub fn event_count(&self) -> u64 {
        self.event_count
    }

    /// How many of them were actions, possible or not.
    pub fn action_count(&self) -> usize {
        self.action_count
    }

    /// Virtual time, in microseconds.
    pub fn now_us(&self) -> u64 {
        self.now_us
    }

    /// When the next event will happen by itself; nothing when none will.
    pub fn next_event_at_us(&self) -> Option<u64> {
        self.queue.next_at_us()
    }

    /// The hash of all lines of the trace so far.
    pub fn trace_hash(&self) -> TraceHash {
        self.lines.hash()
    }

    /// The lines kept since the last call: `{time_us} {event}` for what the world did,
    /// `{time_us} {member} {text}` for what a member traced. None unless the world was made by
    /// [`World::with_trace_lines`].
    pub fn take_trace_lines(&mut self) -> Vec<String> {
        self.lines.take()
    }

    /// The event that happened last.
    pub fn last_event(&self) -> &EventFrame {
        &self.last
    }

    /// The property that was violated, if one was. The world has ended then.
    pub fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    /// What clients asked so far, oldest first.
    pub fn operations(&self) -> &[OperationFrame] {
        self.clients.operations()
    }

    /// All that clients saw, see [`World::audit`].
    pub fn client_history(&self) -> &crate::audit::History {
        self.clients.history()
    }

    /// Whether a member's process runs.
    pub fn is_running(&self, node: Node) -> bool {
        self.machine(node).is_some_and(Machine::is_running)
    }

    /// A running member, to look at.
    pub(super) fn facts(&self, node: Node) -> Option<MemberFacts> {
        let process = self.machine(node)?.process.as_ref()?;
        Some(process.facts())
    }

    /// All members' numbers.
    pub fn nodes(&self) -> Vec<Node> {
        self.machines.iter().map(|machine| machine.node).collect()
    }

    /// Lets all disks lie from now on, see [`super::disk::Disk`].
    #[cfg(test)]
    pub(super) fn let_disks_lie(&mut self) {
        for machine in &mut self.machines {
            machine.change().disk.lies = true;
        }
    }

    fn go_on(&self) -> Result<(), Halt> {
        match &self.violation {
            Some(violation) => Err(Halt::Violated(violation.clone())),
            None => Ok(()),
        }
    }

    fn begin(&mut self, cause: EventCause) {
        self.event_count += 1;
        self.first_sent = self.network.message_count() + 1;
        self.answered.clear();
        self.lost.clear();
        self.touched.clear();
        for machine in &mut self.machines {
            machine.begin_event();
        }
        self.lines.add(self.now_us, format_args!("{cause}"));
        self.last = EventFrame {
            cause,
            trace: Vec::new(),
        };
    }

    /// Looks at all members that took part in the event, and at all of them when it is time to.
    fn end(&mut self) {
        let mut verdict = Ok(());
        while let Some(node) = self.touched.pop_first() {
            let process = self.machine_mut(node).and_then(|one| one.process.as_mut());
            let writers = process.map(Process::take_writers);
            self.records.wrote(writers.unwrap_or_default());
            if let Some(scene) = scene(&self.machines, node) {
                self.roster.look(&scene);
                verdict = verdict.and_then(|()| self.checks.member(&scene));
            }
        }
        if self.checks.liveness().is_due(self.now_us) {
            verdict = verdict.and_then(|()| self.look_for_liveness());
        }
        if let Err(broken) = verdict {
            self.violate(broken);
        }
    }

    /// Keeps the first violation; what follows from it is no news.
    fn violate(&mut self, broken: Broken) {
        if self.violation.is_some() {
            return;
        }
        let violation = Violation {
            property: broken.property,
            source: broken.source,
            text: broken.text,
            seed: self.config.seed,
            event: self.event_count,
            at_us: self.now_us,
        };
        self.lines.add(self.now_us, format_args!("{violation}"));
        self.violation = Some(violation);
    }

    fn machine(&self, node: Node) -> Option<&Machine> {
        self.machines.get(node.0.checked_sub(1)? as usize)
    }

    fn machine_mut(&mut self, node: Node) -> Option<&mut Machine> {
        let machine = self.machines.get_mut(node.0.checked_sub(1)? as usize)?;
        Some(machine.change())
    }
}

/// A member for the checkers, if it runs.
fn scene(machines: &[Machine], node: Node) -> Option<Scene<'_>> {
    let machine = machines.get(node.0.checked_sub(1)? as usize)?;
    let process = machine.process.as_ref()?;
    Some(Scene {
        node,
        start: machine.starts,
        facts: process.facts(),
        subject: process,
    })
}
