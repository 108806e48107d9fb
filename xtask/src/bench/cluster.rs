//! Three members of one of the servers, alone on the machine.

use std::fmt;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::load::Figures;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Ours.
    Quorate,
    /// etcd 3.5.1.
    Etcd,
}

impl Kind {
    /// Both, in another order each round.
    pub(super) fn in_order(round: usize) -> [Kind; 2] {
        match round % 2 {
            0 => [Kind::Quorate, Kind::Etcd],
            _ => [Kind::Etcd, Kind::Quorate],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Quorate => "Quorate",
            Kind::Etcd => "etcd",
        })
    }
}

/// Where the programs are.
pub(super) struct Programs {
    pub(super) quorate: PathBuf,
    pub(super) etcd: PathBuf,
    pub(super) benchmark: PathBuf,
}

/// A cluster that runs; it ends when this is dropped, and its data goes.
pub(super) struct Cluster {
    pub(super) benchmark: PathBuf,
    members: Vec<Member>,
    data: PathBuf,
}

/// One member.
struct Member {
    program: PathBuf,
    arguments: Vec<String>,
    client_port: u16,
    log: PathBuf,
    /// Nothing while it is down.
    child: Option<Child>,
}

impl Cluster {
    /// Starts three members with empty folders, and waits until they have a leader.
    pub(super) fn start(programs: &Programs, kind: Kind, data: &Path) -> Result<Self> {
        if data.exists() {
            fs::remove_dir_all(data).with_context(|| format!("cannot empty {}", data.display()))?;
        }
        fs::create_dir_all(data)?;
        let ports = free_ports(2 * MEMBERS)?;
        let (clients, peers) = ports.split_at(MEMBERS);
        let url = |port: u16| format!("http://127.0.0.1:{port}");
        let founders: Vec<String> = peers
            .iter()
            .enumerate()
            .map(|(at, port)| format!("m{at}={}", url(*port)))
            .collect();
        let program = match kind {
            Kind::Quorate => &programs.quorate,
            Kind::Etcd => &programs.etcd,
        };
        let members = (0..MEMBERS).map(|at| Member {
            program: program.clone(),
            arguments: [
                ("--name", format!("m{at}")),
                (
                    "--data-dir",
                    data.join(format!("m{at}")).display().to_string(),
                ),
                ("--listen-client-urls", url(clients[at])),
                ("--advertise-client-urls", url(clients[at])),
                ("--listen-peer-urls", url(peers[at])),
                ("--initial-advertise-peer-urls", url(peers[at])),
                ("--initial-cluster", founders.join(",")),
                ("--log-level", "warn".to_owned()),
                // Room for what the largest loads write.
                ("--quota-backend-bytes", QUOTA_BYTES.to_string()),
            ]
            .into_iter()
            .flat_map(|(flag, value)| [flag.to_owned(), value])
            .collect(),
            client_port: clients[at],
            log: data.join(format!("m{at}.log")),
            child: None,
        });
        let mut cluster = Self {
            benchmark: programs.benchmark.clone(),
            members: members.collect(),
            data: data.to_owned(),
        };
        for at in 0..MEMBERS {
            cluster.start_one(at)?;
        }
        cluster.wait_until_it_answers()?;
        Ok(cluster)
    }

    /// Starts a member that is down.
    pub(super) fn start_one(&mut self, at: usize) -> Result<()> {
        let member = &mut self.members[at];
        let log = File::options()
            .create(true)
            .append(true)
            .open(&member.log)?;
        let child = Command::new(&member.program)
            .args(&member.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", member.program.display()))?;
        member.child = Some(child);
        Ok(())
    }

    /// Ends a member as a power cut would.
    pub(super) fn kill_one(&mut self, at: usize) -> Result<()> {
        if let Some(mut child) = self.members[at].child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Waits until each member answers a linearizable read.
    pub(super) fn wait_until_it_answers(&mut self) -> Result<Duration> {
        let start = Instant::now();
        for at in 0..self.members.len() {
            while self.read(at).is_err() {
                if start.elapsed() > START_TIMEOUT {
                    let log = fs::read_to_string(&self.members[at].log).unwrap_or_default();
                    bail!(
                        "member {at} does not answer after {START_TIMEOUT:?}; its log:\n{}",
                        log.lines().rev().take(20).collect::<Vec<_>>().join("\n")
                    );
                }
                thread::sleep(POLL_INTERVAL);
            }
        }
        Ok(start.elapsed())
    }

    /// The client endpoints of the members that are up, as `--endpoints` takes them.
    pub(super) fn endpoints(&self) -> String {
        let up = self.members.iter().filter(|member| member.child.is_some());
        let each = up.map(|member| format!("127.0.0.1:{}", member.client_port));
        each.collect::<Vec<_>>().join(",")
    }

    /// A linearizable read of nothing.
    fn read(&self, at: usize) -> Result<Value> {
        self.post(
            at,
            "kv/range",
            &json!({ "key": "AA==", "count_only": true }),
        )
    }

    /// A call by the JSON gateway that both have.
    pub(super) fn post(&self, at: usize, path: &str, body: &Value) -> Result<Value> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(CALL_TIMEOUT))
            .proxy(None)
            .build()
            .into();
        let url = format!(
            "http://127.0.0.1:{}/v3/{path}",
            self.members[at].client_port
        );
        let mut answer = agent.post(&url).send(body.to_string())?;
        Ok(serde_json::from_str(&answer.body_mut().read_to_string()?)?)
    }

