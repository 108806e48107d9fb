//! A session with a lesson, as a list of messages.

use std::fs;
use std::path::Path;

use quorate_core::sim::{Action, Fault, Node};
use quorate_lessons::{Bundle, page_bundle};

use super::{LessonMessage, Want};
use crate::state::{Message, State, Theme};
use crate::text::Language;

/// A lesson's files, as the page fetches them.
fn fetched(folder: &str, tag: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../lessons")
        .join(folder);
    let entries = fs::read_dir(path).expect("the lesson's folder");
    let files = entries.map(|entry| {
        let entry = entry.expect("a file");
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, fs::read_to_string(entry.path()).expect("a text"))
    });
    page_bundle(&Bundle::of(files), tag).write()
}

fn map(folder: &str, id: &str) -> Message {
    let line = format!("{folder}\t{id}\t1\t5\t\tA title\t标题\n");
    Message::Lesson(LessonMessage::Mapped(line))
}

/// The page with a lesson open, at the beat where it is done.
fn open(folder: &str) -> State {
    let id = folder.split_once('-').expect("a number before it").1;
    let state = opened(&format!("?lesson={id}"), folder);
    let next = || Message::Lesson(LessonMessage::Next);
    state.reduce(next()).reduce(next())
}

/// The page of an address, with its lesson open.
fn opened(query: &str, folder: &str) -> State {
    let id = folder.split_once('-').expect("a number before it").1;
    let state = State::of_query(query, Language::English, Theme::Auto);
    assert_eq!(state.lessons.want(Language::English), Some(Want::Map));
    let state = state.reduce(map(folder, id));
    let wanted = Want::Lesson(folder.to_owned(), Language::English);
    assert_eq!(state.lessons.want(Language::English), Some(wanted));
    let files = fetched(folder, "en");
    let message = LessonMessage::Loaded(folder.to_owned(), Language::English, files);
    let state = state.reduce(Message::Lesson(message));
    assert_eq!(state.lessons.want(Language::English), None);
    state
}

fn session(state: &State) -> &super::Session {
    state.lessons.session.as_ref().expect("it is open")
}

/// Steps until something holds.
fn until(mut state: State, holds: impl Fn(&State) -> bool) -> State {
    for _ in 0..5_000 {
        if holds(&state) {
            return state;
        }
        state = state.reduce(Message::StepForward);
    }
    panic!("it does not come to hold: {:?}", session(&state).standing);
}

fn is_done(state: &State) -> bool {
    session(state).standing.done.is_some()
}

fn put() -> Message {
    Message::Act(Action::Put {
        node: Node(1),
        key: "x".to_owned(),
        value: "1".to_owned(),
    })
}

#[test]
fn goals_are_met_by_what_the_learner_does_and_that_is_noted() {
    let state = open("04-one-write");
    assert!(!is_done(&state));
    let state = until(state.reduce(put()), is_done);
    assert_eq!(session(&state).steps, Some(1));
    assert_eq!(state.lessons.progress.of("one-write").steps, Some(1));
    assert!(state.query().ends_with("&lesson=one-write&beat=2"));
}

#[test]
fn going_back_goes_back_on_what_was_met() {
    let state = open("04-one-write");
    let before = state.engine.position();
    let state = until(state.reduce(put()), is_done);
    let after = state.engine.position();
    let state = state.reduce(Message::Seek(before));
    assert!(!is_done(&state));
    let state = state.reduce(Message::Seek(after));
    assert!(is_done(&state));
    // Another future has not met them.
    let state = state.reduce(Message::Seek(before));
    let state = state.reduce(Message::Act(Action::Crash { node: Node(3) }));
    assert!(!is_done(&state));
}

#[test]
fn a_mistake_shows_and_the_way_leads_back_to_before_it() {
    let crash = |node| Message::Act(Action::Crash { node: Node(node) });
    let state = open("04-one-write").reduce(crash(2));
    let before = state.engine.position();
    let state = state.reduce(crash(3));
    assert_eq!(session(&state).standing.wrong.map(|wrong| wrong.0), Some(1));
    let state = state.reduce(Message::Lesson(LessonMessage::ToMistake));
    assert_eq!(state.engine.position(), before);
    assert_eq!(session(&state).standing.wrong, None);
}

