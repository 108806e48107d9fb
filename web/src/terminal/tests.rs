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
