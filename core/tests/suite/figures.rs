//! What those who watch over a member see of it: its numbers, and its work as it is done.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use quorate_core::command::{Command, DeleteRange, MemberInfo, Put, Range, Reply, WatchCreate};
use quorate_core::command::{LeaseGrant, WatchRequest};
use quorate_core::disk::DiskImage;
use quorate_core::error::Error;
use quorate_core::id::{ClusterId, LeaseId, MemberId, RequestId, Revision, WatchStreamId};
use quorate_core::member::{Member, MemberConfig, Role};
use quorate_core::probe::Probe;
use quorate_core::{Input, Output};

/// Writes down what it is told.
struct Notes(Arc<Mutex<Vec<String>>>);

impl Probe for Notes {
    fn begins(&mut self) {
        self.0.lock().unwrap().push("begins".to_owned());
    }

    fn set_aside(&mut self, _: Option<RequestId>) {
        self.0.lock().unwrap().push("set aside".to_owned());
    }

    fn taken_up(&mut self, _: Option<RequestId>) {
        self.0.lock().unwrap().push("taken up".to_owned());
    }

    fn applied(&mut self, command: &Command, result: &Result<Reply, Error>) {
        self.note("applied", command, result);
    }

    fn read(&mut self, command: &Command, result: &Result<Reply, Error>) {
        self.note("read", command, result);
    }
}

impl Notes {
    fn note(&self, what: &str, command: &Command, result: &Result<Reply, Error>) {
        let command = match command {
            Command::Put(_) => "put",
            Command::DeleteRange(_) => "delete",
            Command::Range(_) => "range",
            Command::PublishAttributes(_) => "attributes",
            _ => "other",
        };
        let line = format!("{what} {command} {}", result.is_ok());
        self.0.lock().unwrap().push(line);
    }
}

/// A member alone that leads, with a disk that does at once what it is told.
fn leader() -> Member {
    let info = MemberInfo {
        id: MemberId(1),
        ..MemberInfo::default()
    };
    let config = MemberConfig::new(MemberId(1), ClusterId(5), vec![info]);
    let mut member = Member::start(config, &DiskImage::default()).unwrap();
    while member.figures().role != Role::Leader {
        step(&mut member, Input::Tick);
    }
    member
}

fn step(member: &mut Member, input: Input) {
    member.step(input);
    settle(member);
}

fn settle(member: &mut Member) {
    loop {
        let outputs = member.take_outputs();
        if outputs.is_empty() {
            return;
        }
        for output in outputs {
            if let Output::Disk(batch) = output {
                member.step(Input::DiskDone {
                    lane: batch.lane,
                    batch: batch.id,
                    result: Ok(()),
                });
            }
        }
    }
}

fn ask(member: &mut Member, id: u64, command: Command) {
    let id = RequestId(id);
    step(member, Input::Request { id, command });
}

fn put(key: &'static str, lease: i64) -> Command {
    Command::Put(Put {
        key: Bytes::from_static(key.as_bytes()),
        value: Bytes::from_static(b"v"),
        lease: LeaseId(lease),
        ..Put::default()
    })
}

#[test]
fn numbers_are_those_of_the_parts() {
    let mut member = leader();
    let before = member.figures();
    assert_eq!(before.leader, MemberId(1));
    assert_eq!((before.keys, before.leases), (0, 0));
    assert_eq!(before.compact_revision, Revision(-1));
    ask(&mut member, 1, put("a", 0));
    ask(&mut member, 2, put("b", 0));
    ask(&mut member, 3, put("b", 0));
    let delete = DeleteRange {
        key: Bytes::from_static(b"a"),
        ..DeleteRange::default()
    };
    ask(&mut member, 4, Command::DeleteRange(delete));
    let grant = LeaseGrant {
        id: LeaseId(9),
        ttl_seconds: 60,
    };
    ask(&mut member, 5, Command::LeaseGrant(grant));
    let stream = WatchStreamId(3);
    for start in [0, 2, 1_000] {
        let create = WatchCreate {
            stream,
            key: Bytes::from_static(b"b"),
            start_revision: Revision(start),
            ..WatchCreate::default()
        };
        step(&mut member, Input::Watch(WatchRequest::Create(create)));
    }
    let after = member.figures();
    assert_eq!((after.keys, after.leases), (1, 1));
    assert_eq!(after.revision, Revision(5));
    assert!(after.applied.0 >= before.applied.0 + 5);
    assert_eq!(after.applied, after.committed);
    assert_eq!((after.pending_writes, after.pending_reads), (0, 0));
    assert!(after.store_size_in_use_bytes <= after.store_size_bytes);
    assert!(after.store_size_bytes > before.store_size_bytes);
    assert_eq!((after.watches.streams, after.watches.watches), (1, 3));
    assert_eq!(after.watches.unsynced, 0);
    // Three were told that they began, and one of history.
    assert_eq!(after.watches.in_flight, 4);
}

#[test]
fn what_waits_is_counted_until_it_is_answered() {
    let mut member = leader();
    member.step(Input::Request {
        id: RequestId(1),
        command: put("a", 0),
    });
    member.step(Input::Request {
        id: RequestId(2),
        command: Command::Range(Range {
            key: Bytes::from_static(b"a"),
            ..Range::default()
        }),
    });
    let waiting = member.figures();
    assert_eq!((waiting.pending_writes, waiting.pending_reads), (1, 1));
    settle(&mut member);
    let answered = member.figures();
    assert_eq!((answered.pending_writes, answered.pending_reads), (0, 0));
}

#[test]
fn a_probe_sees_each_piece_of_work_begin_and_end() {
    let notes = Arc::new(Mutex::new(Vec::new()));
    let mut member = leader();
    member.measure(Box::new(Notes(notes.clone())));
    ask(&mut member, 1, put("a", 0));
    ask(&mut member, 2, put("a", 77));
    let range = Range {
        key: Bytes::from_static(b"a"),
        ..Range::default()
    };
    ask(&mut member, 3, Command::Range(range.clone()));
    let future = Range {
        serializable: true,
        revision: Revision(1_000),
        ..range
    };
    ask(&mut member, 4, Command::Range(future));
    let seen = notes.lock().unwrap().clone();
    assert_eq!(
        seen,
        [
            "begins",
            "applied put true",
            "begins",
            "applied put false",
            "begins",
            "read range true",
            "begins",
            "read range false",
        ]
    );
}
