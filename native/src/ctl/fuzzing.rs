//! What fuzz targets may reach of quoratectl.

use super::txn;
use crate::go::{parse_duration, parse_int, quote, unquote};

/// A line that somebody types: words, a literal, numbers; and all of a transaction.
pub fn words(text: &str) {
    let _ = txn::words(text);
    let _ = txn::fuzz(text);
    let _ = parse_int(text, 16);
    let _ = parse_duration(text);
    if let Ok((bytes, rest)) = unquote(text) {
        assert!(text.ends_with(rest));
        assert_eq!(unquote(&quote(&bytes)), Ok((bytes, "")));
    }
}
