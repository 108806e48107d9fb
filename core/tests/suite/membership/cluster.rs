//! Some members, with a network and disks that do at once what they are told, unless cut off.
//! Machines can be added.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use quorate_core::command::{Command, MemberAdd, MemberInfo, Put, Reply};
use quorate_core::disk::DiskBatch;
use quorate_core::error::Error;
use quorate_core::id::{ClusterId, Incarnation, Index, MemberId, RequestId};
use quorate_core::member::{Member, MemberConfig, MemberView, Role};
use quorate_core::{Input, Output};

use crate::suite::wal::disk_model::Disk;

const CLUSTER: ClusterId = ClusterId(79);

pub(super) struct Cluster {
    /// By id. A machine without a process is off.
    nodes: BTreeMap<u64, Node>,
    first: Vec<MemberInfo>,
    change: fn(&mut MemberConfig),
    network: VecDeque<(u64, u64, Bytes)>,
    /// Nobody hears these, and they hear nobody.
    cut_off: BTreeSet<u64>,
    /// Nobody hears this one.
    muted: Option<u64>,
    requests: u64,
    incarnations: u64,
    replies: BTreeMap<u64, Result<Reply, Error>>,
    /// What each was last told about the members.
    pub(super) told: BTreeMap<u64, Vec<MemberInfo>>,
    pub(super) lines: Vec<String>,
    pub(super) failures: BTreeMap<u64, String>,
}

struct Node {
    member: Option<Member>,
    joins: bool,
    disk: Disk,
    waiting: VecDeque<DiskBatch>,
}

impl Cluster {
    pub(super) fn new(members: u64, change: fn(&mut MemberConfig)) -> Self {
        let first = (1..=members)
            .map(|id| MemberInfo {
                id: MemberId(id),
                peer_urls: vec![url(id)],
                ..MemberInfo::default()
            })
            .collect();
        let mut cluster = Self {
            nodes: BTreeMap::new(),
            first,
            change,
            network: VecDeque::new(),
            cut_off: BTreeSet::new(),
            muted: None,
            requests: 0,
            incarnations: 0,
            replies: BTreeMap::new(),
            told: BTreeMap::new(),
            lines: Vec::new(),
            failures: BTreeMap::new(),
        };
        for id in 1..=members {
            cluster.add_machine(id, false);
        }
        for id in 1..=members {
            cluster.start(id);
        }
        cluster.settle();
        cluster
    }

    /// Members that have been connected for so long that changes are allowed, and their leader.
    pub(super) fn healthy(members: u64) -> (Self, u64) {
        Self::healthy_with(members, |_| {})
    }

    pub(super) fn healthy_with(members: u64, change: fn(&mut MemberConfig)) -> (Self, u64) {
        let mut cluster = Self::new(members, change);
        cluster.tick(100);
        let leader = cluster.leader().expect("a leader");
        (cluster, leader)
    }

    pub(super) fn add_machine(&mut self, id: u64, joins: bool) {
        let node = Node {
            member: None,
            joins,
            disk: Disk::default(),
            waiting: VecDeque::new(),
        };
        self.nodes.insert(id, node);
    }

    /// Starts a machine that is off, from its disk.
    pub(super) fn start(&mut self, id: u64) {
        self.incarnations += 1;
        let first = self.first.clone();
        let node = self.nodes.get_mut(&id).unwrap();
        let mut config = MemberConfig::new(MemberId(id), CLUSTER, first);
        config.incarnation = Incarnation(self.incarnations);
        config.name = format!("m{id}");
        config.joins = node.joins;
        if node.joins {
            config.bootstrap = Vec::new();
        }
        (self.change)(&mut config);
        node.waiting.clear();
        node.member = Some(Member::start(config, &node.disk.image()).unwrap());
        for peer in self.running() {
            if peer != id {
                self.connect(id, peer);
            }
        }
    }

    fn connect(&mut self, one: u64, two: u64) {
        if self.cut_off.contains(&one) || self.cut_off.contains(&two) {
            return;
        }
        for (who, peer) in [(one, two), (two, one)] {
            let peer = MemberId(peer);
            self.step(who, Input::PeerActive { peer });
        }
    }

    fn disconnect(&mut self, id: u64) {
        for other in self.running() {
            if other != id {
                let peer = MemberId(id);
                self.step(other, Input::PeerUnreachable { peer });
                let peer = MemberId(other);
                self.step(id, Input::PeerUnreachable { peer });
            }
        }
    }

