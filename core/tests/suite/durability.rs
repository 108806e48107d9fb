//! What a member says and does while its disk is slow: nothing before it may.
//!
//! The disk here does one batch when it is told to, so a test can stop time between any two of
//! them, hand in what comes meanwhile, or cut the power.

mod evidence;

use bytes::{Bytes, BytesMut};
use quorate_core::command::{Command, MemberInfo, Put};
use quorate_core::consensus::frame;
use quorate_core::consensus::wire::{
    SnapshotChunk, WireBody, WireEntry, WireFrame, WireKind, WireMessage,
};
use quorate_core::disk::{DiskBatch, DiskImage, DiskOperation, Lane};
use quorate_core::id::{ClusterId, Incarnation, Index, MemberId, RequestId, Revision, Term};
use quorate_core::limits::FRAME_SIZE_BYTES_MAX;
use quorate_core::member::{Member, MemberConfig, Role};
use quorate_core::mvcc::CheckpointChunk;
use quorate_core::snapshot::{Configuration, SnapshotHeader};
use quorate_core::trace::TraceKind;
use quorate_core::{Input, Output};

const CLUSTER: ClusterId = ClusterId(77);
const ME: MemberId = MemberId(1);

/// A member with a disk that waits to be told.
struct Bench {
    member: Member,
    image: DiskImage,
    waiting: Vec<DiskBatch>,
    sent: Vec<WireFrame>,
    largest_frame_bytes: usize,
    trace: Vec<TraceKind>,
}

impl Bench {
    fn start(config: MemberConfig, image: DiskImage) -> Self {
        let mut bench = Self {
            member: Member::start(config, &image).unwrap(),
            image,
            waiting: Vec::new(),
            sent: Vec::new(),
            largest_frame_bytes: 0,
            trace: Vec::new(),
        };
        bench.collect();
        bench
    }

    fn new(config: MemberConfig) -> Self {
        let mut bench = Self::start(config, DiskImage::default());
        bench.write_all();
        bench
    }

    fn collect(&mut self) {
        for output in self.member.take_outputs() {
            match output {
                Output::Send { frame, .. } => {
                    self.largest_frame_bytes = self.largest_frame_bytes.max(frame.len());
                    self.sent.extend(frame::decode(CLUSTER, &frame));
                }
                Output::Disk(batch) => self.waiting.push(batch),
                Output::Trace(event) => self.trace.push(event.kind),
                Output::Reply { .. } | Output::Watch(_) | Output::Save(_) | Output::Members(_) => {}
                Output::Stopped { failure } => panic!("it stopped: {failure:?}"),
            }
        }
    }

    fn step(&mut self, input: Input) {
        self.member.step(input);
        self.collect();
    }

    fn tick(&mut self, count: u32) {
        for _ in 0..count {
            self.step(Input::Tick);
        }
    }

    /// Carries out the oldest batch of a lane; false when there is none.
    fn write(&mut self, lane: Lane) -> bool {
        let Some(position) = self.waiting.iter().position(|batch| batch.lane == lane) else {
            return false;
        };
        let batch = self.waiting.remove(position);
        for operation in batch.operations {
            carry_out(&mut self.image, operation);
        }
        self.step(Input::DiskDone {
            lane,
            batch: batch.id,
            result: Ok(()),
        });
        true
    }

    fn write_all(&mut self) {
        while self.write(Lane::Log) || self.write(Lane::Snapshot) {}
    }

    fn receive(&mut self, from: u64, body: WireBody) {
        self.hand_in(from, body);
        self.collect();
    }

    /// As `receive`, without a look at what the member wants done.
    fn hand_in(&mut self, from: u64, body: WireBody) {
        let to = ME.0;
        let frame = frame::encode(CLUSTER, &WireFrame { from, to, body });
        let from = MemberId(from);
        self.member.step(Input::Message { from, frame });
    }

    fn put(&mut self, id: u64, value: Bytes) {
        self.member.step(Input::Request {
            id: RequestId(id),
            command: Command::Put(Put {
                key: Bytes::from_static(b"k"),
                value,
                ..Put::default()
            }),
        });
    }

    fn role(&self) -> Role {
        self.member.view().role
    }

    fn term(&self) -> u64 {
        self.member.view().term.0
    }

    fn last(&self) -> u64 {
        let view = self.member.view();
        view.log
            .last()
            .map_or(view.log_offset.0, |entry| entry.index.0)
    }

