//! How deep objects and lists of a text stand in one another, and a stack that is large enough.
//!
//! A transaction of etcd's may hold 127 others, each within the last: nearly 400 levels of JSON.
//! Few texts go deeper than ten, so only a deep one is read on a thread of its own.

use std::io;
use std::thread;

use quorate_core::error::Error;
use quorate_core::limits::TXN_DEPTH_MAX;
use tonic::Status;

/// Does what goes one level down with each level of a text, where there is room for all of them.
///
/// # Errors
/// It goes deeper than any message does; or no thread can be had.
pub(super) fn on_fitting_stack<T: Send>(
    text: &[u8],
    work: impl FnOnce() -> T + Send,
) -> Result<T, Status> {
    let depth = depth(text);
    if depth <= ORDINARY_DEPTH_MAX {
        return Ok(work());
    }
    if depth > DEPTH_MAX {
        return Err(too_deep(text));
    }
    let done = thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK_SIZE_BYTES);
        let thread = builder.spawn_scoped(scope, work)?;
        thread.join().map_err(|_| io::Error::other("it panicked"))
    });
    done.map_err(|error| Status::internal(format!("quorate: a deep message: {error}")))
}

/// How deep the first value of a text goes.
fn depth(text: &[u8]) -> usize {
    let (mut now, mut deepest) = (0_usize, 0);
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'\\' => _ = bytes.next(),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            b'{' | b'[' => {
                now += 1;
                deepest = deepest.max(now);
            }
            b'}' | b']' => {
                now = now.saturating_sub(1);
                if now == 0 {
                    break;
                }
            }
            _ => {}
        }
    }
    deepest
}

/// Transactions alone have messages of their own kind within them.
fn too_deep(text: &[u8]) -> Status {
    let has = |name: &[u8]| text.windows(name.len()).any(|part| part == name);
    if has(b"request_txn") || has(b"requestTxn") {
        return crate::grpc::status_of(&Error::TooManyOperations);
    }
    Status::invalid_argument("proto: exceeded max depth")
}

/// A transaction takes three levels: an object, the list in it, and the operation in that.
const LEVELS_PER_TXN: usize = 3;
/// Below this an operation has a few more of its own.
const DEPTH_MAX: usize = TXN_DEPTH_MAX * LEVELS_PER_TXN + 16;
/// What the stack of any thread has room for.
const ORDINARY_DEPTH_MAX: usize = 32;
/// Several times what was measured without optimisation.
const STACK_SIZE_BYTES: usize = 32 * 1_024 * 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted_up_to_the_end_of_the_first_value() {
        for (text, expected) in [
            ("", 0),
            ("7", 0),
            ("{}", 1),
            (r#"{"a":[{"b":"[[[\"[["},[]],"c":{}}[[[[["#, 3),
            ("[[[", 3),
            ("]]]", 0),
        ] {
            assert_eq!(depth(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn what_goes_too_deep_is_refused_and_the_rest_has_room() {
        let lists = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let run = |text: &str| on_fitting_stack(text.as_bytes(), || 7);
        assert_eq!(run(&lists(2)).ok(), Some(7));
        assert_eq!(run(&lists(DEPTH_MAX)).ok(), Some(7));
        let refused = run(&lists(DEPTH_MAX + 1)).expect_err("too deep");
        assert_eq!(refused.message(), "proto: exceeded max depth");
        let txn = format!(r#"{{"success":[{{"request_txn":{}}}]}}"#, lists(100_000));
        assert_eq!(
            run(&txn).expect_err("too deep").message(),
            "etcdserver: too many operations in txn request"
        );
    }
}
