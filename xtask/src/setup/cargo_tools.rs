//! Programs from crates.io that are built on this machine: trunk, wasm-bindgen, cargo-deny.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::process;
use crate::setup::{announce, tool_folder};
use crate::workspace::tools_folder;

/// A program that `cargo install` builds.
pub(super) struct CargoTool {
    /// The package on crates.io.
    pub(super) package: &'static str,
    /// The one version that is taken.
    version: &'static str,
    /// The program's name.
    program: &'static str,
    /// Said to a person who waits.
    takes: &'static str,
}

/// trunk, which builds the page (`trunk.toml`).
pub(super) const TRUNK: CargoTool = CargoTool {
    package: "trunk",
    version: "0.21.14",
    program: "trunk",
    takes: "3 minutes",
};

/// wasm-bindgen's program; its version must be that of the crate in `Cargo.lock`, which
/// `trunk.toml` names too.
pub(super) const WASM_BINDGEN: CargoTool = CargoTool {
    package: "wasm-bindgen-cli",
    version: "0.2.126",
    program: "wasm-bindgen",
    takes: "a minute",
};

/// cargo-deny, which reads `deny.toml`.
pub(super) const CARGO_DENY: CargoTool = CargoTool {
    package: "cargo-deny",
    version: "0.20.2",
    program: "cargo-deny",
    takes: "3 minutes",
};

impl CargoTool {
    /// Finds the program in its right version, or builds it.
    pub(super) fn ensure(&self) -> Result<PathBuf> {
        let folder = tools_folder()?.join(format!("{}-{}", self.package, self.version));
        let ours = folder.join("bin").join(self.program);
        let elsewhere = which::which(self.program).ok();
        let in_cargo_home = env::home_dir().map(|home| home.join(".cargo/bin").join(self.program));
        let candidates = [Some(ours.clone()), elsewhere, in_cargo_home];
        if let Some(found) = candidates
            .into_iter()
            .flatten()
            .find(|path| self.is_right(path))
        {
            return Ok(found);
        }
        self.install(&folder)?;
        ensure!(
            self.is_right(&ours),
            "cargo install left no {} {} in {}",
            self.program,
            self.version,
            ours.display()
        );
        Ok(ours)
    }

    /// Whether the program at `path` runs and says that it is the version wanted.
    fn is_right(&self, path: &Path) -> bool {
        path.is_file()
            && process::output(Command::new(path).arg("--version"))
                .is_ok_and(|said| said.split_whitespace().any(|word| word == self.version))
    }

    /// Builds with the cheapest settings: these programs run for seconds, and full optimisation
    /// doubles the time that a newcomer waits.
    fn install(&self, folder: &Path) -> Result<()> {
        announce(&format!(
            "{} {} from crates.io (about {}, once)",
            self.package, self.version, self.takes
        ));
        let build = tool_folder("build")?;
        process::run(
            Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
                .args(["install", "--locked", "--quiet", "--no-default-features"])
                .args(["--version", self.version, "--bin", self.program, "--root"])
                .arg(folder)
                .arg(self.package)
                .env("CARGO_TARGET_DIR", &build)
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
                // Outside the checkout: its lints and settings are not for other people's code.
                .current_dir(&build),
        )?;
        if [TRUNK, WASM_BINDGEN, CARGO_DENY]
            .iter()
            .all(CargoTool::is_installed_here)
        {
            // Shared while they were built one after the other; a gigabyte nobody needs now.
            fs::remove_dir_all(&build).ok();
        }
        Ok(())
    }

    fn is_installed_here(&self) -> bool {
        tools_folder().is_ok_and(|tools| {
            let folder = tools.join(format!("{}-{}", self.package, self.version));
            folder.join("bin").join(self.program).is_file()
        })
    }
}
