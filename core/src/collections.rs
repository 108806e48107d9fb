//! Ordered maps and sets: what is quick on a server and what is small on the page, with the same
//! order and so the same outcome (`cargo xtask test --only trace` compares their traces).
//!
//! A B-tree is made anew by the compiler for each pair of types, some 10 KB a time; of the page's
//! code every fifth byte was one. A page's maps hold tens of things, seldom thousands: there a
//! sorted list does the same in a tenth of the room.

mod order;

#[cfg(not(target_family = "wasm"))]
pub use std::collections::{BTreeMap, BTreeSet, btree_map};

#[cfg(target_family = "wasm")]
#[path = "collections/sorted_map.rs"]
pub mod btree_map;
#[cfg(target_family = "wasm")]
mod sorted_set;

pub use self::order::InOrder;

#[cfg(target_family = "wasm")]
pub use self::btree_map::SortedMap as BTreeMap;
#[cfg(target_family = "wasm")]
pub use self::sorted_set::SortedSet as BTreeSet;

// Natively they are compiled for their tests alone, under the same names.
#[cfg(all(test, not(target_family = "wasm")))]
#[path = "collections/sorted_map.rs"]
mod sorted_map;
#[cfg(all(test, not(target_family = "wasm")))]
mod sorted_set;
#[cfg(test)]
mod tests;
