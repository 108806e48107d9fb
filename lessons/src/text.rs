//! A lesson's text in one language: a Markdown file whose headings are the lesson's beats.

use std::collections::BTreeMap;

use crate::{Lesson, LessonError};

/// A language of the lessons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// Chinese, simplified.
    Chinese,
}

impl Language {
    /// Both.
    pub const ALL: [Language; 2] = [Language::English, Language::Chinese];

    /// What its file is called: `en.md`, `zh.md`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Chinese => "zh",
        }
    }
}

/// What a beat is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeatKind {
    /// Something that makes one wonder.
    Hook,
    /// What will happen? One tap, no penalty.
    Predict,
    /// The learner does it.
    Do,
    /// What is to be looked at.
    See,
    /// Why it is so, in 60 words at most.
    Explain,
    /// A question that what was shown answers.
    Check,
    /// One harder variation.
    Harder,
}

impl BeatKind {
    const ALL: [(&'static str, BeatKind); 7] = [
        ("hook", BeatKind::Hook),
        ("predict", BeatKind::Predict),
        ("do", BeatKind::Do),
        ("see", BeatKind::See),
        ("explain", BeatKind::Explain),
        ("check", BeatKind::Check),
        ("harder", BeatKind::Harder),
    ];

    /// Its name, as headings have it.
    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(_, kind)| *kind == self)
            .map_or("", |found| found.0)
    }
}

/// One step of a lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// What it is for.
    pub kind: BeatKind,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
    /// What can be answered, if it asks.
    pub answers: Vec<Answer>,
    /// Where more stands: the paper's section, the source.
    pub sources: Vec<Source>,
}

/// One answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it says.
    pub text: String,
    /// What is said to whoever chose it.
    pub reply: String,
    /// Whether it is right.
    pub is_right: bool,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub url: String,
}

/// All text of a lesson in one language. In paragraphs, `**` stands round what is strong and a
/// backtick round code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// The title.
    pub title: String,
    /// What was shown, in a sentence, for when all is done.
    pub shown: String,
    /// The beats, in their order.
    pub beats: Vec<Beat>,
    /// From the weakest to the one that gives it away.
    pub hints: Vec<String>,
    /// What each goal wants, by its id.
    pub goals: BTreeMap<String, String>,
    /// What is said to whoever made a mistake, by its name.
    pub wrongs: BTreeMap<String, String>,
    /// What stands below the pictures of the page for teachers, by their ids.
    pub pictures: BTreeMap<String, String>,
    /// What the buttons say that do what the lesson offers, by their ids.
    pub offers: BTreeMap<String, String>,
    /// Questions of the notes' author that belong to this lesson, each with its answer.
    pub questions: Vec<(String, String)>,
    /// Why the core differs from the note, by the ids of such lines.
    pub differences: BTreeMap<String, String>,
    /// The note's own closing table: who, in which term, was what.
    pub table: Vec<(String, u64, String)>,
}

impl Texts {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with it, or what it lacks of what its lesson has.
    pub fn read(lesson: &Lesson, language: Language, text: &str) -> Result<Self, LessonError> {
        let file = format!("{}/{}.md", lesson.folder, language.tag());
        let mut reader = Reader {
            texts: Texts::default(),
            section: Section::Head,
            file: &file,
            shut: true,
        };
        for (at, line) in text.lines().enumerate() {
            reader.line(at + 1, line)?;
        }
        let texts = reader.texts;
        texts.check(lesson, language, (&file, text))?;
        Ok(texts)
    }

    /// Only the title, for the map of the course.
    pub fn title_of(text: &str) -> Option<&str> {
        text.lines().find_map(|line| line.strip_prefix("# "))
    }

    /// The beat of a kind, if there is one.
    pub fn beat(&self, kind: BeatKind) -> Option<&Beat> {
        self.beats.iter().find(|beat| beat.kind == kind)
    }

