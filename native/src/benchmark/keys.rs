//! Keys and values of a load.

use bytes::Bytes;
use quorate_core::prng::Prng;

use crate::ctl::failure::Failure;

/// A key of so many bytes that begins with a number as Go's `binary.PutVarint` writes it, the
/// rest zero: what etcd's tool writes.
pub(super) fn numbered(number: u64, size_bytes: usize) -> Bytes {
    let mut key = vec![0; size_bytes];
    let mut left = number << 1;
    for byte in &mut key {
        let is_last = left < 0x80;
        *byte = (left & 0x7f) as u8 | if is_last { 0 } else { 0x80 };
        left >>= 7;
        if is_last {
            break;
        }
    }
    Bytes::from(key)
}

/// So many random bytes.
pub(super) fn random(prng: &mut Prng, size_bytes: usize) -> Bytes {
    let mut bytes = Vec::with_capacity(size_bytes + 8);
    while bytes.len() < size_bytes {
        bytes.extend_from_slice(&prng.bits().to_le_bytes());
    }
    bytes.truncate(size_bytes);
    Bytes::from(bytes)
}

/// Which keys a load writes.
#[derive(Clone, Debug)]
pub(super) struct KeySpace {
    /// How many there are.
    count: u64,
    size_bytes: usize,
    is_sequential: bool,
}

impl KeySpace {
    /// # Errors
    /// No such keys can be.
    pub(super) fn new(count: u64, size_bytes: usize, is_sequential: bool) -> Result<Self, Failure> {
        super::settings::at_least_one("key-space-size", count)?;
        let shortest = (1..=10)
            .find(|bytes| *bytes == 10 || count - 1 < 1 << (7 * bytes - 1))
            .unwrap_or(10);
        if size_bytes < shortest {
            return Err(Failure::arguments(format!(
                "--key-size {size_bytes} is too short to tell {count} keys apart: at least \
                 {shortest}"
            )));
        }
        Ok(Self {
            count,
            size_bytes,
            is_sequential,
        })
    }

    /// The key of a load's request of a number.
    pub(super) fn key(&self, number: u64) -> Bytes {
        let number = match self.is_sequential {
            true => number % self.count,
            // As good as random, and the same in each run.
            false => quorate_core::prng::draw(SEED, 0, number) % self.count,
        };
        numbered(number, self.size_bytes)
    }
}

/// Each run writes the same.
pub(super) const SEED: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_go_writes_it() {
        assert_eq!(&numbered(0, 4)[..], [0, 0, 0, 0]);
        assert_eq!(&numbered(1, 2)[..], [2, 0]);
        assert_eq!(&numbered(63, 2)[..], [126, 0]);
        assert_eq!(&numbered(64, 3)[..], [0x80, 1, 0]);
        assert_eq!(&numbered(300, 2)[..], [0xd8, 4]);
    }

    #[test]
    fn keys_are_long_enough_to_be_told_apart() {
        assert!(KeySpace::new(64, 1, true).is_ok());
        let error = KeySpace::new(65, 1, true).expect_err("64 would be like another one");
        assert_eq!(
            error.text.as_deref(),
            Some("--key-size 1 is too short to tell 65 keys apart: at least 2")
        );
        let all = KeySpace::new(1_000, 2, true).expect("2 bytes do");
        let keys: std::collections::BTreeSet<_> = (0..1_000).map(|at| all.key(at)).collect();
        assert_eq!(keys.len(), 1_000);
        assert!(KeySpace::new(0, 8, true).is_err());
    }

    #[test]
    fn random_bytes_have_their_length() {
        let mut prng = Prng::new(SEED);
        for size in [0, 1, 8, 9, 256] {
            assert_eq!(random(&mut prng, size).len(), size);
        }
    }
}
