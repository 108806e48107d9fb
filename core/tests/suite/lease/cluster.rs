//! Some members, with a network and disks that do at once what they are told, unless cut off.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use quorate_core::command::{
    Command, KeyValue, LeaseGrant, LeaseTimeToLive, LeaseTimeToLiveReply, MemberInfo, Put, Range,
    Reply,
};
use quorate_core::disk::{DiskBatch, DiskImage, DiskOperation};
use quorate_core::error::Error;
use quorate_core::id::{ClusterId, Incarnation, LeaseId, MemberId, RequestId};
use quorate_core::member::{LeaseView, Member, MemberConfig, Role};
use quorate_core::trace::{Level, TraceKind};
use quorate_core::{Input, Output};

use crate::suite::wal::disk_model::Disk;

pub(crate) const CLUSTER: ClusterId = ClusterId(78);

pub(crate) struct Cluster {
    nodes: BTreeMap<u64, Node>,
    change: fn(&mut MemberConfig),
    network: VecDeque<(u64, u64, Bytes)>,
    /// Nobody hears these, and they hear nobody.
    pub(crate) cut_off: BTreeSet<u64>,
    /// These may stop by themselves.
    pub(crate) may_stop: BTreeSet<u64>,
    /// Those that have, and why.
    pub(crate) stopped: BTreeMap<u64, String>,
    /// The disks of these do nothing.
    pub(crate) stuck: BTreeSet<u64>,
    pub(crate) now_ticks: u64,
    requests: u64,
    incarnations: u64,
    replies: BTreeMap<u64, Result<Reply, Error>>,
    /// When, where, what: of leases alone.
    pub(crate) trace: Vec<(u64, u64, TraceKind)>,
    /// Where, what: of all else that an operator would read.
    pub(crate) told: Vec<(u64, TraceKind)>,
}

struct Node {
    member: Member,
    disk: Disk,
    waiting: VecDeque<DiskBatch>,
}

impl Cluster {
    pub(crate) fn new(members: u64, change: fn(&mut MemberConfig)) -> Self {
        let mut cluster = Self {
            nodes: BTreeMap::new(),
            change,
            network: VecDeque::new(),
            cut_off: BTreeSet::new(),
            may_stop: BTreeSet::new(),
            stopped: BTreeMap::new(),
            stuck: BTreeSet::new(),
            now_ticks: 0,
            requests: 0,
            incarnations: 0,
            replies: BTreeMap::new(),
            trace: Vec::new(),
            told: Vec::new(),
        };
        for id in 1..=members {
            cluster.start(id, members, Disk::default());
        }
        cluster.settle();
        cluster
    }

    fn start(&mut self, id: u64, members: u64, disk: Disk) {
        let bootstrap = (1..=members)
            .map(|id| MemberInfo {
                id: MemberId(id),
                ..MemberInfo::default()
            })
            .collect();
        self.incarnations += 1;
        let mut config = MemberConfig::new(MemberId(id), CLUSTER, bootstrap);
        config.incarnation = Incarnation(self.incarnations);
        (self.change)(&mut config);
        let mut member = Member::start(config, &disk.image()).unwrap();
        for peer in (1..=members).filter(|peer| *peer != id) {
            let peer = MemberId(peer);
            member.step(Input::PeerActive { peer });
        }
        let waiting = VecDeque::new();
        let node = Node {
            member,
            disk,
            waiting,
        };
        self.nodes.insert(id, node);
    }

    /// Ends a member and starts it on its disk.
    pub(crate) fn restart(&mut self, id: u64) {
        let members = self.nodes.len() as u64;
        let node = self.nodes.remove(&id).unwrap();
        self.start(id, members, node.disk);
        self.settle();
    }

    /// Ends a member, does something to its disk, and starts it again.
    pub(crate) fn restart_on(&mut self, id: u64, operations: &[DiskOperation]) {
        let node = self.nodes.get_mut(&id).unwrap();
        node.disk.run(operations);
        self.restart(id);
    }

    pub(crate) fn ids(&self) -> Vec<u64> {
        self.nodes.keys().copied().collect()
    }

