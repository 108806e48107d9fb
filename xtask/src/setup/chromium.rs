//! Chromium for the page's tests, with fonts that have Chinese, from Debian's packages.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::setup::announce;

/// Names under which systems install it.
const PROGRAMS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
const PACKAGES: [&str; 2] = ["chromium", "fonts-noto-cjk"];

/// Finds the browser (`QUORATE_CHROMIUM` first) and the fonts, or installs both by apt as root.
pub(super) fn ensure() -> Result<PathBuf> {
    if let Some(path) = env::var_os("QUORATE_CHROMIUM") {
        return Ok(PathBuf::from(path));
    }
    if let Some(path) = find() {
        if !has_chinese_font() && may_install() {
            install()?;
        }
        return Ok(path);
    }
    if !may_install() {
        bail!(
            "no Chromium in PATH: set QUORATE_CHROMIUM to one, or run \
             `sudo apt-get install {}`",
            PACKAGES.join(" ")
        );
    }
    install()?;
    find().context("apt installed chromium, but it is not in PATH")
}

fn find() -> Option<PathBuf> {
    PROGRAMS.iter().find_map(|name| which::which(name).ok())
}

/// Whether the page's Chinese text can be drawn; without fontconfig nobody knows.
fn has_chinese_font() -> bool {
    process::output(Command::new("fc-list").arg(":lang=zh")).is_ok_and(|fonts| !fonts.is_empty())
}

fn may_install() -> bool {
    rustix::process::geteuid().is_root() && which::which("apt-get").is_ok()
}

fn install() -> Result<()> {
    announce(&format!(
        "{} by apt-get (half a minute, once)",
        PACKAGES.join(", ")
    ));
    process::run(apt_get().args(["update", "-qq"]))?;
    process::run(
        apt_get()
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(PACKAGES),
    )
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .arg("-o")
        .arg("Dpkg::Use-Pty=0");
    command
}