    /// Its process ends, its disk stays.
    pub(super) fn kill(&mut self, id: u64) {
        self.disconnect(id);
        self.nodes.get_mut(&id).unwrap().member = None;
    }

    pub(super) fn restart(&mut self, id: u64) {
        self.kill(id);
        self.start(id);
        self.settle();
    }

    /// Starts a machine whom nobody connects to.
    pub(super) fn start_alone(&mut self, id: u64) {
        self.cut_off.insert(id);
        self.start(id);
        self.settle();
    }

    /// Cuts one off, and nobody is told.
    pub(super) fn cut_off_quietly(&mut self, id: u64) {
        self.cut_off.insert(id);
    }

    /// Ends that, and nobody is told.
    pub(super) fn heal_quietly(&mut self) {
        self.cut_off.clear();
    }

    pub(super) fn cut_off(&mut self, id: u64) {
        self.disconnect(id);
        self.cut_off.insert(id);
    }

    pub(super) fn heal(&mut self) {
        let back = std::mem::take(&mut self.cut_off);
        for id in back {
            for other in self.running() {
                if other != id && self.is_running(id) {
                    self.connect(id, other);
                }
            }
        }
    }

    pub(super) fn running(&self) -> Vec<u64> {
        let runs = |id: &u64| self.is_running(*id);
        self.nodes.keys().copied().filter(runs).collect()
    }

    pub(super) fn is_running(&self, id: u64) -> bool {
        self.nodes[&id].member.is_some()
    }

    pub(super) fn view(&self, id: u64) -> MemberView {
        self.nodes[&id].member.as_ref().unwrap().view()
    }

    pub(super) fn store_hash(&self, id: u64) -> u32 {
        self.nodes[&id].member.as_ref().unwrap().store_hash()
    }

    pub(super) fn step(&mut self, id: u64, input: Input) {
        if let Some(member) = &mut self.nodes.get_mut(&id).unwrap().member {
            member.step(input);
        }
    }

    pub(super) fn tick(&mut self, count: u64) {
        for _ in 0..count {
            for id in self.running() {
                self.step(id, Input::Tick);
            }
            self.settle();
        }
    }

    pub(super) fn settle(&mut self) {
        while self.round() {}
    }

    /// Everybody does what is to be done now. False when nothing was.
    fn round(&mut self) -> bool {
        let mut worked = false;
        for id in self.running() {
            worked |= self.collect(id);
            worked |= self.write(id);
        }
        while let Some((from, to, frame)) = self.network.pop_front() {
            worked = true;
            let arrives = self.nodes.contains_key(&to)
                && self.muted != Some(from)
                && !self.cut_off.contains(&from)
                && !self.cut_off.contains(&to);
            if arrives {
                let from = MemberId(from);
                self.step(to, Input::Message { from, frame });
            }
        }
        worked
    }

    /// The leader of two is removed, and the other hears no word of it once it has the entry.
    /// It is cut off then.
    pub(super) fn remove_unheard(&mut self, leader: u64) {
        let other = self.follower();
        let asked = self.ask_quietly(leader, remove(leader));
        while self.round() {
            let log = self.view(other).log;
            if log
                .last()
                .is_some_and(|entry| entry.text.starts_with("remove"))
            {
                self.muted = Some(leader);
            }
        }
        assert!(self.reply(asked).is_some_and(|reply| reply.is_ok()));
        assert_eq!(self.voters(other).len(), 2);
        self.muted = None;
        self.cut_off(other);
        self.settle();
    }

    fn collect(&mut self, id: u64) -> bool {
        let node = self.nodes.get_mut(&id).unwrap();
        let Some(member) = &mut node.member else {
            return false;
        };
        let outputs = member.take_outputs();
        let worked = !outputs.is_empty();
        for output in outputs {
            match output {
                Output::Send { to, frame } => self.network.push_back((id, to.0, frame)),
                Output::Disk(batch) => node.waiting.push_back(batch),
                Output::Reply { id, result, .. } => {
                    let before = self.replies.insert(id.0, result);
                    assert_eq!(before, None, "a second reply to {id}");
                }
                Output::Trace(event) => self.lines.push(event.to_string()),
                Output::Members(members) => {
                    self.told.insert(id, members.members().cloned().collect());
                }
                Output::Watch(_) | Output::Save(_) => {}
                Output::Stopped { failure } => {
                    self.failures.insert(id, failure.unwrap_or_default());
                    node.member = None;
                }
            }
        }
        if !self.is_running(id) {
            for other in self.running() {
                let peer = MemberId(id);
                self.step(other, Input::PeerUnreachable { peer });
            }
        }
        worked
    }

