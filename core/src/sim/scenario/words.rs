//! A line as words with their columns, and the reading of them one by one.

use std::fmt::Write as _;

use super::nearest::nearest;

/// One word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Where it begins, from 1, in characters.
    pub(super) column: usize,
    /// What it says, quotes taken off.
    pub(super) text: String,
    /// Where in `text` its first `=` outside quotes is.
    equals: Option<usize>,
    /// Whether any of it stood in quotes.
    pub(super) is_quoted: bool,
}

/// What is wrong at a place of a line, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) column: usize,
    pub(super) text: String,
}

pub(super) type Read<T> = Result<T, Wrong>;

impl Word {
    /// `KEY=VALUE` in two.
    pub(super) fn pair(&self) -> Option<(&str, &str)> {
        let at = self.equals?;
        Some((&self.text[..at], &self.text[at + 1..]))
    }

    pub(super) fn wrong(&self, text: impl Into<String>) -> Wrong {
        Wrong {
            column: self.column,
            text: text.into(),
        }
    }
}

/// The words of a line whose first character stands in a column. A `#` that a space or the line's
/// end follows begins a comment (`#12` is a message).
pub(super) fn split(line: &str, first_column: usize) -> Read<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = line.chars().enumerate().peekable();
    while let Some(&(at, first)) = rest.peek() {
        if first.is_whitespace() {
            rest.next();
            continue;
        }
        let mut word = Word {
            column: first_column + at,
            text: String::new(),
            equals: None,
            is_quoted: false,
        };
        while let Some((at, next)) = rest.next_if(|(_, next)| !next.is_whitespace()) {
            match next {
                '"' => {
                    word.is_quoted = true;
                    quoted(&mut rest, first_column, at, &mut word.text)?;
                }
                '=' if word.equals.is_none() => {
                    word.equals = Some(word.text.len());
                    word.text.push('=');
                }
                other => word.text.push(other),
            }
        }
        if word.text == "#" && !word.is_quoted {
            break;
        }
        words.push(word);
    }
    Ok(words)
}

fn quoted(
    rest: &mut impl Iterator<Item = (usize, char)>,
    first_column: usize,
    at: usize,
    text: &mut String,
) -> Read<()> {
    let open = || Wrong {
        column: first_column + at,
        text: "these quotes do not end; write \" where they end".to_owned(),
    };
    loop {
        match rest.next().ok_or_else(open)?.1 {
            '"' => return Ok(()),
            '\\' => {
                let letter = rest.next().ok_or_else(open)?;
                text.push(escaped(letter, rest, first_column)?);
            }
            other => text.push(other),
        }
    }
}

/// What stands behind a backslash.
fn escaped(
    (at, letter): (usize, char),
    rest: &mut impl Iterator<Item = (usize, char)>,
    first_column: usize,
) -> Read<char> {
    match letter {
        'u' => code_point(rest, first_column + at - 1),
        'n' => Ok('\n'),
        'r' => Ok('\r'),
        't' => Ok('\t'),
        '"' | '\\' => Ok(letter),
        other => Err(Wrong {
            // Where the backslash is.
            column: first_column + at - 1,
            text: format!(
                "there is no \\{other} in quotes; write one of: \\n, \\r, \\t, \\\", \\\\, \\u{{1b}}"
            ),
        }),
    }
}

/// `{1b}`: a character by its number.
fn code_point(rest: &mut impl Iterator<Item = (usize, char)>, column: usize) -> Read<char> {
    let mut digits = String::new();
    let is_begun = rest.next().is_some_and(|(_, next)| next == '{');
    let is_ended = is_begun
        && rest.any(|(_, next)| {
            digits.push(next);
            next == '}'
        });
    let number = digits.strip_suffix('}').filter(|_| is_ended);
    let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    number.and_then(char::from_u32).ok_or_else(|| Wrong {
        column,
        text: "\\u is followed by a character's number in hexadecimal; write \\u{1b}".to_owned(),
    })
}

/// A text as one word: in quotes when it would not be read as it is.
pub(in crate::sim) fn quote(text: &str) -> String {
    let is_plain =
        |next: char| !next.is_whitespace() && !next.is_control() && !"\"=#".contains(next);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("\"{}\"", escape(text))
}

/// A text on one line: between quotes it would be read as it is.
pub(in crate::sim) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for next in text.chars() {
        let _ = match next {
            '"' | '\\' => write!(escaped, "\\{next}"),
            '\n' => write!(escaped, "\\n"),
            '\r' => write!(escaped, "\\r"),
            '\t' => write!(escaped, "\\t"),
            // They end a line, or do something to a terminal.
            other if other.is_control() || "\u{2028}\u{2029}".contains(other) => {
                write!(escaped, "\\u{{{:x}}}", u32::from(other))
            }
            other => write!(escaped, "{other}"),
        };
    }
    escaped
}

/// Reads words one by one.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    words: &'a [Word],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(words: &'a [Word]) -> Self {
        Self { words, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<&'a Word> {
        self.words.get(self.at)
    }

    /// The next word; `wanted` says what it should have been when there is none.
    pub(super) fn next(&mut self, wanted: &str) -> Read<&'a Word> {
        let word = self.peek().ok_or_else(|| Wrong {
            column: self.end_column(),
            text: format!("the line ends here; write {wanted}"),
        })?;
        self.at += 1;
        Ok(word)
    }

    /// Whether the next word is this one, which is then read.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let is_next = self.peek().is_some_and(|word| is(word, text));
        self.at += usize::from(is_next);
        is_next
    }

    /// The next word must be this one.
    pub(super) fn expect(&mut self, text: &str) -> Read<()> {
        let word = self.next(&format!("\"{text}\""))?;
        if is(word, text) {
            return Ok(());
        }
        Err(word.wrong(format!("\"{}\" is not \"{text}\"", word.text)))
    }

    /// All that is left.
    pub(super) fn rest(&self) -> &'a [Word] {
        &self.words[self.at..]
    }

    /// Nothing may be left.
    pub(super) fn end(&self) -> Read<()> {
        match self.peek() {
            None => Ok(()),
            Some(word) => Err(word.wrong(format!(
                "\"{}\" is too much; end the line before it",
                word.text
            ))),
        }
    }

    fn end_column(&self) -> usize {
        self.words.last().map_or(1, |word| {
            let quotes = if word.is_quoted { 2 } else { 0 };
            word.column + word.text.chars().count() + quotes + 1
        })
    }
}

/// What to say of a word that is none of those that would be right.
pub(super) fn unknown(word: &Word, kind: &str, known: &[&'static str]) -> Wrong {
    if word.is_quoted && known.contains(&word.text.as_str()) {
        return word.wrong(format!(
            "in quotes this is a text, no {kind}; write {} without them",
            word.text
        ));
    }
    // The word itself may be right elsewhere; here it is not.
    let others = known.iter().filter(|known| **known != word.text);
    let others: Vec<&'static str> = others.copied().collect();
    let advice = match nearest(&word.text, &others) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("write one of: {}", others.join(", ")),
    };
    let shown = shortened(&word.text);
    word.wrong(format!("there is no {kind} \"{shown}\"; {advice}"))
}

/// The beginning of a word that is too long to be shown.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn is(word: &Word, text: &str) -> bool {
    word.text == text && !word.is_quoted
}

/// Characters of a word that are shown in a message.
const SHOWN_MAX: usize = 60;
