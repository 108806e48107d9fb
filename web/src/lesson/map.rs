//! The course: its lessons in their order.

use quorate_lessons::Language as TextLanguage;

use crate::text::Language;

/// The course.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Map {
    /// Its lessons.
    pub(crate) entries: Vec<Entry>,
}

/// One lesson of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its folder.
    pub(crate) folder: String,
    /// Its name in links.
    pub(crate) id: String,
    /// Its part.
    pub(crate) part: usize,
    /// How long it takes.
    pub(crate) minutes: u32,
    /// What should be done before.
    pub(crate) needs: Vec<String>,
    titles: [String; 2],
}

impl Map {
    /// Reads the map as it is fetched: a line a lesson, its fields between tabs.
    pub(crate) fn read(text: &str) -> Self {
        let entries = text.lines().filter_map(|line| {
            let mut fields = line.split('\t');
            let mut field = || fields.next();
            Some(Entry {
                folder: field()?.to_owned(),
                id: field()?.to_owned(),
                part: field()?.parse().ok()?,
                minutes: field()?.parse().ok()?,
                needs: field()?.split_whitespace().map(str::to_owned).collect(),
                titles: [field()?.to_owned(), field()?.to_owned()],
            })
        });
        Self {
            entries: entries.collect(),
        }
    }

    /// A lesson by its id.
    pub(crate) fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The lesson that comes after one.
    pub(crate) fn next(&self, id: &str) -> Option<&Entry> {
        let at = self.entries.iter().position(|entry| entry.id == id)?;
        self.entries.get(at + 1)
    }
}

impl Entry {
    /// Its title.
    pub(crate) fn title(&self, language: Language) -> &str {
        match language {
            Language::English => &self.titles[0],
            Language::Chinese => &self.titles[1],
        }
    }
}

/// The language of lessons' texts that the page's language stands for.
pub(crate) fn text_language(language: Language) -> TextLanguage {
    match language {
        Language::English => TextLanguage::English,
        Language::Chinese => TextLanguage::Chinese,
    }
}