    fn write(&mut self, id: u64) -> bool {
        let node = self.nodes.get_mut(&id).unwrap();
        let (Some(member), Some(batch)) = (&mut node.member, node.waiting.pop_front()) else {
            return false;
        };
        node.disk.run(&batch.operations);
        member.step(Input::DiskDone {
            lane: batch.lane,
            batch: batch.id,
            result: Ok(()),
        });
        true
    }

    /// The leader of the highest term.
    pub(super) fn leader(&self) -> Option<u64> {
        let leads = |id: &u64| self.view(*id).role == Role::Leader;
        let term = |id: &u64| self.view(*id).term;
        self.running().into_iter().filter(leads).max_by_key(term)
    }

    pub(super) fn follower(&self) -> u64 {
        let leader = self.leader();
        let mut ids = self.running().into_iter();
        ids.find(|id| Some(*id) != leader).unwrap()
    }

    /// Asks without waiting; the number is for [`Cluster::reply`].
    pub(super) fn ask(&mut self, id: u64, command: Command) -> u64 {
        let number = self.ask_quietly(id, command);
        self.settle();
        number
    }

    /// Asks, and lets nothing happen yet.
    pub(super) fn ask_quietly(&mut self, id: u64, command: Command) -> u64 {
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

    pub(super) fn reply(&mut self, request: u64) -> Option<Result<Reply, Error>> {
        self.replies.remove(&request)
    }

    /// Asks and lets time pass until the answer comes.
    pub(super) fn call(&mut self, id: u64, command: Command) -> Result<Reply, Error> {
        let request = self.ask(id, command);
        for _ in 0..100 {
            if let Some(reply) = self.reply(request) {
                return reply;
            }
            self.tick(1);
        }
        panic!("no answer");
    }

    pub(super) fn put(&mut self, at: u64, key: &str) {
        assert!(self.call(at, put(key)).is_ok());
    }

    /// Adds a member and starts its machine. Answers its id.
    pub(super) fn add(&mut self, at: u64, number: u64, is_learner: bool) -> u64 {
        let id = self.add_unstarted(at, number, is_learner);
        self.add_machine(id, true);
        self.start(id);
        self.settle();
        id
    }

    pub(super) fn add_unstarted(&mut self, at: u64, number: u64, is_learner: bool) -> u64 {
        match self.call(at, add(number, is_learner)) {
            Ok(Reply::MemberAdd(reply)) => reply.member.id.0,
            other => panic!("{other:?}"),
        }
    }

    /// All that run have applied the same and agree about who is in the cluster.
    pub(super) fn check_agreement(&self) {
        let all: Vec<_> = self
            .running()
            .into_iter()
            .map(|id| {
                let view = self.view(id);
                let what = (view.voters, view.learners, view.members, view.removed);
                (view.applied, self.store_hash(id), what)
            })
            .collect();
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:#?}");
    }

    pub(super) fn applied(&self, id: u64) -> Index {
        self.view(id).applied
    }

    pub(super) fn voters(&self, id: u64) -> Vec<u64> {
        self.view(id).voters.iter().map(|id| id.0).collect()
    }

    pub(super) fn learners(&self, id: u64) -> Vec<u64> {
        self.view(id).learners.iter().map(|id| id.0).collect()
    }

    pub(super) fn count_lines(&self, part: &str) -> usize {
        self.lines.iter().filter(|line| line.contains(part)).count()
    }
}

fn url(number: u64) -> String {
    format!("http://127.0.0.1:{}", 2380 + 100 * number)
}

pub(super) fn add(number: u64, is_learner: bool) -> Command {
    Command::MemberAdd(MemberAdd {
        peer_urls: vec![url(number)],
        is_learner,
        added_at_seconds: 1_630_408_647 + number,
    })
}

pub(super) fn remove(id: u64) -> Command {
    Command::MemberRemove(MemberId(id))
}

pub(super) fn promote(id: u64) -> Command {
    Command::MemberPromote(MemberId(id))
}

pub(super) fn put(key: &str) -> Command {
    Command::Put(Put {
        key: Bytes::copy_from_slice(key.as_bytes()),
        ..Put::default()
    })
}
