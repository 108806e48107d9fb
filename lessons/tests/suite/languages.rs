//! Both languages tell the same lesson, and neither tells too much.

use quorate_lessons::{Beat, Language, Lesson, page_bundle};

use super::folders::all;

/// What a beat is, whatever its words.
fn shape(beat: &Beat) -> (&'static str, Vec<bool>, Vec<String>) {
    let answers = beat.answers.iter().map(|answer| answer.is_right);
    let sources = beat.sources.iter().map(|source| source.url.clone());
    (beat.kind.name(), answers.collect(), sources.collect())
}

#[test]
fn both_languages_have_the_same_beats() {
    for found in all() {
        let [english, chinese] = Language::ALL.map(|language| found.texts(language));
        let folder = &found.lesson.folder;
        let shapes = |beats: &[Beat]| beats.iter().map(shape).collect::<Vec<_>>();
        assert_eq!(shapes(&english.beats), shapes(&chinese.beats), "{folder}");
        let keys = |texts: &quorate_lessons::Texts| {
            let maps = [&texts.goals, &texts.wrongs, &texts.pictures];
            let keys = maps.map(|map| map.keys().cloned().collect::<Vec<_>>());
            let cells = texts
                .table
                .iter()
                .map(|(who, term, _)| (who.clone(), *term));
            (keys, cells.collect::<Vec<_>>())
        };
        assert_eq!(keys(&english), keys(&chinese), "{folder}");
    }
}

#[test]
fn what_is_fetched_for_a_lesson_is_small() {
    for found in all() {
        for language in Language::ALL {
            let fetched = page_bundle(&found.files, language.tag());
            let bytes = fetched.write().len();
            let folder = &found.lesson.folder;
            assert!(bytes <= 15 * 1024, "{folder}: {bytes} bytes are fetched");
            let read = Lesson::read(folder, &fetched);
            assert!(read.is_ok(), "{folder}: {read:?}");
        }
    }
}

#[test]
fn chinese_is_chinese() {
    for found in all() {
        let texts = found.texts(Language::Chinese);
        let paragraphs = texts.beats.iter().flat_map(|beat| &beat.paragraphs);
        for text in paragraphs.chain(&texts.hints).chain(texts.wrongs.values()) {
            let has_any = text.chars().any(|next| next > '\u{2e80}');
            assert!(has_any, "{}: {text}", found.lesson.folder);
        }
    }
}
