//! Sessions on the page, told as lists of messages.

use quorate_core::member::Role;
use quorate_core::sim::Standing;
use quorate_core::trace::MessageKind;

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
            Message::DoTo(Deed::Crash, Subject::Member(Node(1))),
        ],
    );
    let Some(Notice::Forked { at, left, ahead }) = page.notice else {
        panic!("no fork but {:?}", page.notice);
    };
    assert_eq!((at, ahead), (100, 100));
    assert_eq!(page.engine.left()[0].name, left);
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
            Message::DoTo(Deed::Crash, Subject::Member(Node(2))),
            Message::DoTo(Deed::Restart, Subject::Member(Node(2))),
        ],
    );
    assert!(!page.is_down(Node(2)));
    assert_eq!(page.engine.permalink().actions.len(), 2);
}

#[test]
fn a_bad_link_is_told_and_what_can_be_read_of_it_is_shown() {
    let page = page("?members=8&at=100");
    assert!(matches!(page.notice, Some(Notice::BadLink(_))));
    assert_eq!(page.frame.config.members, 3);
    assert_eq!(page.engine.position(), 100);
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

/// The page some way behind its first leader, with a message of a kind under way to a member.
fn with_message(kind: MessageKind) -> (State, u64) {
    let mut page = elected("").reduce(Message::EveryEvent(true));
    let leads = leader(&page).expect("one was elected");
    page = after(page, [Message::At(leads), Message::Put]);
    for _ in 0..200 {
        let mut messages = page.frame.messages.iter();
        if let Some(message) = messages.find(|message| message.summary.kind == kind) {
            let id = message.id;
            return (page, id);
        }
        page = page.reduce(Message::StepForward);
    }
    panic!("no {kind:?} was sent");
}

#[test]
fn a_message_is_held_in_the_inbox_and_let_go() {
    let (page, id) = with_message(MessageKind::Append);
    let page = after(
        page,
        [Message::Look(Subject::Message(id)), Message::Do(Deed::Hold)],
    );
    assert!(page.frame.held.iter().any(|held| held.id == id));
    assert_eq!(page.subject, Subject::Message(id));
    let page = page.reduce(Message::Do(Deed::Hold));
    assert!(page.frame.held.is_empty());
    // It has arrived: the hand is on its receiver.
    assert_eq!(page.subject, Subject::Member(page.selected));
}

#[test]
fn a_message_is_dropped_doubled_and_timed_anew() {
    let (page, id) = with_message(MessageKind::Append);
    let dropped = after(page, [Message::DoTo(Deed::Drop, Subject::Message(id))]);
    assert!(dropped.frame.lost.iter().any(|lost| lost.message.id == id));

    let (page, id) = with_message(MessageKind::Append);
    let arrival = |page: &State| {
        let mut messages = page.frame.messages.iter();
        messages
            .find(|message| message.id == id)
            .map(|one| one.arrives_at_us)
    };
    let at_us = arrival(&page).expect("it is under way");
    let page = page.reduce(Message::DoTo(Deed::Later, Subject::Message(id)));
    assert_eq!(arrival(&page), Some(at_us + 5_000));
    let page = page.reduce(Message::Do(Deed::Earlier));
    assert_eq!(arrival(&page), Some(at_us));
    let page = page.reduce(Message::Do(Deed::Drag(1_000)));
    assert!(arrival(&page).is_some_and(|soon_us| soon_us <= at_us));
    let page = page.reduce(Message::DoTo(Deed::Duplicate, Subject::Message(id)));
    assert_eq!(page.notice, None);
}

#[test]
fn two_messages_to_one_member_swap_their_arrivals() {
    let (page, _) = with_message(MessageKind::AppendResponse);
    let mut page = page;
    let queue = |page: &State| {
        let leads = leader(page).expect("it leads on");
        let messages = page.frame.messages.iter();
        let to_leader = messages.filter(move |message| message.to == leads);
        to_leader.map(|message| message.id).collect::<Vec<_>>()
    };
    for _ in 0..100 {
        if queue(&page).len() == 2 {
            break;
        }
        page = page.reduce(Message::StepForward);
    }
    let before = queue(&page);
    assert_eq!(before.len(), 2);
    let page = page.reduce(Message::DoTo(Deed::Swap, Subject::Message(before[0])));
    assert_eq!(queue(&page), [before[1], before[0]]);
}

#[test]
fn a_link_is_cut_one_way_bent_and_mended() {
    let link = Subject::link(Node(2), Node(1));
    let page = after(page(""), [Message::DoTo(Deed::CutThere, link)]);
    assert_eq!(page.frame.one_way_cuts, [(Node(1), Node(2))]);
    let page = page.reduce(Message::Do(Deed::Latency(80_000)));
    assert_eq!(page.frame.latencies[0].min_us, 60_000);
    assert!(page.layout().bend(Node(1), Node(2)) > 10.0);
    let page = page.reduce(Message::Do(Deed::CutOrMend));
    assert!(page.frame.one_way_cuts.is_empty() && page.frame.latencies.is_empty());
    let page = page.reduce(Message::Do(Deed::CutOrMend));
    assert_eq!(page.frame.cuts, [(Node(1), Node(2))]);
}

#[test]
fn a_partition_is_put_together_and_cut_as_one_event() {
    let begun = page("?members=5").reduce(Message::Split(SplitMove::Begin));
    let events = begun.engine.position();
    let page = after(
        begun,
        [Message::Select(Node(2)), Message::Split(SplitMove::Cut)],
    );
    assert_eq!(page.split, None);
    assert_eq!(page.frame.cuts.len(), 6);
    assert_eq!(page.engine.position(), events + 1);
    let page = after(page, [Message::Undo, Message::Split(SplitMove::Begin)]);
    let page = after(
        page,
        [
            Message::Split(SplitMove::OneWay),
            Message::Split(SplitMove::Cut),
        ],
    );
    assert_eq!(page.frame.one_way_cuts.len(), 4);
    let page = page.reduce(Message::Undo);
    assert!(page.frame.one_way_cuts.is_empty());
}

#[test]
fn a_line_across_the_stage_cuts_what_it_crosses() {
    let begun = page("");
    let layout = begun.layout();
    let y = layout.place(Node(1)).y + 70.0;
    let line = vec![Point { x: 0.0, y }, Point { x: layout.width, y }];
    let page = begun.reduce(Message::Stroke(line.clone(), false));
    assert_eq!(page.frame.cuts, [(Node(1), Node(2)), (Node(1), Node(3))]);
    let page = after(page, [Message::Undo, Message::Stroke(line, true)]);
    assert_eq!(
        page.frame.one_way_cuts,
        [(Node(1), Node(2)), (Node(1), Node(3))]
    );
    let page = page.reduce(Message::Stroke(Vec::new(), false));
    assert_eq!(page.notice, Some(Notice::Nothing));
}

#[test]
fn a_member_takes_its_clock_its_disk_and_its_end_from_a_hand() {
    let of = |deed| Message::DoTo(deed, Subject::Member(Node(2)));
    let page = after(
        page(""),
        [
            of(Deed::Faster),
            of(Deed::HoldSync),
            of(Deed::PauseOrResume),
        ],
    );
    let member = &page.frame.members[1];
    assert_eq!(member.clock_per_mille, 1_250);
    assert!(member.disk.is_stalled && member.is_paused);
    let page = after(
        page,
        [
            of(Deed::Slower),
            of(Deed::HoldSync),
            of(Deed::PauseOrResume),
        ],
    );
    let member = &page.frame.members[1];
    assert_eq!(member.clock_per_mille, 1_000);
    assert!(!member.disk.is_stalled && !member.is_paused);
    let page = after(page, [of(Deed::CrashLosing), of(Deed::CrashLosing)]);
    assert!(page.is_down(Node(2)));
    assert_eq!(page.notice, Some(Notice::Nothing));
}

#[test]
fn a_learner_is_added_promoted_and_made_leader() {
    let mut page = elected("").reduce(Message::DoTo(Deed::AddLearner, Subject::Stage));
    assert_eq!(page.frame.members.len(), 4);
    let new = Node(4);
    let standing = |page: &State, at: usize| page.frame.members[at].standing;
    // A cluster that is not well yet takes nobody in, and one that is not as far as the others is
    // given no vote: so it is asked again, as a person would.
    let ask_until = |mut page: State, deed: Deed, node: Node, done: &dyn Fn(&State) -> bool| {
        for _ in 0..10 {
            for _ in 0..300 {
                if done(&page) {
                    return page;
                }
                page = page.reduce(Message::StepForward);
            }
            page = page.reduce(Message::DoTo(deed, Subject::Member(node)));
        }
        panic!("{deed:?} does not come about: {:?}", page.notice);
    };
    page = ask_until(page, Deed::AddLearner, new, &|page| {
        standing(page, 3) == Standing::Learner
    });
    page = ask_until(page, Deed::Promote, new, &|page| {
        standing(page, 3) == Standing::Voter
    });
    page = ask_until(page, Deed::MakeLeader, new, &|page| {
        leader(page) == Some(new)
    });
    page = ask_until(page, Deed::Remove, Node(1), &|page| {
        standing(page, 0) == Standing::Removed
    });
    assert_eq!(page.engine.lanes().members.len(), 4);
}

#[test]
fn an_entry_leads_to_the_events_that_made_it_safe() {
    let (page, _) = with_message(MessageKind::AppendResponse);
    let leads = leader(&page).expect("one was elected");
    let index = page.frame.members[leads.0 as usize - 1]
        .view
        .as_ref()
        .and_then(|view| view.log.last())
        .expect("it has a log")
        .index;
    let entry = Subject::Entry(leads, index);
    let page = page.reduce(Message::Seek(600));
    let events = [Deed::ToWritten, Deed::ToSynced, Deed::ToCommitted].map(|deed| {
        let came = page_at(&page).reduce(Message::DoTo(deed, entry));
        assert_eq!(came.notice, None, "{deed:?}");
        came.engine.position()
    });
    assert!(
        events[0] <= events[1] && events[1] <= events[2],
        "{events:?}"
    );
    let nowhere = Subject::Entry(leads, quorate_core::id::Index(999));
    let page = page.reduce(Message::DoTo(Deed::ToSynced, nowhere));
    assert_eq!(page.notice, Some(Notice::NeverSo));
}

/// Another page at the same place.
fn page_at(other: &State) -> State {
    page(&other.engine.permalink().query())
}

#[test]
fn entries_are_walked_through() {
    let page = elected("").reduce(Message::Seek(400));
    let page = page.reduce(Message::NextEntry(0, 0));
    let Subject::Entry(node, index) = page.subject else {
        panic!("no entry but {:?}", page.subject);
    };
    let page = page.reduce(Message::NextEntry(-1, 0));
    let above = quorate_core::id::Index(index.0 - 1);
    assert_eq!(page.subject, Subject::Entry(node, above));
    let page = page.reduce(Message::NextEntry(0, 1));
    assert_eq!(page.subject, Subject::Entry(Node(node.0 + 1), above));
}

#[test]
fn two_branches_stand_side_by_side_and_part_where_something_was_done() {
    let page = elected("");
    let at = page.engine.position();
    let crash = Message::DoTo(Deed::Crash, Subject::Member(Node(3)));
    let page = after(page, [Message::Seek(at + 200), Message::Seek(at), crash]);
    let other = page.engine.left()[0].name;
    let page = after(
        page,
        [Message::Compare(Some(other)), Message::Seek(at + 50)],
    );
    let beside = page.beside.as_ref().expect("a branch is beside");
    assert_eq!(beside.common, at);
    assert_eq!(beside.done_there, None);
    assert_eq!(beside.done_here, Some(Action::Crash { node: Node(3) }));
    assert!(beside.frame.now_us <= page.frame.now_us);
    assert!(beside.frame.members[2].view.is_some() && page.is_down(Node(3)));
    let here = page.engine.name();
    let page = page.reduce(Message::Switch(other));
    assert!(!page.is_down(Node(3)));
    assert_eq!(page.beside.as_ref().map(|beside| beside.name), Some(here));
    let page = page.reduce(Message::Seek(at));
    let beside = page.beside.as_ref().expect("a branch is beside");
    assert!(beside.is_same(&page.frame));
    assert_eq!(beside.frame, page.frame);
}

#[test]
fn a_fork_says_which_branch_was_left() {
    let page = after(
        page(""),
        [Message::Seek(100), Message::Seek(50), Message::Fork],
    );
    assert!(matches!(
        page.notice,
        Some(Notice::Forked {
            at: 50,
            ahead: 0,
            ..
        })
    ));
    assert_eq!(page.engine.left().len(), 1);
}

#[test]
fn jumps_go_to_turns_of_their_kind() {
    let page = page("").reduce(Message::JumpTo(Turn::Commit, true));
    let commit = page.engine.position();
    assert!(commit > 1);
    let page = page.reduce(Message::JumpTo(Turn::Election, false));
    assert!(page.engine.position() < commit);
    let page = page.reduce(Message::JumpTo(Turn::Violation, true));
    assert!(matches!(
        page.notice,
        Some(Notice::NoTurn { ahead: true, .. })
    ));
}

#[test]
fn what_the_last_event_changed_can_be_told() {
    let page = page("").reduce(Message::Seek(200));
    let before = page.before.as_ref().expect("there is one");
    assert_eq!(before.event_count, 199);
    let page = after(page, [Message::Act(Action::Crash { node: Node(1) })]);
    let before = page.before.as_ref().expect("there is one");
    assert_eq!((before.event_count, page.frame.event_count), (200, 201));
}

#[test]
fn a_step_is_unfolded_into_the_events_that_it_passed_over() {
    let mut page = page("");
    let mut passed = 0;
    for _ in 0..40 {
        page = page.reduce(Message::StepForward);
        passed = page.passed_over();
        if passed > 0 {
            break;
        }
    }
    assert!(passed > 0, "ticks are passed over");
    let (position, frame) = (page.engine.position(), std::sync::Arc::clone(&page.frame));
    page = page.reduce(Message::Unfold);
    let unfolded = page.unfolded.clone().expect("it is unfolded");
    let events: Vec<u64> = unfolded.iter().map(|frame| frame.event_count).collect();
    let expected: Vec<u64> = (position - passed.min(24)..=position).collect();
    assert_eq!(events, expected);
    assert_eq!(page.engine.position(), position);
    assert_eq!(page.frame, frame);
    // A step on folds it; so does asking again.
    assert_eq!(page.reduce(Message::StepForward).unfolded, None);
}
