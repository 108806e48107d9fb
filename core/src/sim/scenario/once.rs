//! Settings of one line, none of which may be said twice.

use super::words::{Read, Word};

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Once<'a> {
    said: Vec<(&'a str, &'a Word)>,
}

impl<'a> Once<'a> {
    /// Hears of a setting that stands in a word; refuses it when it was said before.
    pub(super) fn say(&mut self, word: &'a Word, name: &'a str) -> Read<()> {
        if let Some(first) = self.word(name) {
            return Err(word.wrong(format!(
                "\"{name}\" is set twice in this line, first in column {}; write it once",
                first.column
            )));
        }
        self.said.push((name, word));
        Ok(())
    }

    /// The word that says a setting.
    pub(super) fn word(&self, name: &str) -> Option<&'a Word> {
        let mut said = self.said.iter();
        said.find(|(known, _)| *known == name).map(|said| said.1)
    }

    /// The word that came last.
    pub(super) fn last(&self) -> Option<&'a Word> {
        self.said.last().map(|said| said.1)
    }
}
