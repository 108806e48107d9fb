//! `version`: which version this is.

use std::io::{self, Write};

use clap::Args;

use crate::ctl::failure::Failure;
use crate::version;

/// Prints the version
#[derive(Args, Clone, Debug)]
pub(super) struct Version {}

impl Version {
    /// etcdutl's lines, for those who look for them, and our own.
    pub(super) fn run(&self) -> Result<(), Failure> {
        writeln!(
            io::stdout(),
            "etcdutl version: {}\nAPI version: 3.6\nquorateutl version: {}",
            version::SERVER,
            version::QUORATE,
        )?;
        Ok(())
    }
}
