//! Real servers on this machine, with a proxy before each.

mod ids;
mod ports;
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use quorate_core::command::Command;
use quorate_core::id::MemberId;
use quorate_core::membership::member_id;

use crate::client::{Client, Standing};
use crate::failure::{Failure, NO_PANIC};
use crate::patience::Patience;
use crate::plan::ClusterPlan;
use crate::proxy::{Links, NodeOf, Proxy};
use ids::Ids;
use server::Start;
pub(crate) use server::{DiskOrder, Presence, Server};

/// Ticks are short, so that an election takes a blink and rounds are many.
const HEARTBEAT_MS: u32 = 20;
const ELECTION_MS: u32 = 200;
/// How long a member that is not paused takes to say how it stands.
const STANDING_LIMIT: Duration = Duration::from_millis(200);

/// How long the answer of a leader that hands leadership on is waited for.
const MOVE_LIMIT: Duration = Duration::from_secs(1);

/// A cluster.
pub(crate) struct Cluster {
    /// Its members' processes, by number from 0.
    pub(crate) servers: Vec<Server>,
    /// Where clients reach each.
    pub(crate) client_ports: Vec<u16>,
    /// The ways between them.
    pub(crate) links: Links,
    /// How long to wait for it.
    pub(crate) patience: Arc<Patience>,
    /// The URLs that the others reach each at: its proxy's.
    peer_urls: Vec<String>,
    ids: Ids,
    folder: PathBuf,
    _proxies: Vec<Proxy>,
}

impl Cluster {
    /// Starts all members of a cluster whose data and logs are in a folder, which is emptied.
    pub(crate) async fn start(
        plan: &ClusterPlan,
        program: &Path,
        known_bug: Option<&str>,
        folder: PathBuf,
    ) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let patience = Arc::new(Patience::start(folder.join("patience"))?);
        let count = plan.members;
        let ports = ports::free(count * 3)?;
        let (client_ports, others) = ports.split_at(count);
        let (peer_ports, proxy_ports) = others.split_at(count);
        let peer_urls: Vec<String> = proxy_ports.iter().map(|port| url(*port)).collect();
        let token = format!("torture-{}", plan.seed);
        let ids = Ids::new(peer_urls.iter().map(|url| {
            let urls = std::slice::from_ref(url);
            member_id(urls, &token, None)
        }));
        let links = Links::new(count);
        let mut proxies = Vec::new();
        let mut servers = Vec::new();
        for node in 0..count {
            let ids = ids.clone();
            let node_of: NodeOf = Arc::new(move |id| ids.node_of(MemberId(id)));
            let (port, behind) = (proxy_ports[node], peer_ports[node]);
            proxies.push(Proxy::start(node, port, behind, links.clone(), node_of).await?);
            servers.push(Server::new(Start {
                program: program.to_owned(),
                flags: flags(plan, node, client_ports[node], behind, &peer_urls, &folder),
                environment: environment(plan, known_bug),
                log: folder.join(format!("{}.log", name(node))),
                data: folder.join(name(node)),
                disk: folder.join(format!("{}.disk", name(node))),
            }));
        }
        for server in &mut servers {
            server.start()?;
        }
        Ok(Self {
            servers,
            client_ports: client_ports.to_vec(),
            links,
            patience,
            peer_urls,
            ids,
            folder,
            _proxies: proxies,
        })
    }

    /// How many members it has.
    pub(crate) fn size(&self) -> usize {
        self.servers.len()
    }

    /// Where data and logs are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Which member has an id.
    pub(crate) fn node_of(&self, id: u64) -> Option<usize> {
        self.ids.node_of(MemberId(id))
    }

    /// Which member this node is now.
    pub(crate) fn id(&self, node: usize) -> MemberId {
        self.ids.newest(node)
    }

    /// This node is another member from now on.
    pub(crate) fn set_id(&self, node: usize, id: MemberId) {
        self.ids.add(node, id);
    }

    /// Where the others reach this node.
    pub(crate) fn peer_url(&self, node: usize) -> &str {
        &self.peer_urls[node]
    }

    /// What each member says of itself, if it does.
    pub(crate) async fn standings(&self) -> Vec<Option<Standing>> {
        let asked: Vec<_> = self
            .client_ports
            .iter()
            .map(|port| tokio::spawn(Client::standing_at(*port, STANDING_LIMIT)))
            .collect();
        let mut standings = Vec::with_capacity(asked.len());
        for asked in asked {
            // A task that was dropped with its runtime has nothing to say.
            standings.push(asked.await.ok().flatten());
        }
        standings
    }

    /// Who leads in the newest term that anybody knows.
    pub(crate) async fn leader(&self) -> Option<usize> {
        let standings = self.standings().await;
        let with_leader = standings.iter().flatten().filter(|one| one.leader != 0);
        let newest = with_leader.max_by_key(|one| one.header.term)?;
        self.node_of(newest.leader)
    }

    /// Has the leader hand leadership to another member. Whether it does is up to it.
    pub(crate) fn move_leader(&self, leader: Option<usize>, to: usize) {
        let Some(leader) = leader else {
            return;
        };
        let (port, command) = (self.client_ports[leader], Command::MoveLeader(self.id(to)));
        tokio::spawn(async move {
            if let Some(client) = Client::connect(port).await {
                client.ask(&command, MOVE_LIMIT).await;
            }
        });
    }

    /// Whether each member's process is there; an end without a reason is a failure.
    pub(crate) fn presences(&mut self) -> Result<Vec<Presence>, Failure> {
        let presences = self.servers.iter_mut().enumerate().map(|(node, server)| {
            server.presence().map_err(|how| {
                let text = format!("{}: {how}; its log says why", name(node));
                Failure::new("a member runs", "the server's contract", text)
            })
        });
        presences.collect()
    }

    /// Looks for panics in what the members have logged since the last call.
    pub(crate) fn look_for_panics(&mut self) -> Result<()> {
        for (node, server) in self.servers.iter_mut().enumerate() {
            if let Some(line) = server.new_panic()? {
                let text = format!("{}: {line}", name(node));
                return Err(Failure::new(NO_PANIC, "ARCHITECTURE.md, Laws", text).into());
            }
        }
        Ok(())
    }

    /// Ends all processes at once.
    pub(crate) fn kill_all(&mut self) -> Result<()> {
        self.servers.iter_mut().try_for_each(Server::kill)
    }
}

