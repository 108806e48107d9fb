//! Which of many ranges hold a key: a tree of intervals.
//!
//! The ranges stand in a search tree in the order of their beginnings, and each node knows the
//! latest end below it, so that whole branches which end too early are passed over. The tree is
//! kept low by being a treap (Seidel and Aragon 1996): every node draws a number, and a node's
//! number is never below its children's. The numbers come from a seed, so the tree has the same
//! shape on every platform.

use std::cmp::Ordering;

use bytes::Bytes;

use super::WatchName;
use super::interest::RangeEnd;
use crate::collections::BTreeSet;
use crate::prng::Prng;

/// Ranges of keys, each with the watches on it.
#[derive(Debug)]
pub(super) struct RangeTree {
    root: Link,
    prng: Prng,
}

type Link = Option<Box<Node>>;

#[derive(Debug)]
struct Node {
    start: Bytes,
    end: RangeEnd,
    watches: BTreeSet<WatchName>,
    priority: u64,
    /// Of this node and all below it.
    latest_end: RangeEnd,
    left: Link,
    right: Link,
}

impl RangeTree {
    /// Without ranges.
    pub(super) fn new() -> Self {
        Self {
            root: None,
            prng: Prng::new(0),
        }
    }

    /// Puts a watch on a range.
    pub(super) fn insert(&mut self, start: &Bytes, end: &RangeEnd, watch: WatchName) {
        let priority = self.prng.bits();
        insert(&mut self.root, (start, end), watch, priority);
    }

    /// Takes a watch off a range.
    pub(super) fn remove(&mut self, start: &Bytes, end: &RangeEnd, watch: WatchName) {
        remove(&mut self.root, (start, end), watch);
    }

    /// Adds the watches of all ranges that hold a key.
    pub(super) fn find(&self, key: &[u8], found: &mut Vec<WatchName>) {
        find(&self.root, key, found);
    }

    /// Whether there is no range.
    pub(super) fn is_empty(&self) -> bool {
        self.root.is_none()
    }
}

impl Node {
    fn place(&self, (start, end): (&Bytes, &RangeEnd)) -> Ordering {
        (start, end).cmp(&(&self.start, &self.end))
    }

    fn note_ends(&mut self) {
        let below = [&self.left, &self.right];
        let ends = below.into_iter().flatten().map(|node| &node.latest_end);
        let latest = ends.fold(&self.end, |latest, end| latest.max(end)).clone();
        self.latest_end = latest;
    }
}

fn insert(link: &mut Link, range: (&Bytes, &RangeEnd), watch: WatchName, priority: u64) {
    let Some(mut node) = link.take() else {
        *link = Some(Box::new(Node {
            start: range.0.clone(),
            end: range.1.clone(),
            watches: BTreeSet::from([watch]),
            priority,
            latest_end: range.1.clone(),
            left: None,
            right: None,
        }));
        return;
    };
    match node.place(range) {
        Ordering::Equal => {
            node.watches.insert(watch);
        }
        Ordering::Less => {
            insert(&mut node.left, range, watch, priority);
            if let Some(mut up) = node.left.take_if(|left| left.priority > node.priority) {
                node.left = up.right.take();
                node.note_ends();
                up.right = Some(node);
                node = up;
            }
        }
        Ordering::Greater => {
            insert(&mut node.right, range, watch, priority);
            if let Some(mut up) = node.right.take_if(|right| right.priority > node.priority) {
                node.right = up.left.take();
                node.note_ends();
                up.left = Some(node);
                node = up;
            }
        }
    }
    node.note_ends();
    *link = Some(node);
}

fn remove(link: &mut Link, range: (&Bytes, &RangeEnd), watch: WatchName) {
    let Some(mut node) = link.take() else { return };
    match node.place(range) {
        Ordering::Less => remove(&mut node.left, range, watch),
        Ordering::Greater => remove(&mut node.right, range, watch),
        Ordering::Equal => {
            node.watches.remove(&watch);
            if node.watches.is_empty() {
                *link = merge(node.left.take(), node.right.take());
                return;
            }
        }
    }
    node.note_ends();
    *link = Some(node);
}

/// One tree of two, of which all of the first is before the second.
fn merge(left: Link, right: Link) -> Link {
    let (mut left, mut right) = match (left, right) {
        (None, only) | (only, None) => return only,
        (Some(left), Some(right)) => (left, right),
    };
    if left.priority > right.priority {
        left.right = merge(left.right.take(), Some(right));
        left.note_ends();
        Some(left)
    } else {
        right.left = merge(Some(left), right.left.take());
        right.note_ends();
        Some(right)
    }
}

fn find(link: &Link, key: &[u8], found: &mut Vec<WatchName>) {
    let Some(node) = link else { return };
    if !node.latest_end.is_after(key) {
        return;
    }
    find(&node.left, key, found);
    if node.start.as_ref() <= key {
        if node.end.is_after(key) {
            found.extend(node.watches.iter().copied());
        }
        find(&node.right, key, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{WatchId, WatchStreamId};

    fn height(link: &Link) -> usize {
        let below = |node: &Node| height(&node.left).max(height(&node.right));
        link.as_ref().map_or(0, |node| 1 + below(node))
    }

    #[test]
    fn finds_what_a_walk_over_all_ranges_finds() {
        let mut prng = Prng::new(7);
        let mut tree = RangeTree::new();
        let mut all: Vec<(Bytes, RangeEnd, WatchName)> = Vec::new();
        for step in 0..3_000i64 {
            if prng.chance(400) && !all.is_empty() {
                let at = prng.below(all.len() as u64) as usize;
                let (start, end, watch) = all.swap_remove(at);
                tree.remove(&start, &end, watch);
            } else {
                let start = Bytes::copy_from_slice(&[prng.below(30) as u8]);
                let end = match prng.below(5) {
                    0 => RangeEnd::Never,
                    _ => RangeEnd::Before(Bytes::copy_from_slice(&[start[0]
                        + 1
                        + prng.below(9) as u8])),
                };
                let watch = (WatchStreamId(prng.below(4)), WatchId(step));
                tree.insert(&start, &end, watch);
                all.push((start, end, watch));
            }
            let key = [prng.below(40) as u8];
            let mut found = Vec::new();
            tree.find(&key, &mut found);
            found.sort_unstable();
            let mut wanted: Vec<WatchName> = all
                .iter()
                .filter(|(start, end, _)| start.as_ref() <= &key[..] && end.is_after(&key))
                .map(|(_, _, watch)| *watch)
                .collect();
            wanted.sort_unstable();
            assert_eq!(found, wanted, "step {step}");
        }
        for (start, end, watch) in all {
            tree.remove(&start, &end, watch);
        }
        assert!(tree.is_empty());
    }

    #[test]
    fn stays_low_when_ranges_come_in_order() {
        let mut tree = RangeTree::new();
        for number in 0..10_000u32 {
            let start = Bytes::copy_from_slice(&number.to_be_bytes());
            let end = RangeEnd::Before(Bytes::copy_from_slice(&(number + 1).to_be_bytes()));
            tree.insert(&start, &end, (WatchStreamId(1), WatchId(i64::from(number))));
        }
        let height = height(&tree.root);
        assert!(height < 50, "{height} levels for 10,000 ranges");
    }
}