    /// Asks for votes and is given member 2's.
    fn elect(&mut self) {
        self.tick(20);
        self.write_all();
        for kind in [WireKind::PreVoteResponse, WireKind::VoteResponse] {
            let term = self.term() + u64::from(kind == WireKind::PreVoteResponse);
            self.receive(2, raft(kind, term));
            self.write_all();
        }
        assert_eq!(self.role(), Role::Leader);
    }

    /// A follower says that it has all up to here.
    fn acknowledge(&mut self, from: u64, index: u64) {
        let answer = WireMessage {
            index,
            ..message(WireKind::AppendResponse, self.term())
        };
        self.receive(from, WireBody::Raft(answer));
    }

    /// The leader of a term hands over entries behind `index`, and commits them.
    fn append(&mut self, term: u64, (index, log_term): (u64, u64), count: u64) {
        let entries = (1..=count)
            .map(|position| WireEntry {
                conf_change: false,
                term,
                index: index + position,
                data: Bytes::new(),
            })
            .collect();
        let append = WireMessage {
            index,
            log_term,
            entries,
            commit: index + count,
            ..message(WireKind::Append, term)
        };
        self.receive(2, WireBody::Raft(append));
    }

    /// A leader hands over a snapshot of nothing, in two parts.
    fn receive_snapshot(&mut self, from: u64, term: u64, index: u64, transfer: u64) {
        for number in 0..2 {
            self.receive(from, snapshot_part(term, index, transfer, number));
        }
    }

    fn has_told(&self, is: impl Fn(&TraceKind) -> bool) -> bool {
        self.trace.iter().any(is)
    }
}

fn carry_out(image: &mut DiskImage, operation: DiskOperation) {
    match operation {
        DiskOperation::Append { path, bytes } => {
            let file = image.files.entry(path).or_default();
            let mut longer = BytesMut::from(&file[..]);
            longer.extend_from_slice(&bytes);
            *file = longer.freeze();
        }
        DiskOperation::Truncate { path, length_bytes } => {
            if let Some(file) = image.files.get_mut(&path) {
                file.truncate(length_bytes as usize);
            }
        }
        DiskOperation::Rename { from, to } => {
            let file = image.files.remove(&from).unwrap();
            image.files.insert(to, file);
        }
        DiskOperation::Remove { path } => {
            image.files.remove(&path);
        }
        DiskOperation::Sync { .. } | DiskOperation::SyncDirectory { .. } => {}
    }
}

fn config(members: u64) -> MemberConfig {
    let mut config = MemberConfig::new(ME, CLUSTER, bootstrap(members));
    config.initial_election_tick_advance = false;
    config
}

fn bootstrap(members: u64) -> Vec<MemberInfo> {
    (1..=members)
        .map(|id| MemberInfo {
            id: MemberId(id),
            ..MemberInfo::default()
        })
        .collect()
}

fn message(kind: WireKind, term: u64) -> WireMessage {
    WireMessage {
        kind,
        term,
        log_term: 0,
        index: 0,
        entries: Vec::new(),
        commit: 0,
        commit_term: 0,
        reject: false,
        reject_hint: 0,
        context: Bytes::new(),
    }
}

fn raft(kind: WireKind, term: u64) -> WireBody {
    WireBody::Raft(message(kind, term))
}

fn snapshot_part(term: u64, index: u64, transfer: u64, number: u32) -> WireBody {
    let members = rkyv::to_bytes::<rkyv::rancor::BoxedError>(&bootstrap(3)).unwrap();
    let header = SnapshotHeader {
        cluster: CLUSTER,
        index: Index(index),
        term: Term(term),
        configuration: Configuration {
            voters: (1..=3).map(MemberId).collect(),
            ..Configuration::default()
        },
        membership: Bytes::copy_from_slice(&members),
        revision: Revision(1),
        compact_revision: Revision(-1),
        ..SnapshotHeader::default()
    };
    let nothing = CheckpointChunk {
        is_last: true,
        ..CheckpointChunk::default()
    };
    WireBody::SnapshotChunk(SnapshotChunk {
        term,
        index,
        log_term: term,
        transfer,
        number,
        last: number == 1,
        bytes: match number {
            0 => header.encode(),
            _ => nothing.encode().unwrap(),
        },
    })
}

#[test]
fn power_lost_while_a_log_is_created_costs_no_more_than_the_start() {
    let mut bench = Bench::start(config(1), DiskImage::default());
    assert!(bench.write(Lane::Log), "the empty log");
    assert_eq!(bench.image.files.len(), 1, "and nothing in it yet");
    let again = MemberConfig {
        incarnation: Incarnation(2),
        ..config(1)
    };
    let mut bench = Bench::start(again, bench.image);
    bench.write_all();
    bench.tick(30);
    bench.write_all();
    assert_eq!(bench.role(), Role::Leader);
}