    /// The newest revision.
    pub(super) fn revision(&self) -> Result<i64> {
        let answer = self.read(0)?;
        let revision = answer["header"]["revision"].as_str();
        let revision = revision.context("an answer without a revision")?;
        Ok(revision.parse()?)
    }

    /// How far a member has applied, and whether it leads.
    pub(super) fn applied(&self, at: usize) -> Result<(u64, bool)> {
        let status = self.post(at, "maintenance/status", &json!({}))?;
        let applied = status["raftAppliedIndex"].as_str().unwrap_or("0").parse()?;
        let is_leader = status["leader"] == status["header"]["member_id"];
        Ok((applied, is_leader))
    }

    /// CPU time that the members have taken, in microseconds.
    pub(super) fn cpu_us(&self) -> Result<u64> {
        let mut ticks = 0;
        for id in self.processes() {
            let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
            let (_, fields) = stat.rsplit_once(") ").context("a line of /proc/PID/stat")?;
            let fields: Vec<&str> = fields.split(' ').collect();
            for field in [UTIME, STIME] {
                ticks += fields.get(field).context("its CPU time")?.parse::<u64>()?;
            }
        }
        Ok(ticks * US_PER_CPU_TICK)
    }

    /// Bytes that the members have had written to the disk.
    pub(super) fn written_bytes(&self) -> Result<u64> {
        let mut bytes = 0;
        for id in self.processes() {
            let io = fs::read_to_string(format!("/proc/{id}/io"))?;
            bytes += number_behind(&io, "write_bytes:").context("write_bytes")?;
        }
        Ok(bytes)
    }

    /// The memory of the largest member, in bytes.
    pub(super) fn resident_bytes(&self) -> Result<u64> {
        let mut most = 0;
        for id in self.processes() {
            let status = fs::read_to_string(format!("/proc/{id}/status"))?;
            let kibibytes = number_behind(&status, "VmRSS:").context("VmRSS")?;
            most = most.max(kibibytes * 1_024);
        }
        Ok(most)
    }

    /// What it takes while nobody asks anything.
    pub(super) fn idle(&self) -> Result<Figures> {
        thread::sleep(IDLE_TIME);
        Ok(Figures {
            resident_bytes: Some(self.resident_bytes()? as f64),
            ..Figures::default()
        })
    }

    fn processes(&self) -> impl Iterator<Item = u32> {
        let running = self
            .members
            .iter()
            .filter_map(|member| member.child.as_ref());
        running.map(Child::id)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for member in &mut self.members {
            if let Some(mut child) = member.child.take() {
                // It may have ended already.
                let _ = child.kill();
                let _ = child.wait();
            }
        }
        // What is left of it is emptied by the next one.
        let _ = fs::remove_dir_all(&self.data);
    }
}

fn number_behind(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    line[name.len()..].split_whitespace().next()?.parse().ok()
}

/// Ports that nobody listens at.
fn free_ports(count: usize) -> Result<Vec<u16>> {
    let listeners: Result<Vec<_>, _> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0"))
        .collect();
    let ports = listeners?
        .into_iter()
        .map(|one| Ok(one.local_addr()?.port()));
    ports.collect()
}

const MEMBERS: usize = 3;
const QUOTA_BYTES: u64 = 8 << 30;
const START_TIMEOUT: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_millis(5);
const CALL_TIMEOUT: Duration = Duration::from_secs(60);
const IDLE_TIME: Duration = Duration::from_secs(3);
/// Fields of `/proc/PID/stat` behind the program's name.
const UTIME: usize = 11;
const STIME: usize = 12;
/// `sysconf(_SC_CLK_TCK)` is 100 on every Linux.
const US_PER_CPU_TICK: u64 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_changes_from_round_to_round() {
        assert_eq!(Kind::in_order(0)[0], Kind::Quorate);
        assert_eq!(Kind::in_order(1)[0], Kind::Etcd);
        assert_eq!(Kind::in_order(2), Kind::in_order(0));
    }

    #[test]
    fn a_number_is_found_by_its_name() {
        let text = "VmHWM:\t  12 kB\nVmRSS:\t   345 kB\n";
        assert_eq!(number_behind(text, "VmRSS:"), Some(345));
        assert_eq!(number_behind(text, "VmSwap:"), None);
    }
}