    pub(crate) fn member(&self, id: u64) -> &Member {
        &self.nodes[&id].member
    }

    /// What is on a member's disk.
    pub(crate) fn image(&self, id: u64) -> DiskImage {
        self.nodes[&id].disk.image()
    }

    pub(crate) fn step(&mut self, id: u64, input: Input) {
        self.nodes.get_mut(&id).unwrap().member.step(input);
    }

    pub(crate) fn tick(&mut self, count: u64) {
        for _ in 0..count {
            self.now_ticks += 1;
            for id in self.ids() {
                self.step(id, Input::Tick);
            }
            self.settle();
        }
    }

    pub(crate) fn seconds(&mut self, count: u64) {
        self.tick(count * 10);
    }

    pub(crate) fn settle(&mut self) {
        loop {
            let mut worked = false;
            for id in self.ids() {
                worked |= self.collect(id);
                worked |= self.write(id);
            }
            while let Some((from, to, frame)) = self.network.pop_front() {
                worked = true;
                if !self.cut_off.contains(&from) && !self.cut_off.contains(&to) {
                    let from = MemberId(from);
                    self.step(to, Input::Message { from, frame });
                }
            }
            if !worked {
                return;
            }
        }
    }

    fn collect(&mut self, id: u64) -> bool {
        let node = self.nodes.get_mut(&id).unwrap();
        let outputs = node.member.take_outputs();
        let worked = !outputs.is_empty();
        for output in outputs {
            match output {
                Output::Send { to, frame } => self.network.push_back((id, to.0, frame)),
                Output::Disk(batch) => node.waiting.push_back(batch),
                Output::Reply { id, result, .. } => {
                    let before = self.replies.insert(id.0, result);
                    assert_eq!(before, None, "a second reply to {id}");
                }
                Output::Trace(event) => match event.kind {
                    TraceKind::LeaseGranted { .. }
                    | TraceKind::LeaseRevoked { .. }
                    | TraceKind::LeasesPromoted { .. }
                    | TraceKind::LeaseExpiryIgnored { .. } => {
                        self.trace.push((self.now_ticks, id, event.kind));
                    }
                    TraceKind::Refused { reason, .. } => panic!("{id} refused: {reason}"),
                    kind if kind.level() > Level::Debug => self.told.push((id, kind)),
                    _ => {}
                },
                Output::Watch(_) | Output::Save(_) | Output::Members(_) => {}
                Output::Stopped {
                    failure: Some(failure),
                } if self.may_stop.contains(&id) => {
                    self.stopped.insert(id, failure);
                }
                Output::Stopped { failure } => panic!("{id} stopped: {failure:?}"),
            }
        }
        worked
    }

    fn write(&mut self, id: u64) -> bool {
        if self.stuck.contains(&id) {
            return false;
        }
        let node = self.nodes.get_mut(&id).unwrap();
        let Some(batch) = node.waiting.pop_front() else {
            return false;
        };
        node.disk.run(&batch.operations);
        node.member.step(Input::DiskDone {
            lane: batch.lane,
            batch: batch.id,
            result: Ok(()),
        });
        true
    }

    /// The leader of the highest term.
    pub(crate) fn leader(&self) -> Option<u64> {
        let leads = |id: &u64| self.member(*id).view().role == Role::Leader;
        let term = |id: &u64| self.member(*id).view().term;
        self.ids().into_iter().filter(leads).max_by_key(term)
    }

    /// Lets time pass until a leader other than some counts leases.
    pub(crate) fn elect(&mut self, other_than: Option<u64>) -> u64 {
        for _ in 0..200 {
            self.tick(1);
            if let Some(leader) = self.leader()
                && Some(leader) != other_than
                && self.member(leader).view().commit == self.member(leader).view().applied
            {
                return leader;
            }
        }
        panic!("nobody was elected");
    }

    pub(crate) fn follower(&self) -> u64 {
        let leader = self.leader();
        let mut ids = self.ids().into_iter();
        ids.find(|id| Some(*id) != leader).unwrap()
    }

