//! How Go's programs write and read things, for output that scripts made for etcd's tools read.
//!
//! Each module follows a package of Go's library, or one that etcd's tools print with.

mod duration;
mod io_error;
mod json;
mod numbers;
mod quote;
mod size;
mod table;

pub(crate) use duration::{GoDuration, parse_duration, parse_flag_duration};
pub(crate) use io_error::{exec_error_text, io_error_text};
pub(crate) use json::{JsonObject, json_bytes, json_string, message_json};
pub(crate) use numbers::{parse_bool, parse_flag_int, parse_flag_uint, parse_int, parse_uint};
pub(crate) use quote::{quote, unquote};
pub(crate) use size::humanized_bytes;
pub(crate) use table::Table;