#[test]
fn no_snapshot_is_written_before_the_log_that_it_belongs_to() {
    let mut config = config(3);
    config.snapshot_count = 1;
    let mut bench = Bench::start(config, DiskImage::default());
    bench.receive_snapshot(2, 5, 100, 1);
    assert!(bench.write(Lane::Log), "the empty log");
    assert!(
        !bench.write(Lane::Snapshot),
        "power lost now leaves a snapshot without a log"
    );
    assert!(bench.write(Lane::Log), "its first entries");
    assert!(bench.write(Lane::Snapshot), "a snapshot of those");
    bench.receive_snapshot(2, 5, 100, 1);
    bench.write_all();
    assert!(bench.has_told(|kind| matches!(kind, TraceKind::SnapshotApplied { .. })));
}

#[test]
fn nobody_stands_for_election_until_a_snapshot_is_marked() {
    let mut bench = Bench::new(config(3));
    bench.receive_snapshot(2, 5, 100, 1);
    while bench.write(Lane::Snapshot) {}
    assert!(bench.has_told(|kind| matches!(kind, TraceKind::SnapshotApplied { .. })));
    bench.tick(100);
    bench.receive(2, raft(WireKind::TimeoutNow, 5));
    assert_eq!(bench.role(), Role::Follower);
    bench.write_all();
    bench.tick(100);
    assert_eq!(bench.role(), Role::PreCandidate);
}

#[test]
fn a_batch_of_a_checkpoint_given_up_does_not_finish_the_next_one() {
    let mut config = config(3);
    config.snapshot_count = 5;
    let mut bench = Bench::new(config);
    bench.append(5, (3, 1), 3);
    bench.write(Lane::Log);
    assert!(bench.has_told(|kind| matches!(kind, TraceKind::SnapshotStarted { .. })));
    // The leader's snapshot overtakes the checkpoint, of which a part waits for the disk then.
    bench.receive_snapshot(2, 5, 100, 1);
    for _ in 0..3 {
        bench.write(Lane::Snapshot);
    }
    while bench.write(Lane::Log) {}
    bench.append(5, (100, 5), 6);
    while bench.write(Lane::Log) {}
    let is_saved = |kind: &TraceKind| matches!(kind, TraceKind::SnapshotSaved { .. });
    while !bench.has_told(is_saved) {
        assert!(bench.write(Lane::Snapshot), "it is never saved");
    }
    assert!(
        bench.image.files.contains_key(&snapshot_path(5, 106)),
        "said to be on the disk before it is there"
    );
    bench.write_all();
    let left = bench.image.files.keys().any(|path| path.ends_with(".tmp"));
    assert!(!left, "something of the other is left: {:?}", bench.image);
}

#[test]
fn transfers_of_two_leaders_with_one_number_are_two() {
    let mut bench = Bench::new(config(3));
    bench.receive(2, snapshot_part(5, 100, 7, 0));
    bench.receive_snapshot(3, 6, 200, 7);
    let is_taken = |kind: &TraceKind| matches!(kind, TraceKind::SnapshotApplied { .. });
    while !bench.has_told(is_taken) {
        assert!(bench.write(Lane::Snapshot), "it is never taken over");
    }
    assert!(
        bench
            .image
            .files
            .contains_key(&format!("{}.received", snapshot_path(6, 200))),
        "taken over before it is on the disk"
    );
}

#[test]
fn a_transfer_that_the_log_has_overtaken_is_given_up() {
    let mut bench = Bench::new(config(3));
    bench.receive(2, snapshot_part(5, 5, 7, 0));
    bench.append(5, (3, 1), 4);
    bench.write_all();
    bench.tick(1);
    bench.write_all();
    assert!(bench.image.files.keys().all(|path| !path.ends_with(".tmp")));
}

#[test]
fn no_vote_counts_before_it_was_asked_for() {
    let mut config = config(3);
    config.pre_vote = false;
    let mut bench = Bench::new(config);
    bench.tick(20);
    assert_eq!(bench.role(), Role::Candidate);
    bench.receive(2, raft(WireKind::VoteResponse, bench.term()));
    assert_eq!(bench.role(), Role::Candidate, "its own vote is not durable");
    bench.write_all();
    bench.receive(2, raft(WireKind::VoteResponse, bench.term()));
    assert_eq!(bench.role(), Role::Leader);
}

