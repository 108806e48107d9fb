//! Keys and ranges, as the commands name them.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use bytes::Bytes;

use super::failure::Failure;

/// Keys from one on, up to another or without end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyRange {
    /// First key.
    pub(crate) key: Bytes,
    /// End of the range: empty for one key, a zero byte for no end.
    pub(crate) end: Bytes,
}

impl KeyRange {
    /// Of `<key> [range_end]` and the flags `--prefix` and `--from-key`, which exclude each other
    /// and a second argument.
    ///
    /// # Errors
    /// When they do not go together.
    pub(crate) fn of_arguments(
        arguments: &[OsString],
        prefix: bool,
        from_key: bool,
    ) -> Result<Self, Failure> {
        if prefix && from_key {
            return Err(Failure::arguments(
                "`--prefix` and `--from-key` cannot be set at the same time, choose one",
            ));
        }
        let mut given = arguments.iter().cloned().map(bytes_of);
        let key = given.next().unwrap_or_default();
        match given.next() {
            Some(_) if prefix || from_key => Err(Failure::arguments(
                "too many arguments, only accept one argument when `--prefix` or `--from-key` \
                 is set",
            )),
            Some(end) => Ok(Self { key, end }),
            None if from_key => Ok(Self::from_key(key)),
            None if prefix => Ok(Self::prefix(key)),
            None => Ok(Self {
                key,
                end: Bytes::new(),
            }),
        }
    }

    /// All keys with a prefix; all there are for the empty one.
    pub(crate) fn prefix(key: Bytes) -> Self {
        if key.is_empty() {
            return Self::from_key(key);
        }
        let end = prefix_end(&key);
        Self { key, end }
    }

    /// All keys from one on.
    pub(crate) fn from_key(key: Bytes) -> Self {
        let key = if key.is_empty() { NO_END } else { key };
        Self { key, end: NO_END }
    }
}

/// The first key behind all keys with a prefix.
pub(crate) fn prefix_end(prefix: &[u8]) -> Bytes {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return end.into();
        }
    }
    NO_END
}

/// An argument's bytes, be they UTF-8 or not.
pub(crate) fn bytes_of(argument: OsString) -> Bytes {
    argument.into_vec().into()
}

/// As an end: there is none. As a key: the first there can be.
const NO_END: Bytes = Bytes::from_static(b"\0");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_end_where_no_key_can_have_them() {
        for (prefix, end) in [
            (&b"foo"[..], &b"fop"[..]),
            (b"a\xff\xff", b"b"),
            (b"\xff", b"\0"),
            (b"", b"\0"),
        ] {
            assert_eq!(prefix_end(prefix), end);
        }
        let all = KeyRange::of_arguments(&[OsString::new()], true, false).ok();
        let expected = KeyRange::from_key(Bytes::new());
        assert_eq!(all, Some(expected));
    }
}
