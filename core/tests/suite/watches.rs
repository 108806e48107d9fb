//! Watches at a member: what a client of one hears, together with its replies.

use bytes::Bytes;
use quorate_core::command::{
    Command, Compact, MemberInfo, Put, WatchCreate, WatchRequest, WatchResponse,
};
use quorate_core::disk::DiskImage;
use quorate_core::id::{ClusterId, MemberId, RequestId, Revision, WatchId, WatchStreamId};
use quorate_core::member::{Member, MemberConfig, Role};
use quorate_core::{Input, Output};

const STREAM: WatchStreamId = WatchStreamId(3);

/// A member alone, with a disk that does at once what it is told.
struct Bench {
    member: Member,
    /// What one `take_outputs` gave, of replies and watches.
    rounds: Vec<(Vec<RequestId>, Vec<WatchResponse>)>,
    stopped: bool,
}

impl Bench {
    fn new() -> Self {
        let info = MemberInfo {
            id: MemberId(1),
            ..MemberInfo::default()
        };
        let mut config = MemberConfig::new(MemberId(1), ClusterId(5), vec![info]);
        config.watch_progress_notify_interval_ms = 1_000;
        let mut bench = Self {
            member: Member::start(config, &DiskImage::default()).unwrap(),
            rounds: Vec::new(),
            stopped: false,
        };
        while bench.member.view().role != Role::Leader {
            bench.step(Input::Tick);
        }
        bench.rounds.clear();
        bench
    }

    fn step(&mut self, input: Input) {
        self.member.step(input);
        loop {
            let outputs = self.member.take_outputs();
            if outputs.is_empty() {
                return;
            }
            let mut round = (Vec::new(), Vec::new());
            for output in outputs {
                match output {
                    Output::Disk(batch) => self.member.step(Input::DiskDone {
                        lane: batch.lane,
                        batch: batch.id,
                        result: Ok(()),
                    }),
                    Output::Reply { id, .. } => round.0.push(id),
                    Output::Watch(response) => round.1.push(response),
                    Output::Stopped { .. } => self.stopped = true,
                    Output::Send { .. }
                    | Output::Save(_)
                    | Output::Trace(_)
                    | Output::Members(_) => {}
                }
            }
            self.rounds.push(round);
        }
    }

    fn request(&mut self, id: u64, command: Command) {
        let id = RequestId(id);
        self.step(Input::Request { id, command });
    }

    fn put(&mut self, id: u64) {
        let put = Put {
            key: Bytes::from_static(b"a"),
            value: Bytes::from(id.to_string()),
            ..Put::default()
        };
        self.request(id, Command::Put(put));
    }

    fn watch(&mut self) {
        self.step(Input::Watch(WatchRequest::Create(WatchCreate {
            stream: STREAM,
            key: Bytes::from_static(b"a"),
            progress_notify: true,
            ..WatchCreate::default()
        })));
    }

    fn heard(&mut self) -> Vec<WatchResponse> {
        let rounds = std::mem::take(&mut self.rounds);
        rounds.into_iter().flat_map(|round| round.1).collect()
    }
}

#[test]
fn a_write_is_heard_together_with_its_reply() {
    let mut bench = Bench::new();
    bench.watch();
    let created = bench.heard();
    assert!(created[0].created);
    assert_eq!(created[0].header.member, MemberId(1));
    assert_eq!(created[0].header.cluster, ClusterId(5));
    for id in 1..=20 {
        bench.put(id);
        let rounds = std::mem::take(&mut bench.rounds);
        let with_reply = rounds.iter().find(|round| !round.0.is_empty()).unwrap();
        assert_eq!(with_reply.0, [RequestId(id)]);
        assert_eq!(with_reply.1[0].events.len(), 1);
        assert_eq!(with_reply.1[0].header.revision, Revision(1 + id as i64));
        assert!(with_reply.1[0].header.term.0 > 0);
    }
}

#[test]
fn a_compaction_that_is_physical_takes_nothing_from_a_watch() {
    let mut bench = Bench::new();
    bench.watch();
    bench.heard();
    // All in one go: proposed, committed and applied together.
    for id in 1..=50 {
        let put = Put {
            key: Bytes::from_static(b"a"),
            ..Put::default()
        };
        let (id, command) = (RequestId(id), Command::Put(put));
        bench.member.step(Input::Request { id, command });
    }
    let compact = Compact {
        revision: Revision(51),
        physical: true,
    };
    bench.request(51, Command::Compact(compact));
    bench.step(Input::Tick);
    let events: Vec<i64> = bench
        .heard()
        .iter()
        .flat_map(|response| &response.events)
        .map(|event| event.key_value.mod_revision.0)
        .collect();
    assert_eq!(events, (2..=51).collect::<Vec<_>>());
    assert_eq!(bench.member.view().compact_revision, Revision(51));
}

#[test]
fn ticks_bring_bookmarks_and_the_view_counts() {
    let mut bench = Bench::new();
    bench.watch();
    bench.put(1);
    bench.heard();
    for _ in 0..10 {
        bench.step(Input::Tick);
    }
    let heard = bench.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].watch, WatchId(0));
    assert!(heard[0].events.is_empty() && heard[0].header.revision == Revision(2));
    let view = bench.member.view().watches;
    assert_eq!((view.len(), view[0].stream), (1, STREAM));
    assert_eq!((view[0].synced, view[0].unsynced), (1, 0));
    assert_eq!(view[0].in_flight, 3);
    bench.step(Input::Watch(WatchRequest::Taken {
        stream: STREAM,
        responses: 2,
    }));
    assert_eq!(bench.member.view().watches[0].in_flight, 1);
    bench.step(Input::Watch(WatchRequest::Close { stream: STREAM }));
    assert_eq!(bench.member.view().watches, []);
    bench.put(2);
    assert_eq!(bench.heard(), []);
}

#[test]
fn a_member_that_stops_ends_its_watches() {
    let mut bench = Bench::new();
    bench.watch();
    bench.heard();
    bench.step(Input::Stop);
    let heard = bench.heard();
    assert!(bench.stopped);
    assert_eq!(heard.len(), 1);
    assert!(heard[0].canceled);
    assert_eq!(heard[0].cancel_reason, "etcdserver: server stopped");
}

#[test]
fn anything_asked_on_streams_that_are_not_there_does_no_harm() {
    let mut bench = Bench::new();
    let stream = WatchStreamId(u64::MAX);
    let watch = WatchId(i64::MAX);
    for request in [
        WatchRequest::Cancel { stream, watch },
        WatchRequest::Taken {
            stream,
            responses: u32::MAX,
        },
        WatchRequest::Close { stream },
        WatchRequest::Progress { stream },
    ] {
        bench.step(Input::Watch(request));
    }
    let heard = bench.heard();
    assert_eq!(heard.len(), 1, "only the progress is answered");
    assert_eq!(heard[0].watch, WatchId(-1));
    for (watch, start) in [(i64::MAX, i64::MAX), (i64::MIN, i64::MIN), (0, i64::MAX)] {
        bench.step(Input::Watch(WatchRequest::Create(WatchCreate {
            stream,
            watch: WatchId(watch),
            start_revision: Revision(start),
            progress_notify: true,
            ..WatchCreate::default()
        })));
    }
    bench.put(1);
    bench.step(Input::Tick);
    assert_eq!(bench.heard().len(), 3);
}
