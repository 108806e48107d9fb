//! A member is total: whatever bytes and messages reach it, it goes on.
//!
//! raft 0.7 panics on many messages that no honest peer sends. These tests make them by the
//! thousand, well-formed enough to get past the frame's checks, and step them into members in
//! every role.

use bytes::Bytes;
use quorate_core::command::{Command, MemberAdd, MemberInfo, MemberUpdate, Put};
use quorate_core::consensus::frame;
use quorate_core::consensus::wire::{
    ChangeAnswer, ChangeQuestion, ChangeVerdict, RemovalNotice, SnapshotChunk, SnapshotProgress,
    SnapshotProgressState, StandingQuestion, WireBody, WireEntry, WireFrame, WireKind, WireMessage,
};
use quorate_core::disk::{DiskImage, DiskOperation, Lane};
use quorate_core::error::Error;
use quorate_core::id::{BatchId, ClusterId, MemberId, RequestId};
use quorate_core::member::{Member, MemberConfig, REMOVED, Role};
use quorate_core::prng::Prng;
use quorate_core::trace::TraceKind;
use quorate_core::{Input, Output};

const CLUSTER: ClusterId = ClusterId(77);
const ME: MemberId = MemberId(1);

/// A member with a disk that does at once what it is told.
struct Bench {
    member: Member,
    sent: Vec<(MemberId, Bytes)>,
    refused: Vec<String>,
    stopped: Option<Option<String>>,
    replies: u32,
    errors: Vec<Error>,
    batches_done: u32,
}

impl Bench {
    fn new(members: u64) -> Self {
        Self::with(members, |_| {})
    }

    fn with(members: u64, change: impl FnOnce(&mut MemberConfig)) -> Self {
        let bootstrap = (1..=members)
            .map(|id| MemberInfo {
                id: MemberId(id),
                ..MemberInfo::default()
            })
            .collect();
        let mut config = MemberConfig::new(ME, CLUSTER, bootstrap);
        config.snapshot_count = 50;
        change(&mut config);
        let member = Member::start(config, &DiskImage::default()).unwrap();
        let mut bench = Self {
            member,
            sent: Vec::new(),
            refused: Vec::new(),
            stopped: None,
            replies: 0,
            errors: Vec::new(),
            batches_done: 0,
        };
        bench.settle();
        bench
    }

    fn step(&mut self, input: Input) {
        self.member.step(input);
        self.settle();
    }

    fn settle(&mut self) {
        loop {
            let outputs = self.member.take_outputs();
            if outputs.is_empty() {
                return;
            }
            for output in outputs {
                self.carry_out(output);
            }
        }
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::Send { to, frame } => self.sent.push((to, frame)),
            Output::Disk(batch) => {
                self.batches_done += 1;
                self.member.step(Input::DiskDone {
                    lane: batch.lane,
                    batch: batch.id,
                    result: Ok(()),
                });
            }
            Output::Reply { result, .. } => {
                self.replies += 1;
                self.errors.extend(result.err());
            }
            Output::Watch(_) | Output::Save(_) | Output::Members(_) => {}
            Output::Trace(event) => {
                if let TraceKind::Refused { reason, .. } = event.kind {
                    self.refused.push(reason);
                }
            }
            Output::Stopped { failure } => self.stopped = Some(failure),
        }
    }

    fn receive(&mut self, from: u64, body: WireBody) {
        let frame = frame::encode(
            CLUSTER,
            &WireFrame {
                from,
                to: ME.0,
                body,
            },
        );
        self.step(Input::Message {
            from: MemberId(from),
            frame,
        });
    }

    fn role(&self) -> Role {
        self.member.view().role
    }

    /// Another member says that it has all that this leader has.
    fn acknowledge(&mut self) {
        let view = self.member.view();
        let answer = WireMessage {
            term: view.term.0,
            index: view.log.last().map_or(0, |entry| entry.index.0),
            ..message(WireKind::AppendResponse)
        };
        self.receive(2, WireBody::Raft(answer));
    }

    /// Lets it ask for votes and gives it them.
    fn elect(&mut self) {
        for _ in 0..200 {
            self.step(Input::Tick);
            for (to, bytes) in std::mem::take(&mut self.sent) {
                let WireBody::Raft(asked) = frame::decode(CLUSTER, &bytes).unwrap().body else {
                    continue;
                };
                let kind = match asked.kind {
                    WireKind::Vote => WireKind::VoteResponse,
                    WireKind::PreVote => WireKind::PreVoteResponse,
                    _ => continue,
                };
                let answer = WireMessage {
                    kind,
                    term: asked.term,
                    ..message(WireKind::Append)
                };
                self.receive(to.0, WireBody::Raft(answer));
            }
            if self.role() == Role::Leader {
                return;
            }
        }
        panic!("nobody was elected");
    }
}

