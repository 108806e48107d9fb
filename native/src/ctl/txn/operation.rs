//! Requests within a transaction: `put key value`, as on the command line.

use std::ffi::OsString;
use std::io::empty;
use std::os::unix::ffi::OsStringExt;

use clap::{Parser, Subcommand};
use quorate_api::etcdserverpb::RequestOp;
use quorate_api::etcdserverpb::request_op::Request;

use super::words;
use crate::cobra;
use crate::ctl::del::Del;
use crate::ctl::failure::{Exit, Failure};
use crate::ctl::get::Get;
use crate::ctl::put::Put;

#[derive(Debug, Parser)]
#[command(name = "txn", subcommand_required = true)]
struct Line {
    #[command(subcommand)]
    operation: Operation,
}

#[derive(Debug, Subcommand)]
enum Operation {
    Put(Put),
    Get(Get),
    Del(Del),
}

/// Reads one.
///
/// # Errors
/// What is wrong with it.
pub(super) fn parse(line: &str) -> Result<RequestOp, Failure> {
    let words = words(line)?;
    if words.len() < 2 {
        let text = format!("invalid txn compare request: {line}");
        return Err(Failure::new(Exit::InvalidInput, text));
    }
    let arguments: Vec<OsString> = words.into_iter().map(OsString::from_vec).collect();
    let Some(Line { operation }) = cobra::parse_quietly(&arguments) else {
        let text = format!("invalid txn request: {line}");
        return Err(Failure::new(Exit::InvalidInput, text));
    };
    let request = match operation {
        // Standard input is the transaction's.
        Operation::Put(put) => Request::RequestPut(put.request(&mut empty())?),
        Operation::Get(get) => Request::RequestRange(get.request()?),
        Operation::Del(del) => Request::RequestDeleteRange(del.request()?),
    };
    Ok(RequestOp {
        request: Some(request),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_as_on_the_command_line() {
        let put = parse("put k \"a b\" --prev-kv").expect("good");
        let Some(Request::RequestPut(put)) = put.request else {
            panic!("a put");
        };
        assert_eq!(
            (put.key.as_ref(), put.value.as_ref()),
            (&b"k"[..], &b"a b"[..])
        );
        assert!(put.prev_kv);
        assert!(matches!(
            parse("g foo --prefix").expect("shortened").request,
            Some(Request::RequestRange(range)) if range.range_end == "fop"
        ));
    }

    #[test]
    fn what_is_no_request_is_named() {
        for (line, code, message) in [
            ("put", 3, "invalid txn compare request: put"),
            ("mv a b", 3, "invalid txn request: mv a b"),
            ("get a --limit x", 3, "invalid txn request: get a --limit x"),
        ] {
            let failure = parse(line).expect_err(line);
            assert_eq!(
                (failure.code, failure.text.as_deref()),
                (code, Some(message))
            );
        }
        let failure = parse("put a").expect_err("no value");
        assert_eq!(failure.code, 128);
    }
}
