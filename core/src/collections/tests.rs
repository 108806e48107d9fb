//! The page's maps beside the server's: whatever is done to both, both say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::sorted_map::{Entry, SortedMap};
use super::sorted_set::SortedSet;
use crate::prng::Prng;

#[test]
fn a_sorted_map_does_what_a_tree_does() {
    for seed in 0..40 {
        let mut prng = Prng::new(seed);
        let mut tree = BTreeMap::new();
        let mut list = SortedMap::new();
        for _ in 0..300 {
            let key = prng.below(40);
            let value = prng.bits();
            match prng.below(12) {
                0..=4 => assert_eq!(tree.insert(key, value), list.insert(key, value)),
                5 => assert_eq!(tree.remove(&key), list.remove(&key)),
                6 => assert_eq!(tree.pop_first(), list.pop_first()),
                7 => assert_eq!(tree.pop_last(), list.pop_last()),
                8 => {
                    *tree.entry(key).or_insert(1) ^= value;
                    *list.entry(key).or_insert(1) ^= value;
                }
                9 => {
                    let tail = tree.split_off(&key);
                    assert!(tail.into_iter().eq(list.split_off(&key)));
                }
                10 => {
                    tree.retain(|key, value| (*key ^ *value) % 5 > 0);
                    list.retain(|key, value| (*key ^ *value) % 5 > 0);
                }
                _ => {
                    if let Entry::Occupied(entry) = list.entry(key) {
                        assert_eq!(Some(entry.remove()), tree.remove(&key));
                    }
                }
            }
            assert!(tree.iter().eq(list.iter()));
            assert!(tree.values().rev().eq(list.values().rev()));
            assert_eq!(tree.get(&key), list.get(&key));
            assert_eq!(tree.first_key_value(), list.first_key_value());
            assert_eq!(tree.last_key_value(), list.last_key_value());
            let other = key + prng.below(10);
            assert!(tree.range(key..other).eq(list.range(key..other)));
            assert!(tree.range(..=key).rev().eq(list.range(..=key).rev()));
            let after = (Bound::Excluded(key), Bound::Unbounded);
            assert!(tree.range(after).eq(list.range(after)));
            assert_eq!(tree.len(), list.len());
        }
        assert!(tree.into_iter().eq(list));
    }
}

#[test]
fn a_sorted_set_does_what_a_tree_does() {
    let mut prng = Prng::new(7);
    let mut trees = [BTreeSet::new(), BTreeSet::new()];
    let mut lists = [SortedSet::new(), SortedSet::new()];
    for _ in 0..2_000 {
        let which = prng.below(2) as usize;
        let item = prng.below(30);
        let (tree, list) = (&mut trees[which], &mut lists[which]);
        match prng.below(3) {
            0 => assert_eq!(tree.remove(&item), list.remove(&item)),
            _ => assert_eq!(tree.insert(item), list.insert(item)),
        }
        assert!(tree.iter().eq(list.iter()));
        assert!(tree.range(item..).next() == list.range(item..).next());
        assert_eq!((tree.first(), tree.last()), (list.first(), list.last()));
        assert!(
            trees[0]
                .intersection(&trees[1])
                .eq(lists[0].intersection(&lists[1]))
        );
        assert!(
            trees[0]
                .difference(&trees[1])
                .eq(lists[0].difference(&lists[1]))
        );
        assert_eq!(trees[0].is_subset(&trees[1]), lists[0].is_subset(&lists[1]));
    }
}
