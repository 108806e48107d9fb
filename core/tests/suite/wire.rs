//! The exact bytes of small frames. When one of these fails, the wire format has changed: give
//! it a new version, keep reading the old one, and put a new file beside the old.

use bytes::Bytes;
use quorate_core::consensus::frame;
use quorate_core::consensus::wire::{
    ChangeAnswer, ChangeQuestion, ChangeVerdict, HashAnswer, HashOutcome, HashQuestion,
    LeaseAnswer, LeaseQuestion, LeaseQuestionKind, RemovalNotice, SnapshotProgress,
    SnapshotProgressState, StandingQuestion, WireBody, WireEntry, WireFrame, WireKind, WireMessage,
};
use quorate_core::error::Error;
use quorate_core::id::ClusterId;

const CLUSTER: ClusterId = ClusterId(0xef37_ad9d_c622_a7c4);
const VERSION_1: &str = include_str!("../golden/frames_1.hex");
const VERSION_2: &str = include_str!("../golden/frames_2.hex");
const VERSION_3: &str = include_str!("../golden/frames_3.hex");
const VERSION_4: &str = include_str!("../golden/frames_4.hex");

fn frame(body: WireBody) -> WireFrame {
    WireFrame {
        from: 0x8211_f1d0_f64f_3269,
        to: 0x91bc_3c39_8fb3_c146,
        body,
    }
}

fn frames_1() -> Vec<WireFrame> {
    let append = WireMessage {
        kind: WireKind::Append,
        term: 7,
        log_term: 6,
        index: 41,
        entries: vec![WireEntry {
            conf_change: false,
            term: 7,
            index: 42,
            data: Bytes::from_static(b"put foo bar"),
        }],
        commit: 40,
        commit_term: 6,
        reject: false,
        reject_hint: 0,
        context: Bytes::from_static(b"context"),
    };
    let progress = SnapshotProgress {
        term: 7,
        index: 40,
        transfer: 3,
        next: 5,
        state: SnapshotProgressState::Installed,
    };
    vec![
        frame(WireBody::Raft(append)),
        frame(WireBody::SnapshotProgress(progress)),
    ]
}

#[test]
fn frames_of_version_1_are_written_as_ever_and_read_as_ever() {
    let bytes: Vec<Bytes> = frames_1()
        .iter()
        .map(|frame| frame::encode(CLUSTER, frame))
        .collect();
    check("frames_1.hex", &bytes, VERSION_1);
    for (line, wanted) in VERSION_1.lines().zip(frames_1()) {
        assert_eq!(frame::decode(CLUSTER, &from_hex(line)).unwrap(), wanted);
    }
}

fn frames_2() -> Vec<WireFrame> {
    let question = LeaseQuestion {
        incarnation: 3,
        number: 4,
        lease: 5,
        kind: LeaseQuestionKind::TimeToLiveWithKeys,
    };
    let answer = LeaseAnswer {
        incarnation: 3,
        number: 4,
        not_leader: false,
        ttl_seconds: 59,
        granted_ttl_seconds: 60,
        keys: vec![
            Bytes::from_static(b"key"),
            Bytes::from_static(b"a longer key"),
        ],
    };
    vec![
        frame(WireBody::LeaseQuestion(question)),
        frame(WireBody::LeaseAnswer(answer)),
    ]
}

#[test]
fn frames_of_version_2_are_written_as_ever_and_read_as_ever() {
    let bytes: Vec<Bytes> = frames_2()
        .iter()
        .map(|frame| frame::encode(CLUSTER, frame))
        .collect();
    check("frames_2.hex", &bytes, VERSION_2);
    for (line, wanted) in VERSION_2.lines().zip(frames_2()) {
        assert_eq!(frame::decode(CLUSTER, &from_hex(line)).unwrap(), wanted);
    }
}

fn frames_3() -> Vec<WireFrame> {
    let question = ChangeQuestion {
        incarnation: 3,
        number: 4,
        entry: Bytes::from_static(b"an entry"),
    };
    let answer = |verdict| ChangeAnswer {
        incarnation: 3,
        number: 4,
        verdict,
    };
    let refused = |error| WireBody::ChangeAnswer(answer(ChangeVerdict::Refused(error)));
    let notice = RemovalNotice {
        member: 0x8211_f1d0_f64f_3269,
        commit: 40,
        commit_term: 6,
    };
    vec![
        frame(WireBody::ChangeQuestion(question)),
        frame(WireBody::ChangeAnswer(answer(ChangeVerdict::NotLeader))),
        frame(refused(Error::ReconfigurationPending)),
        frame(refused(Error::NotSupported("that".to_owned()))),
        frame(WireBody::Removal(notice)),
        frame(WireBody::StandingQuestion(StandingQuestion { commit: 40 })),
    ]
}

#[test]
fn frames_of_version_3_are_written_as_ever_and_read_as_ever() {
    let bytes: Vec<Bytes> = frames_3()
        .iter()
        .map(|frame| frame::encode(CLUSTER, frame))
        .collect();
    check("frames_3.hex", &bytes, VERSION_3);
    for (line, wanted) in VERSION_3.lines().zip(frames_3()) {
        assert_eq!(frame::decode(CLUSTER, &from_hex(line)).unwrap(), wanted);
    }
}

fn frames_4() -> Vec<WireFrame> {
    let question = HashQuestion {
        incarnation: 3,
        number: 4,
        revision: 50,
    };
    let answer = |outcome| {
        frame(WireBody::HashAnswer(HashAnswer {
            incarnation: 3,
            number: 4,
            outcome,
        }))
    };
    let hash = HashOutcome::Hash {
        hash: 0x89ab_cdef,
        compact_revision: -1,
        hash_revision: 50,
        revision: 51,
    };
    vec![
        frame(WireBody::HashQuestion(question)),
        answer(hash),
        answer(HashOutcome::Compacted),
        answer(HashOutcome::FutureRevision),
        answer(HashOutcome::Unavailable),
    ]
}

#[test]
fn frames_of_version_4_are_written_as_ever_and_read_as_ever() {
    let bytes: Vec<Bytes> = frames_4()
        .iter()
        .map(|frame| frame::encode(CLUSTER, frame))
        .collect();
    check("frames_4.hex", &bytes, VERSION_4);
    for (line, wanted) in VERSION_4.lines().zip(frames_4()) {
        assert_eq!(frame::decode(CLUSTER, &from_hex(line)).unwrap(), wanted);
    }
}

/// One frame a line.
fn check(name: &str, frames: &[Bytes], golden: &str) {
    let text: String = frames.iter().map(|frame| to_hex(frame) + "\n").collect();
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        std::fs::write(directory.join(name), &text).expect("a golden to write");
    }
    assert_eq!(text, golden);
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Bytes {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}
