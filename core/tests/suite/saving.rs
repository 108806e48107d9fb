//! Saving a member's store: what a client gets, while the member goes on.

use bytes::Bytes;
use quorate_core::command::{
    Command, Compact, DeleteRange, MemberInfo, Put, SaveAnswer, SaveEnd, SaveRequest, SaveResponse,
};
use quorate_core::disk::DiskImage;
use quorate_core::error::Error;
use quorate_core::id::{ClusterId, MemberId, RequestId, Revision, SaveId};
use quorate_core::limits::SAVES_MAX;
use quorate_core::member::{Member, MemberConfig, Role};
use quorate_core::offline::store_of;
use quorate_core::snapshot::{SavedChecksum, read_saved};
use quorate_core::{Input, Output};

const SAVE: SaveId = SaveId(7);

/// A member alone, with a disk that does at once what it is told.
struct Bench {
    member: Member,
    answers: Vec<SaveResponse>,
    next_request: u64,
}

impl Bench {
    fn new() -> Self {
        let info = MemberInfo {
            id: MemberId(1),
            ..MemberInfo::default()
        };
        let config = MemberConfig::new(MemberId(1), ClusterId(5), vec![info]);
        let mut bench = Self {
            member: Member::start(config, &DiskImage::default()).unwrap(),
            answers: Vec::new(),
            next_request: 1,
        };
        while bench.member.view().role != Role::Leader {
            bench.step(Input::Tick);
        }
        bench
    }

    fn step(&mut self, input: Input) {
        self.member.step(input);
        loop {
            let outputs = self.member.take_outputs();
            if outputs.is_empty() && !self.member.is_busy() {
                return;
            }
            for output in outputs {
                match output {
                    Output::Disk(batch) => self.member.step(Input::DiskDone {
                        lane: batch.lane,
                        batch: batch.id,
                        result: Ok(()),
                    }),
                    Output::Save(response) => self.answers.push(response),
                    Output::Reply { result, .. } => assert!(result.is_ok(), "{result:?}"),
                    _ => {}
                }
            }
        }
    }

    fn request(&mut self, command: Command) {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        self.step(Input::Request { id, command });
    }

    fn put(&mut self, key: &str, value_bytes: usize) {
        self.request(Command::Put(Put {
            key: Bytes::from(key.to_owned()),
            value: Bytes::from(vec![b'v'; value_bytes]),
            ..Put::default()
        }));
    }

    fn delete(&mut self, key: &str) {
        self.request(Command::DeleteRange(DeleteRange {
            key: Bytes::from(key.to_owned()),
            ..DeleteRange::default()
        }));
    }

    fn compact(&mut self, revision: Revision) {
        self.request(Command::Compact(Compact {
            revision,
            ..Compact::default()
        }));
    }

    /// A store of several chunks, with a key of many versions, deletions, and empty values.
    fn fill(&mut self) {
        for number in 0..40 {
            self.put(&format!("large{number:02}"), 100_000);
            self.put("again", number);
            self.put("empty", 0);
        }
        for number in 0..10 {
            self.delete(&format!("large{number:02}"));
        }
    }

    fn ask(&mut self, request: SaveRequest) -> Vec<SaveAnswer> {
        self.step(Input::Save(request));
        let answers = std::mem::take(&mut self.answers);
        answers
            .into_iter()
            .map(|response| response.answer)
            .collect()
    }

    fn pins(&self) -> usize {
        self.member.figures().store_pins
    }
}

#[test]
fn all_pieces_together_are_the_store_as_it_was() {
    let mut bench = Bench::new();
    bench.fill();
    let hash = bench.member.store_hash();
    let [
        SaveAnswer::Begun {
            size_bytes,
            revision,
            version,
        },
    ] = bench.ask(SaveRequest::Begin(SAVE))[..]
    else {
        panic!("it did not begin");
    };
    assert_eq!(revision, Revision(1 + 130));
    assert_eq!(
        version.map(|version| version.to_string()),
        Some("3.6.0".to_owned())
    );
    let mut file = Vec::new();
    let mut checksum = SavedChecksum::new();
    let mut pieces = 0;
    loop {
        // Between any two pieces keys are written, deleted and forgotten.
        bench.put("large20", 7);
        bench.delete("large30");
        bench.put(&format!("between{pieces}"), 1);
        bench.compact(Revision(revision.0 + pieces));
        let answers = bench.ask(SaveRequest::Next(SAVE));
        let [SaveAnswer::Piece { bytes, is_last }] = &answers[..] else {
            panic!("no piece: {answers:?}");
        };
        checksum.add(bytes);
        file.extend_from_slice(bytes);
        pieces += 1;
        if *is_last {
            break;
        }
    }
    assert!(pieces > 3, "{pieces} pieces");
    assert_eq!(file.len() as u64, size_bytes);
    assert_eq!(bench.pins(), 0);
    let checksum = checksum.finish();
    assert_eq!(checksum.len(), 32);
    file.extend_from_slice(&checksum);
    let saved = read_saved(&file.into(), false).unwrap();
    assert_eq!(saved.header.revision, revision);
    let store = store_of(saved).unwrap();
    assert_eq!(store.hash_kv(Revision(0)).unwrap().hash, hash);
    assert_ne!(bench.member.store_hash(), hash);
    // There is no more, and nobody is told so twice.
    assert_eq!(bench.ask(SaveRequest::Next(SAVE)), []);
}

#[test]
fn who_goes_in_the_middle_leaves_nothing_behind() {
    let mut bench = Bench::new();
    bench.fill();
    bench.ask(SaveRequest::Begin(SAVE));
    bench.ask(SaveRequest::Next(SAVE));
    assert_eq!(bench.pins(), 1);
    assert_eq!(bench.ask(SaveRequest::Close(SAVE)), []);
    assert_eq!(bench.pins(), 0);
    // It may be told twice, and ask late.
    assert_eq!(bench.ask(SaveRequest::Close(SAVE)), []);
    assert_eq!(bench.ask(SaveRequest::Next(SAVE)), []);
}

#[test]
fn so_many_clients_and_no_more_save_at_a_time() {
    let mut bench = Bench::new();
    for number in 0..SAVES_MAX as u64 {
        let answers = bench.ask(SaveRequest::Begin(SaveId(number)));
        assert!(
            matches!(answers[..], [SaveAnswer::Begun { .. }]),
            "{answers:?}"
        );
    }
    let refused = bench.ask(SaveRequest::Begin(SaveId(1_000)));
    let many = SaveAnswer::Ended(SaveEnd::Refused(Error::TooManyRequests));
    assert_eq!(refused, [many]);
    bench.ask(SaveRequest::Close(SaveId(3)));
    let answers = bench.ask(SaveRequest::Begin(SaveId(1_000)));
    assert!(
        matches!(answers[..], [SaveAnswer::Begun { .. }]),
        "{answers:?}"
    );
    // A member that stops tells them all.
    let stopped = bench.ask(SaveRequest::Close(SaveId(4)));
    assert_eq!(stopped, []);
    bench.step(Input::Stop);
    let ended = std::mem::take(&mut bench.answers);
    assert_eq!(ended.len(), SAVES_MAX - 1);
    let stopped = SaveAnswer::Ended(SaveEnd::Refused(Error::Stopped));
    assert!(ended.iter().all(|response| response.answer == stopped));
}
