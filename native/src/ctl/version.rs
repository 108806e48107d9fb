//! `version`: which version this is.

use std::io::{self, Write};

use clap::Args;

use super::client::API_VERSION;
use super::failure::Failure;
use crate::version;

/// Prints the version
#[derive(Args, Clone, Debug)]
pub(crate) struct Version {
    /// As in etcdctl
    #[arg(hide = true)]
    ignored: Vec<String>,
}

impl Version {
    /// etcdctl's lines, for those who look for them, and our own.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        writeln!(
            io::stdout(),
            "etcdctl version: {}\nAPI version: {API_VERSION}\nquoratectl version: {}",
            version::SERVER,
            version::QUORATE,
        )?;
        Ok(())
    }
}
