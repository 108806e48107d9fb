//! The write-ahead log.

mod error;
pub(crate) mod frame;
mod record;
mod recovery;
mod replay;
mod segment;
mod segment_name;
mod writer;

pub use error::WalError;
pub use record::{EntryKind, FORMAT_VERSION, HardState, LogEntry, Metadata, SnapshotMarker};
pub use recovery::{Recovered, Repair, recover};
pub(crate) use segment_name::hexadecimal;
pub use writer::{LogBatch, Released, Wal, WalOptions};
