//! etcd itself, as the one to be compared with.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::etcdctl::Etcdctl;
use super::ports::free_ports;
use super::tools;
use super::wait::wait_for;

/// One etcd in a directory of its own; both go when it is dropped.
pub(crate) struct RealEtcd {
    child: Child,
    /// Where clients reach it.
    pub(crate) client_port: u16,
    folder: TempDir,
}

impl RealEtcd {
    /// Starts one and waits until it answers.
    pub(crate) fn start() -> Self {
        Self::start_at(&free_ports(2))
    }

    /// Starts one at a port for clients and one for peers: its ids follow from them.
    pub(crate) fn start_at(ports: &[u16]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = |port: u16| format!("http://127.0.0.1:{port}");
        let (client, peer) = (url(ports[0]), url(ports[1]));
        let child = Command::new(tools::etcd())
            .args([
                "--name",
                "infra1",
                "--initial-cluster-token",
                "etcd-cluster-1",
            ])
            .args([
                "--listen-client-urls",
                &client,
                "--advertise-client-urls",
                &client,
            ])
            .args([
                "--listen-peer-urls",
                &peer,
                "--initial-advertise-peer-urls",
                &peer,
            ])
            .args(["--initial-cluster", &format!("infra1={peer}")])
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let etcd = Self {
            child,
            client_port: ports[0],
            folder,
        };
        wait_for("etcd", || {
            let status = Etcdctl::new(&[etcd.client_port]).status()?;
            (status.leader != 0).then_some(())
        });
        etcd
    }
}

impl RealEtcd {
    /// Where its data is.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for RealEtcd {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