#[test]
fn a_cluster_of_one_is_not_made_to_lead_before_its_log_is_durable() {
    let mut bench = Bench::new(config(1));
    bench.tick(30);
    bench.write_all();
    assert_eq!(bench.role(), Role::Leader);
    bench.put(1, Bytes::new());
    bench.collect();
    let term = bench.term() + 1;
    bench.receive(2, raft(WireKind::Heartbeat, term));
    bench.receive(2, raft(WireKind::TimeoutNow, term));
    assert_eq!(bench.role(), Role::Follower);
}

#[test]
fn a_leader_that_was_deposed_sends_no_snapshot_in_its_successors_term() {
    let mut config = config(3);
    (config.snapshot_count, config.snapshot_catch_up_entries) = (5, 0);
    let mut bench = Bench::new(config);
    bench.elect();
    for id in 0..10 {
        bench.put(id, Bytes::new());
        bench.collect();
        bench.acknowledge(2, bench.last());
        bench.write_all();
    }
    assert!(bench.has_told(|kind| matches!(kind, TraceKind::LogCompacted { .. })));
    let behind = WireMessage {
        index: 3,
        reject: true,
        ..message(WireKind::AppendResponse, bench.term())
    };
    let term = bench.term() + 1;
    bench.sent.clear();
    bench.hand_in(3, WireBody::Raft(behind));
    bench.hand_in(2, raft(WireKind::AppendResponse, term));
    bench.collect();
    bench.write_all();
    assert_eq!((bench.role(), bench.term()), (Role::Follower, term));
    let is_chunk = |frame: &WireFrame| matches!(frame.body, WireBody::SnapshotChunk(_));
    assert!(!bench.sent.iter().any(is_chunk));
}

#[test]
fn a_proposal_for_a_leader_that_was_goes_on_to_the_leader_that_is() {
    let mut bench = Bench::new(config(3));
    bench.receive(3, raft(WireKind::Heartbeat, 5));
    let propose = WireMessage {
        entries: vec![WireEntry {
            conf_change: false,
            term: 0,
            index: 0,
            data: Bytes::from_static(b"anything"),
        }],
        ..message(WireKind::Propose, 0)
    };
    bench.sent.clear();
    bench.receive(2, WireBody::Raft(propose));
    bench.write_all();
    let sent = bench.sent.iter().find(|frame| is_propose(frame)).unwrap();
    assert_eq!((sent.from, sent.to), (ME.0, 3));
}

#[test]
fn many_large_writes_at_once_are_forwarded_in_frames_that_are_read() {
    let mut bench = Bench::new(config(3));
    let peer = MemberId(3);
    bench.step(Input::PeerActive { peer });
    bench.receive(3, raft(WireKind::Heartbeat, 5));
    bench.write_all();
    bench.sent.clear();
    for id in 0..WRITES {
        bench.put(id, Bytes::from(vec![7; 1_400_000]));
    }
    bench.collect();
    bench.write_all();
    let forwarded: usize = bench.sent.iter().map(proposed_count).sum();
    assert_eq!(forwarded as u64, WRITES);
    assert!(bench.largest_frame_bytes < FRAME_SIZE_BYTES_MAX as usize / 4);
}

#[test]
fn a_follower_far_behind_is_sent_frames_that_are_read() {
    let mut bench = Bench::new(config(3));
    bench.elect();
    let first = bench.last();
    for id in 0..WRITES {
        bench.put(id, Bytes::from(vec![7; 1_400_000]));
    }
    bench.collect();
    bench.write_all();
    assert_eq!(bench.last(), first + WRITES);
    bench.acknowledge(3, first);
    assert!(bench.largest_frame_bytes > 1_000_000);
    assert!(bench.largest_frame_bytes < FRAME_SIZE_BYTES_MAX as usize / 4);
}

#[test]
fn a_snapshot_count_without_end_is_never_reached() {
    let mut config = config(3);
    config.snapshot_count = u64::MAX;
    let mut bench = Bench::new(config);
    bench.receive_snapshot(2, 5, 100, 1);
    bench.write_all();
    bench.append(5, (100, 5), 3);
    bench.write_all();
    assert!(!bench.has_told(|kind| matches!(kind, TraceKind::SnapshotStarted { .. })));
}

fn snapshot_path(term: u64, index: u64) -> String {
    format!("member/snap/{term:016x}-{index:016x}.snap")
}

fn is_propose(frame: &WireFrame) -> bool {
    matches!(&frame.body, WireBody::Raft(message) if message.kind == WireKind::Propose)
}

fn proposed_count(frame: &WireFrame) -> usize {
    match &frame.body {
        WireBody::Raft(message) if message.kind == WireKind::Propose => message.entries.len(),
        _ => 0,
    }
}

/// Together more than a frame may hold.
const WRITES: u64 = 60;
