//! A line as words, as etcdctl's interactive commands take one apart.

use crate::ctl::failure::{Exit, Failure};
use crate::go::unquote;

/// Words stand between spaces; in double quotation marks a word is a Go string literal, in single
/// ones it is what it is. Words are bytes: a literal may hold any.
///
/// # Errors
/// A literal that is none.
pub(crate) fn words(line: &str) -> Result<Vec<Vec<u8>>, Failure> {
    let mut words = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        match first {
            '"' if literal_end(rest).is_some() => {
                let (word, behind) =
                    unquote(rest).map_err(|error| Failure::new(Exit::InvalidInput, error))?;
                words.push(word);
                rest = behind;
            }
            '\'' if rest[1..].contains('\'') => {
                let (word, behind) = rest[1..].split_once('\'').unwrap_or_default();
                words.push(word.as_bytes().to_vec());
                rest = behind;
            }
            // A mark without its like is passed over, as etcdctl does.
            '"' | '\'' => rest = &rest[1..],
            c if c.is_ascii_whitespace() => rest = &rest[1..],
            _ => {
                let end = rest.find(|c: char| c.is_ascii_whitespace());
                let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
                words.push(word.as_bytes().to_vec());
                rest = behind;
            }
        }
    }
    Ok(words)
}

/// Where the literal that a text begins with ends, if it does.
fn literal_end(text: &str) -> Option<usize> {
    let mut is_escaped = true;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_apart_as_in_etcdctl() {
        for (line, expected) in [
            (
                "put key1 \"overwrote key1\"",
                &["put", "key1", "overwrote key1"][..],
            ),
            ("put a 'b \"c'", &["put", "a", "b \"c"]),
            ("watch foo \"bar\\x00\"", &["watch", "foo", "bar\0"]),
            ("get  foo\t--prefix", &["get", "foo", "--prefix"]),
            ("get a\"b c", &["get", "a\"b", "c"]),
            ("put a \"\"", &["put", "a", ""]),
            ("put a \"b", &["put", "a", "b"]),
            ("", &[]),
        ] {
            let found = words(line).expect(line);
            let found: Vec<String> = found
                .into_iter()
                .map(|word| String::from_utf8(word).expect("text"))
                .collect();
            assert_eq!(found, expected, "{line}");
        }
        assert!(words("put a \"\\q\"").is_err());
    }
}
