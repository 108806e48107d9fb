//! Where a JSON object ends in bytes that come in pieces. Each byte is looked at once, however
//! small the pieces are; whether the object is well formed is for whoever reads it whole.

/// What was found in what has come so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing but blanks.
    Blank,
    /// A beginning.
    Part,
    /// An object that ends before this place.
    Whole(usize),
    /// Something else: no request is that.
    Other,
}

/// How far a buffer was looked at, and what stands open there.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    /// The next byte to look at.
    offset: usize,
    /// Objects and lists that are open.
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
}

impl Scanner {
    /// Goes on where the last call ended: the buffer is that one's, with more behind it perhaps.
    pub(super) fn go_on(&mut self, buffer: &[u8]) -> Found {
        while let Some(byte) = buffer.get(self.offset) {
            self.offset += 1;
            if self.depth == 0 {
                match byte {
                    b' ' | b'\t' | b'\n' | b'\r' => {}
                    b'{' => self.depth = 1,
                    _ => return Found::Other,
                }
            } else if self.is_in_string {
                self.in_string(*byte);
            } else {
                match byte {
                    b'"' => self.is_in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => self.depth -= 1,
                    _ => {}
                }
                if self.depth == 0 {
                    return Found::Whole(self.offset);
                }
            }
        }
        if self.depth == 0 {
            Found::Blank
        } else {
            Found::Part
        }
    }

    /// How many bytes of the buffer were looked at.
    #[cfg(test)]
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    fn in_string(&mut self, byte: u8) {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = true,
            b'"' => self.is_in_string = false,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_ends_where_its_last_brace_is() {
        let text = br#" {"a":[{"b":"}\"]\\"},[]],"c":{}} {"#;
        let end = text.len() - 2;
        assert_eq!(Scanner::default().go_on(text), Found::Whole(end));
        let mut scanner = Scanner::default();
        assert_eq!(scanner.go_on(&text[..1]), Found::Blank);
        for so_far in 2..end {
            assert_eq!(scanner.go_on(&text[..so_far]), Found::Part, "{so_far}");
            assert_eq!(scanner.offset(), so_far);
        }
        assert_eq!(scanner.go_on(text), Found::Whole(end));
    }

    #[test]
    fn what_is_no_object_is_told_at_once() {
        for other in ["x", " 7", "[", "\"{", "}", "null"] {
            assert_eq!(Scanner::default().go_on(other.as_bytes()), Found::Other);
        }
        assert_eq!(Scanner::default().go_on(b""), Found::Blank);
    }
}
