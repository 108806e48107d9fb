//! What happens by itself: clocks tick, messages arrive, disks write and sync, links come and go.

use super::World;
use crate::Input;
use crate::disk::Lane;
use crate::sim::action::Node;
use crate::sim::frame::{EventCause, LossReason, LostMessage};
use crate::sim::network::link;
use crate::sim::queue::{Event, Message};

impl World {
    pub(super) fn handle(&mut self, event: Event) {
        match event {
            Event::Tick(node) => {
                self.begin(EventCause::Ticked(node));
                let tick_us = self.machine(node).map_or(self.config.tick_us, |machine| {
                    machine.condition.tick_us(self.config.tick_us)
                });
                self.queue.push(self.now_us + tick_us, Event::Tick(node));
                // Of a process that stands still nobody counts the ticks, as a timer that skips
                // what it has missed.
                if self.is_paused(node) {
                    self.miss_tick(node);
                } else {
                    self.feed(node, Input::Tick);
                }
            }
            Event::Arrive(message) => self.arrive(*message),
            Event::Write(node, lane) => {
                self.begin(EventCause::Wrote(node));
                self.write(node, lane);
            }
            Event::Sync(node, lane) => {
                self.begin(EventCause::Synced(node));
                self.sync(node, lane);
            }
            Event::Connect(one, two) => {
                self.begin(EventCause::Connected(one, two));
                self.network.connect(link(one, two));
                for (who, peer) in [(one, two), (two, one)] {
                    let peer = self.id(peer);
                    self.feed(who, Input::PeerActive { peer });
                }
            }
            Event::Disconnect(who, from) => {
                self.begin(EventCause::Disconnected(who, from));
                let peer = self.id(from);
                self.feed(who, Input::PeerUnreachable { peer });
            }
        }
    }

    fn arrive(&mut self, message: Message) {
        if let Some(reason) = self.loss(&message) {
            self.begin(EventCause::Lost(message.frame.clone(), reason));
            self.lost.push(LostMessage {
                message: message.frame,
                reason,
            });
            return;
        }
        self.begin(EventCause::Delivered(message.frame.clone()));
        self.hand_over(message);
    }

    pub(super) fn hand_over(&mut self, message: Message) {
        let from = self.id(message.frame.from);
        let frame = message.bytes;
        self.feed(message.frame.to, Input::Message { from, frame });
    }

    pub(super) fn loss(&self, message: &Message) -> Option<LossReason> {
        let (from, to) = (message.frame.from, message.frame.to);
        let receiver = self.machine(to)?;
        if message.link_cuts != self.network.cut_count(link(from, to)) {
            Some(LossReason::Cut)
        } else if !receiver.is_running() || receiver.starts != message.receiver_start {
            Some(LossReason::Down)
        } else if message.is_unlucky {
            Some(LossReason::Chance)
        } else {
            None
        }
    }

    fn write(&mut self, node: Node, lane: Lane) {
        let Some(machine) = self.machine_mut(node) else {
            return;
        };
        match machine.disk.write(lane) {
            Some((batch, result)) => self.finish(node, lane, batch, result),
            None => {
                let at_us = self.now_us + self.config.disk_sync_us;
                self.queue.push(at_us, Event::Sync(node, lane));
            }
        }
    }

    fn sync(&mut self, node: Node, lane: Lane) {
        let done = self
            .machine_mut(node)
            .and_then(|machine| machine.disk.sync(lane));
        if let Some((batch, result)) = done {
            self.finish(node, lane, batch, result);
        }
    }

    fn miss_tick(&mut self, node: Node) {
        if let Some(machine) = self.machine_mut(node) {
            let missed = &mut machine.condition.missed_ticks;
            *missed = missed.saturating_add(1);
        }
        // It is told of them, and counts them for leases.
        if self.config.reads_by_lease {
            self.records.ticked(node, self.now_us);
        }
    }

    pub(super) fn is_paused(&self, node: Node) -> bool {
        self.machine(node)
            .is_some_and(|machine| machine.condition.is_paused())
    }
}
