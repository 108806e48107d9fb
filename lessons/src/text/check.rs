//! Whether a text has what its lesson has, nothing that it has not, and is short enough.

use std::collections::{BTreeMap, BTreeSet};

use super::{Beat, BeatKind, Language, Texts};
use crate::{Lesson, LessonError};

impl Texts {
    /// Looks whether the text, which was read into this, is what its lesson needs.
    ///
    /// # Errors
    /// What it lacks, or has too much of, with its line.
    pub fn check(
        &self,
        lesson: &Lesson,
        language: Language,
        text: &str,
    ) -> Result<(), LessonError> {
        let file = lesson.path(&language.file());
        let place = Place { file: &file, text };
        if self.title.is_empty() || self.shown.is_empty() {
            let what = "it lacks its title (`# …`) or what was shown (`## shown`)";
            return place.wrong("## shown", what);
        }
        if !(5..=7).contains(&self.beats.len()) {
            let found = self.beats.len();
            return place.wrong("", format!("it has {found} beats; write 5 to 7"));
        }
        let harder = usize::from(lesson.harder.is_some()) * HINTS;
        for (heading, hints, wanted) in [
            ("## hints", &self.hints, HINTS),
            ("## harder hints", &self.harder_hints, harder),
        ] {
            if hints.len() != wanted {
                let found = hints.len();
                let what = format!(
                    "below `{heading}` it has {found} hints; write {wanted}: a nudge, where, how"
                );
                return place.wrong(heading, what);
            }
        }
        if lesson.harder.is_some() != self.beat(BeatKind::Harder).is_some() {
            let what = "`## harder` and `harder-solution.txt` come together";
            return place.wrong("## harder", what);
        }
        self.check_ids(lesson, &place)?;
        let mut beats = self.beats.iter();
        beats.try_for_each(|beat| check_beat(beat, language, &place))
    }

    /// Looks whether each thing of the lesson has its text, and each text its thing.
    fn check_ids(&self, lesson: &Lesson, place: &Place<'_>) -> Result<(), LessonError> {
        let tasks = || lesson.tasks().map(|(_, task)| task);
        let goals = tasks().flat_map(|task| task.goals.iter().map(|goal| goal.id.as_str()));
        let wrongs = tasks().flat_map(|task| task.wrongs.iter().map(|wrong| wrong.name.as_str()));
        let pictures = lesson.pictures.iter().map(|picture| picture.id.as_str());
        let offers = lesson.offers.iter().map(|offer| offer.id.as_str());
        let differences = lesson.note.iter().flat_map(|note| note.differences());
        for (heading, ids, texts) in [
            ("## goals", goals.collect::<BTreeSet<_>>(), &self.goals),
            ("## pictures", pictures.collect(), &self.pictures),
            ("## offers", offers.collect(), &self.offers),
            ("## differences", differences.collect(), &self.differences),
        ] {
            place.same(heading, &ids, texts)?;
        }
        let wrongs: BTreeSet<&str> = wrongs.collect();
        if let Some(name) = wrongs.iter().find(|name| !self.wrongs.contains_key(**name)) {
            return place.wrong("", format!("it lacks `## wrong {name}`"));
        }
        if let Some(name) = self.wrongs.keys().find(|name| !wrongs.contains(&***name)) {
            let what = format!("lesson.txt has no mistake \"{name}\"");
            return place.wrong(&format!("## wrong {name}"), what);
        }
        for (who, term, _) in &self.table {
            if lesson.task.start.member(who).is_none() {
                let what = format!("the start has no member \"{who}\"");
                return place.wrong_item("## table", &format!("{who} {term}"), what);
            }
        }
        Ok(())
    }
}

/// Where an error stands in a text.
struct Place<'a> {
    file: &'a str,
    text: &'a str,
}

impl Place<'_> {
    /// At a heading, where there is such a one.
    fn wrong(&self, heading: &str, what: impl Into<String>) -> Result<(), LessonError> {
        let line = self.line_of(heading).unwrap_or(0);
        Err(LessonError::new(self.file, line, what))
    }

    /// At an item below a heading.
    fn wrong_item(&self, heading: &str, id: &str, what: String) -> Result<(), LessonError> {
        let before = self.line_of(heading).unwrap_or(0);
        let begins = format!("- {id}: ");
        let mut lines = self.text.lines().skip(before);
        let line = lines.position(|line| line.trim().starts_with(&begins));
        let line = line.map_or(0, |at| before + at + 1);
        Err(LessonError::new(self.file, line, what))
    }

    fn line_of(&self, heading: &str) -> Option<usize> {
        let is_it = |line: &str| !heading.is_empty() && line.trim() == heading;
        Some(self.text.lines().position(is_it)? + 1)
    }

    /// Refuses an id without a text, and a text without its id.
    fn same(
        &self,
        heading: &str,
        ids: &BTreeSet<&str>,
        texts: &BTreeMap<String, String>,
    ) -> Result<(), LessonError> {
        if let Some(id) = ids.iter().find(|id| !texts.contains_key(**id)) {
            return self.wrong(heading, format!("below `{heading}` it lacks `- {id}: …`"));
        }
        let unknown = texts.keys().find(|id| !ids.contains(&***id));
        unknown.map_or(Ok(()), |id| {
            let what = format!("the lesson has no \"{id}\" to stand below `{heading}`");
            self.wrong_item(heading, id, what)
        })
    }
}

fn check_beat(beat: &Beat, language: Language, place: &Place<'_>) -> Result<(), LessonError> {
    let heading = format!("## {}", beat.kind.name());
    let asks = matches!(beat.kind, BeatKind::Predict | BeatKind::Check);
    let right = beat.answers.iter().filter(|answer| answer.is_right).count();
    if asks && (beat.answers.len() < 2 || right != 1) {
        let what = format!("`{heading}` wants two answers or more, one of them right: `- [x] …`");
        return place.wrong(&heading, what);
    }
    let length: usize = beat.paragraphs.iter().map(|text| length(text)).sum();
    let most = limit(beat.kind, language);
    if length > most {
        let what = format!("`{heading}` has {length} words or characters; at most {most} are read");
        return place.wrong(&heading, what);
    }
    Ok(())
}

/// Words, where words are parted by spaces; characters, where they are not.
fn length(text: &str) -> usize {
    let wide = text.chars().filter(|next| *next > '\u{2e80}').count();
    let narrow: String = text
        .chars()
        .map(|next| if next > '\u{2e80}' { ' ' } else { next })
        .collect();
    let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
    wide + narrow.split_whitespace().filter(is_word).count()
}

/// 60 English words are some 120 Chinese characters with punctuation. What is to be looked at may
/// take half as many again.
fn limit(kind: BeatKind, language: Language) -> usize {
    let words = match kind {
        BeatKind::See => 90,
        _ => 60,
    };
    match language {
        Language::English => words,
        Language::Chinese => words * 2,
    }
}

/// A nudge, where, how.
const HINTS: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_characters_are_counted() {
        assert_eq!(length("n1 leads term 2."), 4);
        assert_eq!(length("**n1** 领导任期 2。"), 7);
    }
}
