//! `put`: writes a key.

use std::ffi::OsString;
use std::io::{self, Read};

use bytes::Bytes;
use clap::Args;
use quorate_api::etcdserverpb::{PutRequest, PutResponse};

use super::context::Context;
use super::failure::Failure;
use super::print::{Answer, Encoded, Page};
use super::range::bytes_of;
use crate::go::parse_int;

/// Puts the given key into the store
///
/// When <value> begins with '-', <value> is interpreted as a flag. Insert '--' for workaround:
/// put <key> -- <value>. If <value> is not given, it is read from standard input.
#[derive(Args, Clone, Debug)]
pub(crate) struct Put {
    /// Lease ID (in hexadecimal) to attach to the key
    #[arg(long, default_value = "0")]
    lease: String,
    /// Return the previous key-value pair before modification
    #[arg(long)]
    prev_kv: bool,
    /// Updates the key using its current value
    #[arg(long)]
    ignore_value: bool,
    /// Updates the key using its current lease
    #[arg(long)]
    ignore_lease: bool,
    /// The key and its value
    #[arg(value_names = ["KEY", "VALUE"])]
    arguments: Vec<OsString>,
}

impl Put {
    /// Writes and says so.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let request = self.request(&mut io::stdin())?;
        let response = context.client()?.put(request).await?;
        context.print(&response)
    }

    /// What is to be written; a value that is not among the arguments is read.
    ///
    /// # Errors
    /// When the arguments do not go together, or there is nothing to be read.
    pub(crate) fn request(&self, input: &mut impl Read) -> Result<PutRequest, Failure> {
        let needs = "put command needs 1 argument and input from stdin or 2 arguments";
        let mut arguments = self.arguments.iter().cloned().map(bytes_of);
        let key = arguments.next().ok_or_else(|| Failure::arguments(needs))?;
        let given = arguments.next();
        if self.ignore_value && given.is_some() {
            return Err(Failure::arguments(
                "put command needs only 1 argument when 'ignore-value' is set",
            ));
        }
        let value = match given {
            Some(value) => value,
            None if self.ignore_value => Bytes::new(),
            None => {
                let mut read = Vec::new();
                let result = input.read_to_end(&mut read);
                if result.is_err() || read.is_empty() {
                    return Err(Failure::arguments(needs));
                }
                read.into()
            }
        };
        Ok(PutRequest {
            key,
            value,
            lease: parse_int(&self.lease, 16).map_err(|reason| {
                Failure::arguments(format!("bad lease ID ({reason}), expecting ID in Hex"))
            })?,
            prev_kv: self.prev_kv,
            ignore_value: self.ignore_value,
            ignore_lease: self.ignore_lease,
        })
    }
}

impl Answer for PutResponse {
    fn simple(&self, page: &mut Page) {
        page.line("OK");
        if let Some(kv) = &self.prev_kv {
            page.key_value(kv);
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.header.as_ref());
        if let Some(kv) = &self.prev_kv {
            page.key_value_fields("Prev", kv);
        }
        true
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(self))
    }
}
