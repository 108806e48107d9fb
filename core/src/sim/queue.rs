//! What will happen, in the order in which it will.

use bytes::Bytes;

use super::action::Node;
use super::frame::MessageFrame;
use crate::collections::BTreeMap;
use crate::disk::Lane;

/// Something that will happen.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A member's clock ticks.
    Tick(Node),
    /// A message comes to the end of its way.
    Arrive(Box<Message>),
    /// A member's disk has written the bytes of a lane's first batch.
    Write(Node, Lane),
    /// A member's disk has synced a lane's first batch.
    Sync(Node, Lane),
    /// A connection comes up.
    Connect(Node, Node),
    /// The first notices that its connection to the second is gone.
    Disconnect(Node, Node),
}

/// A message under way.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// What can be seen of it.
    pub(super) frame: MessageFrame,
    /// What it carries.
    pub(super) bytes: Bytes,
    /// Which start of the receiver it was sent to: a later one does not get it.
    pub(super) receiver_start: u64,
    /// How often its link had been cut when it left.
    pub(super) link_cuts: u64,
    /// Whether chance loses it.
    pub(super) is_unlucky: bool,
}

/// Events by time; those of one instant in the order in which they were queued.
#[derive(Debug, Default)]
pub(super) struct Queue {
    events: BTreeMap<(u64, u64), Event>,
    sequence: u64,
}

impl Queue {
    pub(super) fn push(&mut self, at_us: u64, event: Event) {
        self.sequence += 1;
        self.events.insert((at_us, self.sequence), event);
    }

    pub(super) fn pop(&mut self) -> Option<(u64, Event)> {
        self.events
            .pop_first()
            .map(|((at_us, _), event)| (at_us, event))
    }

    pub(super) fn next_at_us(&self) -> Option<u64> {
        self.events.first_key_value().map(|((at_us, _), _)| *at_us)
    }

    /// Messages under way, in the order in which they will arrive.
    pub(super) fn messages(&self) -> impl Iterator<Item = &MessageFrame> {
        self.events.values().filter_map(|event| match event {
            Event::Arrive(message) => Some(&message.frame),
            _ => None,
        })
    }

    /// A message under way.
    pub(super) fn message(&self, id: u64) -> Option<&Message> {
        self.events.values().find_map(|event| match event {
            Event::Arrive(message) if message.frame.id == id => Some(message.as_ref()),
            _ => None,
        })
    }

    /// Takes a message off its way.
    pub(super) fn take_message(&mut self, id: u64) -> Option<Message> {
        let place = self.events.iter().find_map(|(place, event)| match event {
            Event::Arrive(message) if message.frame.id == id => Some(*place),
            _ => None,
        })?;
        match self.events.remove(&place)? {
            Event::Arrive(message) => Some(*message),
            _ => None,
        }
    }

    /// Forgets what a process that has ended would still have done. Messages are left: what is
    /// under way does not know that its sender is gone.
    pub(super) fn forget_process(&mut self, node: Node) {
        self.events.retain(|_, event| match event {
            Event::Tick(of) | Event::Write(of, _) | Event::Sync(of, _) => *of != node,
            Event::Connect(one, two) => *one != node && *two != node,
            Event::Disconnect(who, _) => *who != node,
            Event::Arrive(_) => true,
        });
    }

    /// Forgets a connection that was about to come up.
    pub(super) fn forget_connect(&mut self, link: (Node, Node)) {
        self.events
            .retain(|_, event| !matches!(event, Event::Connect(one, two) if (*one, *two) == link));
    }
}
