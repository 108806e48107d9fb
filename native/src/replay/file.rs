//! A file's bytes as text.

use quorate_core::sim::ScenarioError;

/// The text of a file; a byte order mark before it is left out.
pub(super) fn text_of(name: &str, bytes: Vec<u8>) -> Result<String, ScenarioError> {
    let wrong = |line, column, text: String| ScenarioError {
        name: name.to_owned(),
        line,
        column,
        text,
    };
    if is_utf16(&bytes) {
        let text = "this file is UTF-16; save it as UTF-8".to_owned();
        return Err(wrong(1, 1, text));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let (before, bad) = error.as_bytes().split_at(good);
        let before = String::from_utf8_lossy(before);
        let last = before.rsplit('\n').next().unwrap_or_default();
        let line = 1 + before.matches('\n').count();
        let byte = bad.first().copied().unwrap_or_default();
        let text = format!("the byte {byte:#04x} is no UTF-8; save the file as UTF-8");
        wrong(line, 1 + last.chars().count(), text)
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}

/// Either its mark stands first, or every other byte of its first letter is zero.
fn is_utf16(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, ..] | [1..=255, 0, ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, String> {
        text_of("f", bytes.to_vec()).map_err(|error| error.to_string())
    }

    #[test]
    fn utf8_is_read_with_or_without_its_mark() {
        assert_eq!(read("heal".as_bytes()), Ok("heal".to_owned()));
        assert_eq!(read(b"\xef\xbb\xbfheal"), Ok("heal".to_owned()));
        assert_eq!(read(b""), Ok(String::new()));
    }

    #[test]
    fn other_encodings_are_named() {
        let named = Err("f:1:1: this file is UTF-16; save it as UTF-8".to_owned());
        for bytes in [
            &b"\xff\xfeh\0e\0"[..],
            b"\xfe\xff\0h\0e",
            b"h\0e\0",
            b"\0h\0e",
        ] {
            assert_eq!(read(bytes), named);
        }
        assert_eq!(
            read("heal\nput x=é".as_bytes()).map(|text| text.len()),
            Ok(13)
        );
        assert_eq!(
            read(b"heal\nput \xc3\xa9=\xe9"),
            Err("f:2:7: the byte 0xe9 is no UTF-8; save the file as UTF-8".to_owned())
        );
    }
}