    /// Asks without waiting; the number is for [`Cluster::reply`].
    pub(crate) fn ask(&mut self, id: u64, command: Command) -> u64 {
        let request = self.ask_without_settling(id, command);
        self.settle();
        request
    }

    /// As [`Cluster::ask`], and nothing comes of it yet.
    pub(crate) fn ask_without_settling(&mut self, id: u64, command: Command) -> u64 {
        self.requests += 1;
        let request = RequestId(self.requests);
        self.step(
            id,
            Input::Request {
                id: request,
                command,
            },
        );
        self.requests
    }

    pub(crate) fn reply(&mut self, request: u64) -> Option<Result<Reply, Error>> {
        self.replies.remove(&request)
    }

    /// Asks and lets time pass until the answer comes.
    pub(crate) fn call(&mut self, id: u64, command: Command) -> Result<Reply, Error> {
        let request = self.ask(id, command);
        for _ in 0..100 {
            if let Some(reply) = self.reply(request) {
                return reply;
            }
            self.tick(1);
        }
        panic!("no answer");
    }

    pub(crate) fn grant(&mut self, at: u64, id: i64, ttl_seconds: i64) -> (i64, i64) {
        let grant = LeaseGrant {
            id: LeaseId(id),
            ttl_seconds,
        };
        match self.call(at, Command::LeaseGrant(grant)) {
            Ok(Reply::LeaseGrant(reply)) => (reply.id.0, reply.ttl_seconds),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn put(&mut self, at: u64, key: &str, lease: i64) -> Result<Reply, Error> {
        self.call(at, put(key, lease))
    }

    pub(crate) fn keep_alive(&mut self, at: u64, id: i64) -> i64 {
        match self.call(at, Command::LeaseKeepAlive(LeaseId(id))) {
            Ok(Reply::LeaseKeepAlive(reply)) => {
                assert_eq!(reply.id, LeaseId(id));
                reply.ttl_seconds
            }
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn time_to_live(&mut self, at: u64, id: i64) -> LeaseTimeToLiveReply {
        let asked = LeaseTimeToLive {
            id: LeaseId(id),
            keys: true,
        };
        match self.call(at, Command::LeaseTimeToLive(asked)) {
            Ok(Reply::LeaseTimeToLive(reply)) => reply,
            other => panic!("{other:?}"),
        }
    }

    /// The keys of a member, as it has them itself.
    pub(crate) fn keys(&mut self, at: u64) -> Vec<KeyValue> {
        let range = Range {
            key: Bytes::from_static(&[0]),
            range_end: Bytes::from_static(&[0]),
            serializable: true,
            ..Range::default()
        };
        match self.call(at, Command::Range(range)) {
            Ok(Reply::Range(reply)) => reply.key_values,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn leases(&self, at: u64) -> Vec<LeaseView> {
        self.member(at).view().leases
    }

    pub(crate) fn has_lease(&self, at: u64, id: i64) -> bool {
        self.leases(at).iter().any(|lease| lease.id == LeaseId(id))
    }

    /// All members have the same, and keys and leases agree with one another.
    pub(crate) fn check_agreement(&mut self) {
        let mut all = Vec::new();
        for id in self.ids() {
            let mut keys = BTreeMap::new();
            for key in self.keys(id) {
                *keys.entry(key.lease).or_insert(0u64) += 1;
            }
            keys.remove(&LeaseId(0));
            let leases = self.leases(id);
            for lease in &leases {
                let count = keys.remove(&lease.id).unwrap_or(0);
                assert_eq!(lease.keys, count, "keys of {lease:?} at {id}");
            }
            assert!(keys.is_empty(), "keys of leases that are gone: {keys:?}");
            let ids: Vec<_> = leases
                .iter()
                .map(|lease| (lease.id, lease.granted_ttl_seconds, lease.keys))
                .collect();
            all.push((self.member(id).store_hash(), ids));
        }
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
    }
}

pub(crate) fn put(key: &str, lease: i64) -> Command {
    Command::Put(Put {
        key: Bytes::copy_from_slice(key.as_bytes()),
        lease: LeaseId(lease),
        ..Put::default()
    })
}
