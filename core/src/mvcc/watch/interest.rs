//! What a watch is about: a range of keys, and which of their changes.

use bytes::Bytes;

use crate::command::{WatchCreate, WatchEventKind};

/// Which keys a watch covers, beginning with a first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The first key alone.
    One,
    /// All keys from the first to an end.
    To(RangeEnd),
}

/// Where a range of more than one key ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RangeEnd {
    /// Before this key.
    Before(Bytes),
    /// Nowhere. It is later than any key: the order of the variants says so.
    Never,
}

impl RangeEnd {
    /// Whether a key is before the end.
    pub(super) fn is_after(&self, key: &[u8]) -> bool {
        match self {
            Self::Before(end) => key < end.as_ref(),
            Self::Never => true,
        }
    }
}

/// What a watch wants to hear of.
#[derive(Clone, Debug)]
pub(super) struct Interest {
    pub(super) key: Bytes,
    pub(super) extent: Extent,
    /// Whether events carry the version before.
    pub(super) previous: bool,
    no_put: bool,
    no_delete: bool,
}

impl Interest {
    /// What a request asks for; nothing when its range has no keys. As in etcd no key stands for
    /// the first there can be, and a range end of one zero byte for no end.
    pub(super) fn of(create: &WatchCreate) -> Option<Self> {
        let key = match create.key.is_empty() {
            true => Bytes::from_static(&[0]),
            false => create.key.clone(),
        };
        let extent = match create.range_end.as_ref() {
            [] => Extent::One,
            [0] => Extent::To(RangeEnd::Never),
            end if end <= key.as_ref() => return None,
            _ => Extent::To(RangeEnd::Before(create.range_end.clone())),
        };
        Some(Self {
            key,
            extent,
            previous: create.previous,
            no_put: create.no_put,
            no_delete: create.no_delete,
        })
    }

    /// Whether a key is in the range.
    pub(super) fn covers(&self, key: &[u8]) -> bool {
        match &self.extent {
            Extent::One => key == self.key.as_ref(),
            Extent::To(end) => key >= self.key.as_ref() && end.is_after(key),
        }
    }

    /// Where the range ends, as a request says it.
    pub(super) fn range_end(&self) -> Bytes {
        match &self.extent {
            Extent::One => Bytes::new(),
            Extent::To(RangeEnd::Before(end)) => end.clone(),
            Extent::To(RangeEnd::Never) => Bytes::from_static(&[0]),
        }
    }

    /// Whether a change of a key in the range is told.
    pub(super) fn wants(&self, kind: WatchEventKind) -> bool {
        match kind {
            WatchEventKind::Put => !self.no_put,
            WatchEventKind::Delete => !self.no_delete,
        }
    }
}
