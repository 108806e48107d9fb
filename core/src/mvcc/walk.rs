//! The keys of a range, and how far somebody has come who goes through them a step at a time.

use std::ops::Bound;

use bytes::Bytes;

use super::Store;
use super::history::KeyHistory;
use super::key::Key;

/// What is left of a range, given as in [`crate::command::Range`].
#[derive(Clone, Debug)]
pub(super) enum Walk {
    /// One key: by far the most frequent, and `get` is one descent where `range` is two.
    One(Key),
    /// Keys in ascending order.
    Many(Bound<Key>, Bound<Key>),
    /// Nothing, or nothing any more.
    Over,
}

impl Walk {
    /// All of a range; nothing of one that ends before it begins.
    pub(super) fn over(key: &Bytes, range_end: &Bytes) -> Self {
        let from = Key::from(key);
        match range_end.as_ref() {
            [] => Self::One(from),
            [0] => Self::Many(Bound::Included(from), Bound::Unbounded),
            _ if range_end <= key => Self::Over,
            _ => {
                let end = Bound::Excluded(Key::from(range_end));
                Self::Many(Bound::Included(from), end)
            }
        }
    }

    /// Goes on at this key, which is one of those ahead.
    pub(super) fn go_on_at(&mut self, key: Key) {
        match self {
            Self::Many(from, _) => *from = Bound::Included(key),
            // It stands before its only key, or behind all.
            Self::One(_) | Self::Over => {}
        }
    }

    /// What is ahead, as bounds; nothing when nothing is.
    pub(super) fn bounds(&self) -> Option<(Bound<&Key>, Bound<&Key>)> {
        match self {
            Self::One(key) => Some((Bound::Included(key), Bound::Included(key))),
            Self::Many(from, to) => Some((from.as_ref(), to.as_ref())),
            Self::Over => None,
        }
    }
}

impl Store {
    /// The keys that are ahead with their histories, deleted ones too, in ascending order.
    pub(super) fn ahead<'a>(
        &'a self,
        walk: &Walk,
    ) -> impl Iterator<Item = (&'a Key, &'a KeyHistory)> + use<'a> {
        let one = match walk {
            Walk::One(key) => self.keys.get_key_value(key),
            Walk::Many(..) | Walk::Over => None,
        };
        let many = match walk {
            Walk::Many(..) => walk.bounds().map(|bounds| self.keys.range(bounds)),
            Walk::One(_) | Walk::Over => None,
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}