fn message(kind: WireKind) -> WireMessage {
    WireMessage {
        kind,
        term: 0,
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

fn any_number(prng: &mut Prng) -> u64 {
    match prng.below(20) {
        0 => u64::MAX - prng.below(3),
        1 => u64::MAX / 4 + prng.below(3),
        2 => prng.bits(),
        _ => prng.below(9),
    }
}

/// Entries about members as a leader makes them: asked one after the other, so that each is one
/// that makes sense.
fn real_changes() -> Vec<Bytes> {
    let add = |is_learner| {
        Command::MemberAdd(MemberAdd {
            peer_urls: vec!["http://a:1".to_owned()],
            is_learner,
            added_at_seconds: 7,
        })
    };
    let update = MemberUpdate {
        id: MemberId(2),
        peer_urls: vec!["http://b:1".to_owned()],
    };
    let commands = [
        add(true),
        add(false),
        Command::MemberRemove(MemberId(2)),
        Command::MemberRemove(ME),
        Command::MemberUpdate(update),
    ];
    let mut changes = Vec::new();
    for command in commands {
        // Each by a leader of its own: none is committed, and one is pending at a time.
        let mut bench = Bench::with(3, |config| config.strict_reconfig_check = false);
        bench.elect();
        bench.acknowledge();
        bench.sent.clear();
        let id = RequestId(1);
        bench.step(Input::Request { id, command });
        let sent = bench.sent.iter().find_map(|(_, bytes)| {
            let WireBody::Raft(message) = frame::decode(CLUSTER, bytes).unwrap().body else {
                return None;
            };
            let entry = message.entries.iter().find(|entry| entry.conf_change);
            entry.map(|entry| entry.data.clone())
        });
        changes.push(sent.expect("it is proposed"));
    }
    changes
}

fn any_message(prng: &mut Prng, changes: &[Bytes]) -> WireMessage {
    let kinds = [
        WireKind::Propose,
        WireKind::Append,
        WireKind::AppendResponse,
        WireKind::Vote,
        WireKind::VoteResponse,
        WireKind::PreVote,
        WireKind::PreVoteResponse,
        WireKind::Heartbeat,
        WireKind::HeartbeatResponse,
        WireKind::TimeoutNow,
        WireKind::ReadIndex,
        WireKind::ReadIndexResponse,
    ];
    let index = any_number(prng);
    let straight = prng.chance(700);
    let entries = (0..prng.below(4))
        .map(|position| WireEntry {
            conf_change: prng.chance(200),
            term: any_number(prng),
            index: if straight {
                index.wrapping_add(1 + position)
            } else {
                any_number(prng)
            },
            data: match prng.choose(changes).filter(|_| prng.chance(500)) {
                Some(change) => change.clone(),
                None => {
                    Bytes::copy_from_slice(&prng.bits().to_le_bytes()[..prng.below(8) as usize])
                }
            },
        })
        .collect();
    let context = match prng.below(4) {
        0 => Bytes::from_static(b"CampaignTransfer"),
        1 => Bytes::copy_from_slice(&prng.bits().to_le_bytes()),
        _ => Bytes::new(),
    };
    WireMessage {
        kind: *prng.choose(&kinds).unwrap(),
        term: any_number(prng),
        log_term: any_number(prng),
        index,
        entries,
        commit: any_number(prng),
        commit_term: any_number(prng),
        reject: prng.chance(300),
        reject_hint: any_number(prng),
        context,
    }
}

fn any_body(prng: &mut Prng, changes: &[Bytes]) -> WireBody {
    match prng.below(14) {
        10 => WireBody::ChangeQuestion(ChangeQuestion {
            incarnation: prng.below(3),
            number: prng.below(3),
            entry: prng.choose(changes).cloned().unwrap_or_default(),
        }),
        11 => WireBody::ChangeAnswer(ChangeAnswer {
            incarnation: prng.below(3),
            number: prng.below(3),
            verdict: match prng.chance(500) {
                true => ChangeVerdict::NotLeader,
                false => ChangeVerdict::Refused(Error::LearnerNotReady),
            },
        }),
        13 => WireBody::StandingQuestion(StandingQuestion {
            commit: any_number(prng),
        }),
        // That this member is removed is believed, and ends it: seldom.
        12 => WireBody::Removal(RemovalNotice {
            member: if prng.chance(20) {
                ME.0
            } else {
                2 + prng.below(4)
            },
            commit: any_number(prng),
            commit_term: any_number(prng),
        }),
        0 => WireBody::SnapshotChunk(SnapshotChunk {
            term: any_number(prng),
            index: any_number(prng),
            log_term: any_number(prng),
            transfer: prng.below(3),
            number: prng.below(4) as u32,
            last: prng.chance(300),
            bytes: Bytes::copy_from_slice(&prng.bits().to_le_bytes()),
        }),
        1 => WireBody::SnapshotProgress(SnapshotProgress {
            term: any_number(prng),
            index: any_number(prng),
            transfer: any_number(prng),
            next: prng.below(4) as u32,
            state: *prng
                .choose(&[
                    SnapshotProgressState::Receiving,
                    SnapshotProgressState::Installed,
                    SnapshotProgressState::Failed,
                ])
                .unwrap(),
        }),
        _ => WireBody::Raft(any_message(prng, changes)),
    }
}

#[test]
fn no_message_ends_a_member() {
    let (mut refused, mut found_out, mut removed) = (0, 0, 0);
    let changes = real_changes();
    let mut roles = std::collections::BTreeSet::new();
    for seed in 0..300 {
        let mut prng = Prng::new(seed);
        let members = 1 + prng.below(5);
        let mut bench = Bench::new(members);
        if members > 1 && prng.chance(500) {
            bench.elect();
        }
        for step in 0..200 {
            match prng.below(10) {
                0..=1 => bench.step(Input::Tick),
                2 => bench.step(Input::Request {
                    id: RequestId(step),
                    command: Command::Put(Put {
                        key: Bytes::from_static(b"k"),
                        value: Bytes::from_static(b"v"),
                        ..Put::default()
                    }),
                }),
                _ => {
                    let from = prng.below(members + 2);
                    bench.receive(from, any_body(&mut prng, &changes));
                }
            }
            roles.insert(bench.role());
        }
        // That much a member believes its peers: that they have what they say it acknowledged.
        match bench.stopped.take() {
            None => {}
            Some(Some(failure)) if failure.contains("has lost entries") => found_out += 1,
            Some(Some(failure)) if failure == REMOVED => removed += 1,
            other => panic!("seed {seed} stopped the member: {other:?}"),
        }
        refused += bench.refused.len();
    }
    assert!(found_out < 150, "{found_out} of 300 stopped");
    assert!((1..100).contains(&removed), "{removed} of 300 were removed");
    assert!(
        refused > 1_000,
        "the messages were too tame: {refused} refused"
    );
    assert!(
        roles.len() >= 3,
        "the members were in few roles only: {roles:?}"
    );
}

#[test]
fn no_bytes_end_a_member() {
    for seed in 0..200 {
        let mut prng = Prng::new(seed);
        let mut bench = Bench::new(3);
        for _ in 0..100 {
            let body = any_body(&mut prng, &[]);
            let frame = frame::encode(
                CLUSTER,
                &WireFrame {
                    from: 2,
                    to: ME.0,
                    body,
                },
            );
            let mut bytes = frame.to_vec();
            match prng.below(3) {
                0 => bytes.truncate(prng.below(bytes.len() as u64 + 1) as usize),
                1 => bytes.push(prng.bits() as u8),
                _ => {
                    let at = prng.below(bytes.len() as u64) as usize;
                    bytes[at] ^= 1 << prng.below(8);
                }
            }
            // An undamaged one may have said that it is removed.
            if bench.stopped.is_some() {
                break;
            }
            let damaged = bytes != frame;
            let before = bench.refused.len();
            let frame = Bytes::from(bytes);
            bench.step(Input::Message {
                from: MemberId(2),
                frame,
            });
            assert!(
                !damaged || bench.refused.len() > before,
                "seed {seed}: a damaged frame was believed"
            );
        }
    }
}

#[test]
fn every_panic_of_raft_is_refused_by_name() {
    let mut bench = Bench::new(3);
    bench.elect();
    let term = bench.member.view().term.0;
    let append = |index, entries: Vec<u64>| WireMessage {
        term: term + 1,
        index,
        log_term: 1,
        entries: entries
            .into_iter()
            .map(|index| WireEntry {
                conf_change: false,
                term: 1,
                index,
                data: Bytes::new(),
            })
            .collect(),
        ..message(WireKind::Append)
    };
    let cases = [
        (append(3, vec![5]), "entries with a gap"),
        (message(WireKind::Vote), "without a term"),
        (message(WireKind::Propose), "a proposal of nothing"),
        (message(WireKind::ReadIndex), "a read with 0 contexts"),
        (
            WireMessage {
                term: u64::MAX,
                ..message(WireKind::Vote)
            },
            "above the limit",
        ),
        (
            WireMessage {
                term,
                index: 1_000,
                ..message(WireKind::AppendResponse)
            },
            "acknowledges 1000",
        ),
    ];
    for (message, wanted) in cases {
        let before = bench.refused.len();
        bench.receive(2, WireBody::Raft(message));
        let reason = bench.refused.get(before).cloned().unwrap_or_default();
        assert!(
            reason.contains(wanted),
            "{reason:?} does not say {wanted:?}"
        );
    }
    assert_eq!(
        bench.role(),
        Role::Leader,
        "what is refused changes nothing"
    );
}

#[test]
fn a_failed_sync_stops_the_member_for_good() {
    let mut bench = Bench::new(1);
    bench.elect_alone();
    bench.member.step(Input::Request {
        id: RequestId(1),
        command: Command::Put(Put {
            key: Bytes::from_static(b"k"),
            ..Put::default()
        }),
    });
    let outputs = bench.member.take_outputs();
    let batch = outputs
        .iter()
        .find_map(|output| match output {
            Output::Disk(batch) if batch.lane == Lane::Log => Some(batch.clone()),
            _ => None,
        })
        .unwrap();
    assert!(
        batch
            .operations
            .iter()
            .any(|op| matches!(op, DiskOperation::Sync { .. }))
    );
    let error = quorate_core::disk::DiskError {
        operation: "sync".to_owned(),
        path: "member/wal/x".to_owned(),
        reason: "input/output error".to_owned(),
    };
    bench.step(Input::DiskDone {
        lane: Lane::Log,
        batch: batch.id,
        result: Err(error),
    });
    let failure = bench.stopped.clone().flatten().unwrap();
    assert!(failure.contains("input/output error"), "{failure}");
    assert_eq!(bench.replies, 1, "who waited is told");
    bench.step(Input::DiskDone {
        lane: Lane::Log,
        batch: BatchId(batch.id.0),
        result: Ok(()),
    });
    bench.step(Input::Tick);
    assert!(
        bench.member.take_outputs().is_empty(),
        "it does nothing any more"
    );
}

impl Bench {
    fn elect_alone(&mut self) {
        for _ in 0..50 {
            self.step(Input::Tick);
        }
        assert_eq!(self.role(), Role::Leader);
    }
}

/// A leader commits for a follower only what that has acknowledged: a log that ends before was
/// cut short or exchanged under the member.
#[test]
fn a_heartbeat_beyond_the_log_stops_a_member_that_has_lost_entries() {
    let mut bench = Bench::new(3);
    bench.elect();
    let heartbeat = WireMessage {
        term: bench.member.view().term.0 + 1,
        commit: 99,
        ..message(WireKind::Heartbeat)
    };
    bench.receive(2, WireBody::Raft(heartbeat));
    let failure = bench.stopped.flatten().expect("a reason");
    assert!(
        failure.contains("leader 2 knows it to have 99"),
        "{failure}"
    );
}

#[test]
fn a_write_says_that_the_connection_to_the_leader_was_lost() {
    let mut bench = Bench::new(3);
    // It hears of a leader that it cannot reach itself.
    let heartbeat = WireMessage {
        term: 2,
        ..message(WireKind::Heartbeat)
    };
    bench.receive(2, WireBody::Raft(heartbeat.clone()));
    bench.step(Input::Request {
        id: RequestId(1),
        command: Command::Put(Put {
            key: Bytes::from_static(b"k"),
            ..Put::default()
        }),
    });
    for _ in 0..200 {
        bench.receive(2, WireBody::Raft(heartbeat.clone()));
        bench.step(Input::Tick);
    }
    assert_eq!(bench.errors, [Error::TimeoutConnectionLost]);
    let text = "etcdserver: request timed out, possibly due to connection lost";
    assert_eq!(bench.errors[0].to_string(), text);
}
