//! A line as words, as a shell reads it.

use super::Complaint;

/// The words of a line. Quotes of both kinds hold a word together; in double ones, and outside of
/// any, a backslash takes what follows it as it is.
pub(super) fn words(line: &str) -> Result<Vec<String>, Complaint> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), close) if open == close => quote = None,
            (Some('\''), other) => word.get_or_insert_default().push(other),
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (_, '\\') => {
                let next = letters.next().ok_or(Complaint::Quotes)?;
                word.get_or_insert_default().push(next);
            }
            (None, space) if space.is_whitespace() => words.extend(word.take()),
            (_, other) => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    match quote {
        Some(_) => Err(Complaint::Quotes),
        None => Ok(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_as_in_a_shell() {
        let read = |line| words(line).expect(line);
        assert_eq!(read("put  x 1 "), ["put", "x", "1"]);
        assert_eq!(read(r#"put "a b" 'c "d"'"#), ["put", "a b", "c \"d\""]);
        assert_eq!(read(r#"put a\ b "\"" """#), ["put", "a b", "\"", ""]);
        assert!(read("   ").is_empty());
        assert_eq!(words("put \"x"), Err(Complaint::Quotes));
        assert_eq!(words("put x\\"), Err(Complaint::Quotes));
    }
}
