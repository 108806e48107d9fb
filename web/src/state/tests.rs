//! Sessions on the page, told as lists of messages.

use quorate_core::member::Role;

use super::*;

fn page(query: &str) -> State {
    State::of_query(query, Language::English, Theme::Auto)
}

fn after(page: State, messages: impl IntoIterator<Item = Message>) -> State {
    messages.into_iter().fold(page, State::reduce)
}

fn leader(page: &State) -> Option<Node> {
    let mut members = page.frame.members.iter();
    let leads = |view: &quorate_core::member::MemberView| view.role == Role::Leader;
    members
        .find(|member| member.view.as_ref().is_some_and(leads))
        .map(|member| member.node)
}

fn elected(query: &str) -> State {
    let mut page = page(query);
    for _ in 0..2000 {
        if leader(&page).is_some() {
            return page;
        }
        page = page.reduce(Message::StepForward);
    }
    panic!("nobody was elected");
}

#[test]
fn a_step_forward_and_back_is_the_same_page() {
    let page = after(page(""), vec![Message::StepForward; 10]);
    let (at, frame) = (page.engine.position(), Arc::clone(&page.frame));
    let page = after(page, [Message::StepForward, Message::StepBack]);
    assert_eq!(page.engine.position(), at);
    assert_eq!(page.frame, frame);
}

#[test]
fn every_event_steps_one_by_one_and_the_other_way_does_not() {
    // Nobody hears of a leader yet: for a while, only clocks tick.
    let page = after(
        page(""),
        [
            Message::Seek(19),
            Message::EveryEvent(true),
            Message::StepForward,
        ],
    );
    assert_eq!(page.engine.position(), 20);
    let page = after(page, [Message::EveryEvent(false), Message::StepForward]);
    assert!(page.engine.position() > 23, "{}", page.engine.position());
    let page = after(page, [Message::StepBack, Message::StepForward]);
    assert!(page.engine.position() > 23, "{}", page.engine.position());
}

#[test]
fn a_put_is_answered_and_the_next_one_counts_on() {
    let page = elected("");
    let node = leader(&page).expect("one was elected");
    let mut page = after(page, [Message::At(node), Message::Put]);
    assert_eq!(page.form.value, "2");
    for _ in 0..100 {
        if page.frame.operations[0].answered_at_us.is_some() {
            break;
        }
        page = page.reduce(Message::StepForward);
    }
    assert_eq!(
        page.frame.operations[0].outcome,
        quorate_core::sim::OperationOutcome::Done("OK".to_owned())
    );
}

#[test]
fn playing_goes_on_by_itself_and_a_step_ends_it() {
    let mut page = page("").reduce(Message::PlayPause);
    for _ in 0..600 {
        page = page.reduce(Message::Elapsed(16.0));
    }
    assert!(page.engine.position() > 10);
    assert!(page.now_us() >= page.frame.now_us);
    let page = page.reduce(Message::StepForward);
    assert!(page.playback.is_none());
    assert_eq!(page.now_us(), page.frame.now_us);
}

#[test]
fn the_speed_is_the_speed() {
    let far = |speed| {
        let mut page = after(page(""), [Message::Speed(speed), Message::PlayPause]);
        for _ in 0..30 {
            page = page.reduce(Message::Elapsed(16.0));
        }
        page.now_us()
    };
    assert!(far(Speed(8000)) > 2 * far(Speed(1000)));
    assert!(far(Speed(1000)) > 2 * far(Speed(100)));
}

#[test]
fn an_action_in_the_past_says_so() {
    let page = after(
        page(""),
        [
            Message::Seek(200),
            Message::Seek(100),
            Message::CrashOrRestart,
        ],
    );
    assert_eq!(page.notice, Some(Notice::Forked { at: 100, lost: 100 }));
    assert!(page.is_down(Node(1)));
    let page = page.reduce(Message::Undo);
    assert!(!page.is_down(Node(1)));
    assert_eq!(page.engine.position(), 100);
}

#[test]
fn crash_and_restart_take_turns() {
    let page = after(
        page(""),
        [
            Message::Select(Node(2)),
            Message::CrashOrRestart,
            Message::CrashOrRestart,
        ],
    );
    assert!(!page.is_down(Node(2)));
    assert_eq!(page.engine.permalink().actions.len(), 2);
}

#[test]
fn a_bad_link_is_told_and_the_page_begins_anew() {
    let page = page("?members=4&at=100");
    assert!(matches!(page.notice, Some(Notice::BadLink(_))));
    assert_eq!(page.frame.config.members, 3);
    assert_eq!(page.engine.position(), 1);
}

#[test]
fn another_number_of_members_begins_anew_and_keeps_the_seed() {
    let page = after(
        page("?seed=7&at=50"),
        [Message::Select(Node(3)), Message::Members(5)],
    );
    assert_eq!(page.frame.members.len(), 5);
    assert_eq!(page.frame.config.seed, 7);
    assert_eq!(page.engine.position(), 1);
    let page = after(page, [Message::Select(Node(5)), Message::Members(3)]);
    assert_eq!(page.selected, Node(3));
    let page = page.reduce(Message::Select(Node(4)));
    assert_eq!(page.selected, Node(3));
}

#[test]
fn when_all_are_down_the_page_says_so() {
    let crash = |node| Message::Act(Action::Crash { node: Node(node) });
    let page = after(
        page(""),
        [crash(1), crash(2), crash(3), Message::StepForward],
    );
    // The last messages may still have arrived nowhere; then it is over.
    let page = after(page, vec![Message::StepForward; 30]);
    assert_eq!(page.notice, Some(Notice::Over));
}