#[test]
fn what_is_planned_goes_on_when_the_learner_acts_among_it() {
    let state = open("12-term-5-6-7");
    let stands = |state: &State| {
        let third = &state.frame.members[2];
        third.view.as_ref().is_some_and(|view| view.term.0 == 6)
    };
    let state = until(state, stands);
    let cut = Action::Cut {
        from: Node(2),
        to: Node(3),
    };
    let state = state.reduce(Message::Act(cut.clone()));
    let history = state.engine.history();
    let own = history.actions.iter().filter(|one| one.action == cut);
    assert_eq!(own.count(), 1);
    let is_wait = |action: &Action| matches!(action, Action::Fault(Fault::Wait { .. }));
    let last = history
        .actions
        .iter()
        .rev()
        .find(|one| is_wait(&one.action));
    let position = state.engine.position();
    assert!(
        last.is_some_and(|last| last.after_event > position),
        "nothing is planned any more"
    );
    assert_eq!(session(&state).own_actions(history, u64::MAX), 1);
    let is_over = |state: &State| session(state).standing.wrong.is_some();
    until(state, is_over);
}

#[test]
fn the_solution_meets_the_goals_and_does_not_count() {
    for folder in ["08-kill-the-leader", "12-term-5-6-7"] {
        let state = open(folder).reduce(Message::Lesson(LessonMessage::Solve));
        assert!(!is_done(&state));
        let state = state.reduce(Message::ToEnd);
        assert!(is_done(&state), "{folder}: {:?}", session(&state).standing);
        let id = &session(&state).lesson.id;
        assert_eq!(state.lessons.progress.of(id).steps, None);
    }
}

#[test]
fn another_language_is_fetched_and_the_place_is_kept() {
    let state = open("04-one-write").reduce(Message::ToggleLanguage);
    let wanted = Want::Lesson("04-one-write".to_owned(), Language::Chinese);
    assert_eq!(state.lessons.want(Language::Chinese), Some(wanted));
    let files = fetched("04-one-write", "zh");
    let message = LessonMessage::Loaded("04-one-write".to_owned(), Language::Chinese, files);
    let state = state.reduce(Message::Lesson(message));
    assert_eq!(state.lessons.want(Language::Chinese), None);
    assert_eq!(session(&state).beat, 2);
    assert_eq!(session(&state).texts.title, "一次写入");
}

#[test]
fn a_lesson_that_comes_after_another_was_opened_is_passed_over() {
    let lines = "04-one-write\tone-write\t1\t5\t\tA\t甲\n10-pre-vote\tpre-vote\t3\t5\t\tB\t乙\n";
    let open = |id: &str| Message::Lesson(LessonMessage::Open(id.to_owned()));
    let loaded = |folder: &str| {
        let files = fetched(folder, "en");
        let loaded = LessonMessage::Loaded(folder.to_owned(), Language::English, files);
        Message::Lesson(loaded)
    };
    let state = State::of_query("?lesson=", Language::English, Theme::Auto)
        .reduce(Message::Lesson(LessonMessage::Mapped(lines.to_owned())))
        .reduce(open("one-write"))
        .reduce(open("pre-vote"))
        .reduce(loaded("04-one-write"));
    assert!(state.lessons.session.is_none());
    let state = state.reduce(loaded("10-pre-vote"));
    assert_eq!(session(&state).lesson.id, "pre-vote");
    let state = state.reduce(loaded("04-one-write"));
    assert_eq!(session(&state).lesson.id, "pre-vote");
}

#[test]
fn the_harder_variation_has_hints_of_its_own() {
    let hint = || Message::Lesson(LessonMessage::Hint);
    let next = || Message::Lesson(LessonMessage::Next);
    let mut state = open("04-one-write").reduce(hint()).reduce(hint());
    let first = session(&state).hints().to_vec();
    assert_eq!(session(&state).hints, 2);
    while !session(&state).is_harder {
        state = state.reduce(next());
    }
    assert_eq!(session(&state).hints, 0);
    let harder = session(&state).hints();
    assert!(harder.len() == 3 && harder != first);
}

#[test]
fn a_lesson_that_there_is_not_is_told() {
    let state = State::of_query("?lesson=nonsense", Language::English, Theme::Auto);
    let state = state.reduce(map("04-one-write", "one-write"));
    assert!(state.lessons.map_open);
    assert_eq!(state.lessons.failure.as_deref(), Some("nonsense"));
    assert_eq!(state.lessons.want(Language::English), None);
}

