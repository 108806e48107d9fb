//! The network: which links are whole, which members are connected, what chance does to a
//! message.

use super::action::Node;
use super::config::WorldConfig;
use super::queue::Message;
use crate::collections::{BTreeMap, BTreeSet};
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
    /// Draws what comes twice.
    duplicate_prng: Prng,
    duplicate_per_mille: u32,
    /// Latencies of single links, where they differ from the world's.
    latencies_us: BTreeMap<Link, (u64, u64)>,
    /// Who is not heard by whom.
    one_way_cuts: BTreeSet<(Node, Node)>,
    /// Whose messages to whom are kept back; nobody for all.
    holds: BTreeSet<Hold>,
    /// Messages kept back, by number.
    held: BTreeMap<u64, Message>,
    /// Those of them that somebody keeps back one by one.
    kept_by_hand: BTreeSet<u64>,
}

/// A sender and a receiver; nobody for all.
pub(super) type Hold = (Option<Node>, Option<Node>);

impl Network {
    pub(super) fn new(config: &WorldConfig, prng: Prng) -> Self {
        Self {
            duplicate_prng: prng.fork("duplicates"),
            duplicate_per_mille: 0,
            latencies_us: BTreeMap::new(),
            one_way_cuts: BTreeSet::new(),
            holds: BTreeSet::new(),
            held: BTreeMap::new(),
            kept_by_hand: BTreeSet::new(),
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

    /// Draws otherwise from now on.
    pub(super) fn reseed(&mut self, prng: Prng) {
        self.prng = prng;
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
        let (min_us, max_us) = self
            .latencies_us
            .get(&link(from, to))
            .copied()
            .unwrap_or(self.latency_us);
        let drawn_us = now_us + self.prng.between(min_us, max_us);
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

    /// Whether no link is cut, in no direction.
    pub(super) fn is_whole(&self) -> bool {
        self.cuts.is_empty() && self.one_way_cuts.is_empty()
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

    /// Cuts one direction of a link; false when it was cut already.
    pub(super) fn cut_one_way(&mut self, from: Node, to: Node) -> bool {
        self.one_way_cuts.insert((from, to))
    }

    pub(super) fn is_cut_one_way(&self, from: Node, to: Node) -> bool {
        self.one_way_cuts.contains(&(from, to))
    }

    pub(super) fn one_way_cuts(&self) -> impl Iterator<Item = (Node, Node)> {
        self.one_way_cuts.iter().copied()
    }

    /// Whether a connection can come up: it takes both directions.
    pub(super) fn can_connect(&self, (one, two): Link) -> bool {
        !self.is_cut((one, two))
            && !self.is_cut_one_way(one, two)
            && !self.is_cut_one_way(two, one)
            && !self.is_connected((one, two))
    }

    /// Makes all links whole and says which were not.
    pub(super) fn heal(&mut self) -> Vec<Link> {
        let one_way = std::mem::take(&mut self.one_way_cuts);
        let mut links = std::mem::take(&mut self.cuts);
        links.extend(one_way.into_iter().map(|(from, to)| link(from, to)));
        links.into_iter().collect()
    }

    /// Whether a link is cut in some way, or takes another time than the others.
    pub(super) fn is_odd(&self, link: Link) -> bool {
        self.is_cut(link)
            || self.is_cut_one_way(link.0, link.1)
            || self.is_cut_one_way(link.1, link.0)
            || self.latencies_us.contains_key(&link)
    }

    /// Makes one link whole and as quick as any; whether it had been cut in some way.
    pub(super) fn mend(&mut self, link: Link) -> bool {
        self.latencies_us.remove(&link);
        let was_cut = self.cuts.remove(&link);
        let there = self.one_way_cuts.remove(&(link.0, link.1));
        let back = self.one_way_cuts.remove(&(link.1, link.0));
        was_cut || there || back
    }

    /// The links that take another time than the others: least and most, in virtual microseconds.
    pub(super) fn latencies(&self) -> impl Iterator<Item = (Link, (u64, u64))> {
        self.latencies_us.iter().map(|(link, span)| (*link, *span))
    }

    pub(super) fn set_latency(&mut self, link: Link, latency_us: (u64, u64)) {
        self.latencies_us.insert(link, latency_us);
    }

    pub(super) fn set_chances(&mut self, loss_per_mille: u32, duplicate_per_mille: u32) {
        self.loss_per_mille = loss_per_mille;
        self.duplicate_per_mille = duplicate_per_mille;
    }

    /// Whether chance lets the next message come twice.
    pub(super) fn draw_duplicate(&mut self) -> bool {
        self.duplicate_prng.chance(self.duplicate_per_mille)
    }

    /// Ends what single links and chance do to messages. Cuts and what is held are left.
    pub(super) fn calm(&mut self) {
        self.set_chances(0, 0);
        self.latencies_us.clear();
    }

    /// Whether nothing keeps messages from arriving, all links alike.
    pub(super) fn is_calm(&self) -> bool {
        self.is_whole()
            && self.holds.is_empty()
            && self.kept_by_hand.is_empty()
            && self.latencies_us.is_empty()
            && self.loss_per_mille == 0
            && self.duplicate_per_mille == 0
    }

    pub(super) fn holds(&self) -> impl Iterator<Item = Hold> {
        self.holds.iter().copied()
    }

    /// Keeps back what is sent from now on; false when it is kept back already.
    pub(super) fn hold(&mut self, hold: Hold) -> bool {
        self.holds.insert(hold)
    }

    /// Ends each hold that this one covers, and hands out what nobody keeps back any more.
    pub(super) fn release(&mut self, hold: Hold) -> Vec<Message> {
        self.holds.retain(|other| !covers(hold, *other));
        if hold == (None, None) {
            self.kept_by_hand.clear();
        }
        let free: Vec<u64> = self
            .held
            .values()
            .filter(|message| !self.is_held(message.frame.from, message.frame.to))
            .filter(|message| !self.kept_by_hand.contains(&message.frame.id))
            .map(|message| message.frame.id)
            .collect();
        free.into_iter()
            .filter_map(|id| self.held.remove(&id))
            .collect()
    }

    /// Whether a hold is among those that releasing this one would end.
    pub(super) fn has_hold(&self, hold: Hold) -> bool {
        let is_by_hand = hold == (None, None) && !self.kept_by_hand.is_empty();
        is_by_hand || self.holds.iter().any(|other| covers(hold, *other))
    }

    /// Whether what one sends to the other is kept back.
    pub(super) fn is_held(&self, from: Node, to: Node) -> bool {
        self.holds
            .iter()
            .any(|hold| covers(*hold, (Some(from), Some(to))))
    }

    pub(super) fn held(&self) -> impl Iterator<Item = &Message> {
        self.held.values()
    }

    pub(super) fn held_message(&self, id: u64) -> Option<&Message> {
        self.held.get(&id)
    }

    pub(super) fn take_held(&mut self, id: u64) -> Option<Message> {
        self.kept_by_hand.remove(&id);
        self.held.remove(&id)
    }

    /// Keeps back one message, whatever is held otherwise.
    pub(super) fn keep_by_hand(&mut self, message: Message) {
        self.kept_by_hand.insert(message.frame.id);
        self.keep_back(message);
    }

    pub(super) fn keep_back(&mut self, message: Message) {
        self.held.insert(message.frame.id, message);
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

/// Whether one hold says all that the other says.
fn covers(wide: Hold, narrow: Hold) -> bool {
    let one = |wide: Option<Node>, narrow: Option<Node>| wide.is_none() || wide == narrow;
    one(wide.0, narrow.0) && one(wide.1, narrow.1)
}
