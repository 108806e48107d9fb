//! Go's string literals: `%q`, and back.

use std::fmt::Write as _;

use thiserror::Error;

/// Bytes, be they UTF-8 or not, as `%q` writes them.
pub(crate) fn quote(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            push_quoted(&mut out, c);
        }
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out.push('"');
    out
}

fn push_quoted(out: &mut String, c: char) {
    if let Some((letter, _)) = ESCAPES.iter().find(|(_, value)| *value == c as u32) {
        out.push('\\');
        out.push(*letter);
    } else if is_printable(c) {
        out.push(c);
    } else {
        let code = c as u32;
        let _ = match code {
            0..0x80 => write!(out, "\\x{code:02x}"),
            0x80..0x1_0000 => write!(out, "\\u{code:04x}"),
            _ => write!(out, "\\U{code:08x}"),
        };
    }
}

/// Go's `unicode.IsPrint`: what Rust's `Debug` leaves as it is, too.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return (' '..='~').contains(&c);
    }
    // Behind another letter a combining mark is one that can be shown.
    ['a', c].iter().collect::<String>().escape_debug().nth(1) == Some(c)
}

/// What is no string literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum QuoteError {
    /// It does not begin with a quotation mark.
    #[error("expected quoted string")]
    NotQuoted,
    /// It does not end, or has an escape that does not exist.
    #[error("invalid syntax")]
    Syntax,
}

/// Reads the string literal that a text begins with; answers what it means and what follows it.
///
/// # Errors
/// [`QuoteError`], in the words of `fmt.Sscanf` and `strconv.Unquote`.
pub(crate) fn unquote(text: &str) -> Result<(Vec<u8>, &str), QuoteError> {
    if let Some(raw) = text.strip_prefix('`') {
        let (inside, rest) = raw.split_once('`').ok_or(QuoteError::Syntax)?;
        return Ok((inside.as_bytes().to_vec(), rest));
    }
    let mut rest = text.strip_prefix('"').ok_or(QuoteError::NotQuoted)?;
    let mut out = Vec::new();
    loop {
        let mut characters = rest.chars();
        let c = characters.next().ok_or(QuoteError::Syntax)?;
        rest = characters.as_str();
        match c {
            '"' => return Ok((out, rest)),
            '\n' => return Err(QuoteError::Syntax),
            '\\' => rest = unescape(rest, &mut out)?,
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Reads what follows a backslash; answers what follows that.
fn unescape<'a>(text: &'a str, out: &mut Vec<u8>) -> Result<&'a str, QuoteError> {
    let letter = text.chars().next().ok_or(QuoteError::Syntax)?;
    let rest = &text[letter.len_utf8()..];
    if let Some((_, value)) = ESCAPES.iter().find(|(escape, _)| *escape == letter) {
        out.push(*value as u8);
        return Ok(rest);
    }
    let (digits, radix, from) = match letter {
        'x' => (2, 16, rest),
        'u' => (4, 16, rest),
        'U' => (8, 16, rest),
        '0'..='7' => (3, 8, text),
        _ => return Err(QuoteError::Syntax),
    };
    let number = from.get(..digits).ok_or(QuoteError::Syntax)?;
    let code = u32::from_str_radix(number, radix).map_err(|_| QuoteError::Syntax)?;
    if matches!(letter, 'u' | 'U') {
        let c = char::from_u32(code).ok_or(QuoteError::Syntax)?;
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        out.push(u8::try_from(code).map_err(|_| QuoteError::Syntax)?);
    }
    Ok(&from[digits..])
}

/// Letters behind a backslash, and the characters they stand for.
const ESCAPES: [(char, u32); 9] = [
    ('a', 0x07),
    ('b', 0x08),
    ('f', 0x0c),
    ('n', 0x0a),
    ('r', 0x0d),
    ('t', 0x09),
    ('v', 0x0b),
    ('\\', 0x5c),
    ('"', 0x22),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_is_gos_and_can_be_read_back() {
        for (bytes, quoted) in [
            (&b"foo"[..], r#""foo""#),
            (b"a\"b\\c\n\t\x07", r#""a\"b\\c\n\t\a""#),
            (b"\x00\x7f", r#""\x00\x7f""#),
            (b"\xff\xfeok", r#""\xff\xfeok""#),
            ("键 é\u{301}".as_bytes(), "\"键 é\u{301}\""),
            ("\u{feff}\u{a0}".as_bytes(), r#""\ufeff\u00a0""#),
            ("\u{e0001}".as_bytes(), r#""\U000e0001""#),
        ] {
            assert_eq!(quote(bytes), quoted);
            assert_eq!(unquote(quoted), Ok((bytes.to_vec(), "")));
        }
    }

    #[test]
    fn literals_end_where_they_end() {
        let (value, rest) = unquote(r#""key1") > "0""#).expect("a literal");
        assert_eq!((value.as_slice(), rest), (&b"key1"[..], r#") > "0""#));
        assert_eq!(unquote("`a\\n`x"), Ok((b"a\\n".to_vec(), "x")));
        assert_eq!(unquote(r#""\101\x42""#), Ok((b"AB".to_vec(), "")));
        assert_eq!(unquote("key"), Err(QuoteError::NotQuoted));
        for bad in [r#""a"#, r#""\q""#, r#""\x4"#, r#""\777""#, "`a"] {
            assert_eq!(unquote(bad), Err(QuoteError::Syntax), "{bad}");
        }
    }
}
