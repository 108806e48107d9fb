//! `txn`: several requests as one, from standard input.

mod compare;
mod operation;
mod words;

use std::io::{self, BufRead};

use clap::Args;
use quorate_api::etcdserverpb::response_op::Response;
use quorate_api::etcdserverpb::{TxnRequest, TxnResponse};

use super::context::Context;
use super::failure::{Exit, Failure};
use super::print::{Answer, Encoded, Page};

pub(crate) use words::words;

/// Txn processes all the requests in one transaction
///
/// Reads from standard input three parts, each ended by an empty line: conditions
/// (`mod("key1") > "0"`), requests to apply if all of them hold, and requests to apply if one
/// does not (`get`, `put`, `del`, as on the command line).
#[derive(Args, Clone, Debug)]
pub(crate) struct TxnCommand {
    /// Input transaction in interactive mode
    #[arg(short, long)]
    interactive: bool,
    #[arg(hide = true)]
    rest: Vec<String>,
}

impl TxnCommand {
    /// Reads, asks and prints.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        if !self.rest.is_empty() {
            return Err(Failure::arguments("txn command does not accept argument"));
        }
        let client = context.patient_client()?;
        let request = self.read(&mut io::stdin().lock(), context)?;
        // Whoever types has all the time; the call has not.
        let deadline = super::client::deadline_in(context.timeout());
        let response = client.until(deadline).txn(request).await?;
        context.print(&response)
    }

    fn read(&self, input: &mut impl BufRead, context: &Context) -> Result<TxnRequest, Failure> {
        self.prompt(context, "compares:")?;
        let compare = part(input, compare::parse)?;
        self.prompt(context, "success requests (get, put, del):")?;
        let success = part(input, operation::parse)?;
        self.prompt(context, "failure requests (get, put, del):")?;
        let failure = part(input, operation::parse)?;
        Ok(TxnRequest {
            compare,
            success,
            failure,
        })
    }

    fn prompt(&self, context: &Context, text: &str) -> Result<(), Failure> {
        if self.interactive {
            context.printer.line(text)?;
        }
        Ok(())
    }
}

/// Reads lines up to an empty one.
fn part<T>(
    input: &mut impl BufRead,
    parse: impl Fn(&str) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut parsed = Vec::new();
    loop {
        let mut line = String::new();
        let read = input.read_line(&mut line);
        let wrong = |what: &dyn ToString| Failure::new(Exit::InvalidInput, what.to_string());
        read.map_err(|error| wrong(&error))?;
        if !line.ends_with('\n') {
            return Err(wrong(&"EOF"));
        }
        match line.trim() {
            "" => return Ok(parsed),
            line => parsed.push(parse(line)?),
        }
    }
}

/// All that a transaction is typed as, for a fuzz target.
#[cfg(fuzzing)]
pub(super) fn fuzz(text: &str) {
    let mut input = io::Cursor::new(text);
    let _ = part(&mut input, compare::parse);
    let _ = part(&mut input, operation::parse);
}

impl Answer for TxnResponse {
    fn simple(&self, page: &mut Page) {
        page.line(if self.succeeded { "SUCCESS" } else { "FAILURE" });
        for response in &self.responses {
            page.line("");
            match &response.response {
                Some(Response::ResponseRange(range)) => range.simple(page),
                Some(Response::ResponsePut(put)) => put.simple(page),
                Some(Response::ResponseDeleteRange(delete)) => delete.simple(page),
                Some(Response::ResponseTxn(txn)) => txn.simple(page),
                None => page.line("unexpected response"),
            }
        }
    }

    fn fields(&self, page: &mut Page) -> bool {
        page.header(self.header.as_ref());
        page.field("Succeeded", self.succeeded);
        for response in &self.responses {
            match &response.response {
                Some(Response::ResponseRange(range)) => range.fields(page),
                Some(Response::ResponsePut(put)) => put.fields(page),
                Some(Response::ResponseDeleteRange(delete)) => delete.fields(page),
                Some(Response::ResponseTxn(txn)) => txn.fields(page),
                None => true,
            };
        }
        true
    }

    fn message(&self) -> Option<Encoded> {
        Some(Encoded::new(self))
    }
}
