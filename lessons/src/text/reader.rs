//! Reads a text, line by line.

use std::collections::BTreeMap;

use super::{Answer, Beat, BeatKind, Source, Texts};
use crate::LessonError;

/// Where a line belongs to.
enum Section {
    Head,
    Beat,
    Hints,
    HarderHints,
    Goals,
    Wrong(String),
    Pictures,
    Offers,
    Questions,
    Differences,
    Table,
    Shown,
}

/// What has been read of a text.
pub(super) struct Reader<'a> {
    pub(super) texts: Texts,
    section: Section,
    file: &'a str,
    /// Whether the next line begins a paragraph.
    shut: bool,
}

impl<'a> Reader<'a> {
    /// Nothing has been read yet; errors name this file.
    pub(super) fn new(file: &'a str) -> Self {
        Self {
            texts: Texts::default(),
            section: Section::Head,
            file,
            shut: true,
        }
    }

    /// Takes a line.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub(super) fn line(&mut self, number: usize, line: &str) -> Result<(), LessonError> {
        let line = line.trim();
        let wrong = |text: String| LessonError::new(self.file, number, text);
        if line.is_empty() {
            self.shut = true;
            return Ok(());
        }
        if let Some(heading) = line.strip_prefix("## ") {
            self.section = self.section_of(heading).map_err(wrong)?;
            self.shut = true;
            return Ok(());
        }
        if let Some(title) = line.strip_prefix("# ") {
            title.clone_into(&mut self.texts.title);
            return Ok(());
        }
        self.take(line).map_err(wrong)
    }

    fn section_of(&mut self, heading: &str) -> Result<Section, String> {
        if let Some(name) = heading.strip_prefix("wrong ") {
            return Ok(Section::Wrong(name.to_owned()));
        }
        let mut kinds = BeatKind::ALL.iter();
        if let Some((_, kind)) = kinds.find(|(name, _)| *name == heading) {
            if self.texts.beat(*kind).is_some() {
                return Err(format!("there is a part \"{heading}\" already"));
            }
            self.texts.beats.push(Beat {
                kind: *kind,
                paragraphs: Vec::new(),
                answers: Vec::new(),
                sources: Vec::new(),
            });
            return Ok(Section::Beat);
        }
        match heading {
            "hints" => Ok(Section::Hints),
            "harder hints" => Ok(Section::HarderHints),
            "goals" => Ok(Section::Goals),
            "pictures" => Ok(Section::Pictures),
            "offers" => Ok(Section::Offers),
            "questions" => Ok(Section::Questions),
            "differences" => Ok(Section::Differences),
            "table" => Ok(Section::Table),
            "shown" => Ok(Section::Shown),
            _ => Err(format!(
                "there is no part \"{heading}\"; write hook, predict, do, see, explain, check, \
                 harder, hints, harder hints, goals, wrong NAME, pictures, offers, questions, differences, table \
                 or shown"
            )),
        }
    }

    fn take(&mut self, line: &str) -> Result<(), String> {
        let texts = &mut self.texts;
        let is_new = std::mem::take(&mut self.shut);
        match &self.section {
            Section::Head => return Err("write a heading before it: `## hook`".to_owned()),
            Section::Beat => {
                if let Some(beat) = texts.beats.last_mut() {
                    beat_line(beat, line, is_new)?;
                }
            }
            Section::Hints => hint(&mut texts.hints, line)?,
            Section::HarderHints => hint(&mut texts.harder_hints, line)?,
            Section::Shown => join(&mut texts.shown, line),
            Section::Wrong(name) => join(texts.wrongs.entry(name.clone()).or_default(), line),
            Section::Goals => item(&mut texts.goals, line)?,
            Section::Pictures => item(&mut texts.pictures, line)?,
            Section::Offers => item(&mut texts.offers, line)?,
            Section::Questions => {
                let asked = line
                    .strip_prefix("- ")
                    .and_then(|line| line.split_once(" | "));
                let (question, answer) = asked.ok_or("a question is `- question | answer`")?;
                texts
                    .questions
                    .push((question.to_owned(), answer.to_owned()));
            }
            Section::Differences => item(&mut texts.differences, line)?,
            Section::Table => {
                let (head, cell) = split_item(line)?;
                let (who, term) = head
                    .split_once(' ')
                    .and_then(|(who, term)| Some((who, term.parse().ok()?)))
                    .ok_or("a cell is `- etcd2 5: leader`")?;
                texts.table.push((who.to_owned(), term, cell.to_owned()));
            }
        }
        Ok(())
    }
}

fn hint(hints: &mut Vec<String>, line: &str) -> Result<(), String> {
    match line.split_once(". ") {
        Some((number, hint)) if number.parse::<u8>().is_ok() => hints.push(hint.to_owned()),
        _ => {
            let last = hints.last_mut();
            join(last.ok_or("a hint begins with its number: `1. …`")?, line);
        }
    }
    Ok(())
}

fn beat_line(beat: &mut Beat, line: &str, is_new: bool) -> Result<(), String> {
    if let Some(answer) = line.strip_prefix("- [") {
        let marked = answer.split_once("] ");
        let (mark, rest) = marked
            .filter(|(mark, _)| [" ", "x"].contains(mark))
            .ok_or("an answer is `- [ ] …` or `- [x] …`")?;
        let (text, reply) = rest
            .split_once(" | ")
            .ok_or("an answer has its reply behind ` | `")?;
        beat.answers.push(Answer {
            text: text.to_owned(),
            reply: reply.to_owned(),
            is_right: mark == "x",
        });
        return Ok(());
    }
    if let Some(link) = line.strip_prefix("@ [") {
        let (name, url) = link
            .strip_suffix(')')
            .and_then(|link| link.split_once("]("))
            .ok_or("a source is `@ [name](https://…)`")?;
        beat.sources.push(Source {
            name: name.to_owned(),
            url: url.to_owned(),
        });
        return Ok(());
    }
    match beat.paragraphs.last_mut().filter(|_| !is_new) {
        Some(paragraph) => join(paragraph, line),
        None => beat.paragraphs.push(line.to_owned()),
    }
    Ok(())
}

/// Lines of one paragraph. Chinese has no spaces between words, so none between lines.
fn join(text: &mut String, line: &str) {
    let is_wide = |next: Option<char>| next.is_some_and(|next| next > '\u{2e80}');
    let is_glued = is_wide(text.chars().next_back()) || is_wide(line.chars().next());
    if !text.is_empty() && !is_glued {
        text.push(' ');
    }
    text.push_str(line);
}

fn item(items: &mut BTreeMap<String, String>, line: &str) -> Result<(), String> {
    let (id, text) = split_item(line)?;
    match items.insert(id.to_owned(), text.to_owned()) {
        Some(_) => Err(format!("there is a line `- {id}: …` already")),
        None => Ok(()),
    }
}

fn split_item(line: &str) -> Result<(&str, &str), String> {
    line.strip_prefix("- ")
        .and_then(|line| line.split_once(": "))
        .ok_or_else(|| "an item is `- id: …`, in one line".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_as_their_language_does() {
        let mut text = "a voter".to_owned();
        join(&mut text, "says no");
        assert_eq!(text, "a voter says no");
        let mut text = "投票者".to_owned();
        join(&mut text, "拒绝");
        assert_eq!(text, "投票者拒绝");
    }
}
