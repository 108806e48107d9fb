//! The network: which links are whole, which members are connected, what chance does to a
//! message.

use std::collections::{BTreeMap, BTreeSet};

use super::action::Node;
use super::config::WorldConfig;
use crate::prng::Prng;

/// A link, the lower number first.
pub(super) type Link = (Node, Node);

/// The link between two members.
pub(super) fn link(one: Node, two: Node) -> Link {
    (one.min(two), one.max(two))
}

/// The network of a world.
#[derive(Debug)]
pub(super) struct Network {
    prng: Prng,
    latency_us: (u64, u64),
    in_order: bool,
    /// When the last message from one member to another arrives.
    last_arrivals_us: BTreeMap<(Node, Node), u64>,
    loss_per_mille: u32,
    cuts: BTreeSet<Link>,
    /// How often each link has been cut: a message that was under way in a cut does not arrive
    /// even when the link has healed since.
    cut_counts: BTreeMap<Link, u64>,
    /// Links over which two running members are connected.
    connected: BTreeSet<Link>,
    message_count: u64,
}

impl Network {
    pub(super) fn new(config: &WorldConfig, prng: Prng) -> Self {
        Self {
            prng,
            latency_us: (config.latency_min_us, config.latency_max_us),
            in_order: config.in_order,
            last_arrivals_us: BTreeMap::new(),
            loss_per_mille: config.loss_per_mille,
            cuts: BTreeSet::new(),
            cut_counts: BTreeMap::new(),
            connected: BTreeSet::new(),
            message_count: 0,
        }
    }

    /// How many messages have been sent.
    pub(super) fn message_count(&self) -> u64 {
        self.message_count
    }

    pub(super) fn next_message_id(&mut self) -> u64 {
        self.message_count += 1;
        self.message_count
    }

    /// How long the next message is under way, in virtual microseconds.
    pub(super) fn draw_latency_us(&mut self) -> u64 {
        self.prng.between(self.latency_us.0, self.latency_us.1)
    }

    /// When a message that leaves now will arrive.
    pub(super) fn draw_arrival_us(&mut self, from: Node, to: Node, now_us: u64) -> u64 {
        let drawn_us = now_us + self.draw_latency_us();
        if !self.in_order {
            return drawn_us;
        }
        let last_us = self.last_arrivals_us.entry((from, to)).or_default();
        *last_us = drawn_us.max(*last_us);
        *last_us
    }

    /// How long a connection takes: longer than any notice of a broken one, so that a member
    /// never hears of the new connection before it heard that the old one is gone.
    pub(super) fn draw_connect_us(&mut self) -> u64 {
        1 + self.latency_us.1 + self.draw_latency_us()
    }

    /// Whether chance loses the next message.
    pub(super) fn draw_loss(&mut self) -> bool {
        self.prng.chance(self.loss_per_mille)
    }

    pub(super) fn is_cut(&self, link: Link) -> bool {
        self.cuts.contains(&link)
    }

    pub(super) fn cuts(&self) -> impl Iterator<Item = Link> {
        self.cuts.iter().copied()
    }

    pub(super) fn cut_count(&self, link: Link) -> u64 {
        self.cut_counts.get(&link).copied().unwrap_or(0)
    }

    /// Cuts a link; false when it was cut already.
    pub(super) fn cut(&mut self, link: Link) -> bool {
        let is_new = self.cuts.insert(link);
        if is_new {
            *self.cut_counts.entry(link).or_default() += 1;
        }
        is_new
    }

    /// Makes all links whole and says which were not.
    pub(super) fn heal(&mut self) -> Vec<Link> {
        std::mem::take(&mut self.cuts).into_iter().collect()
    }

    pub(super) fn is_connected(&self, link: Link) -> bool {
        self.connected.contains(&link)
    }

    pub(super) fn connect(&mut self, link: Link) {
        self.connected.insert(link);
    }

    /// Takes a connection down; false when there was none.
    pub(super) fn disconnect(&mut self, link: Link) -> bool {
        self.connected.remove(&link)
    }
}
