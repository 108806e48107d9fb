//! Chinese is written as Chinese. That both languages tell the same, the faults of a lesson tell.

use quorate_lessons::Language;

use super::folders::all;

#[test]
fn chinese_is_chinese() {
    for found in all() {
        let texts = found.texts(Language::Chinese);
        let paragraphs = texts.beats.iter().flat_map(|beat| &beat.paragraphs);
        let hints = texts.hints.iter().chain(&texts.harder_hints);
        for text in paragraphs.chain(hints).chain(texts.wrongs.values()) {
            let has_any = text.chars().any(|next| next > '\u{2e80}');
            assert!(has_any, "{}: {text}", found.lesson.folder);
        }
    }
}
