//! `del`: deletes keys.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use clap::Args;
use quorate_api::etcdserverpb::{DeleteRangeRequest, DeleteRangeResponse};
use tokio::time::sleep;

use super::context::Context;
use super::failure::Failure;
use super::print::{Answer, Encoded, Page};
use super::range::KeyRange;
use crate::go::quote;

/// Removes the specified key or range of keys [key, range_end)
#[derive(Args, Clone, Debug)]
pub(crate) struct Del {
    /// Delete keys with matching prefix
    #[arg(long)]
    prefix: bool,
    /// Return deleted key-value pairs
    #[arg(long)]
    prev_kv: bool,
    /// Delete keys that are greater than or equal to the given key using byte compare
    #[arg(long)]
    from_key: bool,
    /// Delete range of keys
    #[arg(long)]
    range: bool,
    /// The key, and the end of a range of keys
    #[arg(value_names = ["KEY", "RANGE_END"])]
    keys: Vec<OsString>,
}

impl Del {
    /// Deletes and says how many.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let request = self.request()?;
        if let [from, to] = self.keys.as_slice()
            && !self.range
        {
            // Whoever cannot be warned is given the time all the same.
            let _ = writeln!(
                io::stderr(),
                "Warning: Keys between {} and {} will be deleted. Please interrupt the command \
                 within next 2 seconds to cancel. You can provide `--range` flag to avoid the \
                 delay.",
                quote(from.as_bytes()),
                quote(to.as_bytes()),
            );
            sleep(TIME_TO_THINK).await;
        }
        let response = context.client()?.delete_range(request).await?;
        context.print(&response)
    }

    /// What is to be deleted.
    ///
    /// # Errors
    /// When the arguments do not go together.
    pub(crate) fn request(&self) -> Result<DeleteRangeRequest, Failure> {
        if self.keys.is_empty() || self.keys.len() > 2 {
            return Err(Failure::arguments(
                "del command needs one argument as key and an optional argument as range_end",
            ));
        }
        let range = KeyRange::of_arguments(&self.keys, self.prefix, self.from_key)?;
        Ok(DeleteRangeRequest {
            key: range.key,
            range_end: range.end,
            prev_kv: self.prev_kv,
        })
    }
}

impl Answer for DeleteRangeResponse {
    fn simple(&self, page: &mut Page) {
        page.line(self.deleted);
        for kv in &self.prev_kvs {
            page.key_value(kv);
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.header.as_ref());
        page.field("Deleted", self.deleted);
        for kv in &self.prev_kvs {
            page.key_value_fields("Prev", kv);
        }
        true
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(self))
    }
}

/// As etcdctl.
const TIME_TO_THINK: Duration = Duration::from_secs(2);
