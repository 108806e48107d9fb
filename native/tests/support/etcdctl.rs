//! etcd's own client.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::etcdctl_stream::EtcdctlStream;
use super::tools;

/// etcdctl, told where the servers are.
pub(crate) struct Etcdctl {
    endpoints: String,
}

/// What `endpoint status` says of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    /// Who answered.
    pub(crate) member: u64,
    /// Whom it takes for the leader; 0 for nobody.
    pub(crate) leader: u64,
}

impl Etcdctl {
    pub(crate) fn new(ports: &[u16]) -> Self {
        let endpoints: Vec<String> = ports
            .iter()
            .map(|port| format!("http://127.0.0.1:{port}"))
            .collect();
        Self {
            endpoints: endpoints.join(","),
        }
    }

    /// Runs a command; what it printed, or its error.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<String, String> {
        self.run_with(arguments, "")
    }

    /// Runs a command that reads standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let mut child = self
            .command(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads nothing may have closed it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let Output {
            status,
            stdout,
            stderr,
        } = child.wait_with_output().unwrap();
        if status.success() {
            Ok(String::from_utf8(stdout).unwrap())
        } else {
            Err(String::from_utf8_lossy(&stderr).into_owned())
        }
    }

    /// Begins a command that goes on printing. What it complains of is shown with the test's
    /// output.
    pub(crate) fn follow(&self, arguments: &[&str]) -> EtcdctlStream {
        EtcdctlStream::of(self.command(arguments).spawn().unwrap())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(tools::etcdctl());
        command
            .arg(format!("--endpoints={}", self.endpoints))
            .args(arguments)
            .env_remove("ETCDCTL_ENDPOINTS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        command
    }

    /// Runs a command that must succeed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        self.run(arguments)
            .unwrap_or_else(|error| panic!("etcdctl {arguments:?}: {error}"))
    }

    /// Runs a command that must succeed and prints JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["-w", "json"]].concat();
        serde_json::from_str(&self.ok(&arguments)).unwrap()
    }

    /// The first endpoint's status, if it answers.
    pub(crate) fn status(&self) -> Option<Status> {
        let text = self.run(&["endpoint", "status", "-w", "json"]).ok()?;
        let list: Value = serde_json::from_str(&text).ok()?;
        let status = &list[0]["Status"];
        Some(Status {
            member: status["header"]["member_id"].as_u64()?,
            // etcdctl leaves a zero out.
            leader: status["leader"].as_u64().unwrap_or(0),
        })
    }

    /// The first endpoint's hash of its store, and the revision it was taken at.
    pub(crate) fn hash(&self) -> Option<(u64, i64)> {
        let text = self.run(&["endpoint", "hashkv", "-w", "json"]).ok()?;
        let list: Value = serde_json::from_str(&text).ok()?;
        let hash = &list[0]["HashKV"];
        Some((hash["hash"].as_u64()?, hash["header"]["revision"].as_i64()?))
    }
}
