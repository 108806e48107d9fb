use quorate_core::sim::{Operation, RevisionChoice, TxnRelation, TxnSide, TxnStep};

use super::*;
use crate::fixture;
use crate::state::{Message, State, TerminalMessage, Theme};
use crate::text::Language;

fn read(line: &str) -> Result<Typed, Complaint> {
    typed(line, Node(2), &fixture::frame(3))
}

fn asked(line: &str) -> Action {
    match read(line) {
        Ok(Typed::Ask(mut questions)) => questions.remove(0).0,
        other => panic!("{line}: {other:?}"),
    }
}

fn of_two(operation: Operation) -> Action {
    Action::Operation {
        node: Node(2),
        operation,
    }
}

#[test]
fn etcdctls_commands_are_asked_of_the_member_that_is_selected() {
    assert_eq!(
        asked("put x 'a b'"),
        Action::Put {
            node: Node(2),
            key: "x".to_owned(),
            value: "a b".to_owned(),
        }
    );
    let range = |key: &str, end: &str, revision, serializable| {
        of_two(Operation::Range {
            key: key.to_owned(),
            end: end.to_owned(),
            revision: RevisionChoice::Number(revision),
            serializable,
        })
    };
    assert_eq!(asked("get x"), range("x", "", 0, false));
    assert_eq!(asked("etcdctl get x --rev=3"), range("x", "", 3, false));
    assert_eq!(asked("get --prefix ab"), range("ab", "ac", 0, false));
    assert_eq!(asked("get \"\" --prefix"), range("\0", "\0", 0, false));
    assert_eq!(asked("get a c --consistency s"), range("a", "c", 0, true));
    assert_eq!(
        asked("--endpoints=n3 del x --from-key"),
        Action::Operation {
            node: Node(3),
            operation: Operation::DeleteRange {
                key: "x".to_owned(),
                end: "\0".to_owned(),
            },
        }
    );
    assert_eq!(
        asked("lease timetolive 1f"),
        of_two(Operation::LeaseTimeToLive { lease: 0x1f })
    );
    assert_eq!(
        asked("member add n4 --learner"),
        of_two(Operation::MemberAdd {
            new: Node(4),
            learner: true,
        })
    );
    // The leader is asked to go, whoever is selected.
    let action = asked(&format!("move-leader {}", fixture::id(3)));
    assert_eq!(
        action,
        Action::Operation {
            node: Node(1),
            operation: Operation::MoveLeader { target: Node(3) },
        }
    );
    match read("endpoint status --cluster -w table") {
        Ok(Typed::Ask(questions)) => assert_eq!(questions.len(), 3),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_wrong_with_a_line_is_named() {
    let wrong = |line: &str| read(line).expect_err(line);
    assert_eq!(
        wrong("putt x 1"),
        Complaint::Unknown {
            word: "putt".to_owned(),
            near: Some("put"),
        }
    );
    assert!(matches!(
        wrong("delete x"),
        Complaint::Unknown {
            near: Some("del"),
            ..
        }
    ));
    assert!(matches!(
        wrong("frobnicate"),
        Complaint::Unknown { near: None, .. }
    ));
    assert_eq!(wrong("user list"), Complaint::NotHere("user".to_owned()));
    assert!(matches!(wrong("put x"), Complaint::Usage(usage) if usage.starts_with("put KEY")));
    assert!(matches!(wrong("get x --frm-key"), Complaint::Flag { .. }));
    assert!(matches!(wrong("get x --rev=y"), Complaint::Number { .. }));
    assert!(matches!(
        wrong("get x --prefix --from-key"),
        Complaint::Both(..)
    ));
    assert_eq!(
        wrong("member remove n9"),
        Complaint::Member("n9".to_owned())
    );
    assert!(matches!(wrong("member add m"), Complaint::NewName { .. }));
    assert_eq!(wrong("lease revoke zz"), Complaint::Lease("zz".to_owned()));
    assert_eq!(
        wrong("member list -w json"),
        Complaint::Format("json".to_owned())
    );
    for language in [Language::English, Language::Chinese] {
        for line in [
            "putt x",
            "user list",
            "put x",
            "member list -w json",
            "put \"",
        ] {
            assert!(!language.complaint(&wrong(line)).is_empty());
        }
        assert_eq!(language.tools().commands.len(), HELP.len());
    }
}

#[test]
fn a_transaction_is_typed_line_by_line() {
    let mut draft = TxnDraft::default();
    assert_eq!(draft.prompt(), "compares:");
    assert_eq!(draft.take("value(\"x\") = \"1\""), Ok(None));
    assert!(matches!(
        draft.take("worth(x) = 1"),
        Err(Complaint::Condition(_))
    ));
    assert_eq!(draft.take("mod(\"x\") > \"2\""), Ok(None));
    assert_eq!(draft.take(""), Ok(None));
    assert!(matches!(draft.take("rm x"), Err(Complaint::Request(_))));
    assert_eq!(draft.take("put x 2"), Ok(None));
    assert_eq!(draft.take(""), Ok(None));
    assert_eq!(draft.take("get x --prefix"), Ok(None));
    let operation = draft.take("").expect("good").expect("it is whole");
    let Operation::Txn {
        compare,
        success,
        failure,
    } = operation
    else {
        panic!("a transaction");
    };
    assert_eq!(compare[0].side, TxnSide::Value("1".to_owned()));
    assert_eq!(compare[1].relation, TxnRelation::Greater);
    assert_eq!(
        success,
        [TxnStep::Put {
            key: "x".to_owned(),
            value: "2".to_owned(),
        }]
    );
    assert!(matches!(&failure[..], [TxnStep::Get { end, .. }] if end == "y"));
}

/// Types lines into a page, one after the other, and gives what the last one was answered.
fn session(lines: &[&str]) -> (State, String) {
    let mut page = State::of_query("seed=42&at=400", Language::English, Theme::Auto);
    page = page.reduce(Message::Terminal(TerminalMessage::Toggle));
    for line in lines {
        page = page
            .reduce(Message::Terminal(TerminalMessage::Draft(
                (*line).to_owned(),
            )))
            .reduce(Message::Terminal(TerminalMessage::Enter));
    }
    let last = last_answer(&page);
    (page, last)
}

fn last_answer(page: &State) -> String {
    match &page.terminal.lines.last().expect("a line").said {
        Said::Asked(asked) => match &asked.last().expect("asked").came {
            Came::Done(text) => text.clone(),
            other => format!("{other:?}"),
        },
        other => format!("{other:?}"),
    }
}

#[test]
fn answers_are_printed_as_etcdctl_prints_them() {
    assert_eq!(session(&["put x 1"]).1, "OK");
    assert_eq!(session(&["put x 1", "get x"]).1, "x\n1");
    assert_eq!(session(&["put x 1", "put x 2", "get x --rev=2"]).1, "x\n1");
    assert_eq!(session(&["put x 1", "get x --print-value-only"]).1, "1");
    assert_eq!(session(&["put x 1", "del x"]).1, "1");
    assert_eq!(
        session(&[
            "put x 1",
            "txn",
            "value(\"x\") = \"1\"",
            "",
            "put x 2",
            "",
            ""
        ])
        .1,
        "SUCCESS\n\nOK"
    );
    assert_eq!(
        session(&["txn", "version(\"x\") > \"0\"", "", "", "get x", ""]).1,
        "FAILURE\n\n"
    );
    let (_, granted) = session(&["lease grant 60"]);
    assert!(granted.starts_with("lease ") && granted.ends_with(" granted with TTL(60s)"));
    assert_eq!(
        session(&["put x 1", "compaction 2"]).1,
        "compacted revision 2"
    );
    let (_, members) = session(&["member list"]);
    assert_eq!(members.lines().count(), 3);
    assert!(members.contains(", started, n1, ") || members.contains(", started, "));
    let (_, status) = session(&["endpoint status"]);
    assert!(status.starts_with("n1, "), "{status}");
    let (_, failed) = session(&["get x --rev=99"]);
    assert!(
        failed.contains("required revision is a future revision"),
        "{failed}"
    );
}

#[test]
fn what_there_was_before_is_told_where_it_is_asked_for() {
    assert_eq!(session(&["put x 1", "put x 2 --prev-kv"]).1, "OK\nx\n1");
    assert_eq!(session(&["put x 1 --prev-kv"]).1, "OK");
    assert_eq!(
        session(&["put x 1", "put y 2", "del x --prev-kv"]).1,
        "1\nx\n1"
    );
    assert_eq!(
        session(&["put x 1", "put x 2 --prev-kv", "get x"]).1,
        "x\n2"
    );
    assert!(matches!(
        read("put x 1 --prev-kv --lease=1"),
        Err(Complaint::Both("--lease", "--prev-kv"))
    ));
}

#[test]
fn a_range_is_cut_counted_or_told_by_its_fields() {
    let puts = ["put a 1", "put b 2", "put c 3"];
    let with = |line: &'static str| session(&[puts[0], puts[1], puts[2], line]).1;
    assert_eq!(with("get a --from-key --limit=2"), "a\n1\nb\n2");
    assert_eq!(
        with("get a --from-key --limit=0 --print-value-only"),
        "1\n2\n3"
    );
    let counted = with("get a --from-key --count-only -w fields");
    assert!(counted.starts_with("\"ClusterID\" : "), "{counted}");
    assert!(counted.contains("\"Revision\" : 4\n"), "{counted}");
    assert!(
        counted.ends_with("\"More\" : false\n\"Count\" : 3"),
        "{counted}"
    );
    assert!(!counted.contains("Key"), "{counted}");
    let fields = with("get a --from-key --limit 1 -w fields");
    let key = "\"Key\" : \"a\"\n\"CreateRevision\" : 2\n\"ModRevision\" : 2\n\"Version\" : 1\n\
               \"Value\" : \"1\"\n\"Lease\" : 0\n\"More\" : true\n\"Count\" : 3";
    assert!(fields.ends_with(key), "{fields}");
    assert!(matches!(
        read("get a --count-only"),
        Err(Complaint::Usage(_))
    ));
    assert!(matches!(
        read("get a --keys-only --count-only -w fields"),
        Err(Complaint::Both("--keys-only", "--count-only"))
    ));
    assert!(matches!(
        read("get a --limit=x"),
        Err(Complaint::Number { .. })
    ));
}

#[test]
fn a_lease_is_kept_alive_until_somebody_stops_it() {
    let (page, granted) = session(&["lease grant 6"]);
    let id = granted.split_whitespace().nth(1).expect("an id").to_owned();
    let enter = |page: State, line: String| {
        page.reduce(Message::Terminal(TerminalMessage::Draft(line)))
            .reduce(Message::Terminal(TerminalMessage::Enter))
    };
    let mut page = enter(page, format!("lease keep-alive {id}"));
    let asked = |page: &State| match &page.terminal.lines[1].said {
        Said::Asked(asked) => asked.clone(),
        other => panic!("{other:?}"),
    };
    let until = |mut page: State, seconds: u64| {
        let end_us = page.frame.now_us + seconds * 1_000_000;
        while page.frame.now_us < end_us {
            page = page.reduce(Message::StepForward);
        }
        page
    };
    // Twice as long as the lease would have lived by itself.
    page = until(page, 12);
    let kept = asked(&page);
    assert!(kept.len() > 4, "every two seconds: {}", kept.len());
    let done = Came::Done(format!("lease {id} keepalived with TTL(6)"));
    assert!(kept[..kept.len() - 1].iter().all(|one| one.came == done));
    // Who goes back does not ask again: it would be another run.
    let end = page.engine.position();
    let actions = page.engine.history().actions.len();
    page = page.reduce(Message::Seek(end - 50));
    page = page.reduce(Message::StepForward);
    assert_eq!(page.engine.history().actions.len(), actions);
    page = page.reduce(Message::Seek(end));
    page = page.reduce(Message::Terminal(TerminalMessage::Interrupt));
    let count = asked(&page).len();
    page = until(page, 14);
    assert_eq!(asked(&page).len(), count);
    let page = enter(page, format!("lease timetolive {id}"));
    assert_eq!(last_answer(&page), format!("lease {id} already expired"));
}

#[test]
fn a_watch_prints_what_it_is_told_and_goes_back_in_time_with_the_page() {
    let (page, watched) = session(&["watch x"]);
    assert_eq!(watched, "");
    let before = page.engine.position();
    let mut page = page;
    for line in ["put x 1", "del x"] {
        page = page
            .reduce(Message::Terminal(TerminalMessage::Draft(line.to_owned())))
            .reduce(Message::Terminal(TerminalMessage::Enter));
    }
    for _ in 0..200 {
        page = page.reduce(Message::StepForward);
    }
    let told = |page: &State| match &page.terminal.lines[0].said {
        Said::Asked(asked) => asked[0].came.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(told(&page), Came::Done("PUT\nx\n1\nDELETE\nx".to_owned()));
    let end = page.engine.position();
    page = page.reduce(Message::Seek(before));
    assert_eq!(told(&page), Came::Done(String::new()));
    page = page.reduce(Message::Seek(1));
    assert_eq!(told(&page), Came::NotYet);
    page = page.reduce(Message::Seek(end));
    page = page.reduce(Message::Terminal(TerminalMessage::Interrupt));
    assert!(
        page.engine.history().actions.len() >= 4,
        "the end of the watch is an action"
    );
}

#[test]
fn the_arrow_keys_bring_lines_back() {
    let (page, _) = session(&["put x 1", "get x"]);
    let page = page.reduce(Message::Terminal(TerminalMessage::Earlier));
    assert_eq!(page.terminal.draft, "get x");
    let page = page.reduce(Message::Terminal(TerminalMessage::Earlier));
    assert_eq!(page.terminal.draft, "put x 1");
    let page = page.reduce(Message::Terminal(TerminalMessage::Later));
    assert_eq!(page.terminal.draft, "get x");
}
