//! A lesson's files in one text: what the page fetches when a lesson is opened.

use std::collections::BTreeMap;

/// Files by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    files: BTreeMap<String, String>,
}

impl Bundle {
    /// Files, each with its name and its text.
    pub fn of(files: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            files: files.into_iter().collect(),
        }
    }

    /// A file's text.
    pub fn file(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(String::as_str)
    }

    /// All files, in the order of their names.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The text that [`Bundle::read`] takes apart again.
    pub fn write(&self) -> String {
        let mut text = String::new();
        for (name, file) in self.files() {
            text += &format!("{MARK}{name}\n{file}");
            if !file.ends_with('\n') {
                text.push('\n');
            }
        }
        text
    }

    /// Takes a bundle apart.
    pub fn read(text: &str) -> Self {
        let parts = text.split(MARK).skip(1);
        Self::of(parts.filter_map(|part| {
            let (name, file) = part.split_once('\n')?;
            Some((name.to_owned(), file.to_owned()))
        }))
    }
}

/// What the page fetches of a lesson in one language: without the runs that go wrong, and without
/// comments.
pub fn page_bundle(files: &Bundle, tag: &str) -> Bundle {
    let text = format!("{tag}.md");
    let data = |name: &str| name.ends_with(".txt") && !name.starts_with("wrong-");
    Bundle::of(files.files().filter_map(|(name, file)| {
        if name == text {
            return Some((name.to_owned(), file.to_owned()));
        }
        let is_kept = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
        let lines: Vec<&str> = file.lines().filter(is_kept).collect();
        data(name).then(|| (name.to_owned(), lines.join("\n")))
    }))
}

/// Begins a file: a control character, which no text of a person holds.
const MARK: char = '\u{1}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_comes_back_as_it_was() {
        let files = [("a.txt", "one\ntwo\n"), ("b.md", "# Title\n")];
        let bundle = Bundle::of(files.map(|(name, text)| (name.to_owned(), text.to_owned())));
        assert_eq!(Bundle::read(&bundle.write()), bundle);
        assert_eq!(bundle.file("b.md"), Some("# Title\n"));
    }
}
