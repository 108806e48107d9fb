//! Three servers that found a cluster.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::etcdctl::Etcdctl;
use super::ports::free_ports;
use super::server::Server;
use super::wait::wait_for;

/// A cluster in a directory of its own; all of it goes when it is dropped.
pub(crate) struct Cluster {
    /// By member; nothing while it is down.
    pub(crate) servers: Vec<Option<Server>>,
    client_ports: Vec<u16>,
    peer_ports: Vec<u16>,
    extra_flags: Vec<String>,
    /// How many members founded the cluster.
    founders: usize,
    /// The flags of those that joined it later, by member.
    joined: BTreeMap<usize, Vec<String>>,
    folder: TempDir,
}

impl Cluster {
    /// Starts so many members and waits until each is ready.
    pub(crate) fn start(size: usize, extra_flags: &[&str]) -> Self {
        let mut cluster = Self::stopped(size, extra_flags);
        cluster.start_all();
        cluster
    }

    /// A cluster of so many members, all of them down.
    pub(crate) fn stopped(size: usize, extra_flags: &[&str]) -> Self {
        let ports = free_ports(size * 2);
        Self {
            servers: (0..size).map(|_| None).collect(),
            client_ports: ports[..size].to_vec(),
            peer_ports: ports[size..].to_vec(),
            extra_flags: extra_flags.iter().map(|flag| (*flag).to_owned()).collect(),
            founders: size,
            joined: BTreeMap::new(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Starts all that are down and waits until they are ready.
    pub(crate) fn start_all(&mut self) {
        for member in 0..self.servers.len() {
            if self.servers[member].is_none() {
                self.start_one(member);
            }
        }
        for server in self.servers.iter().flatten() {
            server.wait_for_line("ready to serve client requests");
        }
    }

    /// Starts a member that is down.
    pub(crate) fn start_one(&mut self, member: usize) {
        self.start_one_with(member, &[]);
    }

    /// Starts a member that is down, with more flags.
    pub(crate) fn start_one_with(&mut self, member: usize, more: &[&str]) {
        let log = self.log_path(member);
        let mut flags = self.flags(member);
        flags.extend(more.iter().map(|flag| (*flag).to_owned()));
        let server = Server::start(&flags, self.folder.path(), &log);
        self.servers[member] = Some(server);
    }

    /// Starts a member that is down within a limit, in the words of a shell's `ulimit`.
    pub(crate) fn start_one_within(&mut self, member: usize, limit: &str) {
        let (flags, log) = (self.flags(member), self.log_path(member));
        let server = Server::start_within(limit, &flags, self.folder.path(), &log);
        self.servers[member] = Some(server);
    }

    /// Adds a member as an operator does: asks etcdctl, whose answer has the flags to start it
    /// with. It is not started; says its number.
    pub(crate) fn add(&mut self, is_learner: bool) -> usize {
        let member = self.servers.len();
        let ports = free_ports(2);
        self.client_ports.push(ports[0]);
        self.peer_ports.push(ports[1]);
        self.servers.push(None);
        let name = format!("infra{}", member + 1);
        let url = format!("http://127.0.0.1:{}", ports[1]);
        let mut arguments = vec!["member", "add", &name, "--peer-urls", &url];
        if is_learner {
            arguments.push("--learner");
        }
        // A member is counted on once it has been connected for five seconds.
        let told = self.change(&arguments);
        self.joined
            .insert(member, self.joining_flags(member, &told));
        member
    }

    /// Adds a member, starts it, and waits until it is ready; says its number.
    pub(crate) fn add_and_start(&mut self, is_learner: bool) -> usize {
        let member = self.add(is_learner);
        self.start_one(member);
        self.server(member)
            .wait_for_line("ready to serve client requests");
        member
    }

    /// Has etcdctl change the members, through one that is up, until the cluster is well enough.
    pub(crate) fn change(&self, arguments: &[&str]) -> String {
        wait_for(
            &format!("a cluster well enough for {arguments:?}"),
            || match self.etcdctl_of_alive().run(arguments) {
                Ok(told) => Some(told),
                Err(error) if error.contains("etcdserver: unhealthy cluster") => None,
                Err(error) => panic!("etcdctl {arguments:?}: {error}"),
            },
        )
    }

    /// What `member add` printed, and where this member listens, as flags.
    fn joining_flags(&self, member: usize, told: &str) -> Vec<String> {
        let client = format!("http://127.0.0.1:{}", self.client_ports[member]);
        let mut flags: Vec<String> = told
            .lines()
            .filter_map(|line| line.strip_prefix("ETCD_")?.split_once('='))
            .map(|(name, value)| {
                let name = name.to_lowercase().replace('_', "-");
                format!("--{name}={}", value.trim_matches('"'))
            })
            .collect();
        assert_eq!(flags.len(), 4, "{told}");
        flags.extend([
            format!("--listen-client-urls={client}"),
            format!("--advertise-client-urls={client}"),
            format!(
                "--listen-peer-urls=http://127.0.0.1:{}",
                self.peer_ports[member]
            ),
            "--logger=zap".to_owned(),
            "--log-outputs=stderr".to_owned(),
        ]);
        flags.extend(self.extra_flags.iter().cloned());
        flags
    }

    /// `kill -9` of a member.
    pub(crate) fn crash(&mut self, member: usize) {
        self.servers[member].take().unwrap().crash();
    }

    /// A member that runs.
    pub(crate) fn server(&mut self, member: usize) -> &mut Server {
        self.servers[member].as_mut().unwrap()
    }

    /// etcdctl with all members' addresses.
    pub(crate) fn etcdctl(&self) -> Etcdctl {
        Etcdctl::new(&self.client_ports)
    }

    /// etcdctl with one member's address.
    pub(crate) fn etcdctl_of(&self, member: usize) -> Etcdctl {
        Etcdctl::new(&self.client_ports[member..=member])
    }

    /// etcdctl with the addresses of those that are up.
    pub(crate) fn etcdctl_of_alive(&self) -> Etcdctl {
        let alive = self.alive().into_iter();
        let ports: Vec<u16> = alive.map(|member| self.client_ports[member]).collect();
        Etcdctl::new(&ports)
    }

    /// A member's id, as it says itself.
    pub(crate) fn id(&self, member: usize) -> u64 {
        wait_for("a member's id", || {
            Some(self.etcdctl_of(member).status()?.member)
        })
    }

    /// A member's port for clients.
    pub(crate) fn client_port(&self, member: usize) -> u16 {
        self.client_ports[member]
    }

    /// A member's port for its peers.
    pub(crate) fn peer_port(&self, member: usize) -> u16 {
        self.peer_ports[member]
    }

    /// Where the data is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The members that are up, by number.
    pub(crate) fn alive(&self) -> Vec<usize> {
        (0..self.servers.len())
            .filter(|member| self.servers[*member].is_some())
            .collect()
    }

    /// Waits until all that are up agree on a leader among them; says which.
    pub(crate) fn wait_for_leader(&self) -> usize {
        wait_for("a leader", || {
            let alive = self.alive();
            let mut leaders = Vec::new();
            for member in &alive {
                let status = self.etcdctl_of(*member).status()?;
                leaders.push((status.leader, status.member));
            }
            let leader = leaders.first()?.0;
            let agree = leaders.iter().all(|(seen, _)| *seen == leader);
            let position = leaders.iter().position(|(_, id)| *id == leader)?;
            agree.then(|| alive[position])
        })
    }

    /// Waits until all that are up have the same store; says its hash.
    pub(crate) fn wait_for_same_hash(&self) -> u64 {
        wait_for("one hash of all stores", || {
            let mut hashes = Vec::new();
            for member in self.alive() {
                hashes.push(self.etcdctl_of(member).hash()?);
            }
            let first = *hashes.first()?;
            hashes.iter().all(|hash| *hash == first).then_some(first.0)
        })
    }

    /// The flags of a member, as in the notes.
    pub(crate) fn flags(&self, member: usize) -> Vec<String> {
        if let Some(flags) = self.joined.get(&member) {
            return flags.clone();
        }
        let client = format!("http://127.0.0.1:{}", self.client_ports[member]);
        let peer = format!("http://127.0.0.1:{}", self.peer_ports[member]);
        let cluster: Vec<String> = self
            .peer_ports
            .iter()
            .take(self.founders)
            .enumerate()
            .map(|(number, port)| format!("infra{}=http://127.0.0.1:{port}", number + 1))
            .collect();
        let mut flags: Vec<String> = [
            "--name",
            &format!("infra{}", member + 1),
            "--listen-client-urls",
            &client,
            "--advertise-client-urls",
            &client,
            "--listen-peer-urls",
            &peer,
            "--initial-advertise-peer-urls",
            &peer,
            "--initial-cluster-token",
            "etcd-cluster-1",
            "--initial-cluster",
            &cluster.join(","),
            "--initial-cluster-state",
            "new",
            "--logger=zap",
            "--log-outputs=stderr",
        ]
        .map(str::to_owned)
        .to_vec();
        flags.extend(self.extra_flags.iter().cloned());
        flags
    }

    fn log_path(&self, member: usize) -> PathBuf {
        self.folder.path().join(format!("infra{}.log", member + 1))
    }
}
