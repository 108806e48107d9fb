//! The lessons of this package, from their folders.

use std::fs;
use std::path::Path;

use quorate_lessons::{Bundle, Language, Lesson, Texts, check_files};

/// A lesson with all its files.
pub(super) struct Found {
    pub(super) lesson: Lesson,
    pub(super) files: Bundle,
}

impl Found {
    pub(super) fn texts(&self, language: Language) -> Texts {
        let text = self.files.file(&language.file()).unwrap_or_default();
        Texts::read(&self.lesson, language, text).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// All of them, in their order.
pub(super) fn all() -> Vec<Found> {
    let mut folders: Vec<_> = fs::read_dir(env!("CARGO_MANIFEST_DIR"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("lesson.txt").is_file())
        .collect();
    folders.sort();
    folders.iter().map(|folder| read(folder)).collect()
}

/// One of them.
pub(super) fn one(id: &str) -> Found {
    let mut all = all().into_iter();
    all.find(|found| found.lesson.id == id).unwrap()
}

pub(super) fn files(folder: &Path) -> Bundle {
    Bundle::of(fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(&path).unwrap())
    }))
}

fn read(folder: &Path) -> Found {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let files = files(folder);
    let lesson = Lesson::read(&name, &files).unwrap_or_else(|error| panic!("{error}"));
    check_files(&lesson, &files).unwrap_or_else(|error| panic!("{error}"));
    Found { lesson, files }
}

#[test]
fn what_a_lesson_needs_comes_before_it() {
    let mut before: Vec<String> = Vec::new();
    for Found { lesson, .. } in all() {
        for needed in &lesson.needs {
            assert!(before.contains(needed), "{} needs {needed}", lesson.id);
        }
        assert!(!before.contains(&lesson.id), "{} is there twice", lesson.id);
        before.push(lesson.id);
    }
    assert!(before.len() >= 8, "{before:?}");
}