    fn check(
        &self,
        lesson: &Lesson,
        language: Language,
        (file, text): (&str, &str),
    ) -> Result<(), LessonError> {
        // At the heading below which it should be, where there is one.
        let wrong = |heading: &str, what: String| {
            let is_it = |line: &str| !heading.is_empty() && line.trim() == heading;
            let line = text.lines().position(is_it);
            Err(LessonError::new(file, line.map_or(0, |at| at + 1), what))
        };
        let lacks = |heading: &str, id: &str| {
            wrong(heading, format!("below `{heading}` it lacks `- {id}: …`"))
        };
        if self.title.is_empty() || self.shown.is_empty() {
            let what = "it lacks its title (`# …`) or what was shown (`## shown`)";
            return wrong("## shown", what.to_owned());
        }
        if !(5..=7).contains(&self.beats.len()) {
            return wrong(
                "",
                format!("it has {} beats; write 5 to 7", self.beats.len()),
            );
        }
        if self.hints.len() != 3 {
            let found = self.hints.len();
            let what = format!("it has {found} hints; write three: a nudge, where, how");
            return wrong("## hints", what);
        }
        let tasks = || std::iter::once(&lesson.task).chain(&lesson.harder);
        let goals = tasks().flat_map(|task| task.goals.iter().map(|goal| goal.id.as_str()));
        let pictures = lesson.pictures.iter().map(|picture| picture.id.as_str());
        let offers = lesson.offers.iter().map(|offer| offer.id.as_str());
        let differences = lesson.note.iter().flat_map(|note| note.differences());
        let all_there = first_missing(goals, &self.goals, "## goals")
            .or_else(|| first_missing(pictures, &self.pictures, "## pictures"))
            .or_else(|| first_missing(offers, &self.offers, "## offers"))
            .or_else(|| first_missing(differences, &self.differences, "## differences"));
        if let Some((heading, id)) = all_there {
            return lacks(heading, id);
        }
        for name in tasks().flat_map(|task| task.wrongs.iter().map(|wrong| &wrong.name)) {
            if !self.wrongs.contains_key(name) {
                return wrong("", format!("it lacks `## wrong {name}`"));
            }
        }
        if lesson.harder.is_some() != self.beat(BeatKind::Harder).is_some() {
            let what = "`## harder` and `harder-solution.txt` come together";
            return wrong("## harder", what.to_owned());
        }
        self.beats
            .iter()
            .try_for_each(|beat| check_beat(beat, language, &wrong))
    }
}

fn check_beat(
    beat: &Beat,
    language: Language,
    wrong: &impl Fn(&str, String) -> Result<(), LessonError>,
) -> Result<(), LessonError> {
    let heading = format!("## {}", beat.kind.name());
    let asks = matches!(beat.kind, BeatKind::Predict | BeatKind::Check);
    let right = beat.answers.iter().filter(|answer| answer.is_right).count();
    if asks && (beat.answers.len() < 2 || right != 1) {
        let what = format!("`{heading}` wants two answers or more, one of them right: `- [x] …`");
        return wrong(&heading, what);
    }
    let length: usize = beat.paragraphs.iter().map(|text| length(text)).sum();
    let most = limit(language);
    if beat.kind == BeatKind::Explain && length > most {
        let what = format!("`{heading}` has {length} words or characters; at most {most} are read");
        return wrong(&heading, what);
    }
    Ok(())
}

/// The first id for which there is no text, with the heading below which it belongs.
fn first_missing<'a>(
    mut ids: impl Iterator<Item = &'a str>,
    texts: &BTreeMap<String, String>,
    heading: &'static str,
) -> Option<(&'static str, &'a str)> {
    let missing = ids.find(|id| !texts.contains_key(*id))?;
    Some((heading, missing))
}

/// Where a line belongs to.
enum Section {
    Head,
    Beat,
    Hints,
    Goals,
    Wrong(String),
    Pictures,
    Offers,
    Questions,
    Differences,
    Table,
    Shown,
}

struct Reader<'a> {
    texts: Texts,
    section: Section,
    file: &'a str,
    /// Whether the next line begins a paragraph.
    shut: bool,
}

impl Reader<'_> {
    fn line(&mut self, number: usize, line: &str) -> Result<(), LessonError> {
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
            "goals" => Ok(Section::Goals),
            "pictures" => Ok(Section::Pictures),
            "offers" => Ok(Section::Offers),
            "questions" => Ok(Section::Questions),
            "differences" => Ok(Section::Differences),
            "table" => Ok(Section::Table),
            "shown" => Ok(Section::Shown),
            _ => Err(format!(
                "there is no part \"{heading}\"; write hook, predict, do, see, explain, check, \
                 harder, hints, goals, wrong NAME, pictures, offers, questions, differences, table \
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
            Section::Hints => match line.split_once(". ") {
                Some((number, hint)) if number.parse::<u8>().is_ok() => {
                    texts.hints.push(hint.to_owned());
                }
                _ => match texts.hints.last_mut() {
                    Some(hint) => join(hint, line),
                    None => return Err("a hint begins with its number: `1. …`".to_owned()),
                },
            },
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

/// 60 English words are some 110 Chinese characters.
fn limit(language: Language) -> usize {
    match language {
        Language::English => 60,
        Language::Chinese => 120,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_characters_are_counted() {
        assert_eq!(length("n1 leads term 2."), 4);
        assert_eq!(length("**n1** 领导任期 2。"), 7);
    }

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
