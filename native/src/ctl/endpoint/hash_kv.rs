//! `endpoint hashkv`: one number over what each stores.

use std::io::{self, Write};

use quorate_api::etcdserverpb::{HashKvRequest, HashKvResponse};

use super::json_list;
use crate::ctl::context::Context;
use crate::ctl::failure::Failure;
use crate::ctl::print::{Answer, Page};
use crate::go::Table;

/// Asks one after the other; those that do not answer are told of, and the others shown.
pub(super) async fn run(
    context: &Context,
    endpoints: &[String],
    revision: i64,
) -> Result<(), Failure> {
    let mut hashes = Hashes(Vec::new());
    let mut failure = None;
    for endpoint in endpoints {
        let request = HashKvRequest { revision };
        match context.client_of(endpoint)?.hash_kv(request).await {
            Ok(hash) => hashes.0.push((endpoint.clone(), hash)),
            Err(error) => {
                // Whoever cannot be told sees the exit code.
                let _ = writeln!(
                    io::stderr(),
                    "Failed to get the hash of endpoint {endpoint} ({error})"
                );
                failure = Some(error.into());
            }
        }
    }
    context.print(&hashes)?;
    failure.map_or(Ok(()), Err)
}

struct Hashes(Vec<(String, HashKvResponse)>);

impl Answer for Hashes {
    fn simple(&self, page: &mut Page) {
        for (endpoint, hash) in &self.0 {
            page.line(row(endpoint, hash).join(", "));
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        for (endpoint, hash) in &self.0 {
            page.header(hash.header.as_ref());
            page.quoted("Endpoint", endpoint.as_bytes());
            page.field("Hash", hash.hash);
            page.field("HashRevision", hash.hash_revision);
            page.line("");
        }
        true
    }

    fn json(&self, _hex: bool) -> Option<String> {
        Some(json_list("HashKV", &self.0))
    }

    fn table(&self) -> Option<Table> {
        let mut table = Table::new(&["endpoint", "hash", "hash_revision"]);
        for (endpoint, hash) in &self.0 {
            table.row(row(endpoint, hash));
        }
        Some(table)
    }
}

fn row(endpoint: &str, hash: &HashKvResponse) -> [String; 3] {
    [
        endpoint.to_owned(),
        hash.hash.to_string(),
        hash.hash_revision.to_string(),
    ]
}
