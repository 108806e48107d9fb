//! Where something stands in a JSON text that has been read.

/// A line and a column, from 1, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Default for Place {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

impl Place {
    /// Of a byte of a text.
    fn of(text: &str, at: usize) -> Self {
        let before = &text[..at];
        let last = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: 1 + before.matches('\n').count(),
            column: 1 + last.chars().count(),
        }
    }
}

/// Where a field's name stands first; the beginning when it stands nowhere.
pub(super) fn field(text: &str, name: &str) -> Place {
    let at = text.find(&format!("\"{name}\""));
    at.map_or_else(Place::default, |at| Place::of(text, at))
}

/// Where each action begins: the elements of the list behind the outermost `"actions"`. The text
/// is good JSON.
pub(super) fn actions(text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let mut depth = 0;
    let mut is_in_actions = false;
    let mut is_element_next = false;
    let mut last_name = "";
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter.is_whitespace() {
            continue;
        }
        if is_element_next && letter != ']' {
            places.push(Place::of(text, at));
            is_element_next = false;
        }
        match letter {
            '"' => {
                let end = string_end(&mut letters).unwrap_or(text.len());
                last_name = text.get(at + 1..end).unwrap_or_default();
            }
            '{' | '[' => {
                depth += 1;
                if letter == '[' && depth == LIST_DEPTH && last_name == "actions" {
                    is_in_actions = true;
                    is_element_next = true;
                }
            }
            '}' | ']' => {
                is_in_actions &= depth != LIST_DEPTH;
                is_element_next = false;
                depth -= 1;
            }
            ',' => is_element_next = is_in_actions && depth == LIST_DEPTH,
            _ => {}
        }
    }
    places
}

/// Reads to the end of a string that has begun; answers where its closing quote is.
fn string_end(letters: &mut std::str::CharIndices<'_>) -> Option<usize> {
    loop {
        match letters.next()? {
            (at, '"') => return Some(at),
            (_, '\\') => {
                letters.next();
            }
            _ => {}
        }
    }
}

/// A history's lists are as deep: within the history, and themselves.
const LIST_DEPTH: u32 = 2;
