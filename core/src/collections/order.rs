//! Putting lists in order: std's sorting on a server; on the page one that is a tenth of its size.

use std::cmp::Ordering;

/// Sorting, stable and with the same outcome everywhere.
pub trait InOrder<T> {
    /// In ascending order.
    fn order(&mut self)
    where
        T: Ord;

    /// As a comparison has it.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// In ascending order of a key.
    fn order_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K);
}

impl<T> InOrder<T> for [T] {
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }

    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering) {
        #[cfg(not(target_family = "wasm"))]
        self.sort_by(compare);
        #[cfg(target_family = "wasm")]
        insert_each(self, compare);
    }

    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|one, two| key(one).cmp(&key(two)));
    }
}

/// Puts each item where it belongs among those before it: little code, and little work where there
/// are tens of items, or where they are nearly in order, as on the page.
#[cfg(any(test, target_family = "wasm"))]
fn insert_each<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    for at in 1..items.len() {
        let mut place = at;
        while place > 0 && compare(&items[place - 1], &items[place]) == Ordering::Greater {
            items.swap(place - 1, place);
            place -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prng::Prng;

    #[test]
    fn both_ways_of_sorting_agree_and_are_stable() {
        let mut prng = Prng::new(1);
        for length in 0..60 {
            let items: Vec<(u64, usize)> = (0..length).map(|at| (prng.below(9), at)).collect();
            let mut sorted = items.clone();
            sorted.order_by_key(|item| item.0);
            let mut inserted = items;
            insert_each(&mut inserted, |one, two| one.0.cmp(&two.0));
            assert_eq!(inserted, sorted);
            assert!(sorted.is_sorted());
        }
    }
}