/// A member's name.
pub(crate) fn name(node: usize) -> String {
    format!("infra{}", node + 1)
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn flags(
    plan: &ClusterPlan,
    node: usize,
    client_port: u16,
    peer_port: u16,
    peer_urls: &[String],
    folder: &Path,
) -> Vec<String> {
    let members = peer_urls.iter().enumerate();
    let cluster: Vec<String> = members
        .map(|(node, url)| format!("{}={url}", name(node)))
        .collect();
    [
        ("name", name(node)),
        ("data-dir", folder.join(name(node)).display().to_string()),
        // Faults leave nobody connected for as long as the check wants it.
        ("strict-reconfig-check", "false".to_owned()),
        ("listen-client-urls", url(client_port)),
        ("advertise-client-urls", url(client_port)),
        ("listen-peer-urls", url(peer_port)),
        ("initial-advertise-peer-urls", peer_urls[node].clone()),
        ("initial-cluster", cluster.join(",")),
        ("initial-cluster-token", format!("torture-{}", plan.seed)),
        ("initial-cluster-state", "new".to_owned()),
        ("heartbeat-interval", HEARTBEAT_MS.to_string()),
        ("election-timeout", ELECTION_MS.to_string()),
        ("snapshot-count", plan.snapshot_count.to_string()),
        (
            "snapshot-catchup-entries",
            plan.catch_up_entries.to_string(),
        ),
        ("logger", "zap".to_owned()),
        ("log-outputs", "stderr".to_owned()),
    ]
    .into_iter()
    .map(|(flag, value)| format!("--{flag}={value}"))
    .collect()
}

fn environment(plan: &ClusterPlan, known_bug: Option<&str>) -> Vec<(&'static str, String)> {
    let segment = plan.segment_size_bytes.to_string();
    let mut environment = vec![("QUORATE_TORTURE_SEGMENT_BYTES", segment)];
    if plan.loses_unsynced {
        environment.push(("QUORATE_TORTURE_LOSE_UNSYNCED", "1".to_owned()));
    }
    if let Some(bug) = known_bug {
        environment.push(("QUORATE_TORTURE_KNOWN_BUG", bug.to_owned()));
    }
    environment
}
