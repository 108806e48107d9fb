//! Keys, ranges and values: few, so that they meet.

use bytes::Bytes;

use super::Draw;

const KEYS: &[&[u8]] = &[
    b"a",
    b"a/1",
    b"a/2",
    b"b",
    b"b/1",
    b"c",
    b"d",
    b"e",
    b"\x00",
    b"a\x00",
    b"\xff",
    b"\xff\xff",
    b"z>1",
];
const VALUES: &[&[u8]] = &[
    b"",
    b"1",
    b"2",
    b"a>b",
    b"\xff\x00",
    b"a longer value, for once",
];

impl Draw {
    /// Seldom none.
    pub(super) fn key(&mut self) -> Bytes {
        if self.prng.chance(8) {
            return Bytes::new();
        }
        self.good_key()
    }

    fn good_key(&mut self) -> Bytes {
        Bytes::from_static(self.prng.choose(KEYS).unwrap())
    }

    pub(super) fn value(&mut self) -> Bytes {
        Bytes::from_static(self.prng.choose(VALUES).unwrap())
    }

    /// One key, a prefix, all from a key on, everything, or anything.
    pub(super) fn interval(&mut self) -> (Bytes, Bytes) {
        match self.prng.below(10) {
            0..4 => (self.key(), Bytes::new()),
            4 => (Bytes::from_static(b"\0"), Bytes::from_static(b"\0")),
            5 => (self.key(), Bytes::from_static(b"\0")),
            6 | 7 => {
                let key = self.good_key();
                let end = prefix_end(&key);
                (key, end)
            }
            _ => (self.key(), self.key()),
        }
    }
}

/// The first key behind all that begin with a prefix.
fn prefix_end(prefix: &[u8]) -> Bytes {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 0xff {
            end.push(last + 1);
            return end.into();
        }
    }
    Bytes::from_static(b"\0")
}