#[test]
fn who_comes_back_finds_the_beat_and_the_run() {
    for folder in ["04-one-write", "12-term-5-6-7"] {
        let before = open(folder).reduce(put()).reduce(Message::StepForward);
        let after = opened(&before.query(), folder);
        assert_eq!(session(&after).beat, 2, "{folder}");
        assert_eq!(
            after.engine.position(),
            before.engine.position(),
            "{folder}"
        );
        assert_eq!(after.engine.history(), before.engine.history(), "{folder}");
        assert_eq!(session(&after).standing, session(&before).standing);
        assert!(!session(&after).is_away);
    }
}

#[test]
fn another_seed_is_found_again_and_the_harder_variation_too() {
    let restart = |seed| Message::Lesson(LessonMessage::Restart(Some(seed)));
    let next = || Message::Lesson(LessonMessage::Next);
    let mut before = open("01-first-leader");
    while session(&before).beat < 6 {
        before = before.reduce(next());
    }
    let before = before.reduce(restart(9)).reduce(Message::StepForward);
    let after = opened(&before.query(), "01-first-leader");
    assert!(session(&after).is_harder && !session(&after).is_away);
    assert_eq!(after.frame.config.seed, 9);
    assert_eq!(after.engine.position(), before.engine.position());
}

#[test]
fn the_run_of_somebody_else_does_not_count() {
    let done = until(open("04-one-write").reduce(put()), is_done);
    let shown = opened(&done.query(), "04-one-write");
    assert!(is_done(&shown));
    assert_eq!(shown.lessons.progress.of("one-write").steps, None);
    // Whoever goes back and does it again has done it.
    let entry = session(&shown).entry();
    let again = shown.reduce(Message::Seek(entry)).reduce(put());
    let again = until(again, is_done);
    assert_eq!(again.lessons.progress.of("one-write").steps, Some(1));
}

#[test]
fn what_is_done_behind_the_goal_is_no_step_towards_it() {
    let state = until(open("04-one-write").reduce(put()), is_done);
    let state = state.reduce(put()).reduce(Message::StepBack);
    let state = state.reduce(Message::StepForward);
    assert_eq!(session(&state).steps, Some(1));
}

#[test]
fn the_harder_variation_has_offers_of_its_own() {
    let lesson = &session(&open("08-kill-the-leader")).lesson.clone();
    let ids = |is_harder| -> Vec<String> {
        lesson
            .offers(is_harder)
            .map(|offer| offer.id.clone())
            .collect()
    };
    assert_eq!(ids(false), ["put", "crash", "restart"]);
    assert_eq!(ids(true), ["crash", "crash2", "crash3", "crash4", "crash5"]);
    let lesson = &session(&open("10-pre-vote")).lesson.clone();
    assert!(lesson.offers(true).eq(lesson.offers(false)));
}

#[test]
fn it_stops_playing_where_the_goals_are_reached() {
    let mut state = open("04-one-write")
        .reduce(put())
        .reduce(Message::PlayPause);
    assert!(state.playback.is_some());
    for _ in 0..5_000 {
        if is_done(&state) {
            break;
        }
        state = state.reduce(Message::Elapsed(50.0));
    }
    assert!(is_done(&state));
    assert!(state.playback.is_none(), "it plays on");
    // Whoever wants to look further plays on.
    let state = state
        .reduce(Message::PlayPause)
        .reduce(Message::Elapsed(50.0));
    assert!(state.playback.is_some());
}

#[test]
fn only_what_comes_about_in_a_beat_is_news() {
    let state = open("04-one-write");
    assert!(!session(&state).is_news);
    let state = until(state.reduce(put()), is_done);
    assert!(session(&state).is_news);
    let state = state.reduce(Message::Lesson(LessonMessage::Next));
    assert!(is_done(&state) && !session(&state).is_news);
}

#[test]
fn escape_closes_what_covers_the_page_and_no_key_goes_through_it() {
    let key = |name| crate::keys::Key {
        name,
        shift: false,
        command: false,
        focus: crate::keys::Focus::Page,
    };
    let state = open("12-term-5-6-7").reduce(Message::Lesson(LessonMessage::Note(true)));
    assert_eq!(crate::keys::message(&state, key("k")), None);
    let close = crate::keys::message(&state, key("Escape"));
    assert_eq!(close, Some(Message::Lesson(LessonMessage::Note(false))));
    let state = state.reduce(Message::Lesson(LessonMessage::Map(true)));
    let close = crate::keys::message(&state, key("Escape"));
    assert_eq!(close, Some(Message::Lesson(LessonMessage::Map(false))));
}
