//! Sentences with some words set strong: between a pair of marks that no text of a person holds.

/// Stands before and after what is strong: a control character, which input fields cannot hold.
const MARK: char = '\u{2}';

/// The words, set strong.
pub(crate) fn strong(words: impl std::fmt::Display) -> String {
    format!("{MARK}{words}{MARK}")
}

/// The pieces of a sentence, each with whether it is strong.
pub(crate) fn pieces(text: &str) -> Vec<(bool, &str)> {
    text.split(MARK)
        .enumerate()
        .map(|(position, piece)| (position % 2 == 1, piece))
        .filter(|(_, piece)| !piece.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strong_words_are_told_apart() {
        let text = format!("{} leads {}.", strong("n1"), strong("n2"));
        assert_eq!(
            pieces(&text),
            [(true, "n1"), (false, " leads "), (true, "n2"), (false, ".")]
        );
    }
}
